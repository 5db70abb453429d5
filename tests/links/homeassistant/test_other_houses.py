"""Real Home Assistants that differ: one in Fahrenheit with a car of YAML entities, and a user who may only look."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest

from tests.links.homeassistant.host import Host, running
from tests.peers.homeassistant import HomeAssistant
from wayhome.errors import Refused
from wayhome.hub.link import Joined
from wayhome.links.homeassistant import link
from wayhome.links.homeassistant import wire_car as v
from wayhome.links.homeassistant.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.real]

YAML = """\
input_boolean:
  zoe_locked: {initial: true}
  zoe_plugged: {initial: true}
  zoe_loading: {}
  guests: {name: Guests}
input_number:
  zoe_charge_limit: {min: 50, max: 100, step: 5, initial: 80, unit_of_measurement: "%"}
  zoe_soc: {min: 0, max: 100, step: 0.1, initial: 61.5, unit_of_measurement: "%"}
input_select:
  house_mode: {options: [home, away, night], initial: home}
input_button:
  doorbell: {}
script:
  good_night:
    alias: Good night
    sequence:
      - action: light.turn_off
        target: {entity_id: light.bed_light}
      - delay: 0.3
template:
  - sensor:
      - name: Zoe range
        unit_of_measurement: mi
        state: "{{ (states('input_number.zoe_soc') | float * 1.5) | round(1) }}"
      - {name: Zoe odometer, unit_of_measurement: mi, state: "1000"}
      - {name: Zoe tyre pressure front left, unit_of_measurement: psi, device_class: pressure, state: "35"}
      - {name: Porch, unit_of_measurement: °F, device_class: temperature, state: "68"}
  - binary_sensor:
      - {name: Zoe plug, device_class: plug, state: "{{ is_state('input_boolean.zoe_plugged', 'on') }}"}
      - {name: Zoe charging, device_class: battery_charging, state: "{{ is_state('input_boolean.zoe_loading', 'on') }}"}
  - lock:
      - name: Zoe doors
        state: "{{ 'locked' if is_state('input_boolean.zoe_locked', 'on') else 'unlocked' }}"
        lock: {action: input_boolean.turn_on, target: {entity_id: input_boolean.zoe_locked}}
        unlock: {action: input_boolean.turn_off, target: {entity_id: input_boolean.zoe_locked}}
  - switch:
      - name: Zoe charge
        state: "{{ is_state('input_boolean.zoe_loading', 'on') }}"
        turn_on: {action: input_boolean.turn_on, target: {entity_id: input_boolean.zoe_loading}}
        turn_off: {action: input_boolean.turn_off, target: {entity_id: input_boolean.zoe_loading}}
