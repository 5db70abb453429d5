"""The map in a real browser, of real streets: searched, looked at by day and by night, in both languages, a place kept,
a way asked for and taken, by the rules of the glass; and a file that is no map."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.hmi.matrix.cells import FACES, Look, Situation
from tests.journeys.screens import CAR, PHONE, TABLET, address, screen
from tests.journeys.streets import MADE, READY, ask, drawn, go, helsinki, judged, settled, steer
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]
BESIDE = """(card) => {
  const { map } = window.wayhome, source = map.getStyle().sources["way:way"];
  const left = card.getBoundingClientRect().right - map.getCanvas().getBoundingClientRect().left;
  return source?.data.geometry.coordinates.every((at) => map.project(at).x > left);
}"""
"""Whether the way that is shown lies beside a card."""
FREE = """() => {
  const { map } = window.wayhome, source = map.getStyle().sources["way:way"];
  const { left, top } = map.getCanvas().getBoundingClientRect();
  const free = ({ x, y }) => document.elementFromPoint(left + x, top + y)?.closest(".room");
  return !map.isMoving() && source?.data.geometry.coordinates.every((at) => free(map.project(at)));
}"""
"""Whether it is in sight whole, and nothing lies over it."""
IN_SIGHT = """() => {
  const { left, right, top, bottom } = document.querySelector(".mark.found")?.getBoundingClientRect() ?? {};
  const { map } = window.wayhome, corners = [[left, top], [right, top], [left, bottom], [right, bottom]];
  return left && !map.isMoving() && corners.every(([x, y]) => document.elementFromPoint(x, y)?.closest(".room"));
}"""
"""Whether what was picked is in sight whole."""
COVERED = """() => [...document.querySelectorAll(".over button, .over input")].flatMap((one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  const list = one.closest(".found, .body")?.getBoundingClientRect();
  if (width === 0 || (list && (top < list.top || top + height > list.bottom))) return [];
  return [0.05, 0.5, 0.95].flatMap((part) => {
    const at = document.elementFromPoint(left + width * part, top + height / 2);
    return one.contains(at) ? [] : [`${one.ariaLabel ?? one.textContent} under ${at?.ariaLabel ?? at?.className}`];
  });
})"""
"""What could be tapped, but for something that lies over it; what a list is scrolled to later does not count."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with helsinki(tmp_path_factory.mktemp("map")) as running:
        yield running


@pytest.fixture
async def page(hub: RunningHub, tmp_path: Path) -> AsyncIterator[Page]:
    async with screen(tmp_path / "screen", hub, CAR, maps=True) as page:
        await ask(page, hub, "door/demo", person="anna")
        await settled(page, hub)
        yield page


async def test_a_street_is_found_and_a_way_there_is_taken(page: Page, hub: RunningHub, tmp_path: Path) -> None:
    await go(page, hub, "map")
    await page.locator(READY).wait_for(timeout=MADE)
    await steer(page, hub, clear=True, park=True)
    await drawn(page)
    await expect(page.get_by_text("© OpenStreetMap contributors")).to_be_visible()
    # Search as one types; a place of the household stands there before.
    await page.get_by_role("button", name="Search the map").click()
    found = page.get_by_role("region", name="What was found")
    await expect(found.get_by_role("button", name=re.compile("^Home"))).to_be_visible()
    field = page.get_by_role("searchbox", name="Search the map")
    await expect(field).to_be_focused()
    await field.press_sequentially("aleksanter", delay=20)
    street = found.get_by_role("button", name=re.compile("^Aleksanterinkatu"))
    await street.first.click()
    card = page.get_by_role("region", name="Aleksanterinkatu", exact=True)
    await drawn(page)
    await page.screenshot(path=tmp_path / "found.png")
    # A way there, others, and what to avoid.
    await card.get_by_role("button", name="Go there").click()
    ways = page.get_by_role("radiogroup", name="Ways to Aleksanterinkatu")
    await expect(ways.get_by_role("radio").first).to_contain_text("on arrival")
    # The card covers none of it.
    plan = page.get_by_role("region", name=re.compile("^Ways to"))
    await page.wait_for_function(BESIDE, arg=await plan.element_handle())
    await page.get_by_role("button", name="To be avoided").click()
    await page.get_by_role("button", name="No motorways").click()
    await expect(ways.get_by_role("radio").first).to_contain_text("on arrival")
    await page.screenshot(path=tmp_path / "plan.png")
    await page.get_by_role("button", name="Start").click()
    led = page.get_by_role("region", name="What comes next")
    await expect(led).to_contain_text(re.compile(r"\d+ (m|km|yd|mi)"))
    await expect(page.get_by_role("region", name="To Aleksanterinkatu")).to_be_visible()
    await page.wait_for_function("() => window.wayhome.map.getLayer('way:line') !== undefined")
    await page.screenshot(path=tmp_path / "led.png")
    await page.get_by_role("button", name="End the guidance").click()
    await expect(led).to_be_hidden()
    await page.wait_for_function("() => window.wayhome.map.getLayer('way:line') === undefined")


