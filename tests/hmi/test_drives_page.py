"""Drives on the page: they come about by the demo's own car, through the feature, on a hub of their own."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import gpxpy
import pytest
from playwright.async_api import FloatRect, Locator, Page, TimeoutError, expect

from tests.hmi import glass
from tests.hmi.conftest import Opens, demo_hub, steer
from tests.hmi.hands import lingers
from tests.hmi.words import say

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

CAR, PHONE, TABLET, TALL = (1280, 720), (390, 844), (1024, 768), (820, 1180)
ROW = "ol[aria-label] > li"
ENDS = 60_000
"""ms within which a drive that ended stands in the list: half a minute after the car was switched off."""


@pytest.fixture(scope="module")
def hub_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A hub whose car nobody else drives."""
    with demo_hub(tmp_path_factory.mktemp("drives") / "data") as url:
        yield url


async def ask(page: Page, path: str, **query: Any) -> Any:
    """What the hub answers this page."""
    origin = "/".join(page.url.split("/")[:3])
    answer = await page.context.request.get(f"{origin}/api/{path}", params=query)
    assert answer.ok, await answer.text()
    return await answer.json()


async def newest(page: Page) -> Any:
    """The newest drive that has ended and was seen on its way; one is made if there is none yet."""
    for _ in range(2):
        listed = await ask(page, "drives/list")
        ended = [one for one in listed["drives"] if one.get("end", 0) - one["start"] >= 5]
        if ended:
            return ended[0]
        await roll(page)
    raise AssertionError("the demo's drive was not noticed")


async def roll(page: Page) -> None:
    """Some hundred metres of the demo's road, with the car switched off at the end, on a page that shows the list."""
    rows = page.locator(ROW)
    await page.evaluate("location.hash = '/drives'")
    await expect(page.locator(".skeleton")).to_have_count(0)
    before = await rows.count()
    await steer(page, {"speed": 90})
    locale = await page.evaluate("navigator.language")
    under_way = page.get_by_role("region", name=say("drives.now", locale))
    await expect(under_way).to_contain_text(say("drives.distance", locale), timeout=20_000)
    await page.wait_for_function(
        "() => [...document.querySelectorAll('section dd')].some(e => parseFloat(e.textContent) >= 0.2)", timeout=30_000
    )
    await steer(page, {"park": True})
    await expect(rows).to_have_count(before + 1, timeout=ENDS)


async def opened(page: Page) -> Any:
    """Open the newest drive from the list; what the hub tells of it."""
    one = await newest(page)
    await page.evaluate("location.hash = '/drives'")
    await page.locator(f"a[href='#/drives/{one['id']}']").click()
    await expect(page.locator("canvas")).to_have_count(3)
    return one


