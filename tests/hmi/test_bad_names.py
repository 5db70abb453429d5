"""Names that nobody expected, out of a real Home Assistant: 200 characters, right to left, emoji, what looks like a
page's own code, signs that nobody sees and signs that turn a line round. Every face stays whole and shows them as they
are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.hmi import glass
from tests.hmi.matrix import rules
from tests.hmi.matrix.cells import FACES, LOOKS, SITUATIONS, Cell, Face
from tests.hmi.matrix.sheets import settled
from tests.journeys.screens import found
from tests.peers.homeassistant import HomeAssistant
from tests.peers.hub import RunningHub
from wayhome.core.ids import legible

pytestmark = [pytest.mark.anyio, pytest.mark.real]

SCRIPT = '<img src=x onerror="window.taken=1"><b>Lamp</b>&amp;<script>window.taken=2</script>'
NAMES = {
    "light.bed_light": ("The lamp that grandmother brought from the house by the sea and that nobody may move " * 3)[
        :200
    ],
    "light.ceiling_lights": "מנורת התקרה הגדולה בסלון ליד החלון הצפוני",
    "light.kitchen_lights": "👨‍👩‍👧‍👦🛋️💡🏳️‍🌈🇨🇭 lamp",
    "lock.front_door": SCRIPT,
    "lock.kitchen_door": "قفل باب المطبخ المطل على الحديقة الخلفية",
    "cover.living_room_window": "\u202eRoller blind\u202c of the \u200bliving\u200b room\u2066",
    "climate.heatpump": "Donaudampfschifffahrtsgesellschaftskapitänskajütenheizung" * 3,
    "media_player.bedroom": "Z̸̢a̷l̵g̶o̴ 电视机" + "̵" * 40,
    "fan.living_room_fan": "\u200b\u200d\u2060",
    "switch.decorative_lights": "客厅角落里祖母留下来的那盏谁也不许搬动的老式落地灯" * 6,
}
"""By the demo house's entities: what people called them there."""
ROOMS = {
    "light.bed_light": "Room " + "behind the room " * 12,
    "light.ceiling_lights": "חדר שינה של סבא וסבתא",
    "cover.living_room_window": "<h1>Hall</h1>",
    "climate.heatpump": "🛏️",
}
UNSEEN = "fan.living_room_fan"
"""Has a name that nobody can see: it is shown by another."""
HAND = [face for face in FACES if face.kind != "watch" and face.name != "car-tall"]
"""A standing glass is chosen on the screen: by its size alone it would be a tablet."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HomeAssistant]:
    peer = HomeAssistant(tmp_path_factory.mktemp("names"))
    peer.start()
    known = {entry["entity_id"] for entry in peer.ask(type="config/entity_registry/list")}
    for entity, name in NAMES.items():
        if entity in known:
            peer.ask(type="config/entity_registry/update", entity_id=entity, name=name)
        else:
            now = peer.state(entity)
            peer.put_state(entity, now["state"], **{**now["attributes"], "friendly_name": name})
    for entity, name in ROOMS.items():
        area = peer.ask(type="config/area_registry/create", name=name)["area_id"]
        peer.ask(type="config/entity_registry/update", entity_id=entity, area_id=area)
    yield peer
    peer.kill()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path_factory.mktemp("hub"))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
async def owner(hub: RunningHub, house: HomeAssistant, browser: Browser) -> AsyncIterator[Any]:
    """The cookies of Anna, whose hub shows that house, with all those names on her board."""
    context = await browser.new_context(service_workers="block")
    page = await context.new_page()
    await found(page, hub)
    body = {
        "link": "homeassistant",
        "name": SCRIPT[:80],
        "config": {"url": house.url},
        "secrets": {"token": house.token},
    }
    answer = await context.request.post(f"{hub.url}/api/links/add", data=body, headers={"Origin": hub.url})
    assert answer.ok, await answer.text()
    wanted = {legible(name) for entity, name in NAMES.items() if entity != UNSEEN}
    rooms = [legible(name) for name in ROOMS.values()]
    async with asyncio.timeout(60):
        while True:
            things = (await (await context.request.get(f"{hub.url}/api/home/things")).json())["things"]
            there = {one["name"]: id for id, one in things.items()}
            if wanted <= set(there) and {*rooms} <= {one.get("area") for one in things.values()}:
                break
            await asyncio.sleep(0.2)
    tiles = [{"kind": "thing", "item": there[name]} for name in sorted(wanted)]
    tiles[3:3] = [{"kind": "room", "item": name} for name in rooms]
    answer = await context.request.post(f"{hub.url}/api/home/put", data={"tiles": tiles}, headers={"Origin": hub.url})
    assert answer.ok, await answer.text()
    yield await context.storage_state()
    await context.close()


async def opened(browser: Browser, hub: RunningHub, owner: Any, face: Face, theme: Any = "dark") -> Page:
    width, height = face.size
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        locale="en-GB",
        service_workers="block",
        storage_state=owner,
    )
    look = '{"theme": "day"}' if theme == "light" else '{"theme": "night"}'
    await context.add_init_script(f"localStorage['wayhome.look'] ??= '{look}'")
    await context.add_init_script(rules.SCROLLS)
    page = await context.new_page()
    await page.goto(f"{hub.url}/#/")
    await expect(page.locator(".tile").first).to_be_visible()
    await settled(page)
    return page


async def whole(page: Page, face: Face, where: str) -> list[str]:
    """What is broken on a page, and that no name became a part of it."""
    # Whoever pressed something may have had to scroll to it.
    await page.evaluate("() => { window.scrolledByItself = []; window.stoodScrolled = true }")
    found = await rules.check(page, Cell(face, SITUATIONS[0], LOOKS[0]), where)
    assert await page.evaluate("window.taken") is None
    assert await page.locator("main b, main script, main img[src=x], dialog b, dialog img[src=x]").count() == 0
    return found.broken


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("face", HAND, ids=lambda face: face.name)
async def test_every_face_stays_whole(
    browser: Browser, hub: RunningHub, owner: Any, face: Face, tmp_path: Path
) -> None:
    page = await opened(browser, hub, owner, face, theme="light" if face.name == "tablet" else "dark")
    await page.screenshot(path=tmp_path / f"{face.name}.png", full_page=face.kind != "car")
    broken = await whole(page, face, "home" if face.kind != "car" else "")
    if face.kind == "car":
        further = page.get_by_role("button", name="Next page")
        while await further.count() and await further.is_enabled():  # a standing glass has room for one page's tiles
            await further.click()
            await settled(page)
            await page.screenshot(path=tmp_path / f"{face.name}-more.png")
            broken += await whole(page, face, "")
    await page.get_by_role("button", name="Arrange", exact=True).click()
    await expect(page.locator("[data-tile]").first).to_be_visible()
    await page.screenshot(path=tmp_path / f"{face.name}-arrange.png", full_page=face.kind != "car")
    broken += await whole(page, face, "arranging")
    await page.get_by_role("button", name="Add", exact=True).first.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await settled(page)
    await page.screenshot(path=tmp_path / f"{face.name}-picker.png")
    broken += await whole(page, face, "picker")
    for at in ("settings/links", "activity"):
        await page.goto(f"{hub.url}/#/{at}")
        await page.reload()
        await page.locator("main h2").first.wait_for()
        await settled(page)
        await page.screenshot(path=tmp_path / f"{face.name}-{at.replace('/', '-')}.png")
        broken += await whole(page, face, at)
    await page.context.close()
    assert broken == [], "\n".join(broken)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("face", [FACES[0], FACES[5]], ids=lambda face: face.name)
async def test_what_opens_over_it_stays_whole(
    browser: Browser, hub: RunningHub, owner: Any, face: Face, tmp_path: Path
) -> None:
    page = await opened(browser, hub, owner, face)
    broken: list[str] = []
    for at in range(await page.locator(".tile .more, .tile .main[aria-label*='Lock']").count()):
        opener = page.locator(".tile .more, .tile .main[aria-label*='Lock']").nth(at)
        if not await opener.is_visible():
            continue
        await opener.click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await settled(page)
        await page.screenshot(path=tmp_path / f"{face.name}-{at}.png")
        broken += await whole(page, face, f"sheet {at}")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        if at == 8:
            break
    await page.context.close()
    assert broken == [], "\n".join(broken)


async def test_a_name_is_read_the_way_it_runs(browser: Browser, hub: RunningHub, owner: Any) -> None:
    page = await opened(browser, hub, owner, FACES[5])
    hebrew = page.locator(".tile .name", has_text=NAMES["light.ceiling_lights"]).first
    assert await hebrew.evaluate("e => getComputedStyle(e).direction") == "rtl"
    # What looks like a page's code stands there letter by letter.
    await expect(page.locator(".tile .name", has_text="<b>Lamp</b>").first).to_be_visible()
    # Signs that nobody sees are no name: the thing has another one that people can read.
    names = await page.locator(".tile .name").evaluate_all("all => all.map(e => e.textContent)")
    assert all(any(letter.isalnum() or ord(letter) > 0x2190 for letter in name) for name in names), names
    # A sign that turns the line round ends with the name: what stands after it runs on as ever.
    tile = page.locator(".tile", has_text="Roller blind").first
    state = tile.locator(".state")
    assert await state.evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert await glass.nameless(page) == []
    await page.context.close()