"""


@pytest.fixture(scope="module")
def american(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HomeAssistant]:
    folder: Path = tmp_path_factory.mktemp("american")
    peer = HomeAssistant(folder, YAML)
    configuration = folder / "configuration.yaml"
    configuration.write_text(configuration.read_text().replace("unit_system: metric", "unit_system: us_customary"))
    peer.start()
    yield peer
    peer.kill()


async def test_a_house_in_fahrenheit(american: HomeAssistant) -> None:
    host = Host(token=american.token)
    async with running(host, Settings(american.url)) as run:
        assert not host.refused
        assert host.value("porch/sensor.value") == 20.0
        bounds = host.things()["hvac"].signals["climate.target_temperature"]
        assert bounds.min is not None and bounds.max is not None and 6 < bounds.min < 8 and 34 < bounds.max < 36
        own = american.state("climate.hvac")["attributes"]
        assert own["temperature"] > 60
        shown = host.value("hvac/climate.target_temperature")
        assert isinstance(shown, float) and abs(shown - (own["temperature"] - 32) / 1.8) < 0.02
        await host.fulfilled(run, "hvac/climate.target_temperature", 20.0)
        assert american.state("climate.hvac")["attributes"]["temperature"] == 68
        await host.fulfilled(run, "demo-water-heater-celsius/water_heater.target_temperature", 48.0)
        weather = american.state("weather.demo_weather_south")["attributes"]
        assert weather["temperature_unit"] == "°F"
        told = host.value("demo-weather-south/weather.temperature")
        assert isinstance(told, float) and abs(told - (weather["temperature"] - 32) / 1.8) < 0.1


async def test_what_is_made_by_hand_in_home_assistant(american: HomeAssistant) -> None:
    host = Host(token=american.token)
    american.service("light", "turn_on", entity_id="light.bed_light")
    async with running(host, Settings(american.url)) as run:
        await host.fulfilled(run, "guests/switch.on", True)
        await host.fulfilled(run, "house-mode/select.option", "night")
        await host.fulfilled(run, "zoe-charge-limit/number.value", 90.0)
        await host.fulfilled(run, "doorbell/button.press", True)
        key = await host.fulfilled(run, "good-night/script.run", True)
        await host.until(lambda: host.value("bed-light/light.on") is False)
        assert host.causes["bed-light/light.on"] == key
        await host.until(lambda: host.value("good-night/script.running") is False)
        assert american.state("input_select.house_mode")["state"] == "night"


async def test_a_car_of_yaml_entities(american: HomeAssistant) -> None:
    host = Host(token=american.token)
    american.service("input_number", "set_value", entity_id="input_number.zoe_charge_limit", value=80)
    async with running(host, Settings(american.url)) as run:
        suggestion = next(one for one in (await run.cars())["suggestions"] if one["key"] == "word:zoe")
    host.is_ready.clear()
    at = "zoe/"
    async with running(host, Settings(american.url, cars=(msgspec.convert(suggestion["car"], v.Car),))) as run:
        assert not host.refused
        assert host.value(at + v.CHARGE_LEVEL) == 61.5
        miles = float(american.state("sensor.zoe_range")["state"])
        assert host.value(at + v.RANGE) == round(miles * 1_609.344)
        assert host.value(at + v.DISTANCE) == 1_609_344
        assert host.value(at + v.TYRES[0]) == 241
        assert host.value(at + v.PLUG) is True and host.value(at + v.CHARGING) is False
        await host.fulfilled(run, at + v.LOCKS[0], False)
        assert american.state("input_boolean.zoe_locked")["state"] == "off"
        await host.fulfilled(run, at + v.LOCKS[3], True)
        await host.fulfilled(run, at + v.CHARGE_LIMIT, 95)
        await host.ask(run, at + v.START_STOP, "START")
        await host.until(lambda: host.value(at + v.CHARGING) is True)


async def only_looks(peer: HomeAssistant) -> tuple[str, Joined]:
    """A new user there who may only look: the id, and what the sign-in gave."""
    made = peer.ask(type="config/auth/create", name="Guest", group_ids=["system-read-only"])
    peer.ask(
        type="config/auth_provider/homeassistant/create",
        user_id=made["user"]["id"],
        username="guest",
        password="guestguest",
    )
    assert link.sign_in is not None
    begun = await link.sign_in.begin(peer.url, "http://wayhome.local:8300/api/links/callback")
    client = parse_qs(urlsplit(begun.go).query)["client_id"][0]
    async with httpx.AsyncClient(base_url=peer.url) as http:
        start = {"client_id": client, "handler": ["homeassistant", None], "redirect_uri": client}
        flow = (await http.post("/auth/login_flow", json=start)).json()["flow_id"]
        step = {"client_id": client, "username": "guest", "password": "guestguest"}
        code = (await http.post(f"/auth/login_flow/{flow}", json=step)).json()["result"]
    return made["user"]["id"], await link.sign_in.finish(begun.kept, {"code": code})


async def test_a_user_who_may_only_look(american: HomeAssistant) -> None:
    user, login = await only_looks(american)
    host = Host(**login.secrets)
    async with running(host, Settings(american.url, str(login.config["client_id"]))) as run:
        assert "bed-light" in host.things()
        with pytest.raises(Refused, match="does not let our user"):
            await host.ask(run, "bed-light/light.on", not host.value("bed-light/light.on"))
        assert (await run.cars())["may_show"] is False
    await asyncio.to_thread(american.ask, type="config/auth/delete", user_id=user)