async def test_who_drives_home_has_nothing_to_type_and_sees_the_way_turn_warm(
    page: Page, hub: RunningHub, tmp_path: Path
) -> None:
    look = "{ theme: 'day', language: 'zh', seat: 'driver' }"
    await page.add_init_script(f"localStorage['wayhome.look'] ??= JSON.stringify({look})")
    await steer(page, hub, clear=True, on_the_road=0.3, speed=20)
    await ask(page, hub, "navigation/start", place="home")
    await go(page, hub, "map")
    # It is a short way: the car may be there before all else was looked at.
    await page.wait_for_function(
        "() => window.wayhome?.map?.getLayer('way:line')"
        " && window.wayhome.map.getPaintProperty('way:line', 'line-gradient').at(-1) === '#974900'"
    )
    await drawn(page)
    home = page.get_by_role("region", name="前往Home")
    await expect(home).to_be_visible()
    await page.screenshot(path=tmp_path / "home-day.png")
    await page.get_by_role("button", name="去哪里").click()
    await expect(page.get_by_role("textbox")).to_have_count(0)
    await expect(page.get_by_role("searchbox")).to_have_count(0)
    await expect(page.get_by_role("region", name="搜索结果").get_by_role("button", name="Work")).to_be_visible()
    await steer(page, hub, clear=True, speed=None)


@pytest.mark.long
@pytest.mark.parametrize("face", ["car", "car-large", "tablet", "phone"])
@pytest.mark.parametrize(("state", "theme", "locale"), [("parked", "dark", "en-GB"), ("moving", "light", "zh-CN")])
async def test_the_rules_of_the_glass_hold_on_the_map(
    page: Page, hub: RunningHub, tmp_path: Path, face: str, state: Any, theme: Any, locale: Any
) -> None:
    chinese, size = locale == "zh-CN", next(one.size for one in FACES if one.name == face)
    kept = {"theme": "day" if theme == "light" else "night", "language": "zh" if chinese else "en"}
    if state == "moving":
        kept["seat"] = "driver"
    await page.add_init_script(f"localStorage['wayhome.look'] ??= JSON.stringify({json.dumps(kept)})")
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    await steer(page, hub, clear=True, park=True)
    await ask(page, hub, "navigation/start", place="work")
    if state == "moving":
        await steer(page, hub, speed=30)
    await go(page, hub, "map")
    await drawn(page)
    await page.screenshot(path=tmp_path / f"{face}-{state}.png")
    await judged(page, face, Situation(state, state == "moving"), Look(theme, locale))
    await ask(page, hub, "navigation/stop")
    await steer(page, hub, clear=True, speed=None)


@pytest.mark.parametrize(
    "size", [PHONE, (360, 640), (844, 390), (667, 375), TABLET], ids=lambda size: f"{size[0]}x{size[1]}"
)
async def test_in_the_hand_nothing_lies_over_what_can_be_tapped_nor_over_the_way(
    page: Page, hub: RunningHub, tmp_path: Path, size: tuple[int, int]
) -> None:
    await steer(page, hub, clear=True, park=True)
    await page.set_viewport_size({"width": size[0], "height": size[1]})

    async def fits(what: str) -> None:
        await page.screenshot(path=tmp_path / f"{what}.png")
        assert await page.evaluate(COVERED) == [], what
        assert await page.evaluate("document.documentElement.scrollHeight") <= size[1], what

    await go(page, hub, "map")
    await drawn(page)
    await fits("map")
    await page.get_by_role("button", name="Search the map").click()
    found = page.get_by_role("region", name="What was found")
    await expect(found.get_by_role("button", name=re.compile("^Home"))).to_be_visible()
    await fits("list")
    field = page.get_by_role("searchbox", name="Search the map")
    await field.fill("zzzz")
    await expect(found).to_contain_text("by name or by what it is")
    await field.fill("x" * 200)
    await expect(found).to_contain_text("That is too long to search for")
    await field.fill("aleksanter")
    street = found.get_by_role("button", name=re.compile("^Aleksanterinkatu"))
    await expect(street.first).to_be_visible()
    await fits("found")
    await street.first.click()
    await page.get_by_role("button", name="Go there").wait_for()
    await page.wait_for_function(IN_SIGHT)
    await fits("card")
    await page.get_by_role("button", name="Go there").click()
    await page.wait_for_function(FREE)
    await fits("ways")
    await page.get_by_role("button", name="To be avoided").click()
    await expect(page.get_by_role("button", name="No motorways")).to_be_visible()
    await page.wait_for_function(FREE)
    await fits("avoided")
    await page.get_by_role("button", name="Start").click()
    await expect(page.get_by_role("region", name="What comes next")).to_be_visible(timeout=30_000)
    await expect(page.get_by_role("button", name="Start")).to_have_count(0)
    await expect(page.get_by_role("region", name="To Aleksanterinkatu")).to_be_visible()
    await fits("led")
    await ask(page, hub, "navigation/stop")


