"""Questions to maps, held to Valhalla's own answers: asked by its Python package, with what that takes for granted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.adapters.maps import direct
from wayhome.adapters.maps import answers
from wayhome.adapters.maps.shelf import MapShelf
from wayhome.hub.maps import Point, Spot, Wanted, Way


async def first(maps: MapShelf, text: str, language: str = "en", near: Point | None = None) -> Spot:
    """The best of what is called so."""
    found = await maps.search(text, near, language, 5)
    assert found, text
    return found[0]


async def held_to_valhalla(folder: Path, maps: MapShelf, pairs: Sequence[tuple[Point, Point]]) -> list[Way]:
    """Ways between pairs of points: the same length, time and shape."""
    # Ours first: it says anew where its tiles lie.
    ours = [(await maps.ways(Wanted(pair)))[0] for pair in pairs]
    plain = [
        ("route", {"locations": [{"lat": a, "lon": b} for a, b in pair], "costing": "auto", "units": "kilometers"})
        for pair in pairs
    ]
    config = next(folder.glob("roads/*/valhalla.json"))
    for mine, theirs in zip(ours, direct.ask(config, plain), strict=True):
        trip = theirs["trip"]
        assert mine.length == pytest.approx(trip["summary"]["length"] * 1000, abs=0.1)
        assert mine.time == pytest.approx(trip["summary"]["time"], abs=0.1)
        assert list(mine.shape) == answers.decoded(trip["legs"][0]["shape"])
        assert len(mine.manoeuvres) == len(trip["legs"][0]["maneuvers"])
        assert (mine.manoeuvres[-1].kind[:6], mine.stops) == ("arrive", (0, len(mine.shape) - 1))
        # The pieces cover the way, one after another.
        assert mine.pieces[0].start == 0 and mine.pieces[-1].end == len(mine.shape) - 1
        assert all(one.end == other.start for one, other in zip(mine.pieces, mine.pieces[1:], strict=False))
    return ours


async def matrix_held_to_valhalla(folder: Path, maps: MapShelf, points: Sequence[Point]) -> None:
    """Seconds and metres from each to each: the same."""
    mine = await maps.matrix(points)
    config = next(folder.glob("roads/*/valhalla.json"))
    spots = [{"lat": a, "lon": b} for a, b in points]
    (theirs,) = direct.ask(config, [("matrix", {"sources": spots, "targets": spots, "costing": "auto"})])
    for row, other in zip(mine, theirs["sources_to_targets"], strict=True):
        for cell, there in zip(row, other, strict=True):
            assert cell is not None and cell[0] == there["time"]
            assert cell[1] == pytest.approx(there["distance"] * 1000, abs=0.1)
