"""A guest's phone scans a screen's code and throws a text and a file at it; a text goes out as a code; a number is
called on the phone. Real browsers, a real hub, a real reader of QR codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from tests.journeys.screens import CAR, PHONE, TABLET, clean, found, go, looks, screen
from tests.journeys.test_clipboard_page import Ear, come_in, invite, put
from tests.journeys.test_second_device import scanned
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RunningHub]:
    """A fresh hub that the whole house reaches: a guest's phone is no part of its machine."""
    running = RunningHub(tmp_path / "hub", listen="0.0.0.0")
    running.start()
    yield running
    running.stop()


TEXT = "canary-guest-lindenwood https://example.org/way"
FILE = b"canary-guest-file " * 40_000


async def code(glass: Page) -> str:
    """The link in the code that the glass shows."""
    await glass.get_by_role("button", name="From a guest's phone").click()
    return await code_of(glass)


async def code_of(glass: Page) -> str:
    await expect(glass.get_by_role("img", name="QR code for a guest's phone")).to_be_visible()
    return await scanned(glass)


async def test_a_guest_throws_at_the_glass(house: RunningHub, tmp_path: Path) -> None:
    hub = house
    async with (
        screen(tmp_path / "glass", hub, CAR) as glass,
        screen(tmp_path / "guest", hub, PHONE, locale="zh-CN") as guest,
    ):
        await glass.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await found(glass, hub)
        await go(glass, hub, "clipboard")
        await expect(glass.get_by_role("button", name="Paste")).to_be_enabled(timeout=30_000)
        ears = Ear(glass), Ear(guest)
        link = await code(glass)
        _, _, secrets = link.partition("/throw#")
        token, _, key = secrets.partition(".")
        assert re.fullmatch(r"[\w-]{43}", token) and re.fullmatch(r"[\w-]{43}", key)
        await clean(glass, "the glass")
        await guest.goto(link)
        await guest.get_by_label("文字或链接").fill(TEXT)
        await clean(guest, "the guest")
        await guest.get_by_role("button", name="发送", exact=True).click()
        await expect(guest.get_by_text("已送达")).to_be_visible()
        sheet = glass.get_by_role("dialog")
        await expect(sheet.get_by_text("canary-guest-lindenwood")).to_be_visible(timeout=30_000)
        leads = sheet.get_by_role("link", name="Open")
        await expect(leads).to_have_attribute("href", "https://example.org/way")
        await expect(leads).to_contain_text("example.org")
        assert len(glass.context.pages) == 1 + glass.context.pages.index(glass), "nothing opens by itself"
        await clean(glass, "the glass")
        # Once: nobody throws a second thing by it.
        await guest.reload()
        await expect(guest.get_by_text("二维码已失效")).to_be_visible()
        # A tap beside the sheet loses nothing: the guest has read that it is there.
        await glass.mouse.click(800, 700)
        await expect(sheet).to_have_count(0)
        await glass.get_by_role("button", name="From a guest's phone").click()
        await sheet.get_by_role("button", name="Into my clipboard").click()
        row = glass.get_by_role("listitem").filter(has_text="canary-guest-lindenwood")
        await expect(row).to_be_visible()

        # A file, which is saved as what it is, or goes to all screens.
        await guest.goto(await code(glass))
        await expect(guest.get_by_role("button", name="改为发送文件")).to_be_visible()  # it is loaded anew before that
        await guest.locator("#file").set_input_files({"name": "..\\evil.html", "mimeType": "text/html", "buffer": FILE})
        await expect(guest.get_by_text("已送达")).to_be_visible()
        async with glass.expect_download() as coming:
            await sheet.get_by_role("button", name="Save").click()
        download = await coming.value
        assert (await download.path()).read_bytes() == FILE and "\\" not in download.suggested_filename
        # A code that is closed is void.
        await sheet.get_by_role("button", name="Close").click()
        link = await code(glass)
        await sheet.get_by_role("button", name="Close").click()
        await expect(sheet).to_have_count(0)
        await guest.goto(link)
        await expect(guest.get_by_text("二维码已失效")).to_be_visible()

        # The hub was away when the page came: it says so, and goes on when it is there.
        link = await code(glass)
        await guest.route("**/api/throws/waits", lambda route: route.abort())
        await guest.goto(link)
        await expect(guest.get_by_text("没有送达")).to_be_visible()
        await expect(guest.get_by_label("文字或链接")).to_be_hidden()
        await clean(guest, "the guest")
        await guest.unroute("**/api/throws/waits")
        await guest.get_by_role("button", name="重试").click()
        await expect(guest.get_by_label("文字或链接")).to_be_visible()

        # Something else is on its way by this code: the page waits for that.
        await guest.route("**/api/throws/thrown", partial(Route.fulfill, status=423))
        await guest.get_by_label("文字或链接").fill("canary-guest-later")
        await guest.get_by_role("button", name="发送", exact=True).click()
        await expect(guest.get_by_text("这个二维码正在传送内容")).to_be_visible()
        await guest.unroute("**/api/throws/thrown")
        await expect(guest.get_by_text("已送达")).to_be_visible()
        await sheet.get_by_role("button", name="Remove").click()

        # The other way: a text leaves as a code, without a network.
        await row.get_by_role("button", name="More of this entry").click()
        await glass.get_by_role("menuitem", name="Show as a QR code").click()
        await expect(glass.get_by_role("img", name="QR code of this text")).to_be_visible()
        assert await scanned(glass) == TEXT

        # Neither the key nor what was thrown was anywhere but on the two.
        heard = "\n".join([await ear.all() for ear in ears])
        assert "throws/thrown" in heard and token in heard
        for canary in (key, "canary-guest"):
            assert canary not in heard, canary
            where = [path for path in tmp_path.joinpath("hub").rglob("*") if path.is_file()]
            assert not [path for path in where if canary.encode() in path.read_bytes()], canary

        for size, theme in ((PHONE, "light"), (PHONE, "dark"), (CAR, "light"), ((1920, 1080), "dark")):
            await looks(glass, size, theme, "zh")
            await glass.get_by_role("button", name="来自访客手机").click()
            await expect(glass.get_by_role("img", name="供访客手机扫描的二维码")).to_be_visible()
            await glass.screenshot(path=tmp_path / f"{size[0]}-{theme}.png")
            await clean(glass, f"{size[0]} {theme}")


