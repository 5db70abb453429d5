"""The catalogue, and the running link, for the simulation's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest

from tests.links.sim.host import Bench
from wayhome.adapters.catalog_files import load_catalog
from wayhome.core.catalog import Catalog


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """VSS 6 and the home's traits, as shipped."""
    return load_catalog()


@pytest.fixture
async def bench(catalog: Catalog) -> AsyncIterator[Bench]:
    """The link, running in a household of its own, its first facts told."""
    bench = Bench(catalog)
    async with anyio.create_task_group() as group:
        group.start_soon(bench.run.run)
        await bench.live(0.2)
        yield bench
        group.cancel_scope.cancel()
