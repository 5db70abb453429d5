"""Motion JPEG of real cameras, by RTSP and over http: films as others are, and nothing of before looks live."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.links.rtsp.house import becomes, join, value
from tests.links.rtsp.viewer import Viewer, looking
from tests.peers.camera import Camera
from tests.peers.hub import RunningHub
from tests.peers.mjpeg import Mjpeg
from wayhome.errors import LinkError, Refused
from wayhome.links.rtsp import jpeg

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Mjpeg]:
    peer = Mjpeg(tmp_path / "camera")
    peer.up()
    yield peer
    peer.kill()


async def test_by_rtsp_every_picture_comes_whole(hub: RunningHub, tmp_path: Path) -> None:
    peer = Camera(tmp_path / "camera", codec="jpeg", width=1280, height=720, user="ada", password="right")
    peer.up()
    try:
        join(hub, peer.url, "right", user="ada")
        await becomes(hub, "connected")
        async with looking(hub, "yard") as viewer:
            await viewer.until(40)
            assert viewer.film == {"t": "film", "codec": "image/jpeg", "width": 1280, "height": 720}
            assert all(picture.key for picture in viewer.pictures)
            numbers = [picture.said for picture in viewer.pictures]
            assert set(numbers) <= set(peer.sent())
            assert numbers == sorted(set(numbers))
            await viewer.of_now(10, 1_000)
            await value(hub, "yard/camera.film", "JPEG 1280x720")
    finally:
        peer.kill()


async def test_over_http_for_ten_viewers_it_is_asked_once(hub: RunningHub, camera: Mjpeg) -> None:
    with hub.api() as api:
        look = {"link": "rtsp", "name": "x", "config": {"url": camera.url}}
        answer = await asyncio.to_thread(api.post, "/api/links/look", json=look)
    assert answer.is_success, answer.text
    assert answer.json()["found"].items() >= {"width": 640, "height": 480}.items(), answer.text
    join(hub, camera.url)
    await becomes(hub, "connected")
    async with contextlib.AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(looking(hub, "yard")) for _ in range(10)]
        await asyncio.gather(*(viewer.until(20) for viewer in viewers))
        assert viewers[0].film["codec"] == "image/jpeg"
        for viewer in viewers:
            await viewer.of_now(10, 2_000)
        # Who asked before, and hung up, it notices with the next picture that it sends them.
        async with asyncio.timeout(45):
            while camera.lookers() != 1:
                await asyncio.sleep(0.05)
        with hub.api() as api:
            still = await asyncio.to_thread(api.get, "/api/home/picture", params={"thing": "yard"})
        assert still.headers["content-type"] == "image/jpeg"


@pytest.mark.long
async def test_one_that_stops_in_the_middle_of_a_picture_is_away(hub: RunningHub, camera: Mjpeg) -> None:
    join(hub, camera.url)
    await becomes(hub, "connected")
    async with looking(hub, "yard") as viewer:
        await viewer.until(5)
        camera.does("half")
        assert await viewer.over(20) == "unreachable"  # and half of one was never shown: it could not be drawn
        await value(hub, "yard/thing.online", False)
    camera.does("work")
    await comes(hub)


async def comes(hub: RunningHub, seconds: float = 60) -> Viewer:
    """Look, as a screen does, until a picture of now comes."""
    until = time.monotonic() + seconds
    while True:
        async with looking(hub, "yard") as viewer:
            with contextlib.suppress(TimeoutError):
                await viewer.of_now(1, 2_000, 6)
                await viewer.until(3, 6)
                return viewer
            assert time.monotonic() < until


@pytest.mark.long
async def test_a_camera_with_stills_only_is_a_film_of_stills(hub: RunningHub, camera: Mjpeg) -> None:
    join(hub, camera.still_url)
    await becomes(hub, "connected")
    viewer = await comes(hub)
    assert viewer.film["seldom"] is True


ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n"
BAD = {
    "no mark": (ENDLESS + b"junk" * 10_000, "refused"),
    "gigantic": (ENDLESS + b"--x\r\nContent-Length: 999999999\r\n\r\n", "refused"),
    "rubbish": (ENDLESS + b"--x\r\nContent-Length: 4\r\n\r\njunk\r\n" * 20, "unreachable"),
    "no end": (ENDLESS + b"--x\r\n\r\n" + b"\xff\xd8" + b"y" * (9 * 2**20), "refused"),
    "a page": (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", "refused"),
}


@pytest.mark.parametrize("what", BAD)
async def test_what_is_no_film_is_told_apart(what: str) -> None:
    from wayhome.links.rtsp import Settings, look

    sent, code = BAD[what]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await reader.read(1_000)
            writer.write(sent)
            await writer.drain()
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, asyncio.timeout(45):
        with pytest.raises(LinkError) as error:
            await look(Settings(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/video"), {})
        assert error.value.code == code, error.value.detail


def packed(times: int) -> bytes:
    """Zeros, packed, and packed again."""
    data, packer = b"", zlib.compressobj(9, zlib.DEFLATED, 31)
    for _ in range(times):
        data += packer.compress(bytes(2**20))
    return gzip.compress(data + packer.flush())


@pytest.mark.parametrize("path", ["video", "onvif/device_service"])
async def test_what_is_packed_is_not_unpacked(path: str) -> None:
    """A kilobyte that becomes a gigabyte ends no hub."""
    from wayhome.links.rtsp import Settings, look

    body = packed(100)
    kind = b"multipart/x-mixed-replace; boundary=x"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await reader.read(4_000)
            writer.write(head % (kind, len(body)) + body)
            await writer.drain()
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    tracemalloc.start()
    try:
        async with server, asyncio.timeout(45):
            with pytest.raises(LinkError):
                await look(Settings(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/{path}"), {})
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()


async def test_a_still_that_never_changes_does_not_look_live(hub: RunningHub, camera: Mjpeg) -> None:
    join(hub, camera.still_url)
    await becomes(hub, "connected")
    camera.does("still")  # it answers each question, with the picture that it took last
    await asyncio.sleep(2)
    async with looking(hub, "yard") as viewer:
        await viewer.until(1)
        await asyncio.sleep(3)
        assert len({picture.said for picture in viewer.pictures}) == len(viewer.pictures) <= 3
        with hub.api() as api:
            still = await asyncio.to_thread(api.get, "/api/home/picture", params={"thing": "yard"})
        assert time.time() - float(still.headers["wayhome-at"]) > 2.5
        await value(hub, "yard/thing.online", True)  # it is there all the same


def packet(number: int, offset: int, body: bytes, last: bool = False, kind: int = 1, quality: int = 50) -> bytes:
    head = bytes([0x80, 26 | (0x80 if last else 0), number >> 8, number & 255]) + bytes(8)
    return head + bytes([0]) + offset.to_bytes(3) + bytes([kind, quality, 2, 2]) + body


async def test_a_picture_of_which_a_packet_is_lost_is_left_out() -> None:
    got: list[bytes] = []
    pictures = jpeg.Pictures(26, None, got.append)
    for number, offset, last in ((1, 0, False), (2, 4, True), (3, 0, False), (5, 8, True), (6, 0, False), (7, 4, True)):
        pictures.packet(packet(number, offset, b"\x01\x02\x03\x04", last))
    assert len(got) == 2
    assert pictures.lost == 1
    # Who comes in the middle of one; one of a kind that nobody knows; rubbish.
    for sent in (packet(8, 4, b"x", True), packet(9, 0, b"x", True, kind=9), packet(10, 0, b"x", True, quality=200)):
        pictures.packet(sent)
    for length in range(40):
        pictures.packet(packet(11, 0, b"\xff" * 40, True, kind=64, quality=255)[:length])
    assert len(got) == 2
    with pytest.raises(Refused):
        for n in range(10):
            pictures.packet(packet(20 + n, n << 20, bytes(2**20)))
