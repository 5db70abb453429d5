"""A place is sent from the phone's page, and is on the glass of the car: at rest, on the road, put away, taken back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.hmi.conftest import Opens, steer
from tests.hmi.hands import lingers
from tests.hmi.seats import pair, post

pytestmark = pytest.mark.anyio

GLASS, LARGE, PHONE, TABLET = (1280, 720), (1920, 1080), (390, 844), (820, 1180)
LINK = "Schloss Vaduz\nhttps://maps.apple.com/?ll=47.1395,9.5245"
SHARED = """async (text) => {
  const shared = await caches.open("shared");
  await shared.put(new URL("shared/text", document.baseURI), new Response(text));
}"""
"""As the service worker keeps what another app has shared."""


@pytest.fixture
async def phone(open_page: Opens) -> AsyncIterator[Page]:
    """Anna's phone on the car's page; the car stands, and what is sent goes with it."""
    page = await open_page(PHONE, "#/car", permissions=["clipboard-read", "clipboard-write"])
    await steer(page, {"clear": True, "park": True, "skip": 60})
    await steer(page, {"gear": "P"})
    await post(page, "notices/seen", {"all": True})  # one that stands has the place before a place that was sent
    yield page
    await steer(page, {"clear": True, "on_the_road": 0.15})
    answer = await page.context.request.get(f"{page.url.split('#')[0]}api/destinations/list")
    for one in (await answer.json())["destinations"]:
        await post(page, "destinations/remove", {"id": one["id"]})


async def fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_sent_from_the_phone_it_is_on_the_glass_until_it_is_put_away(
    phone: Page, open_page: Opens, tmp_path: Path
) -> None:
    card = phone.get_by_role("region", name="Where to next")
    await card.get_by_label("Place, link of a map").fill("https://example.org/")
    await card.get_by_role("button", name="Send to the car").click()
    await expect(card).to_contain_text("This is no place")
    await phone.evaluate("text => navigator.clipboard.writeText(text)", LINK)
    await card.get_by_role("button", name="Paste").click()
    await expect(phone.get_by_text("Schloss Vaduz is in the car")).to_be_visible()
    row = card.get_by_role("listitem").filter(has_text="Schloss Vaduz")
    await expect(row).to_contain_text("as the crow flies · from Anna")
    leads = row.get_by_role("link", name="Open Schloss Vaduz in a map")
    await expect(leads).to_have_attribute("href", re.compile("mlat=47.139500&mlon=9.524500"))
    # Whoever comes for it sees it at once.
    await phone.evaluate("scrollTo(0, 0); location.hash = '#/car/destinations'")
    await expect(card.get_by_label("Place, link of a map")).to_be_in_viewport()
    await fits(phone)
    await phone.screenshot(path=tmp_path / "phone.png")
    glass = await open_page(GLASS)
    offer = glass.get_by_role("link", name="Where to next: Schloss Vaduz")
    await expect(offer).to_be_visible()
    await expect(offer).to_contain_text("as the crow flies · from Anna")
    for name, size in (("glass", GLASS), ("large", LARGE)):
        await glass.set_viewport_size({"width": size[0], "height": size[1]})
        await glass.screenshot(path=tmp_path / f"{name}.png")
    await offer.click()
    page = glass.get_by_role("region", name="Where to next")
    await expect(page.get_by_text("Schloss Vaduz")).to_be_visible()
    await glass.screenshot(path=tmp_path / "glass-all.png")
    await glass.goto(glass.url.split("#")[0] + "#/")
    await glass.get_by_role("button", name="Put Schloss Vaduz away here").click()
    await expect(offer).to_be_hidden()
    await glass.reload()
    await expect(glass.locator(".tile").first).to_be_visible()
    await expect(offer).to_be_hidden()
    # The next one is news again; a name alone is shown as one.
    await card.get_by_label("Place, link of a map").fill("Bahnhofstrasse 1")
    await card.get_by_role("button", name="Send to the car").click()
    await expect(phone.get_by_text("No map here knows where that is")).to_be_visible()
    offer = glass.get_by_role("link", name="Where to next: Bahnhofstrasse 1")
    await expect(offer).to_be_visible()
    # What a map program has shared, in the clipboard, goes to the car by one tap.
    await phone.evaluate("location.hash = '#/clipboard'")
    await phone.evaluate("text => navigator.clipboard.writeText(text)", "geo:47.2,9.6?q=47.2,9.6(Burg+Gutenberg)")
    await phone.get_by_role("button", name="Paste").click(timeout=30_000)
    await phone.get_by_role("button", name="Send to the car").click()
    await expect(phone.get_by_text("Burg Gutenberg is in the car")).to_be_visible()
    await expect(glass.get_by_role("link", name="Where to next: Burg Gutenberg")).to_be_visible()
    await phone.get_by_role("button", name="Remove", exact=True).click()
    # As does what another app has shared with this one; then nothing waits any more.
    await phone.evaluate(SHARED, "Ruine Schalun\nhttps://maps.apple.com/?ll=47.2,9.6")
    await phone.evaluate("location.hash = '#/files/shared'")
    await phone.get_by_role("button", name="Send to the car").click()
    await expect(phone.get_by_text("Ruine Schalun is in the car")).to_be_visible()
    await expect(phone.get_by_text("A text was shared with this screen")).to_have_count(0)
    await phone.evaluate("location.hash = '#/car'")
    await card.get_by_role("button", name="Remove Ruine Schalun").click()
    await card.get_by_role("button", name="Remove Burg Gutenberg").click()
    # Taken back, it is gone from the glass; undone, it is there again.
    await lingers(phone)
    await card.get_by_role("button", name="Remove Bahnhofstrasse 1").click()
    await expect(offer).to_be_hidden()
    await phone.get_by_role("button", name="Undo").click()
    await expect(offer).to_be_visible()


async def test_who_drives_sees_where_to_and_has_nothing_to_read_or_type(phone: Page, open_page: Opens) -> None:
    await post(phone, "destinations/send", {"text": LINK})
    glass = await open_page(GLASS, "", who="")

    async def ask(path: str, data: dict[str, object]) -> object:
        return await post(phone, path, data)

    await pair(ask, glass, kind="car", person="anna", seat="driver", car="car")
    await glass.goto(glass.url.split("#")[0])
    await post(glass, "home/put", {"tiles": [{"kind": "thing", "item": "living-lamp"}]})
    await expect(glass.get_by_role("link", name="Where to next: Schloss Vaduz")).to_be_visible()
    await steer(phone, {"clear": True, "on_the_road": 0.15})
    await expect(glass.get_by_role("link", name="Where to next: Schloss Vaduz")).to_be_hidden(timeout=30_000)
    await expect(glass.get_by_text("Schloss Vaduz")).to_be_visible()
    await expect(glass.get_by_text("as the crow flies")).to_be_visible()
    await glass.goto(glass.url.split("#")[0] + "#/car/destinations")
    await expect(glass.get_by_role("textbox")).to_have_count(0)


@pytest.mark.parametrize(("who", "sees"), [("mei", True), ("noor", False), ("leo", False)])
async def test_it_is_for_the_grown_ups_of_the_household(phone: Page, open_page: Opens, who: str, sees: bool) -> None:
    await post(phone, "destinations/send", {"text": LINK})
    page = await open_page(TABLET, "#/car", who=who)
    await expect(page.get_by_role("region", name="Where to next")).to_have_count(1 if sees else 0)


async def test_in_chinese_and_by_day(phone: Page, open_page: Opens, tmp_path: Path) -> None:
    await post(
        phone, "destinations/send", {"text": "人民广场 https://uri.amap.com/marker?position=121.478223,31.228458"}
    )
    glass = await open_page(GLASS, look={"language": "zh", "theme": "day"})
    await expect(glass.get_by_role("link", name="下一站：人民广场")).to_contain_text("直线距离")
    await glass.screenshot(path=tmp_path / "glass.png")
    tablet = await open_page(TABLET, "#/car", look={"language": "zh", "theme": "day"})
    card = tablet.get_by_role("region", name="下一站")
    await expect(card.get_by_text("人民广场")).to_be_visible()
    await card.scroll_into_view_if_needed()
    await fits(tablet)
    await tablet.screenshot(path=tmp_path / "tablet.png")


async def test_the_phone_shows_all_of_them_where_there_are_many(phone: Page) -> None:
    for n in range(7):
        await post(phone, "destinations/put", {"name": f"Place {n}", "latitude": 47.1, "longitude": 9.5})
    card = phone.get_by_role("region", name="Where to next")
    await expect(card.get_by_role("listitem")).to_have_count(5)
    await card.get_by_role("button", name="Show all 7").click()
    await expect(card.get_by_role("listitem")).to_have_count(7)
    await expect(card.get_by_role("button", name="Show all 7")).to_have_count(0)
