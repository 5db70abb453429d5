"""Films of a real Home Assistant's cameras: one answer for all who look; on bad days it is said what is wrong."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.links.homeassistant.host import Host, running
from tests.peers.homeassistant import HomeAssistant
from tests.peers.mjpeg import Mjpeg, told
from wayhome.errors import HubError, NotFound, Unreachable
from wayhome.hub import slides
from wayhome.hub.film import Film, Shot
from wayhome.links.homeassistant.run import HomeAssistantRun
from wayhome.links.homeassistant.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.real]


class Looker:
    """Somebody who looks."""

    def __init__(self) -> None:
        self.films: list[Film] = []
        self.shots: list[Shot] = []
        self.ended: HubError | None = None

    def film(self, film: Film) -> None:
        self.films.append(film)

    def shot(self, shot: Shot) -> None:
        self.shots.append(shot)

    def over(self, error: HubError) -> None:
        self.ended = error

    @property
    def late(self) -> float:
        """How old the last picture is by its own clock, in s."""
        return time.time() - told(self.shots[-1].data) / 1000


@pytest.fixture
def camera(tmp_path: Path, homeassistant: HomeAssistant) -> Iterator[Mjpeg]:
    """A camera that Home Assistant knows, as ``camera.yard``."""
    peer = Mjpeg(tmp_path / "camera")
    peer.up()
    homeassistant.add("mjpeg", name="Yard", mjpeg_url=peer.url, still_image_url=peer.still_url)
    yield peer
    homeassistant.remove("mjpeg")
    peer.kill()


def settings(peer: HomeAssistant) -> Settings:
    return Settings(peer.url)


async def test_its_demo_cameras_are_films(homeassistant: HomeAssistant) -> None:
    host = Host("home", token=homeassistant.token)
    async with running(host, settings(homeassistant)) as run:
        assert host.value("demo-camera/camera.film") == "JPEG"
        lookers = {}
        for thing, kind in (("demo-camera", "image/jpeg"), ("demo-camera-png", "image/png")):
            looker = lookers[kind] = Looker()
            run.watch(thing, looker)
        for kind, looker in lookers.items():
            await host.until(lambda looker=looker: len({shot.data for shot in looker.shots}) >= 3)
            assert (looker.films[0].codec, looker.films[0].seldom) == (kind, True)
        with pytest.raises(NotFound):
            run.watch("kitchen-lights", Looker())
        # It is switched off there, and on again.
        await asyncio.to_thread(
            homeassistant.service, "camera", "turn_off", entity_id="camera.demo_camera_without_stream"
        )
        off = Looker()
        run.watch("demo-camera-without-stream", off)
        await host.until(lambda: off.ended is not None)
        assert "switched off" in off.ended.detail  # type: ignore[union-attr]
        await asyncio.to_thread(
            homeassistant.service, "camera", "turn_on", entity_id="camera.demo_camera_without_stream"
        )
        on = Looker()
        run.watch("demo-camera-without-stream", on)
        await host.until(lambda: on.shots)
    # The link stops: whoever looks is told.
    assert all(isinstance(looker.ended, Unreachable) for looker in lookers.values())


async def test_of_a_still_nobody_knows_how_old_it_is_until_another_comes(
    homeassistant: HomeAssistant, camera: Mjpeg
) -> None:
    host = Host("home", token=homeassistant.token)
    async with running(host, settings(homeassistant)) as run:
        await host.until(lambda: "yard" in host.house.things)
        first = await run.picture("yard")
        assert first.at == 0, "Home Assistant may have had it for days"
        await asyncio.sleep(1.2)
        asked = host.now()
        second = await run.picture("yard")
        assert second.at is not None and asked - 1 <= second.at <= host.now()
        camera.does("still")
        same = [await run.picture("yard") for _ in range(3) if await asyncio.sleep(1.2) is None]
        assert same[0].content == same[2].content and same[0].at == same[2].at


async def test_ten_who_look_cost_one_film(
    homeassistant: HomeAssistant, camera: Mjpeg, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Host("home", token=homeassistant.token)
    async with running(host, settings(homeassistant)) as run:
        await host.until(lambda: "yard" in host.house.things)
        lookers = [Looker() for _ in range(10)]
        leaves = [run.watch("yard", looker) for looker in lookers]
        await host.until(lambda: all(len(looker.shots) > 20 for looker in lookers), 30)
        await host.until(lambda: all(0 < looker.late < 1 for looker in lookers), 30)
        assert len({id(looker.shots[-1]) for looker in lookers}) == 1
        # Who asked before, and hung up, it notices with the next picture that it sends them.
        await host.until(lambda: camera.lookers() == 1)
        picture = await run.picture("yard")
        assert 0 < time.time() - told(picture.content) / 1000 < 10
        # From here on it is quick to see that no picture comes.
        monkeypatch.setattr(slides, "HALF", 1.0)
        monkeypatch.setattr(slides, "QUIET", 1.5)
        await stalls(host, run, camera, lookers[0])
        for leave in leaves:
            leave()


async def stalls(host: Host, run: HomeAssistantRun, camera: Mjpeg, looker: Looker) -> None:
    """It stops in the middle of a picture: half of one is never shown. While Home Assistant waits for it in vain, it is
    said; when it goes on, so does the film."""
    camera.does("half")
    await host.until(lambda: looker.ended is not None)
    assert isinstance(looker.ended, Unreachable)
    assert all(told(shot.data) for shot in looker.shots)
    camera.does("work")
    again = Looker()
    leave = run.watch("yard", again)
    await host.until(lambda: len(again.shots) > 5 and again.late < 1, 30)
    leave()
