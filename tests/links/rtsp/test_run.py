"""A running camera, given pictures by hand: what it shows, and what a still picture costs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tests.links.rtsp.test_wire import SPS
from tests.world import World
from wayhome.errors import HubError
from wayhome.hub.film import Film, Shot
from wayhome.hub.link import Picture
from wayhome.links.rtsp import run as running
from wayhome.links.rtsp.h264 import Whole
from wayhome.links.rtsp.run import RtspRun
from wayhome.links.rtsp.settings import Settings

pytestmark = pytest.mark.anyio


class Viewer:
    def __init__(self) -> None:
        self.shots: list[bytes] = []

    def film(self, film: Film) -> None:
        return

    def shot(self, shot: Shot) -> None:
        self.shots.append(shot.data)

    def over(self, error: HubError) -> None:
        raise error


def made(world: World) -> RtspRun:
    made = RtspRun(world.puppet.host, Settings("rtsp://camera/"))
    made._id, made._running = "yard", True
    return made


async def test_nothing_is_shown_upon_a_key_picture_that_was_rubbish() -> None:
    async with World() as world:
        camera, viewer = made(world), Viewer()
        leave = camera.watch("yard", viewer)
        camera._whole(Whole(True, b"key", SPS))
        camera._whole(Whole(False, b"next", SPS))
        camera._whole(Whole(True, b"rubbish", b"\x67" + bytes(20)))
        camera._whole(Whole(False, b"upon it", SPS))
        camera._whole(Whole(True, b"key again", SPS))
        assert viewer.shots == [b"key", b"next", b"key again"]
        leave()


async def test_who_asks_for_a_still_while_one_is_drawn_gets_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = 0

    async def still(shots: Sequence[Shot]) -> Picture:
        nonlocal drawn
        drawn += 1
        await asyncio.sleep(0.05)
        return Picture(shots[-1].data, "image/jpeg", shots[-1].at)

    monkeypatch.setattr(running, "still", still)
    async with World() as world:
        camera = made(world)
        camera._whole(Whole(True, b"key", SPS))
        asked = [asyncio.create_task(camera.picture("yard")) for _ in range(20)]
        await asyncio.sleep(0.01)
        asked[0].cancel()  # who goes takes it from nobody
        assert {(await one).content for one in asked[1:]} == {b"key"}
        assert drawn == 1
        camera._whole(Whole(False, b"next", SPS))
        assert (await camera.picture("yard")).content == b"next"
        assert drawn == 2
