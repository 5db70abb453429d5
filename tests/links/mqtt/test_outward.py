"""Our car and people at the broker: a real Home Assistant finds them by discovery, sees what they say, and asks of them
what its link was granted, no more."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.links.mqtt.house import address, broker, devices, until
from tests.links.mqtt.hub import BATTERY, FLAP, V, household, value
from tests.peers.homeassistant import HomeAssistant

pytestmark = [pytest.mark.anyio, pytest.mark.real]
AIR = V + "Cabin.HVAC.IsAirConditioningActive"
GRANTS = [f"act su7/{BATTERY}Charging.**", f"act su7/{V}Cabin.HVAC.**", f"act su7/{V}Body.Horn.IsActive"]


async def test_home_assistant_sees_our_car_and_opens_its_charge_port(
    tmp_path: Path, homeassistant: HomeAssistant
) -> None:
    peer = homeassistant
    with broker(tmp_path) as at:
        await asyncio.to_thread(peer.join_broker, at.port)
        try:
            async with household() as (hub, session, garage):
                config = {"url": address(at), "shows": ["su7", "phone"], "grants": GRANTS}
                added = await session.call("links.add", {"link": "mqtt", "name": "Broker", "config": config})
                await until(lambda: hub.links.find(added.id).status.state == "connected")

                def state(entity: str) -> Any:
                    try:
                        return peer.state(entity)["state"]
                    except KeyError:
                        return None

                async def sees(entity: str, wanted: str | None) -> None:
                    for _ in range(900):
                        found = await asyncio.to_thread(state, entity)
                        if found == wanted:
                            return
                        await asyncio.sleep(0.05)
                    raise AssertionError(f"{entity} is {found}, wanted {wanted}")

                for entity, wanted in {
                    "sensor.su7_battery": "71.0",
                    "sensor.su7_range": "312.4",
                    "sensor.su7_odometer": "12345.7",
                    "binary_sensor.su7_charging": "off",
                    "binary_sensor.su7_plug": "on",
                    "binary_sensor.su7_door_front_driver_side": "off",
                    "sensor.su7_tyre_front_left": "250.0",
                    "sensor.su7_driving": "parked",
                    "switch.su7_charge": "off",
                    "number.su7_charge_limit": "80",
                    "cover.su7_charge_port": "closed",
                    "climate.su7_climate": "off",
                    "device_tracker.su7_place": "not_home",
                    "device_tracker.phone_person": "home",
                    "button.su7_horn": "unknown",
                    # Not granted: shown, and nothing to press.
                    "binary_sensor.su7_lock_shown": "off",
                    "binary_sensor.su7_trunk_shown": "off",
                    "binary_sensor.su7_lights_shown": "off",
                }.items():
                    await sees(entity, wanted)
                assert peer.state("device_tracker.su7_place")["attributes"]["latitude"] == 52.5
                assert peer.state("device_tracker.phone_person")["attributes"]["friendly_name"] == "Ada"
                assert peer.state("climate.su7_climate")["attributes"]["current_temperature"] == 8.5
                for entity in ("lock.su7_lock", "cover.su7_trunk"):
                    assert state(entity) is None

                # It opens the charge port: by a session of the link, with a cause; the car's own word comes back.
                await asyncio.to_thread(peer.service, "cover", "open_cover", entity_id="cover.su7_charge_port")
                await sees("cover.su7_charge_port", "open")
                assert garage.done == [(f"su7/{FLAP}", True)]
                context = hub.household.house.readings[f"su7/{FLAP}"].context
                assert context is not None and context.parent is not None
                wish = next(c for c in hub.household.wishes._recent.values() if c.context.id == context.parent)
                assert wish.context.actor == f"link:{added.id}" and wish.state == "done"

                await asyncio.to_thread(peer.service, "climate", "set_temperature", entity_id="climate.su7_climate",
                                        temperature=23, hvac_mode="auto")  # fmt: skip
                await sees("climate.su7_climate", "auto")
                assert value(hub, f"su7/{V}Cabin.HVAC.Station.Row1.Driver.Temperature") == 23.0
                limit = {"entity_id": "number.su7_charge_limit", "value": 90}
                await asyncio.to_thread(peer.service, "number", "set_value", **limit)
                await sees("number.su7_charge_limit", "90")

                # What is said at a topic that was never shown, or in words that make no sense, does nothing.
                done = len(garage.done)
                async with devices(at) as client:
                    for word, said in (("lock", "UNLOCK"), ("trunk", "OPEN"), ("charge_port", "x"), ("air", "{{")):
                        await client.publish(f"wayhome/su7/set/{word}", said, 1)
                    await client.publish("wayhome/su7/set/horn", "PRESS", 1, True)
                    await until(lambda: len(garage.done) > done)
                    assert garage.done[done:] == [(f"su7/{V}Body.Horn.IsActive", True)]

                # The car is away: not there, and not "closed". Its driver drives: said within a second.
                garage.host.online(["su7"], False)
                await sees("cover.su7_charge_port", "unavailable")
                garage.host.online(["su7"], True)
                garage.say("su7", {V + "Powertrain.Transmission.CurrentGear": 127, V + "Speed": 40.0})
                await sees("sensor.su7_driving", "moving")
                assert state("sensor.su7_arrival") == state("sensor.su7_destination") == "unknown"
                led = {"state": "under_way", "goal": {"latitude": 52.6, "longitude": 13.4, "name": "Oma"},
                       "eta": 1_795_000_020, "left": 8_420}  # fmt: skip
                hub.household.own("su7/navigation.now", led)
                await sees("sensor.su7_destination", "Oma")
                await sees("sensor.su7_arrival", "2026-11-18T11:07:00+00:00")
                await sees("sensor.su7_to_go", "8.4")
                hub.household.own("su7/navigation.now", None)
                await sees("sensor.su7_arrival", "unknown")

                # The kept press of the horn is nobody's wish when we come again; a right taken back takes its control.
                done = len(garage.done)
                await session.call("links.change", {"id": added.id, "config": {"grants": GRANTS[1:]}})
                await sees("binary_sensor.su7_charge_port_shown", "on")
                await sees("climate.su7_climate", "auto")
                for _ in range(900):
                    if state("cover.su7_charge_port") is None:
                        break
                    await asyncio.sleep(0.05)
                assert state("cover.su7_charge_port") is None
                assert len(garage.done) == done

                # Taken out of the household: out of Home Assistant, too; and there again when it is back.
                garage.host.withdraw(["su7"])
                await sees("sensor.su7_battery", None)
                garage.drive_up()
                await sees("sensor.su7_battery", "71.0")

                # No longer shown: clean. The link removed: nothing of us is left at the broker.
                await session.call("links.change", {"id": added.id, "config": {"shows": ["su7"]}})
                for _ in range(900):
                    if state("device_tracker.phone_person") is None:
                        break
                    await asyncio.sleep(0.05)
                assert state("device_tracker.phone_person") is None
                assert state("sensor.su7_battery") == "71.0"
                async with devices(at) as client:
                    await client.publish("wayhome/su7/set/horn", "", 1, True)
                await session.call("links.remove", {"id": added.id})
                for _ in range(900):
                    if state("sensor.su7_battery") is None:
                        break
                    await asyncio.sleep(0.05)
                assert state("sensor.su7_battery") is None
                async with devices(at) as client:
                    await client.subscribe([("wayhome/#", 0), ("homeassistant/#", 0), ("end", 0)])
                    await client.publish("end", "x")
                    left = []
                    async for message in client.messages:
                        if str(message.topic) == "end":
                            break
                        left.append((str(message.topic), message.payload))
                assert left == []
        finally:
            await asyncio.to_thread(peer.leave_broker)


async def test_a_hub_that_dies_says_so(tmp_path: Path) -> None:
    with broker(tmp_path) as at:
        async with household() as (hub, session, _), devices(at) as client:
            await client.subscribe("wayhome/link/#")
            config = {"url": address(at), "shows": ["su7"]}
            added = await session.call("links.add", {"link": "mqtt", "name": "Broker", "config": config})
            run = hub.links.find(added.id).run
            heard: list[bytes] = []

            async def hear() -> None:
                async for message in client.messages:
                    heard.append(message.payload)  # type: ignore[arg-type]

            hearing = asyncio.create_task(hear())
            await until(lambda: heard == [b"online"])
            # Its connection breaks without a goodbye.
            socket = run._connection._client._client.socket()  # type: ignore[attr-defined]
            socket.shutdown(2)
            await until(lambda: heard[:2] == [b"online", b"offline"])
            await session.call("links.retry", {"id": added.id})
            await until(lambda: heard[-1] == b"online" and len(heard) == 3)
            hearing.cancel()


async def test_what_is_not_shown_is_nowhere(tmp_path: Path) -> None:
    with broker(tmp_path) as at:
        async with household() as (hub, session, garage), devices(at) as client:
            await client.subscribe("#")
            added = await session.call("links.add", {"link": "mqtt", "name": "B", "config": {"url": address(at)}})
            await until(lambda: hub.links.find(added.id).status.state == "connected")
            await client.publish("wayhome/su7/set/lock", "UNLOCK", 1)
            await client.publish("end", json.dumps("end"))
            topics = []
            async for message in client.messages:
                topics.append(str(message.topic))
                if topics[-1] == "end":
                    break
            assert not [topic for topic in topics if "su7" in topic and "set" not in topic]
            assert garage.done == []
