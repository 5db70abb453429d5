"""Who belongs to the household and may do what, on the page: a guest is taken in, gets an evening's permission, and
loses it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.hmi import glass
from tests.hmi.conftest import Opens
from tests.hmi.seats import post

pytestmark = pytest.mark.anyio

CAR, PHONE, TABLET = (1280, 720), (390, 844), (1024, 768)


async def take_in(page: Page, name: str) -> None:
    await page.get_by_role("button", name="Take somebody in").click()
    sheet = page.get_by_role("dialog", name="Take somebody in")
    await sheet.get_by_label("Their name").fill(name)
    await sheet.get_by_role("radio", name="Guest").click()
    await sheet.get_by_role("button", name="Take somebody in").click()
    await expect(page.locator(".toast")).to_contain_text(f"{name} belongs to the household")


async def take_out(page: Page, name: str) -> None:
    card = page.get_by_role("region", name=name, exact=True)
    await card.get_by_role("button", name=f"Take {name} out").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    await expect(card).to_have_count(0)


async def test_a_guest_gets_the_front_door_for_an_evening(open_page: Opens) -> None:
    page = await open_page(TABLET, "#/settings/people")
    await take_in(page, "Robin")
    card = page.get_by_role("region", name="Robin", exact=True)
    await card.get_by_role("button", name="Allow Robin something").click()
    sheet = page.get_by_role("dialog", name="Allow Robin something")
    await sheet.get_by_label("What", exact=True).select_option(label="Front door")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT23:00", await sheet.get_by_label("Until").input_value())
    await sheet.get_by_role("switch", name="Only while at home").click()
    await expect(sheet.get_by_text("Counts only once it is known where they are")).to_be_visible()
    await sheet.get_by_role("button", name="Allow it").click()
    line = card.locator(".grant")
    await expect(line).to_contain_text("Front door")
    await expect(line).to_contain_text("while at home, until")

    # The hub has kept what one may operate and, with it, what one has to see.
    origin = "/".join(page.url.split("/")[:3])
    kept = (await (await page.context.request.get(f"{origin}/api/people/grants")).json())["grants"]
    mine = sorted(one["sentence"].split(" until ")[0] for one in kept if one["to"] == "person:robin")
    assert mine == ["act front-door/** when home", "read front-door/** when home"]

    await card.get_by_role("button", name="Take back: Front door").click()
    await expect(line).to_have_count(0)
    await take_out(page, "Robin")


@pytest.mark.parametrize(("size", "least"), [(PHONE, 44), (CAR, 80)], ids=["phone", "car"])
@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_forms_keep_the_rules_of_the_glass(
    open_page: Opens, tmp_path: Path, size: tuple[int, int], least: int, theme: str
) -> None:
    page = await open_page(size, "#/settings/people", theme=theme)
    mateo = page.get_by_role("button", name=re.compile("^Allow .* something")).first
    await mateo.click()
    await page.get_by_role("dialog").wait_for()
    await page.wait_for_timeout(400)
    await page.screenshot(path=tmp_path / "form.png")
    assert max(await glass.overflow(page)) <= 0 or size == PHONE
    assert await glass.small_targets(page, least) == []
    assert await glass.nameless(page) == []
    assert await glass.faint(page) == []


async def test_what_happened_is_told_without_the_noise(open_page: Opens) -> None:
    page = await open_page(TABLET, wait=".tile")
    tile = page.get_by_role("button", name="Floor lamp,")
    was = await tile.get_attribute("aria-pressed")
    assert was in ("true", "false")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "home/audit" in one.url else None)
    await tile.click()
    await expect(tile).to_have_attribute("aria-pressed", "false" if was == "true" else "true")
    await page.get_by_role("link", name="Activity").click()
    await expect(page.locator("li", has_text="Floor lamp →").first).to_contain_text("Anna")
    assert "kinds=command%2Cevent" in asked[-1] and "reading" not in asked[-1]
    await expect(page.get_by_text(re.compile("Record written", re.I))).to_have_count(0)
    await page.evaluate("location.hash = '/activity/living-lamp'")
    await expect(page.get_by_role("heading", name="About Floor lamp")).to_be_visible()
    await expect(page.locator("li", has_text=re.compile("Floor lamp: (On|Off)")).first).to_be_visible()
    assert asked[-1].endswith("reading")


async def test_where_a_screen_stands_is_said_and_not_guessed(open_page: Opens) -> None:
    screen = await open_page(CAR, who="", wait="main")
    device = {"name": "The glass", "kind": "browser"}
    asked = await post(screen, "door/pair/ask", {"device": device})
    page = await open_page(PHONE, "#/settings/devices")
    await page.get_by_label("Code on the new device").fill(asked["code"])
    await page.get_by_role("button", name="Continue").click()
    let_in = page.get_by_role("button", name="Let it in")
    await expect(let_in).to_be_disabled()
    await expect(page.get_by_text("Say first where it is")).to_be_visible()
    await page.get_by_role("radio", name="At the driver's seat").click()
    await let_in.click()
    await expect(page.locator(".toast")).to_contain_text("The glass")
    come = await post(screen, "door/pair/poll", {"key": asked["key"], "device": device})
    assert come["state"] == "in"
    me = await (await screen.context.request.get(screen.url.split("#")[0] + "api/people/me")).json()
    assert (me["seat"], me["car"]) == ("driver", "car")
