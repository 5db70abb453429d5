"""What a real camera sends while a real sensor says that somebody moves is kept: FFmpeg and GStreamer read it, and the
clock in its pictures says what was kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import av
import pytest

from tests.features.recordings.yard import BELL, MOTION, decoded, demuxed, yard
from tests.links.rtsp.house import value
from tests.peers.camera import Camera
from tests.peers.hub import RunningHub
from tests.peers.mosquitto import Mosquitto

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path / "hub")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Camera]:
    peer = Camera(tmp_path / "camera", width=640, height=480, fps=15, gop=15, rate=800)
    peer.up()
    yield peer
    peer.kill()


async def test_what_somebody_did_is_kept_from_before_they_were_noticed(
    hub: RunningHub, camera: Camera, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with yard(hub, camera, mosquitto, on=False) as it:
        # Nothing is recorded before somebody says so.
        assert it.list()["cameras"][0] == {"id": "yard", "name": "Yard", "on": False, "state": "off", "why": None}
        await it.says("yard_motion", True)
        await asyncio.sleep(0.5)
        await it.says("yard_motion", False)
        assert it.list()["recordings"] == []
        chosen = it.ask("choose", camera="yard", on=True)
        assert (chosen["chosen"], chosen["usual"]) == ([MOTION], True)
        await it.state("ready")
        # That its film is held says to nobody that somebody looks.
        await value(hub, "yard/camera.state", "idle")
        await asyncio.sleep(3)  # what was before is held
        moved = time.time()
        await it.says("yard_motion", True)
        await it.state("recording")
        recording = time.time()
        await value(hub, "yard/camera.state", "recording")
        assert [one["why"] for one in it.list()["running"]] == ["motion"]
        await asyncio.sleep(1.5)
        await it.says("yard_motion", False)
        await value(hub, MOTION, False)
        _, still = it.heard(MOTION)
        [made] = await it.ended()
        assert (made["camera"], made["why"], made["by"], made.get("cut")) == ("yard", "motion", MOTION, None)
        assert moved <= made["happened"] <= recording
        film = it.film(made["id"])
        times, clocks = decoded(film)
        # Each picture once, in its order, at the time at which it was taken.
        assert clocks == sorted(set(clocks))
        assert clocks[0] / 1000 < moved - 1.5
        assert still + 1 < clocks[-1] / 1000 < still + 4
        drift = [(ms - clocks[0]) / 1000 - (at - times[0]) for at, ms in zip(times, clocks, strict=True)]
        assert max(map(abs, drift)) < 0.15, drift
        path = tmp_path / "yard.mp4"
        path.write_bytes(film)
        found = demuxed(path)
        assert (found["pictures"], found["seeks"]) == (len(times), True)
        assert abs(found["duration"] - (made["end"] - made["start"])) < 0.1
        assert found["keys"] >= 3
        # And its picture is of the moment.
        with hub.api() as api:
            picture = api.get("/api/recordings/still", params={"id": made["id"]})
        assert picture.headers["content-type"] == "video/h264"
        assert picture.content[:5] == b"\0\0\0\1\x67"


async def written(file: Path) -> float:
    """When a recording that goes on was on the disk up to 2.5 s before: a busy machine has moments when it is not."""
    until = time.monotonic() + 45
    while True:
        now = time.time()
        with suppress(av.error.FFmpegError):  # half of a piece is there
            if now - 2.5 < decoded(file.read_bytes())[1][-1] / 1000:
                return now
        assert time.monotonic() < until, "what happens is not written"
        await asyncio.sleep(0.1)


async def test_a_hub_that_is_killed_leaves_a_film_that_plays(
    hub: RunningHub, camera: Camera, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with yard(hub, camera, mosquitto) as it:
        await it.says("yard_motion", True)
        await it.state("recording")
        await asyncio.sleep(3)
        [file] = (hub.data / "recordings").glob("*.mp4")
        near = await written(file)
        hub.kill()
        killed = time.time()
        # It plays as it was left.
        _, clocks = decoded(file.read_bytes())
        assert near - 2.5 < clocks[-1] / 1000 <= killed
        with file.open("ab") as broken:
            broken.write(b"\0\0\x10\0moof half of a piece")
        hub.start()
        [made] = it.list()["recordings"]
        assert made["cut"] is True
        assert it.list()["running"] == []
        again = it.film(made["id"])
        assert decoded(again)[1] == clocks
        path = tmp_path / "cut.mp4"
        path.write_bytes(again)
        found = demuxed(path)
        assert (found["pictures"], found["seeks"]) == (len(clocks), True)
        assert b"half of a piece" not in again


async def test_ranges_and_what_may_be_done_with_one(hub: RunningHub, camera: Camera, mosquitto: Mosquitto) -> None:
    async with yard(hub, camera, mosquitto) as it:
        # A bell that comes later belongs to the camera of its room, too.
        await it.sensor("front_bell", "Front bell", "occupancy")
        await value(hub, BELL, False)
        await it.rings()
        await asyncio.sleep(1)
        it.ask("choose", camera="yard", on=False)
        [made] = await it.ended()
        assert (made["why"], made["by"]) == ("ring", BELL)
        id, film = made["id"], it.film(made["id"])
        with hub.api() as api:
            for asked, wanted in (("0-99", film[:100]), ("100-", film[100:]), ("-50", film[-50:])):
                part = api.get(f"/api/recordings/film/{id}", headers={"Range": f"bytes={asked}"})
                assert (part.status_code, part.content) == (206, wanted)
            assert part.headers["content-range"] == f"bytes {len(film) - 50}-{len(film) - 1}/{len(film)}"
            beyond = api.get(f"/api/recordings/film/{id}", headers={"Range": f"bytes={len(film)}-"})
            assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(film)}")
            saved = api.get(f"/api/recordings/film/{id}", params={"save": True})
            assert saved.headers["content-disposition"].startswith('attachment; filename="yard-20')
        with hub.api("") as nobody:
            assert nobody.get(f"/api/recordings/film/{id}").status_code == 401
        assert it.ask("keep", id=id, on=True)["kept"] is True
        it.ask("delete", ids=[id])
        assert it.list()["recordings"] == []
        with hub.api() as api:
            assert api.get(f"/api/recordings/film/{id}").status_code == 404
        it.ask("put_back", ids=[id])
        assert it.list()["recordings"][0]["kept"] is True
        it.ask("delete", ids=[id])
        # A hub that begins anew gives nothing back that was deleted.
        hub.stop()
        hub.start()
        assert it.list()["recordings"] == []
        assert [one.name for one in (hub.data / "recordings").iterdir()] == ["household.json"]  # whose they would be
