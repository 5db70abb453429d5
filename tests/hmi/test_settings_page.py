"""The settings' rooms on the glass, against a living hub: a screen signed out, a role changed, a right for some
evenings, backups by themselves, a link mended; each room by the rules of the glass, and nobody finds another's."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from playwright.async_api import Error, Page, expect

from tests.hmi import glass
from tests.hmi.conftest import Opens, steer, steered

pytestmark = pytest.mark.anyio

CAR, PHONE, TABLET = (1280, 720), (390, 844), (1024, 768)
ROOMS = (
    "household",
    "people",
    "devices",
    "links",
    "maps",
    "sites",
    "certificate",
    "backup",
    "about",
    "look",
    "notices",
    "notifications",
    "me",
)
UNDER_WAY = ".skeleton, main [aria-busy=true]"


async def ask(page: Page, operation: str) -> Any:
    """What the hub says itself."""
    origin = "/".join(page.url.split("/")[:3])
    return await (await page.context.request.get(f"{origin}/api/{operation}")).json()


@pytest.mark.long
@pytest.mark.parametrize(("size", "least"), [(PHONE, 44), (TABLET, 44), (CAR, 80)], ids=["phone", "tablet", "car"])
@pytest.mark.parametrize(("theme", "locale"), [("dark", "en-GB"), ("light", "zh-CN")])
async def test_every_room_keeps_the_rules_of_the_glass(
    open_page: Opens, size: tuple[int, int], least: int, theme: str, locale: str
) -> None:
    # Said, so that the car's own daylight does not change it while it is looked at.
    look = {"theme": "day" if theme == "light" else "night"}
    page = await open_page(size, "#/settings", theme=theme, locale=locale, look=look)
    # And stands still: a car that comes home by itself changes its gear meanwhile.
    await steer(page, {"speed": 0, "gear": "P"})
    await expect(page.locator("html")).to_have_attribute("data-state", "parked")
    # The bar lies over what is scrolled below it: that is not faint, only not there yet.
    await page.add_style_tag(content="nav { display: none }")
    broken = []
    for room in ("", *(one for one in ROOMS if one != "notices")):  # whose own tests look at it
        await page.evaluate(f"location.hash = '/settings/{room}'")
        await page.locator("h2").first.wait_for()
        await expect(page.locator(UNDER_WAY)).to_have_count(0)
        await page.wait_for_timeout(300)
        if (await glass.overflow(page))[0] > 0:
            broken.append(f"{room}: wider than the screen")
        # Less a part of a pixel at either edge: what rounding takes of a list's row.
        broken += [f"{room}: small: {one}" for one in await glass.small_targets(page, least - 1)]
        broken += [f"{room}: nameless: {one}" for one in await glass.nameless(page)]
        broken += [f"{room}: faint: {one}" for one in await glass.faint(page)]
    await steer(page, {"speed": None})
    assert broken == [], "\n".join(broken)


async def test_a_screen_is_signed_out_from_the_glass(open_page: Opens) -> None:
    lost = await open_page(PHONE, "#/settings/devices", who="mei")
    row = lost.get_by_role("list", name="Screens and devices").get_by_role("button").filter(has_text="Demo").first
    await row.click()
    sheet = lost.get_by_role("dialog")
    await expect(sheet.get_by_role("button", name="Sign this device out")).to_have_count(0)  # that is Sign out, below
    await sheet.get_by_label("What it is called").fill("Mei's old phone")
    await sheet.get_by_role("button", name="Save").click()
    await expect(sheet).to_have_count(0)
    await expect(lost.get_by_role("button", name="Mei's old phone")).to_be_visible()

    page = await open_page(TABLET, "#/settings/devices")
    await page.get_by_role("button", name="Mei's old phone").click()
    sheet = page.get_by_role("dialog", name="Mei's old phone")
    await sheet.get_by_role("button", name="Sign this device out").click()
    await sheet.get_by_role("button", name="Cancel").click()
    await sheet.get_by_role("button", name="Sign this device out").click()
    await sheet.get_by_role("button", name="Sign this device out").click()
    await expect(page.get_by_role("button", name="Mei's old phone")).to_have_count(0)
    await expect(lost.get_by_role("heading", name="Who would you like to be?")).to_be_visible(timeout=30_000)


async def test_a_role_is_changed_and_said_in_plain_words(open_page: Opens) -> None:
    page = await open_page(TABLET, "#/settings/people")
    leo = page.get_by_role("region", name="Leo", exact=True)
    await expect(leo).to_contain_text("Child")
    await expect(leo).to_contain_text("No locks, no gates")
    for role, says in (("Guest", "while at home"), ("Child", "No locks, no gates")):
        await leo.get_by_role("button", name="Change Leo").click()
        sheet = page.get_by_role("dialog", name="Change Leo")
        await sheet.get_by_role("radio", name=role).click()
        await expect(sheet).to_contain_text(says)
        await sheet.get_by_role("button", name="Save").click()
        await expect(leo).to_contain_text(role)
    # The last owner stays one, and hears why.
    await page.get_by_role("button", name="Change Anna").click()
    sheet = page.get_by_role("dialog", name="Change Anna")
    await sheet.get_by_role("radio", name="Member").click()
    await sheet.get_by_role("button", name="Save").click()
    await expect(page.locator(".toast")).to_contain_text("Make somebody else an owner first.")


async def test_a_right_for_the_evenings_of_the_week(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/settings/people")
    noor = page.get_by_role("region", name="Noor", exact=True)
    await noor.get_by_role("button", name="Allow Noor something").click()
    sheet = page.get_by_role("dialog", name="Allow Noor something")
    await sheet.get_by_label("What", exact=True).select_option(label="Gate")
    await sheet.get_by_label("Until").fill("")
    await sheet.get_by_role("button", name="Days, hours, while parked").click()
    await sheet.get_by_role("radio", name="Monday to Friday").click()
    await sheet.get_by_role("switch", name="Only at certain hours").click()
    await sheet.get_by_role("switch", name="Only while the cars are parked").click()
    await sheet.get_by_role("button", name="Allow it").click()
    line = noor.locator(".grant").filter(has_text="Gate")
    await expect(line).to_contain_text("while: Parked, 18:00–23:00 each day, Mon, Tue, Wed, Thu, Fri")
    said = [one["sentence"] for one in (await ask(page, "people/grants"))["grants"] if "gate/" in one["sentence"]]
    assert sorted(said) == [
        "act gate/** while parked daily 18:00-23:00 on mon,tue,wed,thu,fri",
        "read gate/** while parked daily 18:00-23:00 on mon,tue,wed,thu,fri",
    ]
    await line.get_by_role("button", name="Take back: Gate").click()
    await expect(line).to_have_count(0)


async def test_backups_by_themselves_are_chosen_and_one_is_made_checked_and_deleted(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/settings/backup")
    card = page.get_by_role("region", name="Made by themselves")
    await card.get_by_role("radio", name="Every night").click()
    await expect(card).to_contain_text("Without a passphrase")
    await card.get_by_role("button", name="Set a passphrase").click()
    await card.get_by_label("Passphrase", exact=True).fill("an evening by")
    await card.get_by_label("The passphrase again").fill("an evening by")
    await card.get_by_role("button", name="Save").click()
    await expect(card).to_contain_text("Sealed with a passphrase")
    plan = await ask(page, "upkeep/automatic")
    assert (plan["every"], plan["sealed"]) == ("night", True)
    assert plan["next"] > 0
    await card.get_by_role("radio", name="Never").click()
    await expect(card.get_by_role("group", name="How many are kept")).to_have_count(0)

    make = page.get_by_role("region", name="Make a backup now")
    await make.get_by_role("switch", name="Seal it with a passphrase").click()
    await expect(make).to_contain_text("Whoever has the file can read it")
    await make.get_by_role("button", name="Make the backup").click()
    await expect(make).to_contain_text("The backup is made", timeout=30_000)
    copies = page.get_by_role("region", name="On the hub's machine")
    await expect(copies).to_contain_text("Backup by hand")
    await copies.get_by_role("button", name="More:").click()
    await page.get_by_role("menuitem", name="Check it").click()
    sheet = page.get_by_role("dialog", name="Check it")
    await sheet.get_by_role("button", name="Check it").click()
    await expect(sheet).to_contain_text("It is sound")
    await sheet.get_by_role("button", name="Close").click()
    await copies.get_by_role("button", name="More:").click()
    await page.get_by_role("menuitem", name="Delete it").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete it").click()
    await expect(copies).to_contain_text("Nothing is kept here yet")


@pytest.mark.parametrize(
    ("order", "says", "chinese"),
    [
        ("away", "Demo does not answer", "Demo没有响应"),
        ("sleep", "Demo sleeps", "Demo正在休眠"),
        ("refuse", "Demo said no", "Demo拒绝了连接"),
        ("auth", "Demo no longer takes the sign-in", "Demo的登录已失效"),
    ],
)
async def test_what_is_wrong_with_a_link_is_said_and_mended_here(
    open_page: Opens, order: str, says: str, chinese: str
) -> None:
    page = await open_page(PHONE, "#/settings/links")
    there = await open_page(PHONE, "#/settings/links", locale="zh-CN")
    async with steered(page, {"link": order}):
        card = page.get_by_role("region", name="Demo", exact=True)
        await expect(card).to_contain_text(says)
        await expect(there.get_by_role("region", name="Demo", exact=True)).to_contain_text(chinese)
        await expect(card).to_contain_text("Since")
        await steer(page, {"clear": True})
        with suppress(Error):  # it has gone on by itself
            await card.get_by_role("button", name="Try now").click(timeout=5_000)
        await expect(card.get_by_text("Connected", exact=True)).to_be_visible()
        await expect(card.get_by_role("status")).to_have_count(0)


async def test_everybody_finds_their_own_rooms_and_no_others(open_page: Opens) -> None:
    rooms = {}
    for who in ("anna", "mei", "leo", "noor"):
        page = await open_page(PHONE, "#/settings", who=who)
        await page.get_by_role("link", name="Appearance").wait_for()
        hrefs = await page.locator("a[href^='#/settings/']").evaluate_all("all => all.map(a => a.hash.slice(11))")
        rooms[who] = set(hrefs)
    assert rooms["anna"] == set(ROOMS)
    assert rooms["mei"] == set(ROOMS) - {"backup", "maps", "sites"}
    assert rooms["leo"] == rooms["noor"] == {"devices", "certificate", "look", "notices", "me"}
    page = await open_page(PHONE, "#/settings/backup", who="noor")
    await expect(page.get_by_text("This is for others of the household")).to_be_visible()
    page = await open_page(PHONE, "#/settings/household", who="mei")
    await expect(page.get_by_text("Only an owner changes what is here.")).to_be_visible()
    await expect(page.get_by_label("Name of the household")).to_be_disabled()


async def test_whoever_drives_finds_no_setting_and_no_first_step(open_page: Opens) -> None:
    page = await open_page(CAR, "#/settings/backup", look={"seat": "driver"})
    async with steered(page, {"on_the_road": 0.3}):
        for at in ("settings", "settings/backup", "welcome", "welcome/devices"):
            await page.evaluate(f"location.hash = '/{at}'")
            await expect(page.get_by_text("Settings are for when the car is parked.")).to_be_visible()
            await expect(page.locator("input")).to_have_count(0)
        await steer(page, {"park": True})
        # Where it was left; the car needs a while to stand.
        await expect(page.get_by_role("heading", name="Let a device in")).to_be_visible(timeout=30_000)


async def test_text_can_be_larger_and_everything_still(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/settings/look")
    size = "parseFloat(getComputedStyle(document.body).fontSize)"
    usual = await page.evaluate(size)
    await page.get_by_role("radio", name="Very large").click()
    assert await page.evaluate(size) == usual * 1.25
    assert (await glass.overflow(page))[0] <= 0
    await page.get_by_role("switch", name="Nothing moves").click()
    lasts = "e => parseFloat(getComputedStyle(e).transitionDuration) > 0.001"
    assert await page.evaluate(f"[...document.querySelectorAll('*')].filter({lasts}).length") == 0
    await page.reload()
    await page.locator("main").wait_for()
    assert await page.evaluate(size) == usual * 1.25
