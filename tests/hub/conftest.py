"""Fixtures of the hub's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.hub.two_sites import Two


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    two = Two()
    await two.open()
    yield two
    if hasattr(two, "road"):
        await two.road.cut()
    await two.home.__aexit__()
    await two.car.__aexit__()
