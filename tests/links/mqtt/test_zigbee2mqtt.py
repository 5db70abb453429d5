"""A real Zigbee2MQTT: what it describes joins, what its devices say is shown, what they are told reaches the radio."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.links.homeassistant.host import Host
from tests.links.mqtt.house import address, broker, devices, running
from tests.peers.mosquitto import Mosquitto
from tests.peers.zigbee2mqtt import Zigbee2MQTT
from wayhome.errors import Unreachable

pytestmark = [pytest.mark.anyio, pytest.mark.real]
DEVICES = {
    "hall_lamp": "lamp", "Front door": "contact", "Bath heater": "heater", "Bedroom blind": "blind",
    "Yale lock": "lock", "Coffee plug": "plug", "Hall motion": "motion", "Ceiling fan": "fan",
}  # fmt: skip
KINDS = {
    "hall-lamp": "light", "front-door-contact": "binary_sensor", "bath-heater": "heater", "bedroom-blind": "cover",
    "yale-lock": "lock", "coffee-plug": "switch", "coffee-plug-power": "sensor",
    "hall-motion-occupancy": "binary_sensor",
    "hall-motion-temperature": "sensor", "ceiling-fan": "fan", "ceiling-fan-2": "light",
}  # fmt: skip


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Mosquitto]:
    with broker(tmp_path) as peer:
        yield peer


@pytest.fixture
def bridge(tmp_path: Path, at: Mosquitto) -> Iterator[Zigbee2MQTT]:
    peer = Zigbee2MQTT(tmp_path / "bridge", at.port, DEVICES)
    peer.up()
    yield peer
    peer.kill()


async def test_its_devices_join_say_and_do(at: Mosquitto, bridge: Zigbee2MQTT) -> None:
    def told(name: str, command: str) -> Any:
        return next((one["payload"] for one in reversed(bridge.heard(name)) if one["command"] == command), None)

    host = Host("mqtt")
    async with running(host, url=address(at)) as run:
        await host.until(lambda: KINDS.keys() <= host.house.things.keys(), 45, "not all have described themselves")
        kinds = {id: thing.kind for id, thing in host.house.things.items()}
        assert {id: kinds[id] for id in KINDS} == KINDS
        assert (host.house.things["hall-lamp"].maker, host.house.things["front-door-contact"].name) == (
            "IKEA",
            "Front door",
        )
        assert not run._mirror.wrong
        assert "battery" not in " ".join(kinds), "about its health: not asked for"
        await host.until(lambda: all(host.answers.values()))
        assert host.value("hall-lamp/light.on") is None, "it has not said so yet"

        # The devices say something by themselves.
        bridge.says("hall_lamp", "genOnOff", onOff=0)
        bridge.says("Front door", "genOnOff", onOff=1)
        bridge.says("Hall motion", "msOccupancySensing", occupancy=1)
        bridge.says("Hall motion", "msTemperatureMeasurement", measuredValue=2150)
        bridge.says("Coffee plug", "genOnOff", onOff=1)
        bridge.says("Bath heater", "hvacThermostat", localTemp=1980, occupiedHeatingSetpoint=2100, systemMode=4)
        bridge.says("Bath heater", "genPowerCfg", batteryPercentageRemaining=180)
        bridge.says("Yale lock", "closuresDoorLock", lockState=1)
        bridge.says("Bedroom blind", "closuresWindowCovering", currentPositionLiftPercentage=65)
        bridge.says("Ceiling fan", "hvacFanCtrl", fanMode=2)
        for path, wanted in {
            "hall-lamp/light.on": False,
            "front-door-contact/binary_sensor.on": True,
            "hall-motion-occupancy/binary_sensor.on": True,
            "hall-motion-temperature/sensor.value": 21.5,
            "coffee-plug/switch.on": True,
            "bath-heater/climate.current_temperature": 19.8,
            "bath-heater/climate.target_temperature": 21.0,
            "bath-heater/climate.mode": "heat",
            "yale-lock/lock.locked": True,
            "bedroom-blind/cover.position": 35.0,
            "bedroom-blind/cover.state": "open",
        }.items():
            await host.until(lambda p=path, w=wanted: host.value(p) == w, 45, f"{path} is {host.value(path)!r}")  # type: ignore[misc]
        fan = "ceiling-fan"
        await host.until(lambda: host.value(f"{fan}/fan.percentage") == 50.0)
        assert host.value(f"{fan}/fan.on") is True

        # They are told, and their radio hears it.
        await host.fulfilled(run, "hall-lamp/light.on", True)
        await host.fulfilled(run, "hall-lamp/light.brightness", 40.0)
        assert told("hall_lamp", "moveToLevelWithOnOff")["level"] == 102
        await host.fulfilled(run, "hall-lamp/light.color_temp", 3000.0)
        assert told("hall_lamp", "moveToColorTemp")["colortemp"] == 333
        await host.fulfilled(run, "hall-lamp/light.hue", 120.0)
        assert told("hall_lamp", "moveToColor")["colory"] > 40_000
        await host.fulfilled(run, "hall-lamp/light.on", False)
        assert host.value("hall-lamp/light.brightness") == 0.0
        await host.fulfilled(run, "coffee-plug/switch.on", False)
        assert bridge.heard("Coffee plug")[-1]["command"] == "off"
        await host.ask(run, "yale-lock/lock.locked", False)
        await host.until(lambda: told("Yale lock", "unlockDoor") is not None)
        assert host.value("yale-lock/lock.locked") is True, "it has not said that it is open"
        bridge.says("Yale lock", "closuresDoorLock", lockState=2)
        await host.until(lambda: host.value("yale-lock/lock.locked") is False)
        wish = await host.ask(run, "bath-heater/climate.target_temperature", 22.5)
        await host.until(
            lambda: told("Bath heater", "danfossSetpointCommand") is not None, 10, str(bridge.heard("Bath heater"))
        )
        assert told("Bath heater", "danfossSetpointCommand")["setpoint"] == 2250
        bridge.says("Bath heater", "hvacThermostat", occupiedHeatingSetpoint=2250)
        await host.until(lambda: wish not in host.house.open)
        await host.ask(run, "bedroom-blind/cover.position", 80.0)
        await host.until(lambda: told("Bedroom blind", "goToLiftPercentage") is not None)
        assert told("Bedroom blind", "goToLiftPercentage")["percentageliftvalue"] == 20
        await host.ask(run, f"{fan}/fan.percentage", 75.0)
        await host.until(lambda: any(one["command"] == "write" for one in bridge.heard("Ceiling fan")))
        assert bridge.heard("Ceiling fan")[-1]["payload"][0]["attrData"] == 3
        assert not host.refused

        # Renamed by its owner, as its own page does it: the same thing, at another topic.
        async with devices(at) as client:
            await client.subscribe("zigbee2mqtt/bridge/response/#")

            async def order(what: str, **said: Any) -> None:
                await client.publish(f"zigbee2mqtt/bridge/request/device/{what}", json.dumps(said), 1)
                async with asyncio.timeout(45):
                    message = await anext(aiter(client.messages))
                assert json.loads(message.payload)["status"] == "ok", message.payload  # type: ignore[arg-type]

            before = sorted(host.house.things)
            rename = {"from": "hall_lamp", "to": "Reading lamp", "homeassistant_rename": True}
            await order("rename", **rename)
            await host.until(lambda: host.house.things.get("hall-lamp") is not None
                             and host.house.things["hall-lamp"].name == "Reading lamp", 20)  # fmt: skip
            assert sorted(host.house.things) == before
            await host.until(lambda: host.answers["hall-lamp"] is True)
            await host.fulfilled(run, "hall-lamp/light.on", True)

            # Taken out: gone, with all that it had.
            await order("remove", id="Coffee plug", force=True)
            await host.until(lambda: not [id for id in host.house.things if "coffee" in id])

        # The bridge ends in good order: nothing is there, nothing is gone, nothing can be told.
        await asyncio.to_thread(bridge.stop)
        await host.until(lambda: not any(host.answers[id] for id in host.house.things))
        assert "hall-lamp" in host.house.things
        with pytest.raises(Unreachable):
            await host.ask(run, "hall-lamp/light.on", True)


async def test_a_lamp_without_power(at: Mosquitto, bridge: Zigbee2MQTT) -> None:
    """It is told and does not answer: never a false "on"."""
    host = Host("mqtt")
    async with running(host, url=address(at)) as run:
        await host.until(lambda: host.answers.get("hall-lamp") is True)
        bridge.says("hall_lamp", "genOnOff", onOff=0)
        await host.until(lambda: host.value("hall-lamp/light.on") is False)
        bridge.goes("hall_lamp")
        key = await host.ask(run, "hall-lamp/light.on", True)
        await asyncio.sleep(2)
        assert host.value("hall-lamp/light.on") is False
        assert key in host.house.open, "nobody has said that it is done"
