"""What a camera notices: heard from its ONVIF service, through restarts, wrong clocks and peers that behave badly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.links.rtsp.house import becomes, join, value
from tests.peers.camera import Camera
from tests.peers.hub import RunningHub
from tests.peers.onvif import Onvif

pytestmark = [pytest.mark.anyio, pytest.mark.real]

CELLS = "tns1:RuleEngine/CellMotionDetector/Motion"
ALARM = "tns1:VideoSource/MotionAlarm"
VISITOR = "tns1:RuleEngine/MyRuleDetector/Visitor"
RULE = {"VideoSourceConfigurationToken": "VSC_1", "VideoAnalyticsConfigurationToken": "A", "Rule": "MyMotion"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningHub, Camera]]:
    """One hub and one camera for all of these; each test joins the camera anew."""
    folder = tmp_path_factory.mktemp("events")
    peer = Camera(folder / "camera", user="ada", password="right", width=640, height=480, rate=800)
    peer.up()
    running = RunningHub(folder / "hub")
    running.start()
    yield running, peer
    running.stop()
    peer.kill()


@pytest.fixture
def hub(house: tuple[RunningHub, Camera]) -> Iterator[RunningHub]:
    yield house[0]
    with house[0].api() as api:
        for link in api.get("/api/links/list").json()["links"]:
            api.post("/api/links/remove", json={"id": link["id"]})


@pytest.fixture
def service(house: tuple[RunningHub, Camera], tmp_path: Path) -> Iterator[Onvif]:
    # A day behind, and a term so short that it has to be renewed within the test, and a machine may stand still in it.
    peer = Onvif(tmp_path / "onvif", house[1], "ada", "right", -86_400, term=10, rings=True)
    peer.up()
    yield peer
    peer.kill()


async def reading(hub: RunningHub, path: str) -> list[Any] | None:
    with hub.api() as api:
        found = (await asyncio.to_thread(api.get, "/api/home/get", params={"path": path})).json()
    answer: list[Any] | None = found.get("values", {}).get(path)
    return answer


async def until(hub: RunningHub, path: str, fits: Any, seconds: float = 45) -> list[Any]:
    end = time.monotonic() + seconds
    while True:
        found = await reading(hub, path)
        if found is not None and fits(found):
            return found
        assert time.monotonic() < end, found
        await asyncio.sleep(0.05)


async def subscribed(peer: Onvif) -> None:
    end = time.monotonic() + 45
    while peer.control("counts")["counts"].get("PullMessages", 0) == 0:
        assert time.monotonic() < end, "nobody listens"
        await asyncio.sleep(0.05)


async def test_motion_and_a_ring_are_signals_of_the_camera(hub: RunningHub, service: Onvif) -> None:
    service.say(CELLS, {"IsMotion": "false"}, RULE)
    join(hub, service.url, "right", user="ada", profile="Profile_Sub")
    await becomes(hub, "connected")
    # What is so already is told to who comes.
    await value(hub, "yard/camera.motion", False)
    service.say(CELLS, {"IsMotion": "true"}, RULE)
    await value(hub, "yard/camera.motion", True)
    # A second detector of the same: it moves until both say that it doesn't.
    service.say(ALARM, {"State": "true"})
    service.say(CELLS, {"IsMotion": "false"}, RULE)
    await asyncio.sleep(3)
    assert (await reading(hub, "yard/camera.motion") or [None])[0] is True
    service.say(ALARM, {"State": "false"})
    await value(hub, "yard/camera.motion", False)
    service.say("tns1:RuleEngine/MyRuleDetector/PeopleDetect", {"State": "true"}, {"Source": "000"})
    await value(hub, "yard/camera.person", True)
    began = time.time()
    service.say(VISITOR, {"State": "true"}, {"Source": "000"})
    rang = await until(hub, "yard/event.at", lambda found: isinstance(found[0], str))
    assert began - 1 <= rang[1] <= time.time()
    # Somebody else's camera at the same recorder, and what nobody knows: nothing.
    service.say("tns1:Nobody/Knows", {"State": "true"})
    with hub.api() as api:
        thing = api.get("/api/home/things").json()["things"]["yard"]
        notices = api.get("/api/notices/list").json()["notices"]
    assert {one["kind"] for one in notices} == {"doorbell"}
    assert set(thing["signals"]) == {
        "camera.state", "camera.film", "camera.motion", "camera.person", "event.at", "event.type",
        "camera.turn", "camera.preset",
    }  # fmt: skip
    # The subscription was renewed rather than made anew.
    end = time.monotonic() + 45
    while (counts := service.control("counts")["counts"]).get("Renew", 0) < 2:
        assert time.monotonic() < end, counts
        await asyncio.sleep(0.05)
    assert counts["CreatePullPointSubscription"] == 1, counts


async def test_a_camera_that_restarts_is_heard_again(hub: RunningHub, service: Onvif) -> None:
    join(hub, service.url, "right", user="ada")
    await becomes(hub, "connected")
    await subscribed(service)
    service.say(ALARM, {"State": "true"})
    await value(hub, "yard/camera.motion", True)
    service.kill()
    # What was told last is no fact of now.
    lost = await until(hub, "yard/camera.motion", lambda found: len(found) > 3)
    assert lost[0] is True and lost[3] == "unreachable"
    service.up()
    service.say(ALARM, {"State": "false"})
    await until(hub, "yard/camera.motion", lambda found: found[0] is False and len(found) < 4, 90)


@pytest.mark.long
@pytest.mark.parametrize("mode", ["no-renew", "absolute", "lie"])
async def test_cameras_of_their_own_mind_are_heard(hub: RunningHub, service: Onvif, mode: str) -> None:
    service.mode(mode)
    join(hub, service.url, "right", user="ada")
    await becomes(hub, "connected")
    for n in range(3):
        on = n % 2 == 0
        service.say(ALARM, {"State": "true" if on else "false"})
        await value(hub, "yard/camera.motion", on)
        await asyncio.sleep(2)


@pytest.mark.parametrize(
    "mode", ["flood", *(pytest.param(m, marks=pytest.mark.long) for m in ("rubbish", "huge", "hang"))]
)
async def test_who_behaves_badly_has_a_film_all_the_same(hub: RunningHub, service: Onvif, mode: str) -> None:
    join(hub, service.url, "right", user="ada", open="always")
    await becomes(hub, "connected")
    await subscribed(service)
    start, clock = time.time(), time.monotonic()
    began = service.control("counts")["counts"]
    service.mode(mode)
    await asyncio.sleep(4)
    asked = sum(service.control("counts")["counts"].values()) - sum(began.values())
    assert asked < 10 * (time.monotonic() - clock), "the hub answers bad manners with its own"
    assert (await reading(hub, "yard/thing.online") or [None])[0] is True
    if mode == "flood":
        end, points = time.monotonic() + 45, list[Any]()
        with hub.api() as api:
            assert (await asyncio.to_thread(api.get, "/api/home/things")).is_success
            while not points:
                assert time.monotonic() < end, "it did not hear that something moves"
                span = {"path": "yard/camera.motion", "start": start, "end": time.time()}
                points = (await asyncio.to_thread(api.get, "/api/home/history", params=span)).json()["points"]
                await asyncio.sleep(0.05)
        assert 1 <= len(points) <= 2, points
    service.mode("honest")
    service.say(ALARM, {"State": "true"})
    await until(hub, "yard/camera.motion", lambda found: found[0] is True and len(found) < 4, 90)


@pytest.mark.long
async def test_a_camera_without_events_is_left_alone(hub: RunningHub, service: Onvif) -> None:
    service.mode("none")
    join(hub, service.url, "right", user="ada")
    await becomes(hub, "connected")
    await asyncio.sleep(10)
    assert sum(service.control("counts")["counts"].values()) <= 3


async def test_it_says_good_bye(hub: RunningHub, service: Onvif) -> None:
    id = join(hub, service.url, "right", user="ada")
    await becomes(hub, "connected")
    await subscribed(service)
    with hub.api() as api:
        assert (await asyncio.to_thread(api.post, "/api/links/remove", json={"id": id})).is_success
    end = time.monotonic() + 45
    while service.control("counts")["counts"].get("Unsubscribe", 0) == 0:
        assert time.monotonic() < end, "the camera keeps what nobody hears"
        await asyncio.sleep(0.05)
