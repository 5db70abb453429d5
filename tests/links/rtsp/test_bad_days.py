"""Bad days on the way to a real camera: it is always said how it stands, and nothing that is not of now looks live."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.links.rtsp.house import becomes, join, status, value
from tests.links.rtsp.viewer import looking
from tests.peers.camera import Camera
from tests.peers.hub import RunningHub
from tests.peers.program import Program, free_port
from wayhome.links.rtsp import h264
from wayhome.links.rtsp.client import connected
from wayhome.links.rtsp.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.real]


LIES = ("flip", "swap")


class Road(Program):
    """The way to a camera, at ``url``; ``mode``: see bad_road.py."""

    def __init__(self, folder: Path, camera: Camera) -> None:
        folder.mkdir()
        port = free_port()
        self.url = f"rtsp://127.0.0.1:{port}/yard"
        self.folder = folder
        self.mode("honest")
        command = [sys.executable, "-m", "tests.peers.bad_road", str(port), str(camera.port), str(folder)]
        super().__init__("road", command, folder, {"PYTHONPATH": str(Path(__file__).parents[3])})

    def mode(self, mode: str) -> None:
        (self.folder / "mode").write_text(mode)


@pytest.fixture
def road(hub: RunningHub, tmp_path: Path) -> Iterator[Road]:
    camera = Camera(tmp_path / "camera", width=640, height=480, rate=1000)
    camera.up()
    way = Road(tmp_path / "road", camera)
    way.start(lambda: (way.folder / "ready").exists(), 60)
    yield way
    way.kill()
    camera.kill()


@pytest.mark.parametrize(
    "mode", ["freeze", "cut", *(pytest.param(mode, marks=pytest.mark.long) for mode in ("reset", "drop", *LIES))]
)
async def test_whatever_the_way_does_the_camera_is_away_and_comes_back(hub: RunningHub, road: Road, mode: str) -> None:
    join(hub, road.url)
    await becomes(hub, "connected")
    async with looking(hub, "yard") as viewer:
        await viewer.until(20)
        road.mode(mode)
        if mode in LIES:
            # What is flipped within a picture is a picture still; it ends, or goes on, and nothing breaks.
            await asyncio.wait((viewer.task,), timeout=5)
        else:
            assert await viewer.over() in ("unreachable", "refused")
            assert all(picture.old < 3_000 for picture in viewer.pictures)
            await value(hub, "yard/thing.online", False)
    road.mode("honest")
    until = time.monotonic() + 90
    while True:
        async with looking(hub, "yard") as viewer:
            with contextlib.suppress(TimeoutError):
                await viewer.until(20, 10)
                await viewer.of_now(1, 1_000, 10)
                break
            assert time.monotonic() < until
    await value(hub, "yard/thing.online", True)


@asynccontextmanager
async def says(answer: bytes) -> AsyncIterator[str]:
    """Somebody who answers everything with the same; the address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.read(1_000):
                writer.write(answer)
        except OSError:
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"rtsp://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


WRONG = [
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", "refused"),
    (b"\x00\x01\x02\x03" * 100, "refused"),
    (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 99999999\r\n\r\n", "refused"),
    (b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n", "refused"),
    (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n", "refused"),
    (b"RTSP/1.0 401 Unauthorized\r\n\r\n", "auth_needed"),
    ("RTSP/1.0 \u00b2 OK\r\n\r\n".encode(), "refused"),
    (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Base: //[\r\n\r\n", "refused"),
    (b"$", "unreachable"),
]
"""What somebody who is no camera answers, and what is said of it."""


async def test_who_is_no_camera_is_told_apart(hub: RunningHub) -> None:
    for answer, code in WRONG:
        async with says(answer) as url:
            with hub.api() as api:
                body = {"link": "rtsp", "name": "x", "config": {"url": url}}
                said = await asyncio.to_thread(api.post, "/api/links/look", json=body)
        assert said.json()["code"] == code, (answer, said.text)


async def test_a_camera_that_is_not_there_is_unreachable_and_found_when_it_comes(
    hub: RunningHub, tmp_path: Path
) -> None:
    port = free_port()
    join(hub, f"rtsp://127.0.0.1:{port}/yard")
    said = await becomes(hub, "waiting")
    assert said["code"] == "unreachable"
    async with looking(hub, "yard") as viewer:
        assert await viewer.over() == "unreachable"
    camera = Camera(tmp_path / "camera", port, width=640, height=480)
    camera.up()
    try:
        # Whoever looks has it tried at once, and not when it was due.
        due = float(status(hub)["retry_at"])
        async with looking(hub, "yard") as viewer:
            await asyncio.wait((viewer.task,), timeout=2)
        said = status(hub)
        assert (said["state"], said.get("retry_at")) != ("waiting", due) or time.time() > due
        await becomes(hub, "connected")
    finally:
        camera.kill()


async def test_a_camera_that_never_says_that_it_still_hears_goes_on(tmp_path: Path) -> None:
    camera = Camera(tmp_path / "camera", width=640, height=480, rate=800)
    camera.up()
    kept: list[bytes] = []

    async def between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, out = await asyncio.open_connection("127.0.0.1", camera.port)

        async def back() -> None:
            while piece := await theirs.read(65_536):
                writer.write(re.sub(rb"(?<=Session: )([^;\r]+)(;timeout=\d+)?", rb"\1;timeout=4", piece))

        answering = asyncio.create_task(back())
        while piece := await reader.read(65_536):
            if piece.startswith(b"GET_PARAMETER"):
                kept.append(piece)
            else:
                out.write(piece)
        answering.cancel()
        out.close()

    server = await asyncio.start_server(between, "127.0.0.1", 0)
    settings = Settings(f"rtsp://127.0.0.1:{server.sockets[0].getsockname()[1]}/yard")
    shown: list[h264.Whole] = []
    try:
        async with connected(settings, None) as connection:
            track = await connection.describe()
            await connection.play(track, h264.Pictures(track.payload, track.sets, shown.append).packet)
            keeping = asyncio.create_task(connection.keep())
            await asyncio.wait((keeping, connection.over), timeout=9, return_when=asyncio.FIRST_COMPLETED)
            assert kept
            assert not keeping.done()
            assert not connection.over.done()
            before = len(shown)
            async with asyncio.timeout(45):
                while len(shown) == before:
                    await asyncio.sleep(0.05)
            keeping.cancel()
    finally:
        server.close()
        camera.kill()


async def test_who_asks_without_end_and_does_not_listen_is_left() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while True:
                writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n" * 1_000)
                await writer.drain()

    server = await asyncio.start_server(ask, "127.0.0.1", 0)
    settings = Settings(f"rtsp://127.0.0.1:{server.sockets[0].getsockname()[1]}/yard")
    async with connected(settings, None) as connection, asyncio.timeout(60):
        assert "does not listen" in (await connection.over).detail
    server.close()
