"""The screenshots of the README and the docs: the demo household as it comes to be by itself, on real screens."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
from playwright.async_api import Browser, BrowserContext, async_playwright
from tests.hmi.conftest import arrange
from tests.peers.chromium import launch_options
from tests.peers.hub import RunningHub
from tests.peers.maps import extract

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
CAR, LARGE, TABLET, PHONE, WATCH = (1280, 720), (1920, 1080), (1024, 768), (390, 844), (384, 384)
BOARD = {
    language: ("kitchen-lights", "living-climate", "gate", "front-door", f"@{room}", "coming-home")
    for language, room in (("en", "Living room"), ("zh", "客厅"))
}
ROAD: dict[str, Any] = {"on_the_road": 0.3, "speed": 64}
STREETS: dict[str, Any] = {"homewards": 0.3, "speed": 30}
PARKED: dict[str, Any] = {"park": True, "speed": None}
CHARGES: dict[str, Any] = {"plug": "ac", "soc": 58}


class Picture(NamedTuple):
    """One screenshot. ``at``: the page; ``orders``: what the demo is told before; ``tap``: what is tapped first;
    ``led``: on real streets, on the way home."""

    name: str
    size: tuple[int, int]
    at: str = "#/"
    theme: Literal["night", "day"] = "night"
    locale: Literal["en-GB", "zh-CN"] = "en-GB"
    orders: dict[str, Any] = PARKED
    tap: tuple[str, ...] = ()
    led: bool = False


PICTURES = (
    Picture("car-night", CAR, orders=ROAD),
    Picture("car-day", LARGE, theme="day", orders=CHARGES),
    Picture("car-chinese", CAR, "#/car", locale="zh-CN"),
    Picture("phone-day", PHONE, theme="day", orders=CHARGES),
    Picture("phone-chinese", PHONE, locale="zh-CN", orders=ROAD),
    Picture("phone-car", PHONE, "#/car", orders=CHARGES),
    Picture("tablet-day", TABLET, theme="day"),
    Picture("watch", WATCH),
    Picture("map-night", CAR, "#/map", orders=STREETS, led=True),
    Picture("map-day", PHONE, "#/map", theme="day", orders=STREETS, led=True),
    Picture("watch-led", WATCH, orders=STREETS, led=True),
)


async def take(picture: Picture, browser: Browser, url: str) -> None:
    """Open the page as Anna and keep what is seen."""
    width, height = picture.size
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.theme == "night" else "light",
        locale=picture.locale,
        device_scale_factor=2 if picture.size in (PHONE, WATCH) else 1,
        service_workers="block",
    )
    await context.request.post(f"{url}/api/door/demo", data={"person": "anna"}, headers={"Origin": url})
    # A cable goes in and out of a car that stands.
    await steer(context, url, PARKED)
    await left(context, url)
    await steer(context, url, picture.orders)
    if picture.led:
        await lead_home(context, url)
    look = msgspec.json.encode(msgspec.json.encode({"theme": picture.theme}).decode()).decode()
    await context.add_init_script(f"localStorage['wayhome.look'] ??= {look}")
    page = await context.new_page()
    await page.goto(f"{url}/{picture.at}")
    await page.locator("main").first.wait_for()
    for tap in picture.tap:
        await page.locator(tap).first.click()
    # Pictures of cameras, charts, and what glides to its place.
    await page.wait_for_timeout(2_500)
    await page.screenshot(path=FOLDER / f"{picture.name}.png")
    await context.close()
    print(picture.name)


async def lead_home(context: BrowserContext, url: str) -> None:
    """Lead the car home, as soon as the demo's map is made."""
    for _ in range(90):
        led = await context.request.post(f"{url}/api/navigation/start", data={"place": "home"}, headers={"Origin": url})
        if led.ok:
            return
        await asyncio.sleep(1)
    raise SystemExit("the demo has no map")


async def left(context: BrowserContext, url: str) -> None:
    """Wait until whoever drove has got out and locked the car: some 16 s after it stands."""
    for _ in range(60):
        if (await steer(context, url, {}))["car"]["chapter"] != "arriving":
            return
        await asyncio.sleep(1)
    raise SystemExit("the demo's car is never left")


async def steer(context: BrowserContext, url: str, orders: dict[str, Any]) -> Any:
    """Carry out orders in the demo. How it is then."""
    body = {"id": "demo", "orders": orders}
    for _ in range(20):  # a car that was told to stop takes its time
        answer = await context.request.post(f"{url}/api/links/steer", data=body, headers={"Origin": url})
        if answer.ok:
            break
        await asyncio.sleep(1)
    assert answer.ok, await answer.text()
    return (await answer.json())["answer"]


async def household(language: Literal["en", "zh"], pictures: list[Picture], *, streets: bool = False) -> None:
    """Take these of a demo whose people speak that language. ``streets``: it lives on a map."""
    with tempfile.TemporaryDirectory() as folder:
        given = ("--map", str(extract("helsinki"))) if streets else ()
        hub = RunningHub(Path(folder) / "hub", "--demo", "--no-sites", "--language", language, *given)
        hub.start()
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(**launch_options(Path(folder) / "home", maps=streets))
                context = await browser.new_context()
                body = {"person": "anna"}
                await context.request.post(f"{hub.url}/api/door/demo", data=body, headers={"Origin": hub.url})
                await arrange(context, hub.url, BOARD[language])
                for picture in pictures:
                    await take(picture, browser, hub.url)
                await browser.close()
        finally:
            hub.stop()


async def main(names: list[str]) -> None:
    """Take them all, or those that are named."""
    wanted = [one for one in PICTURES if not names or one.name in names]
    if missing := set(names) - {one.name for one in PICTURES}:
        raise SystemExit(f"there is no picture {', '.join(sorted(missing))}")
    english = [one for one in wanted if one.locale == "en-GB" and not one.led]
    chinese = [one for one in wanted if one.locale == "zh-CN"]
    if english:
        await household("en", english)
    if chinese:
        await household("zh", chinese)
    if led := [one for one in wanted if one.led]:
        await household("en", led, streets=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
