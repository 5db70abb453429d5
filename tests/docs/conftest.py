"""The demo hub that the docs' examples talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.docs.demo import DemoHub


@pytest.fixture(scope="session")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHub]:
    hub = DemoHub(tmp_path_factory.mktemp("demo"))
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def demo(_demo: DemoHub) -> DemoHub:
    """A running demo hub, as the docs' examples begin."""
    _demo.settle()
    return _demo
