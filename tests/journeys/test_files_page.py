"""Files between two screens: real browsers that seal and open them, and a real hub that keeps pieces it can't read."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import resource
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Error, Page, expect

from tests.journeys.screens import CAR, PHONE, TABLET, found, go, screen
from tests.journeys.test_clipboard_page import come_in, invite
from tests.peers.hub import RunningHub
from tests.peers.two_hubs import until
from wayhome.features.files.model import STRIDE

pytestmark = [pytest.mark.anyio, pytest.mark.real]
MB = 1024 * 1024
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 5 * MB}
HOSTILE = "../../../etc/passwd \u202egpj.exe"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path / "hub")
    running.start()
    yield running
    running.stop()


def made(path: Path, size: int) -> Path:
    path.write_bytes(os.urandom(size))
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def choose(page: Page, *files: Path) -> None:
    await page.locator("input[type=file][multiple]").set_input_files([*files])


async def save(page: Page, name: str, to: Path) -> Path:
    """Save a file on a screen; what the browser has then."""
    async with page.expect_download(timeout=30_000) as coming:
        await page.get_by_role("button", name=f"Save {name}").click()
    download = await coming.value
    assert download.suggested_filename == name
    await download.save_as(to)
    return to


async def test_files_go_from_the_phone_to_the_car(hub: RunningHub, tmp_path: Path) -> None:
    empty, small = made(tmp_path / "empty.txt", 0), made(tmp_path / "晚安 notes.pdf", 9 * MB + 17)
    async with screen(tmp_path / "phone", hub, PHONE) as phone, screen(tmp_path / "car", hub, CAR) as glass:
        await found(phone, hub)
        await go(phone, hub, "files")
        await expect(phone.get_by_text("No files")).to_be_visible()
        # It has its own keys: before that its link lets nobody in by itself.
        await expect(phone.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        await come_in(glass, await invite(phone, hub))
        await go(phone, hub, "files")
        await go(glass, hub, "files")
        await expect(phone.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        await choose(phone, empty, small)
        for name in ("empty.txt", "晚安 notes.pdf"):
            await expect(glass.get_by_role("button", name=f"Save {name}")).to_be_visible(timeout=30_000)
        assert digest(await save(glass, "晚安 notes.pdf", tmp_path / "got.pdf")) == digest(small)
        assert (await save(glass, "empty.txt", tmp_path / "got.txt")).read_bytes() == b""
        await expect(phone.get_by_text("Saved on").first).to_be_visible(timeout=30_000)
        # Nowhere on the hub stands what it is called or what is in it.
        where = {path: path.read_bytes() for path in tmp_path.joinpath("hub").rglob("*") if path.is_file()}
        piece = small.read_bytes()[5 * MB : 5 * MB + 64]
        assert any(path.suffix == ".file" and len(content) > 9 * MB for path, content in where.items())
        assert not [path for path, content in where.items() if piece in content or b"notes.pdf" in content]


async def test_a_disk_that_is_full_at_four_fifths_and_a_hub_that_is_killed(hub: RunningHub, tmp_path: Path) -> None:
    film = made(tmp_path / "film.mp4", 5 * 4 * MB)
    async with screen(tmp_path / "phone", hub, PHONE) as phone:
        await found(phone, hub)
        await go(phone, hub, "files")
        await expect(phone.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        # The kernel lets no file grow beyond four pieces and a bit.
        resource.prlimit(hub.pid, resource.RLIMIT_FSIZE, (17 * MB, resource.RLIM_INFINITY))
        await choose(phone, film)
        await expect(phone.get_by_text("It goes on by itself when it can.")).to_be_visible(timeout=60_000)
        await expect(phone.get_by_role("progressbar")).to_have_attribute("aria-valuetext", "80%")
        assert size(hub) == 4 * STRIDE, "no half of a piece"
        hub.kill()
        await expect(phone.get_by_text("The hub does not answer. It goes on by itself.")).to_be_visible(timeout=30_000)
        await expect(phone.get_by_role("button", name="Save film.mp4")).to_have_count(0)
        hub.start()
        with suppress(Error):  # it may have gone on by itself by now
            await phone.get_by_role("button", name="Try now").click(timeout=5_000)
        await expect(phone.get_by_role("button", name="Save film.mp4")).to_be_visible(timeout=30_000)
        assert digest(await save(phone, "film.mp4", tmp_path / "got.mp4")) == digest(film)


@pytest.mark.long
async def test_what_breaks_off_goes_on(hub: RunningHub, tmp_path: Path) -> None:
    """kill -9 of the hub while a file goes out; then the page is closed, and the file chosen once more, or another."""
    big = made(tmp_path / "film.mp4", 33 * MB + 5)
    async with screen(tmp_path / "phone", hub, PHONE) as phone:
        await found(phone, hub)
        await go(phone, hub, "files")
        await expect(phone.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        devtools = await phone.context.new_cdp_session(phone)
        await devtools.send("Network.enable")
        await devtools.send("Network.emulateNetworkConditions", SLOW)
        await choose(phone, big)
        share = phone.get_by_role("progressbar", name="On its way")
        await expect(share).to_have_attribute("aria-valuetext", re.compile(r"^[1-6]\d%$"), timeout=30_000)
        hub.kill()
        await expect(phone.get_by_text("The hub does not answer. It goes on by itself.")).to_be_visible(timeout=30_000)
        with pytest.raises(AssertionError):
            await expect(phone.get_by_role("button", name="Save film.mp4")).to_be_visible(timeout=500)
        kept = size(hub)
        assert 4 * MB < kept < 33 * MB
        await devtools.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": 2 * MB})
        hub.start()
        until(lambda: size(hub) > kept, 20)
        await expect(share).to_be_visible()
        # The page goes. What is there stays, and is nobody's whole file.
        await phone.evaluate("() => (window.onbeforeunload = null)")
        phone.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
        await devtools.detach()
        await phone.reload()
        await expect(phone.get_by_text("It broke off.")).to_be_visible(timeout=30_000)
        with hub.api() as api:
            records = api.get("/api/files/list")
            assert records.status_code == 403, "the local operator has no screen"
        other = made(tmp_path / "other.mp4", 33 * MB + 5)
        again = phone.get_by_role("listitem").filter(has_text="film.mp4").locator("input[type=file]")
        await again.set_input_files(other)
        await expect(phone.get_by_text("That is not the file that was begun")).to_be_visible(timeout=30_000)
        before = size(hub)
        assert before >= kept
        sent: list[str] = []
        phone.on("request", lambda one: sent.append(one.url) if one.method == "PUT" else None)
        await again.set_input_files(big)
        await expect(phone.get_by_role("button", name="Save film.mp4")).to_be_visible(timeout=30_000)
        assert len(sent) <= 9 - before // STRIDE, "what is there is not sent once more"
        assert digest(await save(phone, "film.mp4", tmp_path / "got.mp4")) == digest(big)


def size(hub: RunningHub) -> int:
    """What lies of the only file on the hub's disk."""
    return next(hub.data.joinpath("files").glob("*.file")).stat().st_size