async def test_a_code_is_over_when_the_hub_was_started_anew(house: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "glass", house, CAR) as glass:
        await found(glass, house)
        await go(glass, house, "clipboard")
        await code(glass)
        house.kill()
        house.start()
        await expect(glass.get_by_text("This code is over")).to_be_visible(timeout=30_000)
        await glass.get_by_role("button", name="A new code").click()
        await code_of(glass)
        await glass.wait_for_timeout(1_000)
        await expect(glass.get_by_role("img", name="QR code for a guest's phone")).to_be_visible()


async def test_a_hub_that_nobody_else_reaches_shows_no_code(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "desk", hub, TABLET) as desk:
        await found(desk, hub)
        await go(desk, hub, "clipboard")
        await desk.get_by_role("button", name="From a guest's phone").click()
        await expect(desk.get_by_text("Open this hub to the house first")).to_be_visible()
        await clean(desk, "the desk")
        await desk.get_by_role("button", name="To that setting").click()
        await expect(desk).to_have_url(re.compile("#/settings/household"))


async def test_images_go_by_paste_and_numbers_to_the_phone(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "desk", hub, TABLET) as desk, screen(tmp_path / "phone", hub, PHONE) as phone:
        for page in (desk, phone):
            await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await found(desk, hub)
        await go(desk, hub, "clipboard")
        await expect(desk.get_by_role("button", name="Paste")).to_be_enabled(timeout=30_000)
        link = await invite(desk, hub)
        agent = (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
        )
        devtools = await phone.context.new_cdp_session(phone)
        await devtools.send("Network.setUserAgentOverride", {"userAgent": agent})
        await come_in(phone, link)
        await go(phone, hub, "clipboard")
        await expect(phone.get_by_role("button", name="Paste")).to_be_enabled(timeout=30_000)
        await expect(phone.get_by_text("Android lets no app in the background")).to_be_visible()

        # An image that the desk has copied is the phone's by one tap each.
        await desk.evaluate(
            """async () => {
              const canvas = new OffscreenCanvas(60, 30);
              canvas.getContext("2d").fillRect(0, 0, 30, 30);
              const image = await canvas.convertToBlob({ type: "image/png" });
              await navigator.clipboard.write([new ClipboardItem({ "image/png": image })]);
            }"""
        )
        await desk.get_by_role("button", name="Paste").click()
        await expect(phone.get_by_role("img", name="An image")).to_be_visible(timeout=30_000)
        row = phone.get_by_role("listitem").filter(has=phone.get_by_role("img", name="An image"))
        await row.get_by_role("button", name="Copy", exact=True).click()
        await expect(row.get_by_role("button", name="Copied")).to_be_visible()
        size = await phone.evaluate(
            """async () => {
              const [one] = await navigator.clipboard.read();
              const image = await createImageBitmap(await one.getType("image/png"));
              return [image.width, image.height];
            }"""
        )
        assert size == [60, 30]

        # A number is called on the phone: it is told while another page is open on it.
        await phone.evaluate("location.hash = '#/notices'")
        await put(desk, "+41 79 123 45 67")
        await desk.get_by_role("button", name="Call on phone").click()
        await phone.get_by_role("button", name="Open the clipboard").click()
        await expect(phone.get_by_role("link", name="Call")).to_have_attribute("href", "tel:+41791234567")
        await expect(phone.locator("li.told")).to_have_count(1)

        # A screen that takes no part is shown nothing, and goes on when it does.
        await phone.get_by_role("switch", name="This screen takes part").click()
        await expect(phone.get_by_text("This screen takes no part")).to_be_visible()
        await expect(phone.get_by_role("listitem").filter(has_text="+41")).to_have_count(0)
        await phone.get_by_role("switch", name="This screen takes part").click()
        await expect(phone.get_by_text("+41 79 123 45 67")).to_be_visible()
        # What is dropped on the page goes in, for a minute where that is wanted.
        await desk.get_by_role("button", name="One minute only").click()
        await desk.evaluate(
            """() => {
              const data = new DataTransfer();
              data.setData("text/plain", "hunter2");
              window.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
            }"""
        )
        # Of several lines, pasted where one is written, none is lost.
        await desk.evaluate("navigator.clipboard.writeText('Lindenstraße 7\\nsecond floor')")
        await desk.get_by_label("A text").press("Control+V")
        await expect(phone.get_by_text("second floor")).to_have_text("Lindenstraße 7\nsecond floor")
        # A picture, too: it goes in, and not to where files are sent as well.
        await desk.evaluate(
            """async () => {
              const canvas = new OffscreenCanvas(6, 3);
              canvas.getContext("2d").fillRect(0, 0, 3, 3);
              const image = await canvas.convertToBlob({ type: "image/png" });
              const data = new DataTransfer();
              data.items.add(new File([image], "dropped.png", { type: "image/png" }));
              const how = { dataTransfer: data, bubbles: true, cancelable: true };
              for (const kind of ["dragover", "drop"]) document.body.dispatchEvent(new DragEvent(kind, how));
            }"""
        )
        await expect(phone.get_by_role("img", name="An image")).to_have_count(2, timeout=30_000)
        assert desk.url.endswith("#/clipboard")
        # What is called an image and is none does not lie there as one that nobody can see.
        choice = desk.locator('input[type="file"]').first
        await choice.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
        await expect(desk.get_by_text("This image is too large, or of another kind")).to_be_visible()
        brief = phone.get_by_role("listitem").filter(has_text="hunter2")
        await expect(brief).to_be_visible(timeout=30_000)
        await expect(brief.get_by_role("button", name="Keep it")).to_have_count(0)
