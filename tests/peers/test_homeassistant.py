"""The real Home Assistant peer does what other tests rely on."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import async_playwright

from tests.peers.chromium import launch_options
from tests.peers.homeassistant import HomeAssistant, sign_in

pytestmark = [pytest.mark.real, pytest.mark.anyio]


def test_the_demo_house_is_there(homeassistant: HomeAssistant) -> None:
    domains = {state["entity_id"].partition(".")[0] for state in homeassistant.get("/api/states")}
    wanted = {"light", "switch", "climate", "fan", "humidifier", "cover", "lock", "camera", "media_player"}
    assert wanted | {"vacuum", "sensor", "binary_sensor", "alarm_control_panel", "device_tracker"} <= domains


def test_a_lamp_switches_and_the_recorder_writes(homeassistant: HomeAssistant) -> None:
    homeassistant.service("light", "turn_off", entity_id="light.bed_light")
    assert homeassistant.state("light.bed_light")["state"] == "off"
    homeassistant.service("light", "turn_on", entity_id="light.bed_light", brightness=128)
    assert homeassistant.state("light.bed_light")["attributes"]["brightness"] == 128
    assert homeassistant.ask(type="recorder/info")["recording"]


def test_the_car_is_one_device_that_obeys_reports_and_refuses(homeassistant: HomeAssistant) -> None:
    homeassistant.car(battery=64, refuse=False, locked=True)
    assert homeassistant.state("sensor.family_car_battery")["state"] == "64"
    homeassistant.service("lock", "unlock", entity_id="lock.family_car_doors")
    assert homeassistant.state("lock.family_car_doors")["state"] == "unlocked"
    homeassistant.car(refuse=True)
    with pytest.raises(RuntimeError, match="the car said no"):
        homeassistant.ask(
            type="call_service", domain="lock", service="lock", target={"entity_id": "lock.family_car_doors"}
        )
    homeassistant.car(awake=False)
    assert homeassistant.state("lock.family_car_doors")["state"] == "unavailable"
    homeassistant.car(refuse=False, awake=True)
    device = next(one for one in homeassistant.ask(type="config/device_registry/list") if one["model"] == "SU7")
    of_car = [one for one in homeassistant.ask(type="config/entity_registry/list") if one["device_id"] == device["id"]]
    assert len(of_car) == 16


async def test_people_sign_in_on_its_own_page(homeassistant: HomeAssistant, tmp_path: Path) -> None:
    client = "http://127.0.0.1:9/"
    question = f"response_type=code&client_id={client}&redirect_uri={client}back&state=xyz"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(tmp_path))
        page = await browser.new_page()
        page.set_default_timeout(90_000)  # it loads a lot before it asks who somebody is
        await page.goto(f"{homeassistant.url}/auth/authorize?{question}")
        async with page.expect_request("**/back?**") as sent:
            await sign_in(page)
        answer = parse_qs(urlsplit((await sent.value).url).query)
        await browser.close()
    assert answer["state"] == ["xyz"]
    assert homeassistant.tokens(answer["code"][0], client)["refresh_token"]


def test_it_comes_back_after_a_power_cut(homeassistant: HomeAssistant) -> None:
    homeassistant.kill()
    assert not homeassistant.running
    homeassistant.start()
    assert homeassistant.state("light.bed_light")["state"] in ("on", "off")
