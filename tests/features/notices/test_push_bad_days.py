"""Push services that are busy, refuse, hang, know a browser no more; and a flood of messages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.features.notices.house import SMOKE, House, house
from tests.peers.push_service import PushService
from wayhome.errors import Unreachable
from wayhome.features.notices import model
from wayhome.features.notices.conditions import Condition
from wayhome.features.notices.push.sender import AT_ONCE, WAITING

pytestmark = [pytest.mark.anyio, pytest.mark.real]


async def test_a_busy_service_is_asked_again_and_left_alone_as_long_as_it_says(push_service: PushService) -> None:
    async with house(push_service) as home:
        browser = await home.subscribe(await home.device(), push_service)
        push_service.bad_days += [(429, {"Retry-After": "1"}), (500, {}), (503, {})]
        await home.ring()
        await home.quiet()
        assert [post.status for post in browser.posts] == [429, 500, 503, 201]
        first, second = browser.posts[:2]
        assert second.at - first.at >= 1
        assert len(browser.told()) == 1
        lasting = [int(post.headers["ttl"]) for post in browser.posts]
        assert lasting == sorted(lasting, reverse=True) and lasting[0] <= 120


async def test_a_message_that_is_worth_no_more_is_given_up(push_service: PushService) -> None:
    async with house(push_service) as home:
        browser = await home.subscribe(await home.device(), push_service)
        push_service.bad_days += [(503, {"Retry-After": "600"})] * 3
        await home.ring()  # worth two minutes
        await home.quiet()
        assert [post.status for post in browser.posts] == [503] and home.all[0].owed == ()


@pytest.mark.parametrize("status", [400, 401, 403, 413])
async def test_a_refusal_is_no_reason_to_go_on(push_service: PushService, status: int) -> None:
    async with house(push_service) as home:
        phone = await home.device()
        browser = await home.subscribe(phone, push_service)
        push_service.bad_days.append((status, {}))
        await home.ring()
        await home.quiet()
        assert [post.status for post in browser.posts] == [status]
        assert (await home.ask(phone, "notices.chosen"))["device"] is not None  # it may be right again
        await home.wait(400, 10)
        await home.ring()
        await home.quiet()
        assert len(browser.told()) == 1


async def test_a_browser_that_is_gone_is_forgotten(push_service: PushService) -> None:
    async with house(push_service) as home:
        phone, tablet = await home.device(), await home.device(id="anna-tablet")
        one, other = await home.subscribe(phone, push_service), await home.subscribe(tablet, push_service)
        one.expire()
        await home.ring()
        await home.quiet()
        assert [post.status for post in one.posts] == [410] and len(other.told()) == 1
        assert (await home.ask(phone, "notices.chosen"))["device"] is None
        # Its keys go a moment later.
        await home.until(lambda: not any("anna-phone" in name for name in home.world.vault._secrets))


async def test_a_service_that_hangs_holds_up_nobody_else(push_service: PushService, tmp_path: Any) -> None:
    hanging = PushService(tmp_path / "hanging")
    hanging.up()
    try:
        push_service.trust.load_verify_locations(hanging.certificate)
        async with house(push_service) as home:
            home.notices.sender._http._transport._pool._ssl_context.load_verify_locations(  # type: ignore[attr-defined]
                hanging.certificate
            )
            hanging.hangs.set()
            slow = [await home.subscribe(await home.device(id=f"anna-{n}"), hanging) for n in range(AT_ONCE + 2)]
            quick = await home.subscribe(await home.device("mei", "member"), push_service)
            home.tell({SMOKE: True})
            await home.wait(2)
            await home.until(lambda: len(quick.posts) == 1)
            assert len(hanging.posts) <= AT_ONCE and quick.told()[0]["title"] == "Smoke"
            hanging.hangs.clear()
            await home.until(lambda: all(browser.told() for browser in slow))
    finally:
        hanging.down()


async def test_a_flood_has_an_end(push_service: PushService) -> None:
    async with house(push_service, first=30.0) as home:
        browser = await home.subscribe(await home.device(), push_service)
        push_service.bad_days += [(503, {})] * 200
        for n in range(60):
            home.notices.teller.tell(_notice(home, n))
        assert home.notices.sender.under_way <= WAITING
        for _ in range(60):  # the same again: the newer takes the older one's place
            home.notices.teller.tell(_notice(home, 3))
        assert home.notices.sender.under_way <= WAITING
        assert browser.told() == []


def _notice(home: House, n: int) -> model.Notice:
    path = "bell/binary_sensor.on"
    return home.notices.shelf.begin(Condition("doorbell", f"{path}#{n}", "bell", path, True, {"name": "Bell"}))


async def test_a_service_that_nobody_trusts_gets_nothing(push_service: PushService, tmp_path: Any) -> None:
    async with house(push_service) as home:
        stranger = PushService(tmp_path / "stranger")
        stranger.up()
        try:
            phone = await home.device()
            browser = await home.subscribe(phone, stranger)
            with pytest.raises(Unreachable, match="does not answer"):
                await home.ask(phone, "notices.test")
            assert browser.posts == []
        finally:
            stranger.down()
