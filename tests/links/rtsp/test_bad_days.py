"""Bad days on the way to a real camera: it is always said how it stands, and nothing that is not of now looks live."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.links.rtsp.house import becomes, join, value
from tests.links.rtsp.viewer import looking
from tests.peers.camera import Camera
from tests.peers.hub import RunningHub
from tests.peers.program import Program, free_port

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
    way.start(lambda: (way.folder / "ready").exists(), 10)
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
            assert await viewer.over(20) in ("unreachable", "refused")
            assert all(picture.late < 3_000 for picture in viewer.pictures)
            await value(hub, "yard/thing.online", False)
    road.mode("honest")
    until = time.monotonic() + 40
    while True:
        async with looking(hub, "yard") as viewer:
            try:
                await viewer.until(20, 3)
                assert viewer.pictures[-1].late < 1_000
                break
            except TimeoutError:
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
        # Whoever looks has it tried at once.
        async with looking(hub, "yard") as viewer:
            await asyncio.wait((viewer.task,), timeout=2)
        await becomes(hub, "connected", 5)
    finally:
        camera.kill()
