"""Push in a real browser: the hub's message goes to the real push service, is decrypted there, and is handed to the
page's service worker as the browser's maker would. (Google's own service can't be asked by tests.)"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, Worker, async_playwright, expect

from tests.hmi.seats import post
from tests.peers.chromium import launch_options
from tests.peers.hub import RunningHub
from tests.peers.push_service import Browser as PushBrowser
from tests.peers.push_service import PushService

pytestmark = [pytest.mark.anyio, pytest.mark.real]

SLOW = 30_000


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, _push_service: PushService) -> Iterator[RunningHub]:
    folder = tmp_path_factory.mktemp("push-hub")
    running = RunningHub(folder, "--demo", "--no-sites", "--language", "en", push=_push_service.certificate)
    running.start()
    yield running
    running.stop()


@pytest.fixture
async def chromium(tmp_path: Path) -> AsyncIterator[Browser]:
    # A headless shell shows no notifications; the whole browser without a window does.
    async with async_playwright() as playwright:
        options = launch_options(tmp_path, whole=True)
        browser = await playwright.chromium.launch(**{**options, "args": [*options["args"], "--headless=new"]})
        yield browser
        await browser.close()


class Phone:
    """A browser with Wayhome's worker, and with push: what the push service decrypts is delivered to the worker."""

    def __init__(self, hub: RunningHub, context: BrowserContext, page: Page, push: PushBrowser) -> None:
        self.hub = hub
        self.context = context
        self.page = page
        self._push = push
        self._delivered = 0
        self._last: str | None = None
        self._cdp: CDPSession | None = None
        self._registration = ""

    async def ready(self) -> None:
        self._cdp = await self.context.new_cdp_session(self.page)
        found: list[str] = []
        self._cdp.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
        )
        await self._cdp.send("ServiceWorker.enable")
        await until(lambda: bool(found))
        self._registration = found[-1]

    async def deliver(self, **changes: Any) -> dict[str, Any]:
        """Wait for the hub's next message, and hand it to the worker. ``changes``: to what it says."""
        await until(lambda: len(self._push.told()) > self._delivered)
        said = self._push.told()[self._delivered] | changes
        self._delivered += 1
        self._last = json.dumps(said, ensure_ascii=False)
        await self.hand(self._last)
        return said

    async def hand(self, data: str) -> None:
        assert self._cdp is not None
        message = {"origin": self.hub.url, "registrationId": self._registration, "data": data}
        await self._cdp.send("ServiceWorker.deliverPushMessage", message)

    async def hand_until_shown(self, data: str) -> None:
        """The browser may drop a message while it starts the worker: of the same kind it shows the last one only."""
        async with asyncio.timeout(SLOW / 1000):
            while not await self.lock_screen():
                await self.hand(data)
                await anyio.sleep(2)

    async def _worker(self) -> Worker:
        """Wayhome's worker: the browser ends one that has nothing to do, and starts it anew when something comes."""
        await until(lambda: bool(self.context.service_workers))
        return self.context.service_workers[-1]

    async def lock_screen(self) -> list[dict[str, Any]]:
        """The notifications that stand there."""
        found: list[dict[str, Any]] = await (await self._worker()).evaluate(
            """async () => (await self.registration.getNotifications()).map((one) => ({
              title: one.title, body: one.body, lang: one.lang, tag: one.tag, silent: one.silent === true,
              stays: one.requireInteraction, actions: (one.actions || []).map((a) => a.title), data: one.data,
            }))"""
        )
        return found

    async def away(self) -> None:
        """Wayhome is not open."""
        await self.page.goto("about:blank")

    async def ask(self, path: str, data: dict[str, Any]) -> None:
        answer = await self.context.request.post(
            f"{self.hub.url}/api/{path}", data=data, headers={"Origin": self.hub.url}
        )
        assert answer.ok, await answer.text()

    async def ring(self) -> None:
        """Somebody rings, once the last one who did is gone."""
        await self.ask("links/steer", {"id": "demo", "orders": {"skip": 120}})
        # The hub has to have heard that they are: else nothing changes.
        bell = f"{self.hub.url}/api/home/get?path=doorbell/binary_sensor.on"
        async with asyncio.timeout(SLOW / 1000):
            while (await (await self.context.request.get(bell)).json())["values"]["doorbell/binary_sensor.on"][0]:
                await anyio.sleep(0.05)
        await self.ask("links/steer", {"id": "demo", "orders": {"ring": True}})

    async def shows(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many stand there. What the browser dropped while it started the worker is handed over again: it
        stands there once, however often it comes."""
        began = handed = time.monotonic()
        while len(found := await self.lock_screen()) != count:
            assert time.monotonic() - began < SLOW / 1000, found
            if self._last is not None and len(found) < count and time.monotonic() - handed > 5:
                handed = time.monotonic()
                await self.hand(self._last)
            await anyio.sleep(0.05)
        return found

    async def click(self, action: str = "") -> None:
        """Tap a notification, as the browser tells the worker of it."""
        await (await self._worker()).evaluate(
            """async (action) => {
              const [notification] = await self.registration.getNotifications();
              self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
            }""",
            action,
        )


async def until(true: Any, seconds: float = 30) -> None:
    with anyio.fail_after(seconds):
        while not true():
            await anyio.sleep(0.05)


@asynccontextmanager
async def phone(
    hub: RunningHub, browser: Browser, service: PushService, locale: str = "en-GB", who: str = "anna"
) -> AsyncIterator[Phone]:
    language = "zh" if locale.startswith("zh") else "en"
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, locale=locale, permissions=["notifications"]
    )
    try:
        answer = await context.request.post(
            f"{hub.url}/api/door/demo", data={"person": who}, headers={"Origin": hub.url}
        )
        assert answer.ok, await answer.text()
        page = await context.new_page()
        await page.goto(f"{hub.url}/")
        await page.locator("main").first.wait_for()
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        key = (await (await context.request.get(f"{hub.url}/api/notices/push_key")).json())["key"]
        push = service.subscribe(key)
        await post(page, "notices/subscribe", {**push.subscription, "language": language})
        await post(page, "notices/seen", {"all": True})
        made = Phone(hub, context, page, push)
        await made.ready()
        yield made
    finally:
        await context.close()


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
async def test_what_the_hub_sends_stands_on_the_lock_screen(
    hub: RunningHub, chromium: Browser, push_service: PushService, locale: str
) -> None:
    async with phone(hub, chromium, push_service, locale) as one:
        await one.away()
        await one.ring()
        said = await one.deliver()
        (shown,) = await one.shows(1)
        chinese = locale == "zh-CN"
        assert shown["title"] == ("有人按门铃" if chinese else "Somebody is at the door") and shown["body"]
        assert shown["actions"] == (["打开", "知道了"] if chinese else ["Open", "Seen"])
        assert shown["lang"] == ("zh" if chinese else "en") and shown["data"] == {"id": said["id"]}
        assert not shown["silent"] and not shown["stays"]


async def test_a_page_that_is_looked_at_shows_it_alone(
    hub: RunningHub, chromium: Browser, push_service: PushService
) -> None:
    async with phone(hub, chromium, push_service) as one:
        await expect(one.page.locator("html")).to_have_attribute("data-face", "phone")
        await one.ring()
        await expect(one.page.get_by_role("status").filter(has_text="Doorbell")).to_be_visible(timeout=SLOW)
        await one.deliver()
        await one.hand_until_shown(json.dumps({"id": "", "title": "the next", "body": ""}))  # it shows in any case
        assert [shown["title"] for shown in await one.shows(1)] == ["the next"]


async def test_a_page_that_lost_the_hub_does_not_keep_it_back(
    hub: RunningHub, chromium: Browser, push_service: PushService
) -> None:
    async with phone(hub, chromium, push_service) as one:
        await one.ring()
        await until(lambda: one._push.told())
        await one.page.route_web_socket("**/*", lambda socket: socket.close())
        await one.context.set_offline(True)
        await one.page.reload()
        await one.page.locator("main").first.wait_for()
        await one.deliver()
        assert [shown["title"] for shown in await one.shows(1)] == ["Somebody is at the door"]


async def test_a_ring_that_comes_late_is_told_as_what_was(
    hub: RunningHub, chromium: Browser, push_service: PushService
) -> None:
    async with phone(hub, chromium, push_service) as one:
        await one.away()
        await one.ring()
        await one.deliver(until=time.time() - 600)
        (shown,) = await one.shows(1)
        assert shown["title"] == "Somebody was at the door" and shown["silent"]
        # A clock that is off by a day must not make every ring an old one.
        await one.hand(json.dumps({"id": "x", "title": "now", "late": "then", "until": time.time() - 86_400}))
        assert sorted(shown["title"] for shown in await one.shows(2)) == ["Somebody was at the door", "now"]


async def test_the_same_notice_stands_there_once(hub: RunningHub, chromium: Browser, push_service: PushService) -> None:
    async with phone(hub, chromium, push_service) as one:
        await one.away()
        for title in ("one", "two", "three"):
            await one.hand(json.dumps({"id": "same", "title": title}))
        await until_title(one, "three")
        await one.hand("no json at all")
        assert sorted(shown["title"] for shown in await one.shows(2)) == ["Wayhome", "three"]


async def until_title(one: Phone, title: str) -> None:
    with anyio.fail_after(30):
        while [shown["title"] for shown in await one.lock_screen()] != [title]:
            await anyio.sleep(0.05)


async def test_a_tap_opens_the_notices_and_what_is_seen_elsewhere_is_gone(
    hub: RunningHub, chromium: Browser, push_service: PushService
) -> None:
    async with phone(hub, chromium, push_service) as one:
        await one.page.goto(f"{hub.url}/#/car")
        await one.hand_until_shown(json.dumps({"id": "", "title": "a test"}))
        await one.click()
        await expect(one.page).to_have_url(f"{hub.url}/#/notices")  # the page that was open, not loaded anew
        assert len(one.context.pages) == 1
        await one.shows(0)
        await one.away()
        await one.ring()
        said = await one.deliver()
        await one.shows(1)
        await one.ask("notices/seen", {"ids": [said["id"]]})  # on another screen
        await one.page.goto(hub.url)
        await one.shows(0)


async def test_seen_on_the_lock_screen_is_seen_everywhere(
    hub: RunningHub, chromium: Browser, push_service: PushService
) -> None:
    async with phone(hub, chromium, push_service) as one:
        await one.away()
        await one.ring()
        said = await one.deliver()
        await one.shows(1)
        await one.click("seen")
        await one.shows(0)
        listed = (await (await one.context.request.get(f"{hub.url}/api/notices/list")).json())["notices"]
        assert next(notice for notice in listed if notice["id"] == said["id"])["seen"]


async def test_a_device_that_is_signed_out_keeps_nothing(
    hub: RunningHub, chromium: Browser, push_service: PushService
) -> None:
    async with phone(hub, chromium, push_service) as one:
        await one.away()
        await one.ring()
        await one.deliver()
        await one.shows(1)
        me = await (await one.context.request.get(f"{hub.url}/api/people/me")).json()
        with hub.api() as operator:
            assert operator.post("/api/people/revoke", json={"device": me["device"]}).is_success
        await one.page.goto(hub.url)  # or it was open: then at once
        await one.shows(0)