async def test_a_fresh_demo_says_why_there_is_none_and_one_that_ends_stands_there_by_itself(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/drives")
    await expect(page.get_by_role("heading", name="No drives yet")).to_be_visible()
    assert (await ask(page, "drives/list"))["total"]["drives"] == 0
    await page.evaluate("window.same = true")
    await roll(page)
    assert await page.evaluate("window.same"), "the page was loaded anew"
    (one,) = (await ask(page, "drives/list"))["drives"]
    assert one["distance"] > 150 and abs(one["charge_to"] - one["charge_from"]) < 1
    row = page.locator(ROW)
    await expect(row).to_contain_text("Unnamed place")
    await expect(row).to_contain_text(f"{one['distance'] / 1609.344:.1f}mi")
    await expect(page.get_by_text("1 drive")).to_be_visible()
    await expect(page.get_by_role("region", name="Under way")).to_have_count(0)


async def test_the_charts_draw_and_what_is_read_out_is_what_the_hub_tells(open_page: Opens) -> None:
    page = await open_page(TABLET, "#/drives", locale="en-IE")
    one = await opened(page)
    course = (await ask(page, "drives/show", id=one["id"]))["course"]
    painted = await page.evaluate(
        """() => [...document.querySelectorAll('canvas')].map(c => {
          const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
          return new Set(Array.from({ length: d.length / 4 }, (_, n) => d.slice(n * 4, n * 4 + 4).join())).size;
        })"""
    )
    assert len(painted) == 3 and min(painted) > 10
    moment = page.get_by_role("slider", name="Moment of the drive")
    await expect(moment).to_have_attribute("aria-valuetext", "Touch a chart to read it")
    await moment.focus()
    for row, key in ((0, "ArrowRight"), (1, "ArrowRight"), (0, "ArrowLeft"), (len(course["at"]) - 1, "End")):
        await page.keyboard.press(key)
        await expect(moment).to_have_attribute("aria-valuenow", str(row))
        said = await moment.get_attribute("aria-valuetext")
        assert said == told(course, row), key
    # By finger or mouse, at a third of the picture: the row of that time, on all three and on the course.
    box = await there(page.locator(".u-over").first)
    await page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
    wanted = course["at"][0] + (course["at"][-1] - course["at"][0]) / 3
    row = int(await moment.get_attribute("aria-valuenow") or 0)
    assert abs(course["at"][row] - wanted) <= min(abs(at - wanted) for at in course["at"]) + 1
    assert await moment.get_attribute("aria-valuetext") == told(course, row)
    marks = await page.locator(".u-cursor-x").evaluate_all("all => all.map(e => e.getBoundingClientRect().x)")
    assert len(marks) == 3 and max(marks) - min(marks) < 1.5
    dots = await page.locator(".u-cursor-pt").evaluate_all(
        "all => all.map(e => { const r = e.getBoundingClientRect(); return r.x + r.width / 2 })"
    )
    assert len(dots) == 3 and all(abs(dot - marks[0]) < 3 for dot in dots)
    await expect(page.locator("circle.here")).to_have_count(1)
    # And as a table.
    await page.get_by_text("As a table").click()
    cells = page.locator("tbody tr").first.locator("th, td")
    await expect(cells).to_have_count(len(NAMES))
    texts = await cells.all_inner_texts()
    assert [f"{name} {text}" for name, text in zip(NAMES, texts, strict=True)] == told(course, 0).split(", ")


async def there(what: Locator) -> FloatRect:
    """Where it is, once it is drawn: a chart that just got its size is drawn anew."""
    for _ in range(100):
        await expect(what).to_be_visible()
        box = await what.bounding_box()
        if box is not None:
            return box
        await what.page.wait_for_timeout(50)
    raise AssertionError("it is drawn anew again and again")


NAMES = ("Time", "Speed", "Power", "Charge")


def told(course: dict[str, Any], row: int) -> str:
    """A row as the page reads it out in metric units."""
    clock = datetime.fromtimestamp(course["at"][row]).strftime("%H:%M")
    speed, power, charge = (course[name][row] for name in ("speed", "power", "charge"))
    texts = (clock, f"{_round(speed, 0)} km/h", f"{_round(-power / 1000, 1)} kW", f"{_round(charge, 1)}%")
    return ", ".join(f"{name} {text}" for name, text in zip(NAMES, texts, strict=True))


def _round(value: float, digits: int) -> str:
    # As Intl does: half away from zero, no zeros at the end.
    scaled = int(abs(value) * 10**digits + 0.5 + 1e-9)
    text = f"{scaled / 10**digits:.{digits}f}"
    text = re.sub(r"\.0$", "", text)
    return f"-{text}" if value < 0 and scaled else text


async def test_the_files_are_what_other_programs_read(open_page: Opens, tmp_path: Path) -> None:
    page = await open_page(PHONE, "#/drives")
    drive = await opened(page)
    course = (await ask(page, "drives/show", id=drive["id"], points=5000))["course"]

    async def saved(name: str) -> str:
        async with page.expect_download() as waiting:
            await page.get_by_role("button", name=name).click()
        download = await waiting.value
        await download.save_as(tmp_path / download.suggested_filename)
        return download.suggested_filename

    track = tmp_path / await saved("Save its track as GPX")
    assert re.fullmatch(r"drive-\d{4}-\d\d-\d\d-\d{4}\.gpx", track.name)
    gpx = gpxpy.parse(track.read_text(encoding="utf-8"))
    points = [point for part in gpx.tracks[0].segments for point in part.points]
    assert [(p.latitude, p.longitude) for p in points] == list(
        zip(course["latitude"], course["longitude"], strict=True)
    )
    assert [p.time.timestamp() for p in points if p.time] == course["at"]
    assert gpx.length_2d() == pytest.approx(drive["distance"], rel=0.1, abs=60)

    rows = list(csv.reader(io.StringIO((tmp_path / await saved("Save its course as CSV")).read_text("utf-8-sig"))))
    assert len(rows) == len(course["at"]) + 1 and rows[0][:2] == ["time", "speed (km/h)"]
    assert [float(row[1]) for row in rows[1:]] == course["speed"]

    await page.get_by_role("button", name="Back").click()
    await page.get_by_role("button", name="More about drives").click()
    async with page.expect_download() as waiting:
        await page.get_by_role("menuitem", name="Save the log book (CSV)").click()
    await (await waiting.value).save_as(tmp_path / "book.csv")
    book = list(csv.DictReader(io.StringIO((tmp_path / "book.csv").read_text("utf-8-sig"))))
    assert len(book) == (await ask(page, "drives/list"))["total"]["drives"]
    (row,) = [one for one in book if datetime.fromisoformat(one["start"]).timestamp() == int(drive["start"])]
    assert float(row["distance (km)"]) == pytest.approx(drive["distance"] / 1000, abs=0.006)


async def test_a_place_gets_a_name_that_every_drive_there_shows_and_loses_it_again(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/drives")
    other = await open_page(TABLET, "#/drives", who="mei")
    one = await opened(page)
    await page.get_by_role("button", name="Name end").click()
    sheet = page.get_by_role("dialog", name="Name end")
    await sheet.get_by_label("What do you call this place?").fill("Home")
    await sheet.get_by_role("button", name="Save").click()
    await expect(sheet.get_by_role("alert")).to_contain_text("another name")
    await sheet.get_by_label("What do you call this place?").fill("Grandma's")
    await lingers(page)
    await sheet.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("It is called Grandma's now")).to_be_visible()
    # On somebody else's screen, without a touch.
    row = other.locator("li", has=other.locator(f"a[href='#/drives/{one['id']}']"))
    await expect(row).to_contain_text("Grandma's")
    await expect(row.get_by_role("link")).to_have_accessible_name(re.compile("to Grandma's"))
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="Name end")).to_be_visible()
    await expect(row).not_to_contain_text("Grandma's")
    assert all(
        place["id"] != "grandma-s" for place in [(await newest(page)).get("goal") or {"id": ""}] if "id" in place
    )


