"""Bad days of recording: a full disk, a camera that goes, a driver, and people who may not look back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bad_days.test_full_disk import Small, mounted
from tests.features.recordings.yard import decoded, yard
from tests.links.rtsp.house import value
from tests.links.rtsp.test_driver import pair
from tests.peers.camera import Camera
from tests.peers.hub import RunningHub
from tests.peers.mosquitto import Mosquitto

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Camera]:
    peer = Camera(tmp_path / "camera", width=640, height=480, fps=15, gop=15, rate=800)
    peer.up()
    yield peer
    peer.kill()


@pytest.mark.long
async def test_a_full_disk_is_said_and_it_goes_on_by_itself(
    camera: Camera, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    with mounted(tmp_path / "disk") as small:
        if not small:
            pytest.skip("only an account that may mount can have a tiny disk")
        hub = RunningHub(tmp_path / "disk")
        hub.start()
        disk = Small(tmp_path / "disk")
        try:
            async with yard(hub, camera, mosquitto) as it:
                await it.says("yard_motion", True)
                await it.state("recording")
                await asyncio.sleep(1)
                disk.fill()
                # It says so at once, and says "recording" no more.
                await it.state("full", 10)
                assert it.list()["running"] == []
                said = it.list()["cameras"][0]
                assert said["why"] == "the disk is full"
                with hub.api() as api:
                    doctor = api.get("/api/upkeep/doctor").json()
                assert [one["ok"] for one in doctor["findings"] if one["name"] == "recordings"] == [False]
                # Whoever may look at recordings is told.
                await asyncio.sleep(7)
                with hub.api() as api:
                    notices = api.get("/api/notices/list").json()["notices"]
                    assert [one["kind"] for one in notices] == ["recording_stopped"]
                disk.free()
                await it.state("recording", 10)
                await asyncio.sleep(1)
                await it.says("yard_motion", False)
                made = await it.ended(1)
                assert len(decoded(it.film(made[0]["id"]))[0]) > 15
        finally:
            hub.stop()


@pytest.mark.long
async def test_a_camera_that_goes_ends_what_it_showed(camera: Camera, mosquitto: Mosquitto, tmp_path: Path) -> None:
    hub = RunningHub(tmp_path / "hub")
    hub.start()
    try:
        async with yard(hub, camera, mosquitto) as it:
            await it.says("yard_motion", True)
            await it.state("recording")
            await asyncio.sleep(1)
            camera.kill()
            [made] = await it.ended()
            assert made["cut"] is True
            assert len(decoded(it.film(made["id"]))[0]) > 15
            assert it.list()["cameras"][0]["state"] in ("opening", "away")
    finally:
        hub.stop()


async def test_who_drives_and_who_may_not_look_back(camera: Camera, mosquitto: Mosquitto, tmp_path: Path) -> None:
    hub = RunningHub(tmp_path / "hub")
    hub.start()
    with hub.api("") as api:
        founding = {"name": "Anna", "household": "Linden 7", "password": "a lamp, a road, a gate", "device": {}}
        founding["code"] = hub.said.get("setup_code") or ""
        assert api.post("/api/door/owner", json=founding, headers={"Origin": hub.url}).is_success
    try:
        async with yard(hub, camera, mosquitto) as it:
            await it.says("yard_motion", True)
            await it.state("recording")
            await asyncio.sleep(1)
            it.ask("choose", camera="yard", on=False)
            [made] = await it.ended()
            film = f"/api/recordings/film/{made['id']}"
            with hub.api() as api:
                child = {"name": "Mei", "role": "child"}
                mei = api.post("/api/people/add", json=child).json()["id"]
                look = {"to": f"person:{mei}", "sentence": "read yard/camera.**"}
                assert api.post("/api/people/grant", json=look).is_success
            with contextlib.closing(pair(hub, "elsewhere", mei, None)) as hers:
                # She may see the camera, and not look back.
                assert hers.get("/api/home/picture", params={"thing": "yard"}).status_code == 200
                assert hers.get("/api/recordings/list").json()["recordings"] == []
                assert hers.get("/api/recordings/list").json()["cameras"] == []
                assert hers.get("/api/recordings/list").json()["room"]["taken"] == 0
                assert hers.get(film).status_code == 404
                assert hers.get("/api/recordings/still", params={"id": made["id"]}).status_code == 404
                with hub.api() as api:
                    back = {"to": f"person:{mei}", "sentence": "read @recording/yard"}
                    assert api.post("/api/people/grant", json=back).is_success
                assert [one["id"] for one in hers.get("/api/recordings/list").json()["recordings"]] == [made["id"]]
                assert hers.get(film).status_code == 200
                # Deleting, letting stay and choosing are for adults.
                for name, data in (("delete", {"ids": [made["id"]]}), ("keep", {"id": made["id"], "on": True})):
                    refused = hers.post(f"/api/recordings/{name}", json=data)
                    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
                assert hers.post("/api/recordings/choose", json={"camera": "yard", "on": True}).status_code == 403
            with hub.api() as api:
                car = {"link": "sim", "name": "Car", "config": {"part": "car", "start": "driving"}}
                assert api.post("/api/links/add", json=car).is_success
            with (
                contextlib.closing(pair(hub, "driver")) as driver,
                contextlib.closing(pair(hub, "passenger")) as beside,
            ):
                assert beside.get(film).status_code == 200
                for path in (film, "/api/recordings/list", f"/api/recordings/still?id={made['id']}"):
                    refused = driver.get(path)
                    assert (refused.status_code, refused.json()["code"]) == (403, "not_while_driving")
    finally:
        hub.stop()


@pytest.mark.long
async def test_a_camera_without_h264_is_not_offered(tmp_path: Path) -> None:
    peer, hub = Camera(tmp_path / "jpeg", codec="jpeg", width=640, height=480, fps=5), RunningHub(tmp_path / "hub")
    peer.up()
    hub.start()
    try:
        with hub.api() as api:
            new = {"link": "rtsp", "name": "Yard", "config": {"url": peer.url}}
            assert api.post("/api/links/add", json=new).is_success
            await value(hub, "yard/thing.online", True)
            assert api.get("/api/recordings/list").json()["cameras"] == []
            assert api.get("/api/recordings/camera", params={"camera": "yard"}).status_code == 404
    finally:
        hub.stop()
        peer.kill()