async def test_a_charging_station_is_found_by_what_it_is(page: Page, hub: RunningHub) -> None:
    async def powered(route: Route) -> None:
        """The town's own stations say nothing of their connectors."""
        answer = await route.fetch()
        told = await answer.json()
        for one in told["stations"]:
            one["connectors"] = [{"standard": "IEC_62196_T2_COMBO", "count": 2, "power": 150}]
        await route.fulfill(response=answer, json=told)

    await steer(page, hub, clear=True, park=True)
    await go(page, hub, "map")
    await drawn(page)
    await page.get_by_role("button", name="Search the map").click()
    await page.get_by_role("searchbox", name="Search the map").fill("charging")
    listed = page.get_by_role("region", name="What was found")
    found = listed.get_by_role("button", name=re.compile("^Charging station"))
    await expect(found).to_have_count(4)
    await page.route("**/api/maps/stations?*", powered)
    await found.first.click()
    card = page.get_by_role("region", name="Charging station", exact=True)
    await expect(card).to_contain_text("150 kW")
    await expect(card).to_contain_text("Helsinki")


async def test_where_no_road_leads_the_page_says_so_in_its_own_words(page: Page, hub: RunningHub) -> None:
    problem = {"code": "no_way", "status": 404, "detail": "no road leads there", "advice": "Choose another goal."}
    await page.route(
        re.compile("/api/navigation/plan"),
        lambda route: route.fulfill(status=404, content_type="application/problem+json", body=json.dumps(problem)),
    )
    await steer(page, hub, clear=True, park=True)
    for language, to, said in (
        ("en", "To Work", "No way leads there. Choose another goal, or avoid less."),
        ("zh", "前往Work", "没有路线可到达。请换一个目的地，或少避开一些路。"),
    ):
        await go(page, hub, "map")
        await page.evaluate("(look) => { localStorage['wayhome.look'] = look }", json.dumps({"language": language}))
        await page.reload()
        await page.get_by_role("button", name=to).click()
        await expect(page.get_by_role("alert")).to_have_text(said)


async def test_a_longer_press_says_what_is_there_and_it_is_kept(page: Page, hub: RunningHub, tmp_path: Path) -> None:
    await steer(page, hub, clear=True, park=True)
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await go(page, hub, "map")
    await drawn(page)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = await page.locator(READY).bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    await page.mouse.down()
    await page.wait_for_timeout(800)
    await page.mouse.up()
    await page.get_by_role("button", name="Keep").click()
    await page.get_by_label("What it is to be called").fill("Ada's office")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Ada's office is kept")).to_be_visible()
    await page.get_by_role("button", name="Search the map").click()
    await page.get_by_role("button", name=re.compile("^Ada's office")).click()
    await expect(page.get_by_role("list", name="On the map")).to_contain_text("Ada's office")
    await page.screenshot(path=tmp_path / "kept.png")
    await page.get_by_role("button", name="Forget this place").click()
    await expect(page.get_by_text("Ada's office is forgotten")).to_be_visible()


