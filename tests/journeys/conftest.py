"""What most journeys begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.hub import RunningHub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    """A fresh hub that nobody owns yet, on this machine's own address."""
    running = RunningHub(tmp_path / "hub")
    running.start()
    yield running
    running.stop()
