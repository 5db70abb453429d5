"""Notices on the glass: the place in the car, the list, and that what one screen has seen is seen on all."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Locator, Page, expect

from tests.hmi.conftest import Opens, demo_hub, steer
from tests.hmi.hands import until
from tests.hmi.seats import post

pytestmark = pytest.mark.anyio

CAR, PHONE, TABLET, WATCH = (1280, 720), (390, 844), (1024, 768), (384, 384)
TILE = ".tile"
COVERED = """(element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return !element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""
"""Whether a touch in the middle of an element meets something else."""
SLOW = 20_000


@pytest.fixture(scope="module")
def hub_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A hub in which nobody else has made notices."""
    with demo_hub(tmp_path_factory.mktemp("notices") / "data") as url:
        yield url


def place(page: Page) -> Locator:
    return page.locator(".place article")


@pytest.fixture
async def calm(open_page: Opens) -> AsyncIterator[Page]:
    """Anna's phone, in a household where nothing stands and all is seen; and so it is left."""
    page = await open_page(PHONE)

    async def settle() -> None:
        await steer(page, {"park": True, "tyre": 270, "clear": True})
        await post(page, "notices/seen", {"all": True})

    await settle()
    yield page
    await settle()


async def ring(page: Page) -> None:
    """Somebody rings, once the last one who did is gone. (What follows within two seconds counts as the same ring.)"""
    await page.wait_for_timeout(2_100)
    await steer(page, {"skip": 120})
    # The hub has to have heard that they are: else nothing changes.
    await until(page, "doorbell/binary_sensor.on", lambda on: on is False)
    await steer(page, {"ring": True})


async def test_a_ring_shows_on_every_screen_and_is_put_away_on_one(open_page: Opens, calm: Page) -> None:
    tablet, car = await open_page(TABLET, "#/notices"), await open_page(CAR, wait=TILE)
    mei = await open_page(PHONE, who="mei")
    await ring(calm)
    await expect(place(car)).to_contain_text("Doorbell", timeout=SLOW)
    await expect(car.locator(".place:has(article)").last).to_have_attribute("role", "status")
    row = tablet.locator("li", has_text="Doorbell").first
    await expect(row.locator(".dot")).to_be_visible()
    bell = calm.get_by_role("link", name="Notices")
    await expect(bell).to_contain_text("1")
    await expect(calm.get_by_role("status").filter(has_text="Doorbell")).to_be_visible()
    await car.get_by_role("button", name="Seen: Somebody at the door").click()
    await expect(place(car)).to_have_count(0)
    await expect(row.locator(".dot")).to_have_count(0)
    await expect(bell.locator(".count")).to_have_count(0)
    await expect(calm.get_by_role("status").filter(has_text="Doorbell")).to_have_count(0)
    await expect(mei.get_by_role("link", name="Notices").locator(".count")).to_have_text("1")  # hers is her own
    await post(mei, "notices/seen", {"all": True})


async def test_the_list_tells_when_and_whether_it_is_over(open_page: Opens, calm: Page) -> None:
    await calm.goto(calm.url.split("#")[0] + "#/notices")
    await steer(calm, {"tyre": 150})
    row = calm.locator("li", has_text="Tyre low").first
    await expect(row).to_contain_text("Aurora · Front left", timeout=2 * SLOW)
    await expect(row).to_contain_text(re.compile("now|sec ago"))
    await row.get_by_role("button", name="Seen: Tyre low").click()
    await expect(row.locator(".dot")).to_have_count(0)
    chinese = await open_page(PHONE, "#/notices", locale="zh-CN")
    await expect(chinese.locator("li", has_text="胎压过低").first).to_contain_text("左前轮")


async def test_who_is_at_the_door_is_a_tap_away(open_page: Opens, calm: Page) -> None:
    await ring(calm)
    await calm.goto(calm.url.split("#")[0] + "#/notices")
    row = calm.locator("li", has_text="Doorbell").first
    await row.get_by_role("button", name="Show the camera").click(timeout=SLOW)
    picture = calm.get_by_role("dialog").locator("img")
    await expect(picture).to_be_visible(timeout=SLOW)
    await expect(picture).not_to_have_js_property("naturalWidth", 0)


async def test_a_guest_without_a_grant_sees_no_ring_and_no_picture(open_page: Opens, calm: Page) -> None:
    await ring(calm)
    await calm.get_by_role("link", name="Notices").click()
    await expect(calm.locator("li", has_text="Doorbell").first).to_be_visible(timeout=SLOW)
    guest = await open_page(PHONE, "#/notices", who="noor")
    await expect(guest.locator("main")).to_contain_text("All is well")
    listed = await guest.request.get(calm.url.split("#")[0] + "api/notices/list")
    assert (await listed.json())["notices"] == []
    picture = await guest.request.get(calm.url.split("#")[0] + "api/home/picture?thing=doorbell")
    assert picture.status == 404


async def test_a_ring_fills_the_watch_and_goes_with_a_tap(open_page: Opens, calm: Page) -> None:
    watch = await open_page(WATCH, wait="strong", has_touch=True)
    word = watch.get_by_role("status").filter(has_text="Doorbell")
    await expect(word).to_have_count(0)
    await ring(calm)
    await expect(word).to_be_visible(timeout=SLOW)
    box = await word.bounding_box()
    assert box is not None and (box["width"], box["height"]) == WATCH
    lock = watch.get_by_role("button", name=re.compile("lock", re.IGNORECASE))
    assert await lock.evaluate(COVERED)  # nobody unlocks what they do not see
    await watch.touchscreen.tap(192, 192)
    await expect(word).to_have_count(0)
    assert not await lock.evaluate(COVERED)


async def test_one_alert_at_a_time_the_gravest(open_page: Opens, calm: Page) -> None:
    car = await open_page(CAR, who="mei", wait=TILE)
    for notice in await car.evaluate("fetch('api/notices/list').then((it) => it.json()).then((it) => it.notices)"):
        if notice["kind"] == "doorbell":
            await post(car, "notices/seen", {"ids": [notice["id"]]})
    await steer(calm, {"tyre": 150})
    await expect(place(car)).to_contain_text("Tyre low", timeout=2 * SLOW)
    await ring(calm)
    await expect(place(car)).to_contain_text("Doorbell", timeout=SLOW)
    await expect(place(car)).to_have_count(1)
    await expect(place(car)).to_contain_text("+1")
    await car.get_by_role("button", name="Seen: Somebody at the door").click()
    await expect(place(car)).to_contain_text("Tyre low")
    await car.get_by_role("button", name="Seen: Tyre low").click()
    await expect(place(car)).to_have_count(0)


async def test_at_the_wheel_a_title_and_one_still_on_request(open_page: Opens, calm: Page) -> None:
    asked: list[str] = []
    car = await open_page(CAR, wait=TILE, look={"seat": "driver"})
    car.on("request", lambda request: asked.append(request.url) if "home/picture" in request.url else None)
    await steer(calm, {"on_the_road": 0.3, "speed": 50})
    await expect(car.locator("html")).to_have_attribute("data-state", "moving")
    await ring(calm)
    await expect(place(car)).to_contain_text("Somebody at the door", timeout=SLOW)
    assert (await place(car).inner_text()).strip() == "Somebody at the door"  # nothing to read
    for button in await place(car).get_by_role("button").all():
        box = await button.bounding_box()
        assert box is not None and min(box["width"], box["height"]) >= 79.5
    await car.wait_for_timeout(1_000)
    assert asked == []  # nothing by itself
    await car.get_by_role("button", name="Show the camera").click()
    sheet = car.get_by_role("dialog")
    await expect(sheet.locator("img")).to_be_visible(timeout=SLOW)
    await car.wait_for_timeout(7_000)  # a picture that goes on by itself is taken anew every five seconds
    assert len(asked) == 1
    await steer(calm, {"park": True})


async def test_a_car_that_comes_home_is_offered_the_camera_at_the_gate(open_page: Opens, calm: Page) -> None:
    car = await open_page(CAR, wait=TILE, look={"seat": "driver"})
    await steer(calm, {"on_the_road": 0.5, "speed": 50})
    await expect(car.locator("html")).to_have_attribute("data-state", "moving")
    await expect(car.get_by_text("At the gate")).to_have_count(0)
    await steer(calm, {"on_the_road": 0.99, "speed": 20})
    await expect(car.get_by_text("At the gate")).to_be_visible(timeout=SLOW)
    show = car.get_by_role("button", name="Show the camera")
    box = await show.bounding_box()
    assert box is not None and min(box["width"], box["height"]) >= 79.5
    await show.click()
    # Who drives gets one still for the tap, and what they see is of now.
    await expect(car.get_by_role("dialog").locator("img")).to_be_visible(timeout=SLOW)
    await car.keyboard.press("Escape")
    await steer(calm, {"park": True})
    await expect(car.get_by_text("At the gate")).to_have_count(0, timeout=SLOW)


async def test_a_hub_that_does_not_answer_leaves_what_is_known(open_page: Opens, calm: Page) -> None:
    await ring(calm)
    await calm.goto(calm.url.split("#")[0] + "#/notices")
    row = calm.locator("li", has_text="Doorbell").first
    await expect(row.locator(".dot")).to_be_visible(timeout=SLOW)
    await calm.context.set_offline(True)
    try:
        await row.get_by_role("button", name="Seen: Somebody at the door").click()
        await expect(row.locator(".dot")).to_be_visible()  # it was not seen as far as anybody knows
    finally:
        await calm.context.set_offline(False)


# The settings' room


@pytest.mark.parametrize("size", [PHONE, TABLET, CAR], ids=["phone", "tablet", "car"])
async def test_what_a_person_chooses_is_kept(open_page: Opens, calm: Page, size: tuple[int, int]) -> None:
    page = await open_page(size, "#/settings/notices")
    switch = page.get_by_role("switch", name="Charged", exact=True)
    await expect(switch).to_be_checked(timeout=SLOW)
    await switch.click()
    await expect(switch).not_to_be_checked()
    await page.get_by_role("switch", name="Be quiet at night").click()
    await expect(page.get_by_text("10:00 pm").or_(page.get_by_text("22:00"))).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("switch", name="Charged", exact=True)).not_to_be_checked(timeout=SLOW)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    origin = page.url.split("#")[0]
    kept = await (await page.request.get(f"{origin}api/notices/chosen")).json()
    assert "charged" not in kept["kinds"] and kept["quiet"] == {"start": 1320, "end": 420}
    await post(page, "notices/choose", {"kinds": [*kept["kinds"], "charged"], "quiet": None})


