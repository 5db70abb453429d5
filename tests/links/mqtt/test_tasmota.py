"""Tasmota by its own discovery: what it says of itself, and what its commands are."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.links.homeassistant.host import Host
from tests.links.mqtt.devices import Messages, tasmota, tasmota_lamp, tasmota_shutter
from tests.links.mqtt.house import address, broker, devices, publish, running, until
from tests.links.mqtt.hub import household
from tests.peers.homeassistant import HomeAssistant
from tests.peers.mosquitto import Mosquitto
from wayhome.errors import Unreachable
from wayhome.links.homeassistant import link as home
from wayhome.links.mqtt.house import Choice
from wayhome.links.mqtt.mirror import Mirror

pytestmark = pytest.mark.anyio


class Plug:
    """A Tasmota with relays that does what it is told, in Tasmota's answers: to a command at stat/…/RESULT, to STATE
    there as well, to STATUS 10 at stat/…/STATUS10."""

    def __init__(self, topic: str, sensors: dict[str, Any], **state: Any) -> None:
        self.topic, self.sensors, self.state = topic, sensors, state
        self.heard: list[tuple[str, str]] = []

    async def serve(self, client: Any) -> None:
        await client.subscribe(f"cmnd/{self.topic}/#")
        await client.publish(f"tele/{self.topic}/LWT", "Online", 1, True)
        async for message in client.messages:
            word, said = str(message.topic).rpartition("/")[2], message.payload.decode()
            self.heard.append((word, said))
            answer: dict[str, Any] = {}
            if word == "STATUS" and said == "10":
                status = {"StatusSNS": {"Time": "2026-11-26T10:00:00", **self.sensors}}
                await client.publish(f"stat/{self.topic}/STATUS10", json.dumps(status))
            elif word == "STATE":
                answer = {"Time": "2026-11-26T10:00:00", "Uptime": "0T00:10:00", **self.state}
            elif word == "POWER1":
                answer = {"POWER": said}
            elif word in ("Dimmer", "CT"):
                answer = {"POWER": "ON", word: int(said)}
            elif word == "HSBColor":
                answer = {"POWER": "ON", "HSBColor": f"{said},70", "White": 0}
            self.state |= answer
            if answer:
                await client.publish(f"stat/{self.topic}/RESULT", json.dumps(answer))


@contextlib.asynccontextmanager
async def plug(at: Mosquitto, *args: Any, **state: Any) -> AsyncIterator[Plug]:
    made = Plug(*args, **state)
    async with devices(at) as client:
        task = asyncio.create_task(made.serve(client))
        try:
            yield made
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.mark.real
async def test_a_plug_a_lamp_and_a_shutter(tmp_path: Path) -> None:
    moves = {"Shutter1": {"Position": 40, "Direction": 0, "Target": 40}, "Window": "ON",
             "DS18B20": {"Id": "x", "Temperature": 68.9}, "TempUnit": "F"}  # fmt: skip
    fahrenheit = json.loads(tasmota_shutter()["tasmota/discovery/A4CF12000003/sensors"])
    fahrenheit["sn"]["TempUnit"] = "F"
    lamp_state = {"POWER": "OFF", "Dimmer": 30, "Color": "0000000000", "HSBColor": "10,20,30", "White": 30, "CT": 250}
    with broker(tmp_path) as at:
        async with (
            devices(at) as client,
            plug(at, "tasmota_000001", {"ENERGY": {"Power": 41, "Total": 12.4}}, POWER="ON") as desk,
            plug(at, "sofa", {}, **lamp_state) as sofa,
            plug(at, "bedroom", moves) as bedroom,
        ):
            await publish(client, tasmota() | tasmota_lamp() | tasmota_shutter())
            await publish(client, {"tasmota/discovery/A4CF12000003/sensors": json.dumps(fahrenheit)})
            host = Host("mqtt")
            async with running(host, url=address(at)) as run:
                # Nothing of it is kept by the broker: each is asked, once.
                for path, wanted in {
                    "desk/switch.on": True,
                    "desk-energy-power/sensor.value": 41.0,
                    "sofa-lamp/light.on": False,
                    "sofa-lamp/light.color_temp": 4000,
                    "bedroom-cover-1/cover.position": 40.0,
                    "bedroom-cover-1/cover.state": "open",
                    "bedroom-window/binary_sensor.on": True,
                    "bedroom-ds18b20-temperature/sensor.value": 20.5,
                }.items():
                    await host.until(lambda p=path, w=wanted: host.value(p) == w, 45, f"{path}: {host.value(path)!r}")  # type: ignore[misc]
                assert desk.heard == [("STATE", ""), ("STATUS", "10")]
                assert host.value("sofa-lamp/light.hue") is None, "it shines white"
                assert host.house.things["desk"].maker == "Tasmota"
                await host.fulfilled(run, "desk/switch.on", False)
                await host.fulfilled(run, "sofa-lamp/light.brightness", 60.0)
                await host.fulfilled(run, "sofa-lamp/light.color_temp", 2702.7)
                await host.ask(run, "sofa-lamp/light.hue", 120.0)
                await host.until(lambda: host.value("sofa-lamp/light.hue") == 120.0)
                assert sofa.heard[-4:] == [
                    ("Dimmer", "60"),
                    ("POWER1", "ON"),
                    ("CT", "370"),
                    ("HSBColor", "120.0,100.0"),
                ]
                await host.ask(run, "bedroom-cover-1/cover.position", 75.0)
                await host.ask(run, "bedroom-cover-1/cover.open", True)
                await host.until(lambda: ("Backlog", "ShutterOpen1") in bedroom.heard)
                assert ("ShutterPosition1", "75") in bedroom.heard
                # It moves, and says so at its own pace.
                moving = {"Shutter1": {"Position": 60, "Direction": 1, "Target": 75}}
                await client.publish("stat/bedroom/RESULT", json.dumps(moving))
                await host.until(lambda: host.value("bedroom-cover-1/cover.state") == "opening")
                await client.publish("tele/bedroom/SENSOR", json.dumps({"Window": "OFF", **moves, "Shutter1": {
                    "Position": 75, "Direction": 0, "Target": 75}} | {"Window": "OFF"}))  # fmt: skip
                await host.until(lambda: host.value("bedroom-cover-1/cover.position") == 75.0)
                assert host.value("bedroom-window/binary_sensor.on") is False

                await client.publish("tele/tasmota_000001/LWT", "Offline", 1, True)
                await host.until(lambda: host.answers["desk"] is False)
                with pytest.raises(Unreachable):
                    await host.ask(run, "desk/switch.on", True)
                await client.publish("tele/tasmota_000001/LWT", "Online", 1, True)
                await host.until(lambda: len(desk.heard) >= 5)
                assert desk.heard[-2:] == [("STATE", ""), ("STATUS", "10")]
                await publish(client, dict.fromkeys(tasmota(), ""))
                await host.until(lambda: not [id for id in host.house.things if id.startswith("desk")])
                assert not host.refused


@pytest.mark.real
async def test_home_assistants_own_reader_sees_the_same(tmp_path: Path, homeassistant: HomeAssistant) -> None:
    """Its Tasmota integration reads the same messages; each of our things is one of its own, by address and name."""
    state = {"POWER": "OFF", "Dimmer": 30, "HSBColor": "10,20,30", "White": 30, "CT": 250}
    with broker(tmp_path) as at:
        await asyncio.to_thread(homeassistant.join_broker, at.port)
        try:
            async with (
                devices(at) as client,
                plug(at, "tasmota_000001", {"ENERGY": {"Power": 41}}, POWER="ON"),
                plug(at, "sofa", {}, **state),
                plug(at, "bedroom", {"Shutter1": {"Position": 40, "Direction": 0}, "Window": "ON"}),
                household() as (hub, session, _),
            ):
                await publish(client, tasmota() | tasmota_lamp() | tasmota_shutter())
                await asyncio.to_thread(homeassistant.add, "tasmota")
                hub.links.kinds["homeassistant"] = home
                await session.call("links.add", {"link": "mqtt", "name": "B", "config": {"url": address(at)}})
                secrets = {"token": homeassistant.token}
                added = {"link": "homeassistant", "name": "H", "config": {"url": homeassistant.url}, "secrets": secrets}
                await session.call("links.add", added)
                ours = {"desk", "desk-energy-power", "sofa-lamp", "bedroom-cover-1", "bedroom-window",
                        "bedroom-ds18b20-temperature"}  # fmt: skip
                await until(lambda: ours <= hub.twins.found().keys(), 45, f"{ours - hub.twins.found().keys()} are two")
                wanted = {"switch.desk": "on", "cover.bedroom_cover_1": "open", "light.sofa_lamp": "off",
                          "binary_sensor.bedroom_window": "on"}  # fmt: skip
                for _ in range(450):
                    found = {e: (await asyncio.to_thread(homeassistant.state, e))["state"] for e in wanted}
                    if found == wanted:
                        break
                    await asyncio.sleep(0.1)
                assert found == wanted
        finally:
            await asyncio.to_thread(homeassistant.remove, "tasmota")
            await asyncio.to_thread(homeassistant.leave_broker)


def mirror(messages: Messages) -> Mirror:
    made = Mirror("mqtt", "homeassistant", Choice(), {})
    for topic, payload in messages.items():
        made.described(topic, payload.encode(), set(), 0.0)
    return made


def test_both_messages_in_any_order() -> None:
    config, sensors = tasmota().items()
    made = mirror(dict([sensors, config]))
    assert set(made.kept) == set(mirror(dict([config, sensors])).kept)
    assert "desk-energy-power" in made.kept and "desk-energy-total" in made.kept
    made.described(sensors[0], b"", set(), 1.0)
    assert set(made.kept) == {"desk"}


def test_what_its_relays_are() -> None:
    off = [0] * 32
    for said, wanted in (
        (
            {"rl": [1, 1, *off[2:]], "fn": ["Desk", "Fan heater", *[None] * 6]},
            {"desk": "switch", "desk-fan-heater": "switch"},
        ),
        ({"so": {"30": 1}}, {"desk": "light"}),
        ({"if": 1, "rl": [2, *off[1:]]}, {"desk": "light", "desk-2": "fan"}),
        ({"lt_st": 4, "lk": 0, "rl": [2, 2, *off[2:]]}, {"desk": "light", "desk-light-2": "light"}),
        ({"rl": [3, 3, 3, 3, *off[4:]], "sho": [1, 0]}, {"desk-cover-1": "shutter", "desk-cover-2": "shutter"}),
        ({"swc": [0, 13, *[-1] * 26], "rl": off}, {"desk-switch2": "binary_sensor"}),
    ):  # fmt: skip
        made = mirror(tasmota(sensors={}, **said))  # type: ignore[arg-type]
        assert {id: kept.thing.kind for id, kept in made.kept.items()} == wanted, (said, made.wrong)
    turned = mirror(tasmota(sensors={}, rl=[3, 3, *off[2:]], sho=[1]))
    made_facts = turned.said("stat/tasmota_000001/RESULT", '{"Shutter1":{"Position":30,"Direction":-1}}', 0.0).facts
    assert {fact.path.partition(".")[2]: fact.value for fact in made_facts} == {"position": 70.0, "state": "opening"}


@pytest.mark.parametrize(
    "said",
    [
        {"mac": "000000000000"},
        {"ft": "#"},
        {"ft": "%prefix%"},
        {"tp": ["cmnd"]},
        {"state": []},
        {"t": "+"},
        {"tp": [1, 2, 3]},
    ],
)
def test_a_wrong_one_costs_only_itself(said: dict[str, Any]) -> None:
    made = mirror(tasmota())
    before = set(made.kept)
    [topic, _] = tasmota()
    made.described(topic, json.dumps(json.loads(tasmota()[topic]) | said).encode(), set(), 1.0)
    assert set(made.kept) == before and topic in made.wrong
