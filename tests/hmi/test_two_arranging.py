"""Two arrange at once: one person on two screens, and two people of one household. The same tiles end up on both
screens of one person, nothing is lost and nothing doubled; the other's board is the other's."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.hmi.conftest import Opens
from tests.hmi.words import say

pytestmark = pytest.mark.anyio

CAR, PHONE, TABLET = (1280, 720), (390, 844), (1024, 768)
SIX = ("living-lamp", "living-climate", "living-tv", "kitchen-lights", "front-door", "gate")
NAMES = {
    "living-lamp": "Floor lamp",
    "living-climate": "Living room climate",
    "living-tv": "Television",
    "kitchen-lights": "Kitchen lights",
    "front-door": "Front door",
    "gate": "Gate",
    "vacuum": "Robot vacuum",
    "humidifier": "Humidifier",
}


async def arranging(page: Page) -> None:
    await page.get_by_role("button", name=say("board.arrange", "en-GB"), exact=True).click()
    await expect(page.locator("[data-tile]").first).to_be_visible()


async def press(page: Page, key: str, item: str) -> None:
    await page.get_by_role("button", name=say(key, "en-GB", name=NAMES[item]), exact=True).click()


async def add(page: Page, item: str) -> None:
    """Put one more on the board, by the picker."""
    await page.get_by_role("button", name=say("board.add", "en-GB"), exact=True).first.click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_role("textbox").fill(NAMES[item])
    await sheet.get_by_role("checkbox", name=NAMES[item]).click()
    await expect(sheet.get_by_role("checkbox", name=NAMES[item])).to_be_checked()
    await sheet.get_by_role("button", name=say("common.close", "en-GB")).click()
    await expect(sheet).to_have_count(0)


async def at_once(*pages: Page) -> None:
    """What these screens ask of the board next reaches the hub when all of them have asked: none saw the other's."""
    asked = asyncio.Barrier(len(pages))

    async def hold(route: Route) -> None:
        await asked.wait()
        await route.continue_()

    for page in pages:
        await page.route(re.compile("/api/home/(put|move|take_off)$"), hold, times=1)


async def shown(page: Page) -> list[str]:
    """The tiles on a screen that arranges, the first one first."""
    tiles: list[str] = await page.locator("[data-tile]").evaluate_all("all => all.map(e => e.dataset.tile)")
    return tiles


async def kept(page: Page) -> list[str]:
    """The board as the hub keeps it."""
    answer = await page.context.request.get("/".join(page.url.split("/")[:3]) + "/api/home/board")
    assert answer.ok, await answer.text()
    return [str(tile["item"]) for tile in (await answer.json())["tiles"]]


async def agree(*pages: Page) -> list[str]:
    """Wait until all of these screens show what the hub keeps; what that is, with nothing twice."""
    async with asyncio.timeout(45):
        while True:
            board = await kept(pages[0])
            if all([await shown(page) == board for page in pages]):
                break
            await asyncio.sleep(0.1)
    assert len(set(board)) == len(board)
    return board


async def both(open_page: Opens, **more: Any) -> tuple[Page, Page]:
    """Anna's phone and Anna's tablet, both arranging the same six."""
    other = await open_page(TABLET, board=(), wait=".tile", **more)
    first = await open_page(PHONE, board=SIX, wait=".tile", **more)
    for page in (first, other):
        await arranging(page)
    assert await agree(first, other) == list(SIX)
    return first, other


async def test_one_puts_while_the_other_takes_and_moves(open_page: Opens) -> None:
    phone, tablet = await both(open_page)

    async def takes_and_moves() -> None:
        await press(tablet, "board.take_off", "living-tv")
        for _ in range(3):
            await press(tablet, "board.earlier", "gate")

    await asyncio.gather(add(phone, "vacuum"), takes_and_moves())
    board = await agree(phone, tablet)
    assert set(board) == {*SIX, "vacuum"} - {"living-tv"}
    # What one moved stands before what they moved it over.
    assert board.index("gate") < board.index("kitchen-lights")


async def test_both_put_the_same_and_it_is_there_once(open_page: Opens) -> None:
    phone, tablet = await both(open_page)
    await at_once(phone, tablet)
    await asyncio.gather(add(phone, "vacuum"), add(tablet, "vacuum"))
    assert await agree(phone, tablet) == [*SIX, "vacuum"]


async def test_both_move_the_same_tile_and_one_order_stands(open_page: Opens) -> None:
    phone, tablet = await both(open_page)
    for _ in range(3):
        await asyncio.gather(press(phone, "board.later", "living-lamp"), press(tablet, "board.earlier", "gate"))
    assert set(await agree(phone, tablet)) == set(SIX)
    await asyncio.gather(press(phone, "board.earlier", "living-tv"), press(tablet, "board.later", "living-tv"))
    assert set(await agree(phone, tablet)) == set(SIX)


async def test_one_takes_what_the_other_moves(open_page: Opens) -> None:
    phone, tablet = await both(open_page)
    await at_once(phone, tablet)
    await asyncio.gather(press(phone, "board.take_off", "front-door"), press(tablet, "board.earlier", "front-door"))
    board = await agree(phone, tablet)
    # Taken off, or put there again by nobody: never half a tile.
    assert set(board) == set(SIX) - {"front-door"}
    # The one who took it can have it back, and the other sees it.
    await phone.get_by_role("button", name=say("board.undo", "en-GB"), exact=True).click()
    await expect(tablet.locator("[data-tile=front-door]")).to_be_visible()
    assert set(await agree(phone, tablet)) == set(SIX)


async def test_a_screen_without_a_line_takes_over_what_the_other_arranged(open_page: Opens) -> None:
    phone, tablet = await both(open_page)
    await phone.context.set_offline(True)
    await press(tablet, "board.take_off", "living-lamp")
    await add(tablet, "humidifier")
    await phone.context.set_offline(False)
    assert await agree(phone, tablet) == [*SIX[1:], "humidifier"]


async def test_two_people_arrange_at_once_and_each_has_their_own(open_page: Opens) -> None:
    anna = await open_page(PHONE, board=SIX, wait=".tile")
    mei = await open_page(CAR, who="mei", board=SIX[:3], wait=".tile")
    await asyncio.gather(arranging(anna), arranging(mei))
    await asyncio.gather(press(anna, "board.take_off", "living-lamp"), press(mei, "board.take_off", "living-tv"))
    await asyncio.gather(add(anna, "vacuum"), add(mei, "humidifier"))
    assert await agree(anna) == [*SIX[1:], "vacuum"]
    assert await agree(mei) == ["living-lamp", "living-climate", "humidifier"]
