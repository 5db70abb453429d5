"""The cockpit can be put among a device's apps, by the browser's own word."""

from __future__ import annotations

import msgspec
import pytest

from tests.hmi.offline.conftest import Screen

pytestmark = pytest.mark.anyio


async def test_the_browser_would_install_it(screen: Screen) -> None:
    page = await screen()
    await page.evaluate("navigator.serviceWorker.ready")
    devtools = await page.context.new_cdp_session(page)
    told = await devtools.send("Page.getAppManifest")
    assert told["errors"] == [] and told["url"].endswith("/manifest.webmanifest")
    manifest = msgspec.json.decode(told["data"])
    assert [one["url"] for one in manifest["shortcuts"]] == ["./#/", "./#/car", "./#/notices"]
    sizes = {(one["sizes"], one.get("purpose", "any")) for one in manifest["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    # That a test's windows are private is the only thing in the way.
    errors = (await devtools.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert [one["errorId"] for one in errors if one["errorId"] != "in-incognito"] == []
    for icon in manifest["icons"] + [icon for one in manifest["shortcuts"] for icon in one["icons"]]:
        answer = await page.context.request.get(f"{page.url.split('#')[0]}{icon['src']}")
        assert answer.ok and answer.headers["content-type"] == icon["type"]


async def test_apples_devices_find_what_they_ask_for(screen: Screen) -> None:
    page = await screen()
    tags = await page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('meta[name^=apple]')].map(m => [m.name, m.content]))"
    )
    assert tags["apple-mobile-web-app-capable"] == "yes" and tags["apple-mobile-web-app-title"] == "Wayhome"
    icon = await page.locator("link[rel=apple-touch-icon]").get_attribute("href")
    assert (await page.context.request.get(f"{page.url.split('#')[0]}{(icon or '').lstrip('./')}")).ok
