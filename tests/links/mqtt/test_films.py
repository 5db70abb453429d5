"""Cameras at a real broker: each message is a picture, and those of before never look like ones of now."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.links.homeassistant.host import Host
from tests.links.homeassistant.test_films import Looker
from tests.links.mqtt.house import address, broker, devices, publish, running
from tests.peers.mjpeg import Mjpeg
from wayhome.errors import NotFound, Unreachable
from wayhome.links.mqtt import films
from wayhome.links.mqtt.films import CameraFilms
from wayhome.links.mqtt.house import Choice
from wayhome.links.mqtt.mirror import Mirror

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Mjpeg]:
    """Makes the pictures."""
    peer = Mjpeg(tmp_path / "camera")
    peer.up()
    yield peer
    peer.kill()


def described(name: str, **said: object) -> dict[str, str]:
    config = {"name": name.title(), "unique_id": name, "topic": f"cam/{name}/picture", **said}
    return {f"homeassistant/camera/{name}/config": json.dumps(config)}


async def test_each_message_is_a_picture(tmp_path: Path, camera: Mjpeg) -> None:
    with broker(tmp_path / "broker") as peer:
        async with devices(peer) as client:
            await publish(client, described("yard") | described("door", image_encoding="b64"))
            image = {"name": "Bell", "unique_id": "bell", "image_topic": "cam/bell/picture"}
            await publish(client, {"homeassistant/image/bell/config": json.dumps(image)})
            host = Host("mqtt")
            async with running(host, url=address(peer)) as run:
                assert {"yard", "door", "bell"} <= set(host.house.things)
                with pytest.raises(Unreachable):
                    await run.picture("yard")
                yard, door = Looker(), Looker()
                leave = run.watch("yard", yard)
                run.watch("door", door)
                for _ in range(10):
                    picture = await asyncio.to_thread(camera.still)
                    await client.publish("cam/yard/picture", picture)
                    await client.publish("cam/door/picture", base64.b64encode(picture))
                    await client.publish("cam/bell/picture", picture)
                    await asyncio.sleep(0.1)
                await host.until(lambda: len(yard.shots) == 10 and len(door.shots) == 10)
                assert (yard.films[0].codec, yard.films[0].width, yard.films[0].seldom) == ("image/jpeg", 640, True)
                assert yard.shots[-1].data == door.shots[-1].data == picture
                assert host.value("yard/camera.film") == "JPEG 640x480"
                assert host.value("yard/camera.state") == "streaming"
                leave()
                await host.until(lambda: host.value("yard/camera.state") == "idle")
                assert (await run.picture("bell")).content == picture

                # What is no picture is not shown, and costs nothing: rubbish, half of one, one that is too large, text.
                for sent in (b"junk", picture[:-500], b"\xff\xd8" + bytes(9 * 2**20), b"", b"{}"):
                    await client.publish("cam/yard/picture", sent)
                    await client.publish("cam/door/picture", sent)
                newest = await asyncio.to_thread(camera.still)
                await client.publish("cam/yard/picture", newest)
                late = Looker()
                run.watch("yard", late)
                await host.until(lambda: late.shots and late.shots[-1].data == newest)
                assert len(door.shots) == 10
                assert not host.refused

                # It is taken out: whoever looks is told.
                await publish(client, dict.fromkeys(described("door"), ""))
                await host.until(lambda: isinstance(door.ended, NotFound))
            assert isinstance(late.ended, Unreachable)


async def test_a_picture_that_the_broker_kept_has_no_time(tmp_path: Path, camera: Mjpeg) -> None:
    with broker(tmp_path / "broker") as peer:
        async with devices(peer) as client:
            picture = camera.still()
            away = {"availability_topic": "cam/yard/there"}
            await publish(client, described("yard", **away))
            await client.publish("cam/yard/there", "online", 1, True)
            await client.publish("cam/yard/picture", picture, 1, True)
            host = Host("mqtt")
            async with running(host, url=address(peer)) as run:
                looker = Looker()
                run.watch("yard", looker)
                await host.until(lambda: looker.shots)
                assert looker.shots[0].at == 0.0
                assert (await run.picture("yard")).at == 0.0
                before = time.time()
                await client.publish("cam/yard/picture", await asyncio.to_thread(camera.still), 1, True)
                await host.until(lambda: len(looker.shots) == 2)
                assert looker.shots[1].at >= before - 0.1
                await client.publish("cam/yard/there", "offline", 1, True)
                await host.until(lambda: host.answers["yard"] is False)
                with pytest.raises(Unreachable):
                    run.watch("yard", Looker())


async def test_only_so_much_is_kept_for_those_who_look_next(camera: Mjpeg, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = camera.still()
    monkeypatch.setattr(films, "KEPT", 3 * len(picture) + 100)
    kept = CameraFilms(time.time, lambda facts: None)
    looker = Looker()
    kept.came("first", picture, False)
    kept.watch("first", looker)
    for n in range(10):
        kept.came(f"camera-{n}", picture, False)
    assert kept.picture("first").content == picture  # somebody looks at it
    assert kept.picture("camera-9").content == picture
    with pytest.raises(Unreachable):
        kept.picture("camera-2")
    kept.came("camera-2", picture, False)
    assert kept.picture("camera-2").content == picture


def test_thousands_of_cameras_at_one_topic_are_none() -> None:
    mirror = Mirror("mqtt", "homeassistant", Choice(), {})
    for number in range(20):
        [(topic, config)] = described(f"c{number}").items()
        said = json.dumps({**json.loads(config), "topic": "cam/all"})
        mirror.described(topic, said.encode(), set(), 0.0)
    assert len(mirror.pictured("cam/all")) == 8
    assert len(mirror.wrong) == 12