async def test_keeping_is_switched_off_and_on_and_says_what_that_means(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/drives")
    await newest(page)
    await page.get_by_role("button", name="More about drives").click()
    await page.get_by_role("menuitem", name="What is kept").click()
    sheet = page.get_by_role("dialog", name="What is kept")
    await expect(sheet).to_contain_text("no other server gets it")
    await sheet.get_by_role("switch", name="Keep drives of Aurora").click()
    await expect(sheet.get_by_role("switch", name="Keep drives of Aurora")).to_have_attribute("aria-checked", "false")
    await sheet.get_by_role("switch", name="Keep the household's drives").click()
    await expect(sheet.get_by_role("switch", name="Keep drives of Aurora")).to_be_disabled()
    assert (await ask(page, "drives/list"))["kept"] == {"all": False, "cars": {"car": False}}
    await sheet.get_by_role("switch", name="Keep the household's drives").click()
    await expect(sheet.get_by_role("switch", name="Keep drives of Aurora")).to_be_enabled()
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("Drives are not kept")).to_be_visible()
    await page.get_by_role("button", name="More about drives").click()
    await page.get_by_role("menuitem", name="What is kept").click()
    await sheet.get_by_role("switch", name="Keep drives of Aurora").click()
    await expect(sheet.get_by_role("switch", name="Keep drives of Aurora")).to_have_attribute("aria-checked", "true")
    assert (await ask(page, "drives/list"))["kept"] == {"all": True, "cars": {"car": True}}


