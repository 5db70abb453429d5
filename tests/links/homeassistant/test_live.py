"""A real Home Assistant that changes under us: renamed, moved, removed, restarted, frozen, signed out."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.links.homeassistant.host import Host, running
from tests.peers.homeassistant import HomeAssistant
from wayhome.errors import AuthNeeded, LinkError, Unreachable
from wayhome.links.homeassistant import client, mirror
from wayhome.links.homeassistant.run import open_run
from wayhome.links.homeassistant.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.real]


async def update(peer: HomeAssistant, entity: str, **changes: object) -> None:
    await asyncio.to_thread(peer.ask, type="config/entity_registry/update", entity_id=entity, **changes)


async def test_areas_and_names_follow_live(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token)
    async with running(host, Settings(homeassistant.url)) as run:
        area = await asyncio.to_thread(homeassistant.ask, type="config/area_registry/create", name="Attic")
        try:
            await update(homeassistant, "light.bed_light", area_id=area["area_id"], name="Night light")
            await host.until(lambda: host.things()["bed-light"].area == "Attic")
            await host.until(lambda: host.things()["bed-light"].name == "Night light")
            rename = {"type": "config/area_registry/update", "area_id": area["area_id"], "name": "Nest"}
            await asyncio.to_thread(homeassistant.ask, **rename)
            await host.until(lambda: host.things()["bed-light"].area == "Nest")
            # It still obeys.
            await host.fulfilled(run, "bed-light/light.on", True)
        finally:
            await update(homeassistant, "light.bed_light", name=None)
            await asyncio.to_thread(homeassistant.ask, type="config/area_registry/delete", area_id=area["area_id"])
        await host.until(lambda: host.things()["bed-light"].area is None)


async def test_a_renamed_entity_keeps_its_thing(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token)
    async with running(host, Settings(homeassistant.url)) as run:
        await update(homeassistant, "switch.decorative_lights", new_entity_id="switch.fairy_lights")
        await host.until(lambda: run._mirror.entity_of.get("decorative-lights") == "switch.fairy_lights")
        assert "fairy-lights" not in host.things()
        assert host.answers["decorative-lights"]
        before = host.value("decorative-lights/switch.on")
        await host.fulfilled(run, "decorative-lights/switch.on", not before)
        assert homeassistant.state("switch.fairy_lights")["state"] == ("off" if before else "on")
    # While we were away it is renamed again: what was remembered still knows it.
    await update(homeassistant, "switch.fairy_lights", new_entity_id="switch.decorative_lights")
    host.is_ready.clear()
    ids = host.config["ids"]
    assert isinstance(ids, dict) and "decorative-lights" in ids.values()
    async with running(host, Settings(homeassistant.url, ids={k: str(v) for k, v in ids.items()})) as run:
        assert run._mirror.entity_of["decorative-lights"] == "switch.decorative_lights"
        assert [id for id in host.things() if id.startswith(("fairy", "decorative"))] == ["decorative-lights"]


async def test_hidden_and_disabled_ones_leave_and_come_back(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token)
    async with running(host, Settings(homeassistant.url)):
        await update(homeassistant, "light.ceiling_lights", hidden_by="user")
        await host.until(lambda: "ceiling-lights" not in host.things())
        await update(homeassistant, "light.ceiling_lights", hidden_by=None)
        await host.until(lambda: "ceiling-lights" in host.things())
        await host.until(lambda: host.value("ceiling-lights/light.on") is not None)


async def test_what_comes_unregistered_and_goes(homeassistant: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "GRACE", 0.5)
    host = Host(token=homeassistant.token)
    async with running(host, Settings(homeassistant.url)):
        homeassistant.put_state("sensor.rain_gauge", "3.5", unit_of_measurement="mm", friendly_name="Rain gauge")
        await host.until(lambda: host.value("rain-gauge/sensor.value") == 3.5)
        homeassistant.put_state("sensor.rain_gauge", "unavailable", unit_of_measurement="mm")
        await host.until(lambda: host.answers["rain-gauge"] is False)
        homeassistant.put_state("sensor.rain_gauge", "4", unit_of_measurement="mm")
        await host.until(lambda: host.answers["rain-gauge"] and host.value("rain-gauge/sensor.value") == 4.0)
        homeassistant.drop_state("sensor.rain_gauge")
        await host.until(lambda: "rain-gauge" not in host.things())


async def test_a_restart_of_home_assistant_loses_nothing(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token)
    settings = Settings(homeassistant.url)
    run = open_run(host, settings)
    task = asyncio.create_task(run.run())
    await asyncio.wait_for(host.is_ready.wait(), 60)
    things = set(host.things())
    # A wish is under way (the demo's lock takes two seconds) when it stops.
    wish = asyncio.create_task(host.ask(run, "kitchen-door/lock.locked", True))
    await asyncio.sleep(0.3)
    await asyncio.to_thread(homeassistant.stop)
    with pytest.raises(Unreachable):
        await wish
    with pytest.raises(Unreachable):
        await task
    with pytest.raises(Unreachable, match="can't be reached"):
        await run.run()
    starting = asyncio.create_task(asyncio.to_thread(homeassistant.start))
    host.is_ready.clear()
    began = time.monotonic()
    while not host.is_ready.is_set():  # as the supervisor does
        assert time.monotonic() - began < 120  # Home Assistant takes its time on a busy machine
        attempt = asyncio.create_task(run.run())
        ready = asyncio.create_task(host.is_ready.wait())
        await asyncio.wait([attempt, ready], return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if attempt.done():
            assert isinstance(attempt.exception(), LinkError)
            await asyncio.sleep(0.1)
    await starting
    try:
        await host.until(lambda: run._mirror.running, 60)
        await host.until(lambda: all(host.answers[id] for id in things), 60)
        assert set(host.things()) == things
        await host.fulfilled(run, "kitchen-door/lock.locked", True)
    finally:
        attempt.cancel()
        await asyncio.gather(attempt, return_exceptions=True)


async def test_a_frozen_home_assistant_is_noticed(
    homeassistant: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "HEARTBEAT", 0.2)
    host = Host(token=homeassistant.token)
    run = open_run(host, Settings(homeassistant.url))
    task = asyncio.create_task(run.run())
    await asyncio.wait_for(host.is_ready.wait(), 60)
    homeassistant.pause()
    # Only now: as long as it lives it may take its time.
    monkeypatch.setattr(client, "HEARTBEAT_TIME", 0.5)
    try:
        with pytest.raises(Unreachable):
            await asyncio.wait_for(task, 60)
        with pytest.raises(Unreachable, match="not connected"):
            await host.ask(run, "bed-light/light.on", True)
    finally:
        homeassistant.resume()


async def test_a_wrong_token_needs_a_sign_in(homeassistant: HomeAssistant) -> None:
    with pytest.raises(AuthNeeded):
        await open_run(Host(token="wrong"), Settings(homeassistant.url)).run()
    with pytest.raises(AuthNeeded):
        await open_run(Host(), Settings(homeassistant.url)).run()


async def test_a_device_that_does_not_answer_is_said_so(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token)
    async with running(host, Settings(homeassistant.url)) as run:
        before = homeassistant.state("light.kitchen_lights")
        homeassistant.put_state("light.kitchen_lights", "unavailable", **before["attributes"])
        await host.until(lambda: host.answers["kitchen-lights"] is False)
        with pytest.raises(Unreachable, match="does not answer"):
            await host.ask(run, "kitchen-lights/light.on", True)
        homeassistant.service("light", "turn_on", entity_id="light.kitchen_lights")
        await host.until(lambda: host.answers["kitchen-lights"])


async def test_the_cause_of_what_a_scene_or_group_does(homeassistant: HomeAssistant) -> None:
    """One wish, several devices: all of it is told as caused by the wish."""
    host = Host(token=homeassistant.token)
    homeassistant.service("light", "turn_off", entity_id=["light.bed_light", "light.ceiling_lights"])
    homeassistant.service(
        "scene",
        "create",
        scene_id="evening",
        entities={"light.bed_light": "on", "light.ceiling_lights": {"state": "on", "brightness": 100}},
    )
    async with running(host, Settings(homeassistant.url)) as run:
        await host.until(lambda: "evening" in host.things())
        key = await host.fulfilled(run, "evening/scene.activate", True)
        for light in ("bed-light", "ceiling-lights"):
            await host.until(lambda light=light: host.value(f"{light}/light.on") is True)
            assert host.causes[f"{light}/light.on"] == key
        homeassistant.service("scene", "delete", entity_id="scene.evening")
