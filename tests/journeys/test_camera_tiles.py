"""Cameras on their tiles, in a real Chromium before a real hub: live while one sees them, and never for who drives."""

from __future__ import annotations

import asyncio
import contextlib
import io
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page, WebSocket, expect

from tests.hmi.glass import faint
from tests.hmi.seats import pair, post
from tests.journeys.screens import CAR, PHONE, address, found, go, screen
from tests.peers.camera import Camera, clock
from tests.peers.hub import RunningHub
from tests.peers.mjpeg import Mjpeg

pytestmark = [pytest.mark.anyio, pytest.mark.real]

# What is on a tile, as it is drawn there: the brightness of its pixels.
GLASS = """tile => {
  const canvas = tile.querySelector("canvas");
  const [{ width, height }, pen] = [canvas, canvas.getContext("2d")];
  const { data } = pen.getImageData(0, 0, width, height);
  return [width, Array.from({ length: width * height / 5 }, (_, n) => data[n * 4])];
}"""


@pytest.fixture
def cameras(tmp_path: Path) -> Iterator[list[str]]:
    """The addresses of two cameras: one sends H.264, the other Motion JPEG."""
    peers = [Camera(tmp_path / "rtsp", width=640, height=360, fps=10), Mjpeg(tmp_path / "mjpeg", width=640, height=360)]
    for peer in peers:
        peer.up()
    yield [peer.url for peer in peers]
    for peer in peers:
        peer.kill()


def join(hub: RunningHub, urls: list[str], count: int = 1) -> list[dict[str, Any]]:
    """Join cameras, the same ones again and again; the board with all of them."""
    with hub.api() as api:
        for n in range(count):
            new = {"link": "rtsp", "name": f"View {n}", "config": {"url": urls[n % len(urls)], "area": "Yard"}}
            assert api.post("/api/links/add", json=new).is_success
    return [{"kind": "thing", "item": f"view-{n}"} for n in range(count)]


def films(page: Page) -> list[WebSocket]:
    """The films that the page has opened, from now on."""
    opened: list[WebSocket] = []
    page.on("websocket", lambda socket: "/api/film" in socket.url and opened.append(socket))
    return opened


async def become(films: list[WebSocket], count: int) -> None:
    """Wait until so many films are open."""
    until = time.monotonic() + 45
    while (now := sum(not one.is_closed() for one in films)) != count:
        assert time.monotonic() < until, f"{now} films are open, not {count}"
        await asyncio.sleep(0.1)


async def live(page: Page, name: str) -> None:
    """Wait until what is on a tile is of now: a busy machine is late for a while."""
    until = time.monotonic() + 45
    while True:
        asked = time.time()
        width, luma = await page.locator(".tile", has_text=name).first.evaluate(GLASS)
        if (late := asked - clock(bytes(luma), width)[0] / 1000) < 1.5:
            return
        assert time.monotonic() < until, f"{name} is {late:.1f} s late"
        await asyncio.sleep(0.2)


async def test_six_on_the_cars_glass_are_live_while_they_are_seen(
    hub: RunningHub, cameras: list[str], tmp_path: Path
) -> None:
    async with screen(tmp_path / "car", hub, CAR, touch=True) as page:
        opened = films(page)
        await found(page, hub)
        await post(page, "home/put", {"tiles": join(hub, cameras, 6)})
        await go(page, hub, "")
        await expect(page.get_by_text("Live", exact=True)).to_have_count(6, timeout=30_000)
        for n in range(6):
            await live(page, f"View {n}")
        await page.screenshot(path=tmp_path / "car.png")
        await page.get_by_role("button", name="View 3, Live").click()
        # Its sheet begins with what the tile shows, and opens the film once.
        await expect(page.get_by_role("img", name="Live picture of View 3")).to_be_visible()
        await expect(page.get_by_role("dialog").get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
        await become(opened, 1)  # the tiles rest meanwhile
        count = len(opened)
        await asyncio.sleep(1)
        assert len(opened) == count
        await page.keyboard.press("Escape")
        await become(opened, 6)
        await expect(page.get_by_text("Live", exact=True)).to_have_count(6, timeout=30_000)
        await go(page, hub, "settings")
        await become(opened, 0)
        # A phone shows as many as it has room for, and no film of what is scrolled away.
        await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        await go(page, hub, "")
        await expect(page.get_by_text("Live", exact=True).first).to_be_visible(timeout=30_000)
        until = time.monotonic() + 45
        while sum(not one.is_closed() for one in opened) < 2:
            assert time.monotonic() < until, "it shows one alone"
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)
        assert 2 <= sum(not one.is_closed() for one in opened) <= 6
        await page.screenshot(path=tmp_path / "phone.png")


@asynccontextmanager
async def one_picture(colour: str) -> AsyncIterator[str]:
    """A camera that sees one colour; its address."""
    file = io.BytesIO()
    Image.new("RGB", (320, 180), colour).save(file, "JPEG")
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(file.getvalue())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while (await reader.read(4_000)).startswith(b"GET"):
                writer.write(answer + file.getvalue())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/still.jpg"
    finally:
        server.close()


@pytest.mark.long
async def test_its_words_can_be_read_on_snow_and_at_night(hub: RunningHub, tmp_path: Path) -> None:
    async with (
        one_picture("white") as snow,
        one_picture("black") as night,
        screen(tmp_path / "car", hub, CAR, touch=True) as page,
    ):
        await found(page, hub)
        await post(page, "home/put", {"tiles": join(hub, [snow, night], 2)})
        await go(page, hub, "")
        await expect(page.locator(".sees")).to_have_count(2, timeout=30_000)
        for theme in ("day", "night"):
            await page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
            await asyncio.sleep(0.5)
            await page.screenshot(path=tmp_path / f"{theme}.png")
            assert await faint(page) == []


@pytest.mark.long
async def test_who_drives_sees_no_picture_on_a_tile(hub: RunningHub, cameras: list[str], tmp_path: Path) -> None:
    async def ask(path: str, data: dict[str, Any]) -> Any:
        with hub.api() as api:
            answer = await asyncio.to_thread(api.post, f"/api/{path}", json=data)
        assert answer.is_success, answer.text
        return answer.json()

    async with screen(tmp_path / "phone", hub, PHONE) as owner, screen(tmp_path / "car", hub, CAR) as page:
        opened = films(page)
        stills: list[str] = []
        page.on("request", lambda request: "home/picture" in request.url and stills.append(request.url))
        await found(owner, hub)
        await post(owner, "home/put", {"tiles": join(hub, cameras)})
        config = {"part": "car", "start": "home", "stay": 0.5, "factor": 5}
        await ask("links/add", {"link": "sim", "name": "Car", "config": config})
        await page.goto(address(hub))
        await pair(ask, page, kind="car", person="anna", seat="driver", car="car")
        await go(page, hub, "")
        await page.reload()
        # The car drives off: the picture is gone, and nothing is asked for.
        await expect(page.get_by_role("button", name="View 0, Live")).to_be_visible(timeout=30_000)
        await expect(page.get_by_role("button", name="View 0, Live")).to_be_hidden(timeout=60_000)
        await expect(page.get_by_role("button", name="View 0").first).to_be_visible()
        await expect(page.locator(".tile canvas")).to_have_count(0)
        await become(opened, 0)
        before = len(opened), len(stills)
        await asyncio.sleep(3)
        assert (len(opened), len(stills)) == before
        await page.screenshot(path=tmp_path / "driver.png")