DROP = """([name, size]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(size).fill(7)], name));
  const how = { dataTransfer: data, cancelable: true, bubbles: true };
  for (const kind of ["dragover", "drop"]) window.dispatchEvent(new DragEvent(kind, how));
}"""
SHARE = """([text, name]) => {
  const how = { method: "POST", action: "share", enctype: "multipart/form-data" };
  const form = Object.assign(document.createElement("form"), how);
  const data = new DataTransfer();
  data.items.add(new File(["a picture"], name, { type: "image/png" }));
  const line = Object.assign(document.createElement("input"), { name: "text", value: text });
  const files = Object.assign(document.createElement("input"), { type: "file", name: "files", files: data.files });
  form.append(line, files);
  document.body.append(form);
  form.submit();
}"""


async def test_what_is_dropped_and_shared_and_what_names_try(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "tablet", hub, TABLET) as page:
        await found(page, hub)
        await go(page, hub, "files")
        await expect(page.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        # Dropped on any page, and for whom is asked on that of files.
        await go(page, hub, "notices")
        await expect(page.get_by_role("link", name="Notices")).to_have_attribute("aria-current", "page")
        await page.evaluate(DROP, [HOSTILE, 3 * MB])
        await page.get_by_role("button", name="Send", exact=True).click()
        harmless = "___.._.._etc_passwd _gpj.exe"
        await expect(page.get_by_role("button", name=f"Save {harmless}")).to_be_visible(timeout=30_000)
        assert (await save(page, harmless, tmp_path / "got")).read_bytes() == b"\7" * (3 * MB)
        inside = {one.relative_to(hub.data).parts[0] for one in hub.data.rglob("*.file")}
        assert inside == {"files"} and not list(tmp_path.rglob("*passwd*"))

        # As the system's share menu does, and any website can: a text waits for a tap, a file for whom it is for.
        await page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        await page.evaluate(SHARE, ["https://example.org/a", "picture.png"])
        await expect(page.get_by_text("picture.png (9 bytes)")).to_be_visible(timeout=30_000)
        await page.evaluate("location.hash = '#/clipboard'")
        await expect(page.get_by_role("button", name="Paste")).to_be_visible()
        await expect(page.get_by_text("https://example.org/a")).to_have_count(0)
        await page.evaluate("location.hash = '#/files'")
        await expect(page.get_by_text("picture.png (9 bytes)")).to_be_visible()
        # What can't be put in stays, and is not lost with a tap.
        await page.evaluate(SHARE, ["x" * 10_001, "picture.png"])
        await page.get_by_role("button", name="Put it in").click(timeout=30_000)
        await expect(page.get_by_text("This text is too long")).to_be_visible()
        await page.get_by_role("button", name="Send as a file").click()
        await expect(page.get_by_text("picture.png (9 bytes), text.txt (10 kB)")).to_be_visible()
        await page.evaluate(SHARE, ["https://example.org/a", "picture.png"])
        await expect(page.get_by_text("https://example.org/a")).to_be_visible(timeout=30_000)
        await page.get_by_role("button", name="Put it in").click()
        await page.get_by_role("button", name="Everybody at home").click()
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(page.get_by_role("button", name="Save picture.png")).to_be_visible(timeout=30_000)
        await expect(page.get_by_text("for Everybody at home")).to_be_visible()
        await go(page, hub, "clipboard")
        await expect(page.get_by_text("https://example.org/a")).to_be_visible(timeout=30_000)

        # Away, and back by one tap; then a piece that the disk does not give back as it was is no file.
        await go(page, hub, "files")
        await page.get_by_role("button", name="Remove picture.png").click()
        await expect(page.get_by_role("button", name="Save picture.png")).to_have_count(0)
        await page.get_by_role("button", name="Put it back").click()
        await expect(page.get_by_role("button", name="Save picture.png")).to_be_visible()
        for one in hub.data.joinpath("files").glob("*.file"):
            content = bytearray(one.read_bytes())
            content[-1] ^= 1
            one.write_bytes(content)
        await page.get_by_role("button", name="Save picture.png").click()
        await expect(page.get_by_text("A piece of the file is damaged", exact=False)).to_be_visible(timeout=30_000)
        await expect(page.get_by_text("picture.png is saved")).to_have_count(0)
