"""A broker's devices as a test moves them, and a link's run on the rules of a real household."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiomqtt

from tests.links.homeassistant.host import Host
from tests.links.mqtt.devices import Messages
from tests.peers.mosquitto import Mosquitto
from wayhome.links.mqtt.run import MqttRun, open_run
from wayhome.links.mqtt.settings import Settings


@contextlib.asynccontextmanager
async def devices(broker: Mosquitto, **sign_in: Any) -> AsyncIterator[aiomqtt.Client]:
    """Somebody at the broker who is not us."""
    async with aiomqtt.Client("127.0.0.1", broker.port, **sign_in) as client:
        yield client


async def publish(client: aiomqtt.Client, messages: Messages, retain: bool = True) -> None:
    for topic, payload in messages.items():
        await client.publish(topic, payload, 1, retain)


class Lamp:
    """A lamp with a JSON topic that does what it is told and says so, with whatever it does not do."""

    def __init__(self, client: aiomqtt.Client, name: str = "hall_lamp") -> None:
        self.client = client
        self.name = name
        self.state: dict[str, Any] = {"state": "OFF", "brightness": 254, "color_mode": "color_temp", "color_temp": 370}
        self.heard: list[dict[str, Any]] = []

    async def begin(self) -> None:
        """Listen, and say how it is, before anybody comes."""
        await self.client.subscribe(f"zigbee2mqtt/{self.name}/set")
        await self.say()

    async def serve(self) -> None:
        async for message in self.client.messages:
            told = json.loads(message.payload)  # type: ignore[arg-type]
            self.heard.append(told)
            self.state |= told
            if "color" in told:
                self.state["color_mode"] = "xy"
            elif "color_temp" in told:
                self.state["color_mode"] = "color_temp"
            await self.say()

    async def say(self) -> None:
        await self.client.publish(f"zigbee2mqtt/{self.name}", json.dumps(self.state), 1, True)


@contextlib.asynccontextmanager
async def lamp(broker: Mosquitto, name: str = "hall_lamp") -> AsyncIterator[Lamp]:
    async with devices(broker) as client:
        made = Lamp(client, name)
        await made.begin()
        task = asyncio.create_task(made.serve())
        try:
            yield made
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def running(host: Host, within: float = 60.0, **settings: Any) -> AsyncIterator[MqttRun]:
    """A run, connected and in step. What it ended with, if it did, is raised here."""
    run = open_run(host, Settings(**settings))
    host.is_ready.clear()
    task = asyncio.create_task(run.run())
    ready = asyncio.create_task(host.is_ready.wait())
    try:
        done, _ = await asyncio.wait([task, ready], timeout=within, return_when=asyncio.FIRST_COMPLETED)
        if task in done:
            await task
        assert ready in done, f"not in step in time: {host.noted}"
        yield run
    finally:
        ready.cancel()
        task.cancel()
        await asyncio.gather(task, ready, return_exceptions=True)


@contextlib.contextmanager
def broker(folder: Path, **settings: Any):  # type: ignore[no-untyped-def]
    """A broker of a test's own."""
    made = Mosquitto(folder / "broker", **settings)
    made.up()
    try:
        yield made
    finally:
        made.kill()


def address(of: Mosquitto) -> str:
    return f"mqtt://127.0.0.1:{of.port}"


async def until(true: Callable[[], object], within: float = 45.0, what: str = "it did not come to be") -> None:
    end = asyncio.get_running_loop().time() + within
    while not true():
        assert asyncio.get_running_loop().time() < end, what
        await asyncio.sleep(0.005)
