"""A real camera's film through a real hub: pictures come, only while they really do; what is wrong is said."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.links.rtsp.house import becomes, join, value
from tests.links.rtsp.viewer import looking
from tests.peers.camera import Camera
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def cameras(tmp_path: Path) -> Iterator[list[Camera]]:
    """Cameras that a test has started; they are ended after it."""
    started: list[Camera] = []
    yield started
    for camera in started:
        camera.kill()


def started(cameras: list[Camera], folder: Path, **options: Any) -> Camera:
    camera = Camera(folder, **options)
    cameras.append(camera)
    camera.up()
    return camera


async def test_its_pictures_come_at_once_and_whole(hub: RunningHub, cameras: list[Camera], tmp_path: Path) -> None:
    camera = started(cameras, tmp_path / "camera", user="ada", password="right")
    join(hub, camera.url, "right", user="ada")
    await becomes(hub, "connected")
    await value(hub, "yard/thing.online", True)
    async with looking(hub, "yard") as viewer:
        await viewer.until(60)
        assert viewer.film == {"t": "film", "codec": "avc1.42c01f", "width": 1280, "height": 720}
        assert viewer.misses(camera.sent()) == []
        await value(hub, "yard/camera.state", "streaming")
        # Whoever comes now sees one of now at once, from the kept group of pictures.
        async with looking(hub, "yard") as other:
            newest = camera.sent()[-1]  # the first screen may not have drawn yet what the hub has
            await other.until(1)
            assert other.pictures[0].key and other.pictures[0].said <= newest
    await value(hub, "yard/camera.state", "idle", 30)


async def test_a_still_is_of_now(hub: RunningHub, cameras: list[Camera], tmp_path: Path) -> None:
    import io

    from PIL import Image

    from tests.peers.camera import clock

    camera = started(cameras, tmp_path / "camera")
    join(hub, camera.url)
    await becomes(hub, "connected")
    for _ in range(2):
        asked = time.time()
        with hub.api() as api:
            answer = await asyncio.to_thread(api.get, "/api/home/picture", params={"thing": "yard"})
        assert answer.headers["content-type"] == "image/jpeg"
        image = Image.open(io.BytesIO(answer.content)).convert("L")
        assert image.size == (1280, 720)
        ms, _ = clock(image.tobytes(), 1280)
        # How long it takes to draw it, and to get here, is no age of it.
        assert ms < time.time() * 1000 and asked * 1000 - ms < 1_000


@pytest.mark.parametrize("basic", [False, True])
async def test_a_wrong_password_waits_for_the_right_one(
    hub: RunningHub, cameras: list[Camera], tmp_path: Path, basic: bool
) -> None:
    options = {"basic": True} if basic else {}
    camera = started(cameras, tmp_path / "camera", user="ada", password="right", **options)
    id = join(hub, camera.url, "wrong", user="ada")
    said = await becomes(hub, "sign_in_needed")
    assert said["code"] == "auth_needed"
    async with looking(hub, "yard") as viewer:
        assert await viewer.over() == "auth_needed"
        assert viewer.pictures == []
    with hub.api() as api:
        assert api.post("/api/links/change", json={"id": id, "secrets": {"password": "right"}}).status_code < 300
    await becomes(hub, "connected")


async def test_a_camera_that_stalls_is_away_until_pictures_come(
    hub: RunningHub, cameras: list[Camera], tmp_path: Path
) -> None:
    camera = started(cameras, tmp_path / "camera")
    join(hub, camera.url)
    await becomes(hub, "connected")
    async with looking(hub, "yard") as viewer:
        await viewer.until(30)
        camera.hold_still(True)
        assert await viewer.over() == "unreachable"
        await value(hub, "yard/thing.online", False)
    camera.hold_still(False)
    until = time.monotonic() + 60
    while True:  # as a screen does: it asks again
        async with looking(hub, "yard") as viewer:
            try:
                await viewer.until(30, 10)
                break
            except TimeoutError:
                assert time.monotonic() < until
    await value(hub, "yard/thing.online", True)


async def test_h265_is_refused_with_its_name(hub: RunningHub, cameras: list[Camera], tmp_path: Path) -> None:
    camera = started(cameras, tmp_path / "h265", codec="h265", width=640, height=480)
    with hub.api() as api:
        look = {"link": "rtsp", "name": "x", "config": {"url": camera.url}}
        answer = await asyncio.to_thread(api.post, "/api/links/look", json=look)
    assert answer.json()["code"] == "refused"
    assert "H.265" in answer.json()["detail"]


async def test_ten_viewers_cost_the_camera_one(hub: RunningHub, cameras: list[Camera], tmp_path: Path) -> None:
    import contextlib

    camera = started(cameras, tmp_path / "camera", width=640, height=480, rate=1000)
    join(hub, camera.url)
    await becomes(hub, "connected")
    async with contextlib.AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(looking(hub, "yard")) for _ in range(10)]
        await asyncio.gather(*(viewer.until(50) for viewer in viewers))
        for viewer in viewers:
            await viewer.of_now(20, 2_000)
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
        # Its own end of each connection that stands (01); one that is being closed is none.
        established = [one for one in lines if one[1] == f"0100007F:{camera.port:04X}" and one[3] == "01"]
        assert len(established) == 1, established


async def test_a_screen_that_does_not_follow_gets_key_pictures_and_harms_nobody(
    hub: RunningHub, cameras: list[Camera], tmp_path: Path
) -> None:
    camera = started(cameras, tmp_path / "camera", width=640, height=480, rate=1000)
    join(hub, camera.url)
    await becomes(hub, "connected")
    async with looking(hub, "yard", sees=False) as slow, looking(hub, "yard") as quick:
        await quick.until(100)
        # It was sent what fits into a second and a half, and then nothing more.
        assert len(slow.pictures) < 70
        assert quick.misses(camera.sent()) == []
        assert json.dumps(quick.bye) == "{}"