async def test_what_was_sent_to_the_car_leads_there_and_a_stop_is_made_on_the_way(
    page: Page, hub: RunningHub, tmp_path: Path
) -> None:
    await steer(page, hub, clear=True, park=True)
    sent = "https://maps.apple.com/?q=Library&ll=60.1739,24.9381"
    await ask(page, hub, "destinations/send", text=sent)
    await ask(page, hub, "home/put", tiles=[{"kind": "thing", "item": "living-lamp"}])
    await go(page, hub, "")
    await page.get_by_role("link", name="To Library").click()
    ways = page.get_by_role("radiogroup", name="Ways to Library")
    await expect(ways.get_by_role("radio").first).to_contain_text("on arrival")
    await page.get_by_role("button", name="Start").click()
    await expect(page.get_by_role("region", name="To Library")).to_be_visible()
    # What lies on the way is a stop before the goal, which stays.
    await page.get_by_role("button", name="Search the map").click()
    await page.get_by_role("searchbox", name="Search the map").press_sequentially("aleksanter", delay=20)
    found = page.get_by_role("region", name="What was found").get_by_role("button", name=re.compile("^Aleksanter"))
    await expect(found.first).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(found.first).to_be_focused()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Stop on the way").click()
    card = page.get_by_role("region", name="To Library")
    await expect(card).to_contain_text("1 stop before")
    await drawn(page)
    last, room = (
        await page.get_by_role("button", name="Further away").bounding_box(),
        await page.locator(READY).bounding_box(),
    )
    assert last is not None and room is not None
    assert last["y"] + last["height"] <= room["y"] + room["height"], "the last button is cut off"
    await page.screenshot(path=tmp_path / "stop.png")
    await card.get_by_role("button", name="Leave out the next stop").click()
    await expect(card).not_to_contain_text("stop before")
    # It was taken up: nobody is offered it any more.
    listed = await page.context.request.get(address(hub, "api/destinations/list"))
    assert (await listed.json())["destinations"] == []
    await ask(page, hub, "navigation/stop")


async def test_a_map_that_can_not_be_read_for_a_while_is_drawn_as_soon_as_it_can(page: Page, hub: RunningHub) -> None:
    """Neither its tiles, nor the way on which the car is led."""
    away = re.compile(r"/api/(maps/tiles/|navigation/show)")
    await page.route(away, lambda route: route.abort())
    await steer(page, hub, clear=True, park=True)
    await ask(page, hub, "navigation/start", place="work")
    await go(page, hub, "map")
    gone = page.get_by_text("the map can't be read just now")
    await expect(gone).to_be_visible()
    await expect(page.get_by_role("region", name="To Work")).to_be_visible()
    await page.unroute(away)
    await expect(gone).to_be_hidden()
    await drawn(page)
    await page.wait_for_function("() => window.wayhome.map.getLayer('way:line') !== undefined")
    await ask(page, hub, "navigation/stop")


async def test_a_map_of_an_older_program_says_what_it_takes(page: Page, hub: RunningHub) -> None:
    async def older(route: Route) -> None:
        answer = await route.fetch()
        listed = await answer.json()
        for region in listed["regions"]:
            del region["by_kind"]
        await route.fulfill(response=answer, json=listed)

    await go(page, hub, "settings/maps")
    row = page.get_by_role("listitem").filter(has_text="Helsinki")
    await expect(row).to_contain_text("charging stations", timeout=MADE)
    await expect(row).not_to_contain_text("only names")
    await page.route("**/api/maps/list", older)
    await page.reload()
    await expect(row).to_contain_text("only names are searched; make it anew to search by what something is")
    await page.unroute("**/api/maps/list")


async def test_a_file_that_is_no_map_says_so_and_can_be_given_up(page: Page, hub: RunningHub, tmp_path: Path) -> None:
    wrong = tmp_path / "holiday.osm.pbf"
    wrong.write_bytes(b"no map at all")
    await go(page, hub, "settings/maps")
    row = page.get_by_role("listitem").filter(has_text="Helsinki")
    await expect(row).to_contain_text("© OpenStreetMap contributors, ODbL 1.0", timeout=MADE)
    async with page.expect_file_chooser() as chosen:
        await page.get_by_role("button", name="Send a file").click()
    await (await chosen.value).set_files(wrong)
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("this is no extract of OpenStreetMap", timeout=MADE)
    await expect(row).to_be_visible()
    await page.screenshot(path=tmp_path / "failed.png", full_page=True)
    await page.get_by_role("button", name="Give it up").click()
    await expect(alert).to_be_hidden()
    await page.get_by_role("button", name="Remove Helsinki").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove it").click()
    await expect(page.get_by_text("The map of Helsinki is removed")).to_be_visible(timeout=MADE)
    await expect(page.get_by_text("Your first map")).to_be_visible()
    await go(page, hub, "map")
    await expect(page.get_by_role("button", name="Add the first map")).to_be_visible()
