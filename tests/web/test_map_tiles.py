"""Tiles by ranges, and an extract that is sent, over HTTP: with a real map, for whoever may."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from tests.peers.maps import MadeMaps, ended, extract, shelf
from tests.world import World, car
from wayhome.adapters.maps import room
from wayhome.adapters.maps.shelf import MapShelf
from wayhome.core import driving
from wayhome.core.value import Fact
from wayhome.features.maps import feature
from wayhome.hub.session import Identity
from wayhome.web import maps as map_routes
from wayhome.web.app import build
from wayhome.web.server import uvicorn_config
from wayhome.web.transport import Transport

pytestmark = [pytest.mark.anyio, pytest.mark.real]

ROLES = {"anna": "owner", "mei": "member", "leo": "child", "noor": "guest"}


class Tokens:
    """Knows everybody, and a screen at the wheel."""

    def identify(self, token: str) -> Identity | None:
        if token == "wheel":
            return Identity("person:anna", "owner", "anna", seat="driver", car="car")
        return Identity(f"person:{token}", ROLES[token], token) if token in ROLES else None  # type: ignore[arg-type]


@asynccontextmanager
async def served(maps: MapShelf) -> AsyncIterator[tuple[World, httpx.AsyncClient]]:
    async with World(features={"maps": feature}, maps=maps) as world:
        for name, role in ROLES.items():
            await world.person(name, role)
        doors = Tokens()
        inner = build(world.hub, doors, map_routes.routes(world.hub, doors))  # type: ignore[arg-type]
        app = Transport(inner, lambda: {"hub.test"})
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn_config(app))
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started:
            await asyncio.sleep(0.005)
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
            yield world, client
        server.should_exit = True
        await serving


def by(name: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}", **more}


@pytest.fixture
async def maps(made_maps: MadeMaps, tmp_path: Path) -> AsyncIterator[MapShelf]:
    found = shelf(made_maps.put(tmp_path / "maps", "helsinki"))
    await found.open()
    yield found
    await found.close()


async def test_tiles_are_read_by_ranges(maps: MapShelf) -> None:
    content = maps.tiles("helsinki").read_bytes()
    size = len(content)
    path = f"/api/maps/tiles/helsinki/{maps.regions()[0].revision}.pmtiles"
    async with served(maps) as (_, client):
        answer = await client.get(path, headers=by("noor", Range="bytes=0-126"))
        assert answer.status_code == 206 and answer.content == content[:127]
        assert answer.headers["content-range"] == f"bytes 0-126/{size}"
        assert "immutable" in answer.headers["cache-control"] and "private" in answer.headers["cache-control"]
        for said, part in (
            ("bytes=-10", content[-10:]), (f"bytes={size - 5}-", content[-5:]), ("bytes=5-5", content[5:6]),
            (f"bytes={size - 5}-{10**15}", content[-5:]),
        ):  # fmt: skip
            answer = await client.get(path, headers=by("leo", Range=said))
            assert (answer.status_code, answer.content) == (206, part), said
        for said, status in (
            (f"bytes={size}-", 416), ("bytes=-0", 416), (f"bytes={10**17}-", 416), ("bytes=5-1", 400),
            ("bytes=a-b", 400),
            ("lines=1-2", 400), ("bytes=0-1,5-6", 400), ("bytes=", 400), (f"bytes={'9' * 400}-", 400),
        ):  # fmt: skip
            answer = await client.get(path, headers=by("anna", Range=said))
            assert answer.status_code == status, (said, answer.text)
        assert (await client.get(path, headers=by("anna"))).status_code == 400, "not all of it at once"
        assert (await client.get(path)).status_code == 401


async def test_other_names_lead_nowhere(maps: MapShelf) -> None:
    revision = maps.regions()[0].revision
    async with served(maps) as (_, client):
        for path in (
            "helsinki/old.pmtiles", f"nowhere/{revision}.pmtiles", f"helsinki/{revision}",
            "helsinki/..%2f..%2fcurrent.json",
            f"..%2f..%2fhelsinki/{revision}.pmtiles", f"helsinki/{revision}.pmtiles%00",
        ):  # fmt: skip
            answer = await client.get(f"/api/maps/tiles/{path}", headers=by("anna", Range="bytes=0-9"))
            assert answer.status_code == 404, path
        maps.tiles("helsinki").unlink()
        answer = await client.get(f"/api/maps/tiles/helsinki/{revision}.pmtiles", headers=by("anna", Range="bytes=0-9"))
        assert answer.status_code == 404 and answer.json()["code"] == "not_found"


async def test_an_extract_is_sent_and_becomes_a_map(tmp_path: Path) -> None:
    maps = shelf(tmp_path / "maps")
    await maps.open()
    async with served(maps) as (_, client):
        content = extract("helsinki").read_bytes()

        async def drip() -> AsyncIterator[bytes]:
            for at in range(0, len(content), 10_000):
                yield content[at : at + 10_000]

        answer = await client.post("/api/maps/file?name=helsinki.osm.pbf", content=drip(), headers=by("anna"))
        assert answer.status_code == 200 and answer.json()["id"] == "helsinki", answer.text
        async with asyncio.timeout(60):
            while maps.making is not None and maps.making.step != "tiles":
                assert maps.making.error is None, "all of it came, and it is one"
                await asyncio.sleep(0.01)
        for name, source in (("noor", ""), ("anna", "helsinki.osm.pbf")):
            assert (await client.get("/api/maps/list", headers=by(name))).json()["making"]["source"] == source
        assert (await client.post("/api/maps/stop", json={}, headers=by("anna"))).json()["regions"] == []
    await maps.close()


async def test_who_may_not_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maps = shelf(tmp_path / "maps")
    await maps.open()
    async with served(maps) as (world, client):
        world.puppet.host.announce([car()])
        world.puppet.host.online(["car"], True)
        world.puppet.host.report([Fact(f"car/{driving.SPEED}", 40.0)])
        for name, code in (("mei", "not_allowed"), ("leo", "not_allowed"), ("wheel", "not_while_driving")):
            answer = await client.post("/api/maps/file?name=x.osm.pbf", content=b"x" * 1000, headers=by(name))
            assert (answer.status_code, answer.json()["code"]) == (403, code)
        assert (await client.post("/api/maps/file?name=x.osm.pbf", content=b"x")).status_code == 401
        for query, content in (("", b"x"), ("?name=", b"x"), ("?name=x.osm.pbf", b"")):
            answer = await client.post(f"/api/maps/file{query}", content=content, headers=by("anna"))
            assert answer.status_code == 400, answer.text
        monkeypatch.setattr(room, "LEAST", 1 << 62)
        answer = await client.post("/api/maps/file?name=x.osm.pbf", content=b"x", headers=by("anna"))
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert not (tmp_path / "maps").exists() or not [*(tmp_path / "maps").iterdir()]
    await maps.close()


async def test_a_sender_who_hangs_up_leaves_nothing(tmp_path: Path) -> None:
    maps = shelf(tmp_path / "maps")
    await maps.open()
    async with served(maps) as (_, client):
        host, port = client.base_url.host, client.base_url.port
        _, writer = await asyncio.open_connection(host, port)
        head = "POST /api/maps/file?name=x.osm.pbf HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer anna\r\n"
        writer.write(f"{head}Content-Length: 5000000\r\n\r\n".encode() + b"x" * 3_000_000)
        await writer.drain()
        async with asyncio.timeout(45):
            while not [*(tmp_path / "maps").glob("incoming-*")]:
                await asyncio.sleep(0.01)
        # Another one meanwhile is told to wait.
        answer = await client.post("/api/maps/file?name=y.osm.pbf", content=b"x", headers=by("anna"))
        assert answer.status_code == 409
        writer.close()
        async with asyncio.timeout(45):
            while [*(tmp_path / "maps").glob("incoming-*")]:
                await asyncio.sleep(0.01)
        assert maps.making is None
        answer = await client.post("/api/maps/file?name=y.osm.pbf", content=b"<html>", headers=by("anna"))
        assert answer.status_code == 200, "and the next one is taken"
        await ended(maps)
    await maps.close()
