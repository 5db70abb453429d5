"""Who drives sees no film: the hub refuses it, whatever the page does. Passengers see it live."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.links.rtsp.viewer import looking
from tests.peers.camera import Camera
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    """A household of Anna's with a car that is parked, and a camera in its yard."""
    camera = Camera(tmp_path / "camera", width=640, height=480, rate=800)
    camera.up()
    running = RunningHub(tmp_path / "hub")
    running.start()
    with running.api("") as api:
        founding = {"name": "Anna", "household": "Linden 7", "password": "a lamp, a road, a gate", "device": {}}
        founding["code"] = running.said.get("setup_code") or ""
        assert api.post("/api/door/owner", json=founding, headers={"Origin": running.url}).is_success
    with running.api() as api:
        car = {"link": "sim", "name": "Car", "config": {"part": "car", "start": "home", "stay": 1_440}}
        yard = {"link": "rtsp", "name": "Yard", "config": {"url": camera.url}}
        assert api.post("/api/links/add", json=car).is_success
        assert api.post("/api/links/add", json=yard).is_success
    yield running
    running.stop()
    camera.kill()


def pair(hub: RunningHub, seat: str, person: str = "anna", car: str | None = "car") -> httpx.Client:
    """A screen at this seat of the car."""
    where = [] if car is None else [f"car={car}"]
    who = json.loads(hub.cli("do", "people.pair_start", f"person={person}", f"seat={seat}", *where, "--json"))
    screen = httpx.Client(base_url=hub.url, headers={"origin": hub.url}, trust_env=False)
    body = {"key": who["link"].partition("=")[2], "device": {"name": f"Glass {seat}", "kind": "car"}}
    assert screen.post("/api/door/pair/accept", json=body).status_code == 200
    return screen


async def test_the_driver_gets_a_still_and_passengers_the_film(hub: RunningHub) -> None:
    with contextlib.closing(pair(hub, "driver")) as driver, contextlib.closing(pair(hub, "passenger")) as passenger:
        at_the_wheel, beside = driver.cookies["wayhome"], passenger.cookies["wayhome"]
        async with looking(hub, "yard", cookie=beside) as viewer, looking(hub, "yard", cookie=at_the_wheel) as parked:
            await parked.until(10)
            # The car drives off: the driver's film ends at once.
            with hub.api() as api:
                leaves = {"id": "car", "config": {"stay": 0.5, "factor": 5}}
                assert (await asyncio.to_thread(api.post, "/api/links/change", json=leaves)).is_success
            assert await parked.over(60) == "not_while_driving"
            said = json.loads(hub.cli("get", "car/driving.state", "--json"))["car/driving.state"][0]
            assert said in ("idling", "moving")
            async with looking(hub, "yard", cookie=at_the_wheel) as refused:
                assert await refused.over() == "not_while_driving"
                assert refused.pictures == []
            # Stills one after the other would be a film.
            still = await asyncio.to_thread(driver.get, "/api/home/picture", params={"thing": "yard"})
            assert still.status_code == 200
            still = await asyncio.to_thread(driver.get, "/api/home/picture", params={"thing": "yard"})
            assert (still.status_code, still.json()["code"]) == (403, "not_while_driving")
            for _ in range(2):
                free = await asyncio.to_thread(passenger.get, "/api/home/picture", params={"thing": "yard"})
                assert free.status_code == 200
            seen = len(viewer.pictures)
            await viewer.until(seen + 10)


async def test_whoever_may_not_see_the_camera_hears_of_none(hub: RunningHub) -> None:
    with contextlib.closing(pair(hub, "elsewhere")) as anna:
        async with looking(hub, "yard", cookie=anna.cookies["wayhome"]) as viewer:
            await viewer.until(5)
            # She is signed out there: it ends at once.
            device = anna.get("/api/people/me").json()["device"]
            await asyncio.to_thread(hub.cli, "do", "people.revoke", f"device={device}")
            assert await viewer.over() == "sign_in_needed"
        async with looking(hub, "yard", cookie=anna.cookies["wayhome"]) as viewer:
            assert await viewer.over() == "sign_in_needed"
    async with looking(hub, "nothing") as viewer:
        assert await viewer.over() == "not_found"
