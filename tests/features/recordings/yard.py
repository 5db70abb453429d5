"""A yard: a real camera, a motion sensor and a bell at a real broker, and a real hub that records."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import av

from tests.links.rtsp.house import value
from tests.peers.camera import PYTHON, Camera, clock
from tests.peers.hub import RunningHub
from tests.peers.mosquitto import Mosquitto

MOVIE = Path(__file__).parents[2] / "peers" / "movie_program.py"
MOTION, BELL = "yard-motion/binary_sensor.on", "front-bell/binary_sensor.on"


class Yard:
    """A hub with a camera ``yard`` and sensors in the same room."""

    def __init__(self, hub: RunningHub, camera: Camera, broker: Mosquitto, client: aiomqtt.Client) -> None:
        self.hub, self.camera, self.broker = hub, camera, broker
        self._client = client

    async def sensor(self, id: str, name: str, kind: str) -> None:
        """A binary sensor as devices describe themselves."""
        topic = f"rec/{id}"
        config = {"name": name, "uniq_id": id, "stat_t": topic, "dev_cla": kind}
        config["dev"] = {"ids": [id], "name": name, "sa": "Garden"}
        config["name"] = None
        await self._client.publish(f"homeassistant/binary_sensor/{id}/config", json.dumps(config), retain=True)
        # The broker keeps the first word: a busy hub may listen only after it was said.
        await self._client.publish(topic, "OFF", retain=True)

    async def says(self, id: str, on: bool) -> None:
        await self._client.publish(f"rec/{id}", "ON" if on else "OFF")

    def ask(self, name: str, **data: Any) -> Any:
        """An operation, as the operator."""
        with self.hub.api() as api:
            answer = api.post(f"/api/recordings/{name}", json=data)
            assert answer.is_success, answer.text
            return answer.json()

    def list(self, **query: Any) -> Any:
        with self.hub.api() as api:
            answer = api.get("/api/recordings/list", params=query)
            assert answer.is_success, answer.text
            return answer.json()

    def film(self, id: str) -> bytes:
        with self.hub.api() as api:
            answer = api.get(f"/api/recordings/film/{id}")
            assert answer.status_code == 200
            return answer.content

    async def state(self, wanted: str, seconds: float = 45) -> None:
        """Wait until the camera's film has come to this."""
        until = time.monotonic() + seconds
        while (found := self.list()["cameras"][0])["state"] != wanted:
            assert time.monotonic() < until, found
            await asyncio.sleep(0.1)

    async def ended(self, count: int = 1, seconds: float = 45) -> list[dict[str, Any]]:
        """Wait until there are so many recordings."""
        until = time.monotonic() + seconds
        while len(found := self.list()["recordings"]) < count or self.list()["running"]:
            assert time.monotonic() < until, self.list()
            await asyncio.sleep(0.1)
        return list(found)

    async def rings(self) -> None:
        """Somebody rings until it is recorded: who comes is known within half a second, which a busy machine makes
        more."""
        until = time.monotonic() + 45
        while self.list()["cameras"][0]["state"] != "recording":
            assert time.monotonic() < until, self.list()
            await self.says("front_bell", False)
            await self.says("front_bell", True)
            await asyncio.sleep(1)

    def heard(self, path: str) -> tuple[Any, float]:
        """What the hub has heard last, and when."""
        with self.hub.api() as api:
            value, at, *_ = api.get("/api/home/get", params={"path": path}).json()["values"][path]
            return value, at


@asynccontextmanager
async def yard(hub: RunningHub, camera: Camera, broker: Mosquitto, *, on: bool = True) -> AsyncIterator[Yard]:
    """Join all of it; the camera is recorded 2 s longer than anything happens."""
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        with hub.api() as api:
            login = {"url": camera.url, "area": "Garden"}
            new = {"link": "rtsp", "name": "Yard", "config": login}
            assert api.post("/api/links/add", json=new).is_success
            mqtt = {"link": "mqtt", "name": "Broker", "config": {"url": f"mqtt://127.0.0.1:{broker.port}"}}
            assert api.post("/api/links/add", json=mqtt).is_success
        it = Yard(hub, camera, broker, client)
        await it.sensor("yard_motion", "Yard motion", "motion")
        await value(hub, MOTION, False)
        await value(hub, "yard/thing.online", True)
        it.ask("rules", after=2)
        if on:
            it.ask("choose", camera="yard", on=True)
            await it.state("ready")
        yield it


def decoded(film: bytes) -> tuple[list[float], list[int]]:
    """A film's pictures, by FFmpeg: when each is shown (s), and what the clock in it says (ms since 1970)."""
    times, clocks = [], []
    with av.open(io.BytesIO(film)) as container:
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            ms, _ = clock(bytes(plane)[: plane.line_size * (frame.width // 10)], frame.width, plane.line_size)
            times.append(float(frame.time or 0.0))
            clocks.append(ms)
    return times, clocks


def demuxed(path: Path) -> dict[str, Any]:
    """What GStreamer's qtdemux, in Debian's own Python, says of a file."""
    done = subprocess.run([PYTHON, str(MOVIE), str(path)], capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
