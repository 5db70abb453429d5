"""The rules of the glass hold without the hub, too: what is old, what waits and what can't be shown are looked at as
any page is."""

from __future__ import annotations

import time

import pytest
from playwright.async_api import expect

from tests.hmi.matrix import rules
from tests.hmi.matrix.cells import FACES, Cell, Look, Situation
from tests.hmi.matrix.rules import Known
from tests.hmi.matrix.sheets import settled
from tests.hmi.offline.conftest import Screen, is_kept
from tests.hmi.offline.tunnel import Tunnel

pytestmark = pytest.mark.anyio

LIGHT, DARK = Look("light", "zh-CN"), Look("dark", "en-GB")
PARTED = (("car", LIGHT), ("car-large", DARK), ("tablet", DARK), ("phone", LIGHT))


@pytest.mark.parametrize(("name", "look"), PARTED, ids=lambda one: one if isinstance(one, str) else one.name)
async def test_the_rules_hold_without_the_hub(screen: Screen, tunnel: Tunnel, name: str, look: Look) -> None:
    face = next(one for one in FACES if one.name == name)
    cell = Cell(face, Situation("parked", driver=False), look)
    theme = "day" if look.theme == "light" else "night"
    page = await screen(face.size, url=tunnel.url, look=f'{{"theme":"{theme}"}}', locale=look.locale)
    await is_kept(page)
    for at in ("notices", "car", "settings", ""):
        # What was never opened is not there without the hub.
        await page.evaluate(f"location.hash = '/{at}'")
        await page.wait_for_timeout(500)
    things = (await (await page.request.get(f"{tunnel.url}/api/home/things")).json())["things"].values()
    said = {str(one.get(what)) for one in things for what in ("name", "area")}
    names = [*sorted(said, key=len, reverse=True), "Wayhome", "Demo household", "Anna"]
    tunnel.shut()
    context = page.context
    await page.close()
    page = await context.new_page()
    await page.clock.install(time=time.time() + 600)
    await page.goto(tunnel.url)
    await page.locator(".tile").first.wait_for()
    await page.clock.run_for(3_000)
    await page.locator(".tile", has_text="Floor lamp").first.locator(".main").click()
    await expect(page.locator(".banner .acts")).to_be_visible()
    # Whoever presses a tile further down has scrolled to it.
    await page.evaluate("scrollTo(0, 0)")
    broken: list[str] = []
    for at in ("", "notices", "car", "drives", "settings"):
        await page.evaluate(f"location.hash = '/{at}'")
        await page.locator("main").first.wait_for()
        await page.clock.run_for(3_000)
        await settled(page)
        found = await rules.check(page, cell, at, Known(names=names))
        await rules.axe(page, found)
        broken += found.broken
    assert broken == [], "\n" + "\n".join(broken)
