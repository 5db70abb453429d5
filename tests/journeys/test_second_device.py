"""A second device on the page: a phone shows a code and signs, the first screen compares them and lets it in, and later
signs it out: the phone stands at the door at once. In both languages the signs have their words."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Page, expect

from tests.journeys.screens import PHONE, TABLET, address, found, go, screen
from tests.peers.hub import RunningHub
from wayhome.features.people.tokens import SIGNS

pytestmark = [pytest.mark.anyio, pytest.mark.real]


async def signs(page: Page) -> list[str]:
    """The words of the signs on a screen, and their letters."""
    found = page.locator(".signs strong")
    await expect(found).to_have_count(4)
    return await found.all_inner_texts()


async def ask(page: Page, hub: RunningHub, pair: str = "Pair this device", button: str = "Get a code") -> str:
    await page.goto(address(hub))
    await page.get_by_role("button", name=pair).click()
    await page.get_by_role("button", name=button).click()
    return await page.locator("output.code").inner_text()


async def test_a_phone_is_let_in_and_signed_out_again(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "first", hub) as first, screen(tmp_path / "phone", hub, PHONE) as phone:
        await found(first, hub)
        code = await ask(phone, hub)
        shown = await signs(phone)
        assert all(re.fullmatch(r"[A-Z][a-z]+( [a-z]+)?", word) for word in shown[:3]), shown
        assert re.fullmatch(r"[0-9B-Z]{4}-[0-9B-Z]{4}", shown[3]), shown
        await phone.screenshot(path=tmp_path / "asks.png")

        await go(first, hub, "settings/devices")
        await first.get_by_label("Code on the new device").fill(code.replace("-", " ").lower())
        await first.get_by_role("button", name="Continue").click()
        assert await signs(first) == shown
        await first.screenshot(path=tmp_path / "compares.png")
        await first.get_by_role("button", name="Let it in").click()
        await expect(first.locator(".toast")).to_contain_text("is in")
        await expect(phone.get_by_role("link", name="Settings")).to_be_visible()

        await first.get_by_role("list", name="Screens and devices").get_by_role("button", name="seen").click()
        sheet = first.get_by_role("dialog")
        await sheet.get_by_role("button", name="Sign this device out").click()
        await sheet.get_by_role("button", name="Sign this device out").click()
        await expect(phone.get_by_role("heading", name="Sign in to Linden 7")).to_be_visible()
        # Out means out: the same page again is still the door, and there it can be let in anew.
        await phone.reload()
        await expect(phone.get_by_role("button", name="Pair this device")).to_be_visible()
        code = await ask(phone, hub)
        await first.get_by_label("Code on the new device").fill(code)
        await first.get_by_role("button", name="Continue").click()
        await first.get_by_role("button", name="Let it in").click()
        await expect(phone.get_by_role("link", name="Settings")).to_be_visible()


async def scanned(page: Page) -> str:
    """What a camera reads that is held before this screen."""
    await expect(page.locator("img[src^='data:image/svg']")).to_be_visible(timeout=30_000)
    # A camera looks until it reads: the sheet is still fading in when its code can be found.
    for _ in range(450):
        if codes := zxingcpp.read_barcodes(
            Image.open(io.BytesIO(await page.screenshot())), formats=zxingcpp.BarcodeFormat.QRCode
        ):
            [code] = codes
            return str(code.text)
        await page.wait_for_timeout(100)
    raise AssertionError("no code on this screen can be read")


@pytest.mark.parametrize("theme", ["dark", pytest.param("light", marks=pytest.mark.long)])
async def test_the_codes_that_screens_show_are_scanned(hub: RunningHub, tmp_path: Path, theme: str) -> None:
    async with (
        screen(tmp_path / "first", hub, theme=theme) as first,
        screen(tmp_path / "phone", hub, PHONE, theme=theme) as phone,
        screen(tmp_path / "tablet", hub, TABLET, theme=theme) as tablet,
    ):
        await found(first, hub)
        # The new device shows a code: the first one's camera opens the page that lets it in.
        await ask(phone, hub)
        await first.goto(await scanned(phone))
        await first.get_by_role("button", name="Continue").click()
        assert await signs(first) == await signs(phone)
        await first.get_by_role("button", name="Let it in").click()
        await expect(phone.get_by_role("link", name="Settings")).to_be_visible()

        # The first device shows an invitation: the new one's camera opens the door.
        await first.get_by_role("button", name="Show a QR code for it").click()
        await tablet.goto(await scanned(first))
        await tablet.get_by_role("button", name="Come in").click()
        await expect(tablet.get_by_role("link", name="Settings")).to_be_visible()


async def test_somebody_is_kept_out_in_chinese(hub: RunningHub, tmp_path: Path) -> None:
    async with (
        screen(tmp_path / "first", hub) as first,
        screen(tmp_path / "phone", hub, PHONE, locale="zh-CN", theme="light") as phone,
    ):
        await found(first, hub)
        code = await ask(phone, hub, "配对此设备", "获取代码")
        shown = await signs(phone)
        assert all(re.fullmatch(r"[\u4e00-\u9fff]+", word) for word in shown[:3]), shown
        await phone.screenshot(path=tmp_path / "asks-zh.png")
        await go(first, hub, f"settings/devices/{code}")
        await first.get_by_role("button", name="Continue").click()
        assert await signs(first)
        await first.get_by_role("button", name="Keep it out").click()
        await expect(phone.get_by_role("alert")).to_be_visible()


def test_every_sign_has_a_word_in_both_languages() -> None:
    i18n = Path(__file__).parents[2] / "web" / "src" / "lib" / "i18n"
    for language in ("en/setting_up/log.ts", "zh/setting_up/log.ts"):
        named = set(re.findall(r'"sign\.(.)": "[^"]+"', (i18n / language).read_text(encoding="utf-8")))
        assert named == set(SIGNS)
