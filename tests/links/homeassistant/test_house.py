"""A real Home Assistant's demo house, as ours: every domain is there, every actuator obeys, and says so itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.links.homeassistant.host import Host, running
from tests.peers.homeassistant import HomeAssistant
from wayhome.core.value import Value
from wayhome.errors import BadInput, NotFound, Refused
from wayhome.links.homeassistant.settings import Settings
from wayhome.links.homeassistant.wire_domains import DOMAINS

pytestmark = [pytest.mark.anyio, pytest.mark.real]

# Each wish: path, target, then what Home Assistant itself must say afterwards (state or attribute, and value).
WISHES: list[tuple[str, Value, str, str, Callable[[Any], bool] | object]] = [
    ("bed-light/light.on", True, "light.bed_light", "state", "on"),
    ("bed-light/light.brightness", 50.0, "light.bed_light", "brightness", lambda v: v in (127, 128)),
    ("bed-light/light.color_temp", 3000.0, "light.bed_light", "color_temp_kelvin", 3000),
    ("bed-light/light.hue", 120.0, "light.bed_light", "hs_color", lambda v: abs(v[0] - 120) < 2),
    ("bed-light/light.saturation", 40.0, "light.bed_light", "hs_color", lambda v: abs(v[1] - 40) < 2),
    ("bed-light/light.effect", "rainbow", "light.bed_light", "effect", "rainbow"),
    ("bed-light/light.brightness", 0.0, "light.bed_light", "state", "off"),
    ("office-rgbw-lights/light.hue", 240.0, "light.office_rgbw_lights", "state", "on"),
    ("ac/switch.on", False, "switch.ac", "state", "off"),
    ("ac/switch.on", True, "switch.ac", "state", "on"),
    ("hvac/climate.target_temperature", 23.5, "climate.hvac", "temperature", 23.5),
    ("hvac/climate.mode", "heat", "climate.hvac", "state", "heat"),
    ("hvac/climate.fan_mode", "auto_low", "climate.hvac", "fan_mode", "auto_low"),
    ("hvac/climate.swing", "auto", "climate.hvac", "swing_mode", "auto"),
    ("hvac/climate.target_humidity", 60.0, "climate.hvac", "humidity", 60),
    ("ecobee/climate.target_low", 18.0, "climate.ecobee", "target_temp_low", 18.0),
    ("ecobee/climate.target_high", 26.0, "climate.ecobee", "target_temp_high", 26.0),
    ("ecobee/climate.preset", "eco", "climate.ecobee", "preset_mode", "eco"),
    ("living-room-fan/fan.on", True, "fan.living_room_fan", "state", "on"),
    ("living-room-fan/fan.percentage", 66.0, "fan.living_room_fan", "percentage", 66),
    ("living-room-fan/fan.oscillating", True, "fan.living_room_fan", "oscillating", True),
    ("living-room-fan/fan.direction", "reverse", "fan.living_room_fan", "direction", "reverse"),
    ("preset-only-limited-fan/fan.preset", "auto", "fan.preset_only_limited_fan", "preset_mode", "auto"),
    ("humidifier/humidifier.on", False, "humidifier.humidifier", "state", "off"),
    ("dehumidifier/humidifier.target_humidity", 45.0, "humidifier.dehumidifier", "humidity", 45),
    ("hygrostat/humidifier.mode", "eco", "humidifier.hygrostat", "mode", "eco"),
    ("hall-window/cover.position", 40.0, "cover.hall_window", "current_position", 40),
    ("living-room-window/cover.tilt", 30.0, "cover.living_room_window", "current_tilt_position", 30),
    ("front-door/lock.locked", False, "lock.front_door", "state", "unlocked"),
    ("front-door/lock.locked", True, "lock.front_door", "state", "locked"),
    ("bedroom/media_player.on", False, "media_player.bedroom", "state", "off"),
    ("bedroom/media_player.on", True, "media_player.bedroom", "state", "playing"),
    ("bedroom/media_player.playing", False, "media_player.bedroom", "state", "paused"),
    ("bedroom/media_player.volume", 35.0, "media_player.bedroom", "volume_level", 0.35),
    ("bedroom/media_player.muted", True, "media_player.bedroom", "is_volume_muted", True),
    ("lounge-room/media_player.source", "youtube", "media_player.lounge_room", "source", "youtube"),
    ("demo-vacuum-0-ground-floor/vacuum.fan_speed", "max", "vacuum.demo_vacuum_0_ground_floor", "fan_speed", "max"),
    ("security/alarm.mode", "armed_home", "alarm_control_panel.security", "state", lambda v: v.startswith("arm")),
    ("security/alarm.mode", "disarmed", "alarm_control_panel.security", "state", "disarmed"),
    ("volume/number.value", 12.0, "number.volume", "state", lambda v: float(v) == 12),
    ("speed/select.option", "ludicrous_speed", "select.speed", "state", "ludicrous_speed"),
    ("back-garden/valve.position", 30.0, "valve.back_garden", "current_position", 30),
    ("demo-water-heater-celsius/water_heater.target_temperature", 50.0,
     "water_heater.demo_water_heater_celsius", "temperature", 50.0),
    ("demo-water-heater/water_heater.mode", "electric", "water_heater.demo_water_heater", "state", "electric"),
    ("siren/siren.on", True, "siren.siren", "state", "on"),
    ("siren/siren.on", False, "siren.siren", "state", "off"),
]  # fmt: skip

# Each press: path, then the signal in which its effect shows.
PRESSES: list[tuple[str, str, Callable[[Value], bool]]] = [
    ("kitchen-window/cover.close", "kitchen-window/cover.state", lambda v: v in ("closing", "closed")),
    ("hall-window/cover.open", "hall-window/cover.state", lambda v: v == "opening"),
    # The demo cover stops, but forgets to say that it no longer opens.
    ("hall-window/cover.stop", "hall-window/cover.position", lambda v: isinstance(v, float) and v < 100),
    ("openable-lock/lock.open", "openable-lock/lock.state", lambda v: v == "open"),
    ("front-garden/valve.close", "front-garden/valve.position", lambda v: v == 0.0),
    ("walkman/media_player.next", "walkman/media_player.title", lambda v: v is not None),
    ("walkman/media_player.previous", "walkman/media_player.title", lambda v: v is not None),
    ("demo-vacuum-0-ground-floor/vacuum.start", "demo-vacuum-0-ground-floor/vacuum.state", lambda v: v == "cleaning"),
    ("demo-vacuum-0-ground-floor/vacuum.pause", "demo-vacuum-0-ground-floor/vacuum.state", lambda v: v == "paused"),
    ("demo-vacuum-0-ground-floor/vacuum.return", "demo-vacuum-0-ground-floor/vacuum.state",
     lambda v: v in ("returning", "docked")),
]  # fmt: skip


def settings(peer: HomeAssistant) -> Settings:
    return Settings(peer.url)


async def test_every_domain_of_the_demo_house_is_here(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token)
    async with running(host, settings(homeassistant)) as run:
        assert not host.refused and run._teller.refused == 0
        things = host.things()
        of_domains = {state["entity_id"].partition(".")[0] for state in homeassistant.get("/api/states")}
        here = {entity.partition(".")[0] for entity in run._mirror.entity_of.values()}
        assert here == of_domains & DOMAINS.keys()
        assert things["kitchen-lights"].name == "Kitchen Lights"
        assert things["garage-door"].kind == "garage"
        bounds = things["hvac"].signals["climate.target_temperature"]
        assert (bounds.min, bounds.max) == (7.0, 35.0)
        assert things["hvac"].signals["climate.mode"].allowed is not None
        assert all(host.answers[id] for id in things)
        # All that a state says is here: every thing that has sensors has readings.
        silent = [
            id
            for id, thing in things.items()
            if not any(f"{id}/{signal}" in host.house.readings for signal in thing.signals)
            and not all(host.house.catalog.signal(signal).press for signal in thing.signals)
        ]
        assert silent == []


async def test_every_actuator_obeys_and_says_so(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token, alarm_code="1234")
    homeassistant.service("climate", "set_hvac_mode", entity_id="climate.hvac", hvac_mode="cool")
    homeassistant.service("climate", "set_hvac_mode", entity_id="climate.ecobee", hvac_mode="heat_cool")
    homeassistant.service("alarm_control_panel", "alarm_disarm", entity_id="alarm_control_panel.security", code="1234")
    async with running(host, settings(homeassistant)) as run:
        for path, target, entity, part, wanted in WISHES:
            before = host.value(path)
            key = await host.fulfilled(run, path, target)
            state = homeassistant.state(entity)
            found = state["state"] if part == "state" else state["attributes"].get(part)
            assert wanted(found) if callable(wanted) else found == wanted, (path, target, found)
            if before != host.value(path) and not isinstance(target, float):
                assert host.causes[path] == key, f"{path} changed by {key}, told as by {host.causes[path]}"
        assert not host.refused


async def test_every_press_has_its_effect(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token)
    homeassistant.service("cover", "open_cover", entity_id="cover.kitchen_window")
    homeassistant.service("cover", "set_cover_position", entity_id="cover.hall_window", position=20)
    homeassistant.service("vacuum", "stop", entity_id="vacuum.demo_vacuum_0_ground_floor")
    async with running(host, settings(homeassistant)) as run:
        await host.until(lambda: host.value("hall-window/cover.position") == 20.0)
        for path, shown, true in PRESSES:
            await host.fulfilled(run, path, True)
            await host.until(
                lambda shown=shown, true=true: true(host.value(shown)), 25, f"{path}: {host.value(shown)!r}"
            )
        await host.fulfilled(run, "push/button.press", True)
        assert not host.refused


async def test_a_change_made_elsewhere_arrives_without_a_cause(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token)
    homeassistant.service("light", "turn_on", entity_id="light.kitchen_lights")
    async with running(host, settings(homeassistant)):
        homeassistant.service("light", "turn_off", entity_id="light.kitchen_lights")
        await host.until(lambda: host.value("kitchen-lights/light.on") is False)
        assert host.causes["kitchen-lights/light.on"] is None
        assert host.reading("kitchen-lights/light.on").source_at is not None


async def test_home_assistants_no_comes_in_its_own_words(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token)
    homeassistant.service("alarm_control_panel", "alarm_disarm", entity_id="alarm_control_panel.security", code="1234")
    async with running(host, settings(homeassistant)) as run:
        with pytest.raises(Refused, match="code"):
            await host.ask(run, "security/alarm.mode", "armed_away")
        host.secrets["alarm_code"] = "9999"
        with pytest.raises(Refused, match="Invalid alarm code"):
            await host.ask(run, "security/alarm.mode", "armed_away")
        with pytest.raises(BadInput):
            await host.ask(run, "speed/select.option", "warp")
        with pytest.raises(BadInput):
            await host.ask(run, "hvac/climate.target_temperature", 99.0)


async def test_a_jammed_lock_is_not_locked(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token)
    async with running(host, settings(homeassistant)) as run:
        await host.ask(run, "poorly-installed-door/lock.locked", True)
        await host.until(lambda: host.value("poorly-installed-door/lock.state") == "jammed")
        assert host.value("poorly-installed-door/lock.locked") is False


async def test_a_cameras_picture(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token)
    async with running(host, settings(homeassistant)) as run:
        picture = await run.picture("demo-camera")
        assert picture.media_type == "image/jpeg" and picture.content.startswith(b"\xff\xd8")
        png = await run.picture("demo-camera-png")
        assert png.media_type == "image/png" and png.content.startswith(b"\x89PNG")
        with pytest.raises(NotFound):
            await run.picture("bed-light")
