"""Regions by name, from a server of this machine that serves an index of Geofabrik's form."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers.maps import extract, shelf
from tests.world import TestClock
from wayhome.adapters.maps import offers
from wayhome.adapters.maps.offers import Offers
from wayhome.adapters.maps.sources import named
from wayhome.errors import NotFound, Unreachable
from wayhome.hub.maps import Point, Source

pytestmark = pytest.mark.anyio


def square(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def region(id: str, name: str, parent: str | None, *rings: list[list[float]]) -> dict[str, Any]:
    """A region as the index has it."""
    about: dict[str, Any] = {"id": id, "name": name, "urls": {"pbf": f"BASE/{id}-latest.osm.pbf", "bz2": "BASE/x"}}
    if parent is not None:
        about["parent"] = parent
    shape = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
    return {"type": "Feature", "properties": about, "geometry": shape}


class Index:
    """What the server answers. ``asked``: the paths that were asked for."""

    def __init__(self) -> None:
        self.features = [
            region("europe", "Europe", None, square(-20, 35, 40, 70)),
            region("liechtenstein", "Liechtenstein", "europe", square(9.4, 47.0, 9.7, 47.3)),
            region("helsinki", "Helsinki", "europe", square(24.8, 60.1, 25.1, 60.3), square(24, 59, 24.1, 59.1)),
            region("georgia", "Georgia", "europe", square(40, 41, 46, 43)),
            region("us/new-york", "US New York", "north-america", square(-80, 40, -72, 45)),
            region("ile-de-france", "Île-de-France", "france", square(1, 48, 4, 50)),
            region("us/georgia", "US Georgia", "north-america", square(-86, 30, -81, 35)),
        ]
        self.content: bytes | None = None
        self.status = 200
        self.asked: list[str] = []
        self.base = ""

    def answer(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if path == "/index-v1.json":
            whole = {"type": "FeatureCollection", "features": self.features}
            said = json.dumps(whole).replace("BASE", self.base).encode()
            return self.status, said if self.content is None else self.content
        return (200, extract("helsinki").read_bytes()) if path == "/helsinki-latest.osm.pbf" else (404, b"")


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    found = Index()

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content = found.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.base = f"http://127.0.0.1:{server.server_port}"
    yield found
    server.shutdown()
    server.server_close()


async def test_what_is_offered_and_what_is_around(index: Index) -> None:
    clock = TestClock()
    offering = Offers(clock, f"{index.base}/index-v1.json")
    assert [one.name for one in await offering.offered(None)][:2] == ["Europe", "Georgia"]
    around = await offering.offered(Point(47.14, 9.52))
    assert [(one.id, one.inside) for one in around] == [("liechtenstein", "europe"), ("europe", None)]
    assert [one.id for one in await offering.offered(Point(59.05, 24.05))] == ["helsinki", "europe"], "its island, too"
    assert await offering.offered(Point(-60, 0)) == []
    assert index.asked == ["/index-v1.json"], "it is asked once for a while"
    clock.move(offers.KEPT + 1)
    await offering.offered(None)
    assert len(index.asked) == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("liechtenstein", "liechtenstein"), ("Liechtenstein", "liechtenstein"),
        ("europe/liechtenstein", "liechtenstein"),
        ("new york", "us/new-york"), ("US New York", "us/new-york"), ("Île-de-France", "ile-de-france"),
        ("georgia", "georgia"), ("us/georgia", "us/georgia"), ("north-america/us/georgia", "georgia"),
    ],
)  # fmt: skip
async def test_a_name_is_looked_up(index: Index, text: str, place: str) -> None:
    offering = Offers(TestClock(), f"{index.base}/index-v1.json")
    found = await offering.looked_up(named(text), Source(text))
    assert found.place == f"{index.base}/{place}-latest.osm.pbf" and found.kind == "address"
    assert (await offering.looked_up(named(text, "Ours"), Source(text, "Ours"))).name == "Ours"


async def test_a_name_that_nobody_knows(index: Index) -> None:
    with pytest.raises(NotFound, match="'atlantis'") as refused:
        await Offers(TestClock(), f"{index.base}/index-v1.json").looked_up(named("atlantis"), Source("atlantis"))
    assert "map offered" in refused.value.hint


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<html>", b"[]", b'{"features": 3}', b'{"features": [3]}', b'{"features": [{"properties": {}}]}',
        b'{"features": [{"properties": {"id": "x", "urls": {"pbf": 3}}}]}', b"\xff" * 100,
    ],
)  # fmt: skip
async def test_what_is_no_index(index: Index, content: bytes) -> None:
    index.content = content
    with pytest.raises(Unreachable, match="can't be fetched") as refused:
        await Offers(TestClock(), f"{index.base}/index-v1.json").offered(None)
    assert "give a file" in refused.value.hint


async def test_an_index_that_lies(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.features = [
        {"properties": {"id": "a", "urls": {"pbf": "file:///etc/passwd"}}},
        {"properties": {"id": "b", "urls": {"pbf": "/etc/passwd"}}},
        {
            "properties": {"id": "c", "urls": {"pbf": "http://x.example/c"}},
            "geometry": {"type": "Polygon", "coordinates": 3},
        },
        {
            "properties": {"id": "d", "urls": {"pbf": "http://x.example/d"}},
            "geometry": {"type": "Point", "coordinates": [1]},
        },
        {"properties": {"id": "e", "urls": {}}},
    ]
    offering = Offers(TestClock(), f"{index.base}/index-v1.json")
    assert await offering.offered(Point(1, 1)) == []
    assert [one.id for one in await offering.offered(None)] == ["a", "b", "c", "d"]
    for name in ("a", "b"):
        with pytest.raises(Unreachable, match="no sense"):
            await offering.looked_up(named(name), Source(name))
    index.status = 500
    with pytest.raises(Unreachable):
        await Offers(TestClock(), f"{index.base}/index-v1.json").offered(None)
    index.status = 200
    monkeypatch.setattr(offers, "LARGEST", 100)
    with pytest.raises(Unreachable):
        await Offers(TestClock(), f"{index.base}/index-v1.json").offered(None)


async def test_nobody_can_be_asked() -> None:
    with pytest.raises(Unreachable, match="list of regions"):
        await Offers(TestClock(), "http://127.0.0.1:9/index-v1.json").offered(None)


@pytest.mark.real
async def test_a_region_by_name_is_fetched_and_begun(index: Index, tmp_path: Path) -> None:
    maps = shelf(tmp_path / "maps", index=f"{index.base}/index-v1.json")
    await maps.open()
    begun = await maps.add(Source("europe/helsinki"))
    assert (begun.id, begun.name) == ("helsinki", "Helsinki")
    async with asyncio.timeout(60):
        while maps.making is not None and maps.making.step != "tiles":
            assert maps.making.error is None, maps.making
            await asyncio.sleep(0.005)
    assert index.asked == ["/index-v1.json", "/helsinki-latest.osm.pbf"]
    await maps.close()
