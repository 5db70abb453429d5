"""With a real broker: devices join by discovery, take wishes and say what came of them; bad days are always clear."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from pathlib import Path

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.links.homeassistant.host import Host
from tests.links.mqtt.devices import device, esphome_climate, tasmota_older, zigbee_lamp, zigbee_present
from tests.links.mqtt.house import address, broker, devices, lamp, publish, running
from tests.peers.certificates import self_signed
from wayhome.errors import AuthNeeded, Refused, Unreachable
from wayhome.links.mqtt import look
from wayhome.links.mqtt.mirror import Mirror, News
from wayhome.links.mqtt.run import open_run
from wayhome.links.mqtt.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.real]


async def test_a_lamp_joins_and_is_told(tmp_path: Path) -> None:
    with broker(tmp_path) as peer:
        async with devices(peer) as client, lamp(peer) as hall:
            await publish(client, zigbee_lamp(area="Hall") | zigbee_present())
            host = Host("mqtt")
            async with running(host, url=address(peer)) as run:
                thing = host.house.things["hall-lamp"]
                assert (thing.name, thing.area, thing.maker, thing.kind) == ("Hall lamp", "Hall", "IKEA", "light")
                assert host.answers["hall-lamp"] is True
                assert host.value("hall-lamp/light.on") is False
                assert host.value("hall-lamp/light.brightness") == 0.0
                assert host.value("hall-lamp/light.color_temp") == 2703
                assert "linkquality" not in " ".join(host.house.things)  # about its health: not asked for
                await host.fulfilled(run, "hall-lamp/light.on", True)
                assert host.value("hall-lamp/light.brightness") == 100.0
                await host.fulfilled(run, "hall-lamp/light.brightness", 40.0)
                assert hall.heard[-1] == {"state": "ON", "brightness": 102}
                await host.fulfilled(run, "hall-lamp/light.hue", 120.0)
                await host.fulfilled(run, "hall-lamp/light.color_temp", 3000.0)
                await host.fulfilled(run, "hall-lamp/light.brightness", 0.0)
                assert host.value("hall-lamp/light.on") is False
                assert not host.refused

                # It goes away: shown as such, its last word stays, and a wish fails at once and is not kept for later.
                await client.publish("zigbee2mqtt/hall_lamp/availability", '{"state":"offline"}', 1, True)
                await host.until(lambda: host.answers["hall-lamp"] is False)
                before = len(hall.heard)
                with pytest.raises(Unreachable):
                    await host.ask(run, "hall-lamp/light.on", True)
                await client.publish("zigbee2mqtt/bridge/state", '{"state":"online"}', 1, True)
                assert host.answers["hall-lamp"] is False  # all of its topics count, not the latest
                await client.publish("zigbee2mqtt/hall_lamp/availability", '{"state":"online"}', 1, True)
                await host.until(lambda: host.answers["hall-lamp"] is True)
                assert len(hall.heard) == before

                # It is renamed: the same thing. It is taken out: gone.
                renamed = {
                    topic: json.dumps(
                        json.loads(said) | {"name": "Lamp at the door", "default_entity_id": "light.door"}
                    )
                    for topic, said in zigbee_lamp(area="Hall").items()
                }
                await publish(client, renamed)
                await host.until(lambda: "door" in host.house.things["hall-lamp"].name)
                assert len(host.house.things) == 1
                await publish(client, dict.fromkeys(renamed, ""))
                await host.until(lambda: not host.house.things)


async def test_both_formats_and_what_they_can_do(tmp_path: Path) -> None:
    with broker(tmp_path) as peer:
        async with devices(peer) as client:
            await publish(client, device(1) | tasmota_older() | esphome_climate())
            await publish(client, {"acme/1/status": "online", "tele/desk/LWT": "Online", "bath/status": "online"})
            await publish(client, {"acme/1/state": '{"relay":"ON","power":"12.34","open":true}'})
            await publish(client, {
                "bath/climate/floor_heating/mode/state": "heat",
                "bath/climate/floor_heating/target_temperature/state": "21.5",
                "bath/climate/floor_heating/current_temperature/state": "19.8",
                "bath/cover/blind/position/state": "35", "bath/cover/blind/state": "open",
            })  # fmt: skip
            host = Host("mqtt")
            async with running(host, url=address(peer)) as run:
                assert sorted(host.house.things) == [
                    "bath-blind", "bath-floor-heating", "desk", "plug-1", "plug-1-door", "plug-1-find", "plug-1-power",
                ]  # fmt: skip
                assert host.value("plug-1/switch.on") is True
                assert host.value("plug-1-power/sensor.value") == 12.3
                assert host.value("plug-1-door/binary_sensor.on") is True
                assert host.value("bath-floor-heating/climate.target_temperature") == 21.5
                assert host.value("bath-floor-heating/climate.mode") == "heat"
                assert host.house.things["bath-floor-heating"].area == "Bathroom"
                assert host.value("bath-blind/cover.position") == 35.0
                assert host.value("desk/light.on") is None, "it has said nothing yet"

                told: dict[str, str] = {}
                await client.subscribe([("bath/#", 0), ("cmnd/#", 0), ("acme/#", 0)])

                async def hear() -> None:
                    async for message in client.messages:
                        if not message.retain:
                            told[str(message.topic)] = message.payload.decode()  # type: ignore[union-attr]

                hearing = asyncio.create_task(hear())
                await host.ask(run, "bath-floor-heating/climate.target_temperature", 23.0)
                await host.ask(run, "bath-blind/cover.position", 60.0)
                await host.ask(run, "bath-blind/cover.stop", True)
                await host.ask(run, "desk/light.on", True)
                await host.ask(run, "plug-1-find/button.press", True)
                await host.until(lambda: len(told) >= 5)
                assert told == {
                    "bath/climate/floor_heating/target_temperature/command": "23",
                    "bath/cover/blind/position/command": "60",
                    "bath/cover/blind/command": "STOP",
                    "cmnd/desk/Dimmer": "100",
                    "acme/1/find": "PRESS",
                }
                # One answer speaks of some of it: the rest stays.
                await client.publish(
                    "stat/desk/RESULT", '{"POWER":"ON","Dimmer":70,"Color":"FF0000","HSBColor":"0,100,70"}'
                )
                await host.until(lambda: host.value("desk/light.brightness") == 70.0)
                assert (host.value("desk/light.hue"), host.value("desk/light.saturation")) == (0.0, 100.0)
                await client.publish("stat/desk/RESULT", '{"POWER":"OFF"}')
                await host.until(lambda: host.value("desk/light.on") is False)
                hearing.cancel()
                assert not host.refused

                # A component goes, another comes.
                less = json.loads(device(1)["homeassistant/device/plug1/config"])
                less["cmps"]["find"] = {"p": "button"}
                await publish(client, {"homeassistant/device/plug1/config": json.dumps(less)})
                await host.until(lambda: "plug-1-find" not in host.house.things)
                assert "plug-1" in host.house.things


async def test_tls_and_a_password(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path, "127.0.0.1")
    with broker(tmp_path, users={"ada": "right"}, tls=certificate) as peer:
        context = ssl.create_default_context(cafile=certificate[0])
        async with devices(peer, username="ada", password="right", tls_context=context) as client:
            await publish(client, zigbee_lamp() | zigbee_present())
        url, ca = f"mqtts://127.0.0.1:{peer.port}", certificate[0].read_text()
        async with running(Host("mqtt", password="right"), url=url, user="ada", ca=ca):
            pass
        assert await look(Settings(url, "ada", ca), {"password": "right"}) == {"devices": 1, "things": 1, "wrong": 0}
        for settings, error, words in (
            ({"user": "ada", "ca": ca}, AuthNeeded, "does not take this user"),
            ({"user": "ada"}, Refused, "can't be trusted"),
        ):
            with pytest.raises(error, match=words):
                async with running(Host("mqtt", password="wrong"), url=url, **settings):
                    pass
            with pytest.raises(error, match=words):
                await look(Settings(url, **settings), {"password": "wrong"})
        with pytest.raises(Unreachable):
            await look(Settings(f"mqtt://127.0.0.1:{peer.port}"), {})
    with pytest.raises(Unreachable, match="there is no MQTT broker"):
        await look(Settings(url), {})


async def test_a_broker_that_lets_us_hear_nothing(tmp_path: Path) -> None:
    with broker(tmp_path, users={"ada": "right"}, rules="user ada\ntopic readwrite other/#\n") as peer:
        # This broker says yes and then keeps everything to itself: at least that is said.
        host = Host("mqtt", password="right")
        async with running(host, url=address(peer), user="ada"):
            assert host.noted.startswith("we hear nothing of our own: may our user read homeassistant/#")


async def test_the_broker_goes_and_forgets(tmp_path: Path) -> None:
    with broker(tmp_path) as peer:
        host = Host("mqtt")
        async with devices(peer) as client, lamp(peer):
            await publish(client, zigbee_lamp() | zigbee_present())
            async with running(host, url=address(peer)):
                pass
        run = open_run(host, Settings(address(peer), ids={"x": "y"} | dict(host.config.get("ids", {}))))  # type: ignore[call-overload]
        host.noted = "not yet"
        ended = asyncio.create_task(run.run())
        await host.until(lambda: host.noted == "")
        peer.kill()
        with pytest.raises(Unreachable, match="closed the connection"):
            await ended
        with pytest.raises(Unreachable, match="not connected"):
            await host.ask(run, "hall-lamp/light.on", True)
        # It comes back and has forgotten all: nothing is there, and nothing is gone for good.
        peer.up()
        async with running(host, url=address(peer)):
            assert host.answers["hall-lamp"] is False
            assert "hall-lamp" in host.house.things


async def test_ten_thousand_kept_messages(tmp_path: Path) -> None:
    with broker(tmp_path) as peer:
        async with devices(peer) as client:
            for n in range(500):
                await publish(client, device(n))
                await client.publish(f"acme/{n}/status", "online", 0, True)
                await client.publish(f"acme/{n}/state", '{"relay":"ON","power":1,"open":false}', 0, True)
            for n in range(10_000):  # of others, who are none of ours
                await client.publish(f"other/{n}", "x" * 100, 0, True)
            await client.publish("other/last", "x", 1, True)
        host = Host("mqtt")
        began = time.perf_counter()
        async with running(host, url=address(peer)):
            took = time.perf_counter() - began
            print(f"\n500 devices, 2,000 things, in step after {took:.2f} s")
            assert len(host.house.things) == 2_000
            assert all(host.answers.values())
            assert all(host.value(f"plug-{n}/switch.on") is True for n in range(500))


async def test_a_house_larger_than_the_record_of_ids(tmp_path: Path) -> None:
    """Joined again, each thing is known by what it says itself: none comes twice."""
    with broker(tmp_path) as peer:
        async with devices(peer) as client:
            for n in range(300):
                await publish(client, device(n))
        host = Host("mqtt")
        async with running(host, url=address(peer)):
            pass
        ids = host.config["ids"]
        assert isinstance(ids, dict) and len(ids) < len(host.house.things) == 1_200
        async with running(host, url=address(peer), ids=dict(ids)):
            assert len(host.house.things) == 1_200


async def test_a_message_that_nobody_foresaw_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = Mirror.said
    seen = []

    def trips(mirror: Mirror, topic: str, text: str, now: float) -> News:
        seen.append(text)
        if text == "unforeseen":
            raise TypeError("a mistake of ours")
        return said(mirror, topic, text, now)

    monkeypatch.setattr(Mirror, "said", trips)
    with broker(tmp_path) as peer:
        async with devices(peer) as client:
            await publish(client, device(1))
            host = Host("mqtt")
            async with running(host, url=address(peer)):
                await client.publish("acme/1/state", "unforeseen", 1)
                await client.publish("acme/1/state", '{"relay":"ON"}', 1)
                await host.until(lambda: host.value("plug-1/switch.on") is True)
                assert seen.count("unforeseen") == 1


async def test_a_wish_is_not_done_when_its_time_is_over(tmp_path: Path) -> None:
    """A device that says nothing of itself being there, and whose messages the broker keeps while it is away."""
    config = {"name": "Gate", "uniq_id": "gate", "stat_t": "gate", "cmd_t": "gate/set", "qos": 1}
    told: list[bytes] = []

    async def wakes(client: aiomqtt.Client) -> None:
        async for message in client.messages:
            told.append(message.payload)  # type: ignore[arg-type]

    with broker(tmp_path) as peer:
        sleeper = {"identifier": "gate", "protocol": aiomqtt.ProtocolVersion.V5, "clean_start": False}
        kept = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        kept.SessionExpiryInterval = 600
        async with devices(peer, properties=kept, **sleeper) as gate:
            await gate.subscribe("gate/set", 1)
            await publish(gate, {"homeassistant/switch/gate/config": json.dumps(config), "gate": "OFF"})
        host = Host("mqtt")
        async with running(host, url=address(peer)) as run:
            await host.ask(run, "gate/switch.on", True, ttl=1.0)
            await asyncio.sleep(3)
            await host.ask(run, "gate/switch.on", False, ttl=60.0)
            async with devices(peer, properties=kept, **sleeper) as gate:
                hearing = asyncio.create_task(wakes(gate))
                await host.until(lambda: told)
                await asyncio.sleep(0.5)
                hearing.cancel()
        assert told == [b"OFF"]