async def test_an_owner_names_the_contact_and_a_wrong_one_is_refused_in_words(open_page: Opens, calm: Page) -> None:
    page = await open_page(PHONE, "#/settings/notices")
    field = page.get_by_label("Mail address or web page")
    await field.fill("anna@wayhome.local")
    await page.get_by_role("button", name="Keep").click()
    await expect(page.get_by_text("Give one that the internet knows.")).to_be_visible()
    await field.fill("anna@example.com")
    async with page.expect_response("**/api/notices/contact"):  # while it goes the button rests, too
        await page.get_by_role("button", name="Keep").click()
    await expect(page.get_by_role("button", name="Keep")).to_be_disabled()
    await page.reload()
    await expect(field).to_have_value("anna@example.com", timeout=SLOW)
    mei = await open_page(PHONE, "#/settings/notices", who="mei")
    await expect(mei.get_by_role("switch", name="Somebody at the door")).to_be_visible(timeout=SLOW)
    await expect(mei.get_by_label("Mail address or web page")).to_have_count(0)
    await post(page, "notices/contact", {"contact": ""})


DEVICE = {
    "unsupported": ("delete window.PushManager", "This browser has no push"),
    "insecure": (
        "Object.defineProperty(window, 'isSecureContext', { get: () => false })",
        "Push needs a trusted connection",
    ),
    "denied": (
        "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })",
        "This browser does not let Wayhome show notifications",
    ),
    "install": (
        "delete window.PushManager; Object.defineProperty(navigator, 'userAgent', { get: () => 'iPhone' })",
        "First add Wayhome to the Home Screen",
    ),
}


@pytest.mark.parametrize("why", DEVICE)
async def test_a_device_that_can_not_says_why_and_what_to_do(open_page: Opens, calm: Page, why: str) -> None:
    script, said = DEVICE[why]
    page = await open_page(PHONE)
    await page.add_init_script(script)
    await page.goto(page.url.split("#")[0] + "#/settings/notices")
    await page.reload()
    await expect(page.get_by_text(said)).to_be_visible(timeout=SLOW)
    await expect(page.get_by_role("button", name="Turn on push")).to_have_count(0)
