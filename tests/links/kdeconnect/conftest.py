"""A place for the hub and one for a phone, with a road between them, and the real KDE Connect at the phone's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.kdeconnect import KdeConnect
from tests.peers.places import Places


@pytest.fixture
def places() -> Iterator[Places]:
    """The test itself is at ``hub``; a phone would be at ``pocket``, on road 1."""
    with Places("hub", "pocket") as made:
        made.road("pocket", "hub", out=True)
        with made.inside("hub"):
            yield made


@pytest.fixture
def phone(places: Places, tmp_path: Path) -> Iterator[KdeConnect]:
    """The real KDE Connect, up, with a battery at 64 %."""
    with KdeConnect(tmp_path / "phone", places, "pocket", "Ada's Phone") as peer:
        yield peer