async def test_who_is_a_child_finds_no_drives(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/drives", who="leo")
    await expect(page.get_by_role("navigation").get_by_role("link", name="Car")).to_be_visible()
    await expect(page.get_by_role("navigation").get_by_role("link", name="Drives")).to_have_count(0)
    await expect(page.get_by_role("heading", name="Drives are for the adults")).to_be_visible()
    origin = "/".join(page.url.split("/")[:3])
    assert (await page.context.request.get(f"{origin}/api/drives/list")).status == 403


async def test_a_hub_that_cannot_be_reached_is_said_with_a_way_to_try_again(open_page: Opens) -> None:
    page = await open_page(PHONE)
    await page.route("**/api/drives/list*", lambda route: route.abort())
    await page.get_by_role("link", name="Drives", exact=True).click()
    again = page.locator("main").get_by_role("button", name="Try again")
    await expect(again).to_be_visible()
    async with page.expect_request("**/api/drives/list*"):
        await again.click()
    await expect(again).to_be_visible()
    # From here the list may come by itself too, with the next change to a drive.
    await page.unroute("**/api/drives/list*")
    with suppress(TimeoutError):
        await again.click(timeout=5_000)
    await expect(again).to_have_count(0)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("size", "face", "locale"), [
    (CAR, "car", "zh-CN"), (CAR, "car", "en-GB"), (TABLET, "tablet", "zh-CN"), (TALL, "tablet", "en-GB"),
    (PHONE, "phone", "zh-CN"), (PHONE, "phone", "en-GB"),
])  # fmt: skip
async def test_list_and_drive_keep_the_rules_of_the_glass(
    open_page: Opens, size: tuple[int, int], face: str, locale: str, theme: str
) -> None:
    look = {"face": face, "theme": "day" if theme == "light" else "night"}
    page = await open_page(size, "#/drives", theme=theme, locale=locale, look=look)
    one = await newest(page)
    await expect(page.locator(ROW).first).to_be_visible()
    for at in ("drives", f"drives/{one['id']}"):
        await page.evaluate(f"location.hash = '/{at}'")
        if at != "drives":
            await expect(page.locator("canvas")).to_have_count(3)
            await page.locator("summary").click()
        await page.wait_for_timeout(300)
        wide, _ = await glass.overflow(page)
        assert wide <= 0, at
        assert await glass.small_targets(page, 80 if face == "car" else 44) == [], at
        assert await glass.faint(page) == [], at
        assert await glass.nameless(page) == [], at
        if face == "car":
            assert [text["text"] for text in await glass.texts(page) if text["size"] < 23.9] == [], at
        if locale == "zh-CN":
            words = await page.locator("main").inner_text()
            assert not re.search(r"\b(Drives?|Unnamed|Speed|Power|Charge|Delete)\b", words), at


@pytest.mark.long
async def test_what_the_car_drove_in_a_time_that_was_skipped_is_noticed(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/drives")
    await newest(page)
    before = (await ask(page, "drives/list"))["total"]
    rows = page.locator(ROW)
    await expect(rows).to_have_count(before["drives"])
    # It leaves where it stands, and stands somewhere else when the time is over.
    await steer(page, {"start_drive": True, "skip": 240})
    await steer(page, {"park": True, "skip": 60})
    await expect(rows).to_have_count(before["drives"] + 1, timeout=ENDS)
    (one, *_) = (await ask(page, "drives/list"))["drives"]
    # Downhill braking may put back all that was used.
    assert one["distance"] > 1_000 and abs(one["energy"]) < 2


async def test_of_several_cars_one_is_chosen(open_page: Opens) -> None:
    page = await open_page(TABLET, "#/drives")
    await newest(page)
    await expect(page.get_by_role("radio", name="All cars")).to_have_count(0)
    origin = "/".join(page.url.split("/")[:3])
    data = {"link": "sim", "name": "Second", "config": {"car": "Boreas", "start": "home"}, "secrets": {}}
    answer = await page.context.request.post(f"{origin}/api/links/add", data=data, headers={"Origin": origin})
    assert answer.ok, await answer.text()
    boreas = page.get_by_role("radio", name="Boreas")
    await expect(boreas).to_be_visible(timeout=20_000)
    await expect(page.locator(ROW).first).to_be_visible()
    await boreas.click()
    await expect(page.get_by_role("heading", name="No drives yet")).to_be_visible()
    await page.get_by_role("radio", name="Aurora").click()
    await expect(page.locator(ROW).first).to_be_visible()


async def test_a_drive_is_deleted_after_a_question_and_is_gone_on_every_screen(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/drives")
    other = await open_page(TABLET, "#/drives", who="mei")
    one = await opened(page)
    row = other.locator(f"a[href='#/drives/{one['id']}']")
    await expect(row).to_be_visible()
    await page.get_by_role("button", name="Delete").click()
    sheet = page.get_by_role("dialog", name="Delete this drive?")
    await expect(sheet).to_contain_text("gone for good")
    await sheet.get_by_role("button", name="Cancel").click()
    await expect(row).to_be_visible()
    await page.get_by_role("button", name="Delete").click()
    await sheet.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("The drive is deleted")).to_be_visible()
    await expect(row).to_have_count(0)
    await page.evaluate(f"location.hash = '/drives/{one['id']}'")
    await expect(page.get_by_role("heading", name="This drive is no longer there")).to_be_visible()
