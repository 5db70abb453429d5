"""A new version of the hub and its page: fetched beside the running one, and never taken over while somebody drives,
types or has a sheet open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

import wayhome
from tests.hmi.conftest import steer
from tests.hmi.offline.conftest import Screen, is_kept
from tests.hmi.offline.next_version import NUMBER, TITLE, build
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(420)]

READY = "A new version is ready"


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("next"))


class Installed(RunningHub):
    """A hub whose program can be replaced by another version, as an update does it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.place = folder / "installed"
        self.install(Path(wayhome.__file__).parents[1])
        super().__init__(folder, "--demo", "--no-sites", "--language", "en", env={"PYTHONPATH": str(self.place)})

    def install(self, source: Path) -> None:
        self.place.unlink(missing_ok=True)
        self.place.symlink_to(source)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    hub = Installed(tmp_path_factory.mktemp("hub"))
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def hub(lasting: Installed) -> Installed:
    """A hub of this version, whatever the test before made of it."""
    lasting.stop()
    lasting.install(Path(wayhome.__file__).parents[1])
    lasting.start()
    return lasting


async def updated(page: Page, hub: Installed, source: Path) -> None:
    """The hub is updated while this page is open, and the page's own new version lies ready beside it."""
    hub.stop()
    hub.install(source)
    hub.start()
    await page.wait_for_function(
        "async () => (await navigator.serviceWorker.getRegistration())?.waiting != null", timeout=90_000
    )


async def title(page: Page) -> str:
    await page.goto(f"{page.url.split('#')[0]}#/settings")
    return (await page.locator("h2").first.text_content(timeout=30_000)) or ""


@pytest.mark.long
async def test_an_update_waits_until_the_drive_is_over(screen: Screen, hub: Installed, after: Path) -> None:
    page = await screen((1280, 720), look='{"seat":"passenger"}')
    await is_kept(page)
    await steer(page, {"on_the_road": 0.3})
    await page.evaluate("window.before = true")
    await updated(page, hub, after)
    await steer(page, {"on_the_road": 0.3})
    await expect(page.locator(".tile.old")).to_have_count(0, timeout=30_000)
    await page.wait_for_timeout(3_000)
    await expect(page.get_by_text(READY)).to_have_count(0)
    assert await page.evaluate("window.before")
    await steer(page, {"park": True})
    await expect(page.get_by_text(READY)).to_be_visible(timeout=30_000)
    assert await page.evaluate("window.before")
    await page.get_by_role("button", name="Load it").click()
    await page.wait_for_function("() => window.before === undefined", timeout=30_000)
    await expect(page.locator(".tile").first).to_be_visible()
    assert await title(page) == TITLE
    await expect(page.get_by_text(f"Wayhome {NUMBER}")).to_be_visible()


@pytest.mark.long
async def test_nobody_who_types_is_interrupted_and_later_means_the_next_start(
    screen: Screen, hub: Installed, after: Path
) -> None:
    page = await screen((1024, 768))
    await is_kept(page)
    await page.goto(f"{hub.url}/#/settings/me")
    field = page.locator("input[type=password]").first
    await field.fill("half a pass")
    await page.evaluate("window.before = true")
    await updated(page, hub, after)
    await page.wait_for_timeout(2_500)
    await expect(page.get_by_text(READY)).to_have_count(0)
    await expect(field).to_have_value("half a pass")
    await field.fill("")
    await page.keyboard.press("Tab")
    await expect(page.get_by_text(READY)).to_be_visible(timeout=30_000)
    await page.get_by_role("button", name="Later").click()
    await expect(page.get_by_text(READY)).to_have_count(0)
    assert await page.evaluate("window.before")
    # The next start takes it over, before anything is shown.
    await page.close()
    page = await page.context.new_page()
    await page.goto(hub.url)
    await expect(page.locator(".tile").first).to_be_visible(timeout=30_000)
    assert await title(page) == TITLE


async def test_a_page_that_nobody_looks_at_takes_it_over_by_itself(screen: Screen, hub: Installed, after: Path) -> None:
    page = await screen((1024, 768))
    await is_kept(page)
    await page.evaluate("window.before = true")
    await updated(page, hub, after)
    await expect(page.get_by_text(READY)).to_be_visible(timeout=30_000)
    await page.clock.install()
    await page.evaluate(
        """() => {
          Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        }"""
    )
    await page.clock.run_for(50_000)
    assert await page.evaluate("window.before")
    # Just over the minute: from there the worker has its own time, which no clock of the page moves.
    await page.clock.run_for(10_500)
    await page.wait_for_function("() => window.before === undefined", timeout=30_000)
    assert await title(page) == TITLE
