"""An MQTT broker joined on the glass: a wrong password is said and mended, the form tells what it finds, a lamp that
described itself is tapped and its own word comes back, and what Home Assistant sees is chosen. In both languages."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.screens import CAR, PHONE, TABLET, found, go, screen
from tests.links.mqtt.devices import device, zigbee_lamp, zigbee_present
from tests.links.mqtt.house import Lamp, devices, publish
from tests.peers.hub import RunningHub
from tests.peers.mosquitto import Mosquitto

pytestmark = [pytest.mark.anyio, pytest.mark.real]
ADA = {"username": "ada", "password": "right"}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    peer = Mosquitto(tmp_path / "broker", users={"ada": "right"})
    peer.up()
    yield peer
    peer.kill()


async def fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_broker_is_joined_and_a_lamp_is_tapped(hub: RunningHub, broker: Mosquitto, tmp_path: Path) -> None:
    async with (
        screen(tmp_path / "phone", hub, PHONE, touch=True) as page,
        devices(broker, **ADA) as client,
        devices(broker, **ADA) as other,
    ):
        lamp = Lamp(client)
        await lamp.begin()
        await publish(other, zigbee_lamp(area="Hall") | zigbee_present() | device(1) | {"acme/1/status": "online"})
        serving = asyncio.create_task(lamp.serve())
        await found(page, hub)
        await go(page, hub, "settings/links")
        await page.get_by_role("button", name="Join an MQTT broker").click()
        form = page.get_by_role("region", name="MQTT broker", exact=True)
        await form.get_by_label("Host").fill("127.0.0.1")
        await form.get_by_label("Port").fill(str(broker.port))
        await form.get_by_label("User").fill("ada")
        await form.get_by_label("Password").fill("wrong")
        await form.get_by_role("button", name="Test").click()
        await expect(form).to_contain_text("It does not take this user and password")
        await page.screenshot(path=tmp_path / "wrong.png", full_page=True)
        await form.get_by_label("Password").fill("right")
        await form.get_by_role("button", name="Test").click()
        await expect(form).to_contain_text("It works: 2 devices with 5 things")
        await fits(page)
        await page.screenshot(path=tmp_path / "form.png", full_page=True)
        await form.get_by_role("button", name="Connect").click()
        card = page.get_by_role("region", name="MQTT broker", exact=True).filter(has_text="mqtt://")
        await expect(card.get_by_text("Connected", exact=True)).to_be_visible(timeout=30_000)
        await expect(card).to_contain_text("5 things")
        await expect(card).to_contain_text("There is no car and nobody's phone to show yet")
        await page.screenshot(path=tmp_path / "card.png", full_page=True)

        # On the glass: tapped, told over the broker, and only its own word turns it on.
        await go(page, hub, "home")
        await expect(page.get_by_role("button", name="Hall lamp, Off. Switch on")).to_be_visible(timeout=30_000)
        await page.screenshot(path=tmp_path / "home.png")
        await page.get_by_role("button", name="Hall lamp, Off. Switch on").click()
        await expect(page.get_by_role("button", name="Hall lamp, 100%. Switch off")).to_be_visible()
        assert lamp.heard == [{"state": "ON"}]

        # It is taken out while somebody looks at it: that is said, with its name, and there is nothing left to press.
        await page.get_by_role("button", name="Hall lamp").last.click()
        sheet = page.get_by_role("dialog")
        await expect(sheet.get_by_role("slider").first).to_be_visible()
        await publish(other, dict.fromkeys(zigbee_lamp(), ""))
        await expect(sheet).to_contain_text("It is no longer here")
        await expect(sheet).to_contain_text("Hall lamp")
        await expect(sheet.get_by_role("slider")).to_have_count(0)
        await page.screenshot(path=tmp_path / "left.png")
        await publish(other, zigbee_lamp(area="Hall"))
        await expect(sheet.get_by_role("slider").first).to_be_visible()
        await page.keyboard.press("Escape")

        # The broker is switched off: said, in both languages; nothing claims to be on.
        await go(page, hub, "settings/links")
        broker.stop()
        card = page.get_by_role("region", name="MQTT broker", exact=True).first
        await expect(card).to_contain_text("MQTT broker does not answer", timeout=30_000)
        await card.get_by_role("button", name="Change its settings").click()
        await expect(card.get_by_label("Host")).to_have_value("127.0.0.1")
        await page.screenshot(path=tmp_path / "away.png", full_page=True)
        await page.evaluate("localStorage['wayhome.look'] = JSON.stringify({ language: 'zh', theme: 'day' })")
        await page.reload()
        await expect(page.get_by_text("MQTT broker没有响应")).to_be_visible(timeout=30_000)
        for name, size in (("phone", PHONE), ("tablet", TABLET), ("car", CAR)):
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            await fits(page)
            await page.screenshot(path=tmp_path / f"zh-{name}.png", full_page=True)
        serving.cancel()
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await serving


async def test_what_home_assistant_sees_is_chosen(hub: RunningHub, broker: Mosquitto, tmp_path: Path) -> None:
    async with screen(tmp_path / "phone", hub, PHONE, touch=True) as page, devices(broker, **ADA) as client:
        await found(page, hub)
        with hub.api() as api:
            config = {"url": f"mqtt://127.0.0.1:{broker.port}", "user": "ada"}
            parked = {"start": "home", "stay": 600, "part": "car"}
            new = {"link": "mqtt", "name": "Broker", "config": config, "secrets": {"password": "right"}}
            assert api.post("/api/links/add", json=new).status_code < 300
            assert api.post("/api/links/add", json={"link": "sim", "name": "Car", "config": parked}).status_code < 300
        await go(page, hub, "settings/links")
        card = page.get_by_role("region", name="Broker", exact=True)
        shown = card.get_by_role("region", name="Show in Home Assistant")
        await expect(shown).to_contain_text("Off by default")
        car = shown.get_by_role("switch", name="Aurora")
        await expect(car).to_have_attribute("aria-checked", "false")

        async def kept() -> set[str]:
            """The devices of ours that stand at the broker."""
            await client.subscribe([("homeassistant/device/+/config", 0), ("end", 0)])
            await client.publish("end", "x")
            topics = set()
            async for message in client.messages:
                if str(message.topic) == "end":
                    break
                if message.payload:
                    topics.add(str(message.topic))
            await client.unsubscribe("homeassistant/device/+/config")
            return topics

        assert await kept() == set()
        await car.click()
        await expect(car).to_have_attribute("aria-checked", "true", timeout=30_000)
        await shown.get_by_role("switch", name="May charge and climatise it").click()
        await expect(shown.get_by_role("switch", name="May charge and climatise it")).to_have_attribute(
            "aria-checked", "true", timeout=30_000
        )
        await expect(shown.get_by_role("switch", name="May lock, open and honk it")).to_have_attribute(
            "aria-checked", "false"
        )
        await expect(card.get_by_text("Connected", exact=True)).to_be_visible(timeout=30_000)
        for _ in range(450):
            if (found_now := await kept()) == {"homeassistant/device/wayhome_car/config"}:
                break
            await asyncio.sleep(0.1)
        assert found_now == {"homeassistant/device/wayhome_car/config"}
        await fits(page)
        await page.screenshot(path=tmp_path / "shown.png", full_page=True)
        await car.click()
        for _ in range(450):
            if not (found_now := await kept()):
                break
            await asyncio.sleep(0.1)
        assert found_now == set()
        await page.evaluate("localStorage['wayhome.look'] = JSON.stringify({ language: 'zh', theme: 'day' })")
        await page.set_viewport_size({"width": CAR[0], "height": CAR[1]})
        await page.reload()
        await expect(page.get_by_text("在 Home Assistant 中显示").first).to_be_visible(timeout=60_000)
        await fits(page)
        await page.screenshot(path=tmp_path / "shown-zh.png", full_page=True)
