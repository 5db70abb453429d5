"""Turning push on, what is chosen, and what a hub that comes up again still owes."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.features.notices.house import SMOKE, claims, house
from tests.peers.push_service import PushService
from wayhome.errors import BadInput, NotAllowed, NotFound, TooMany
from wayhome.features.notices.push.encryption import public_bytes, to_text
from wayhome.features.notices.push.subscriptions import OF_PERSON

pytestmark = [pytest.mark.anyio, pytest.mark.real]


async def test_a_test_says_what_the_service_says(push_service: PushService) -> None:
    async with house(push_service) as home:
        phone = await home.device()
        with pytest.raises(NotFound, match="push is off"):
            await home.ask(phone, "notices.test")
        browser = await home.subscribe(phone, push_service, language="zh")
        await home.ask(phone, "notices.test")
        assert [m["title"] for m in browser.told()] == ["推送已开通"] and browser.told()[0]["id"] == ""
        with pytest.raises(TooMany):
            await home.ask(phone, "notices.test")
        home.world.clock.move(6)
        browser.expire()
        with pytest.raises(NotFound, match="no longer knows"):
            await home.ask(phone, "notices.test")
        assert (await home.ask(phone, "notices.chosen"))["device"] is None


async def test_a_house_that_is_out_of_the_way_is_not_called() -> None:
    async with house() as home:
        phone = await home.device()
        for endpoint in ("https://127.0.0.1/notify/x", "https://localhost/notify/x", "http://push.example.com/x"):
            with pytest.raises(BadInput):
                key = to_text(public_bytes(ec.generate_private_key(ec.SECP256R1())))
                await home.ask(phone, "notices.subscribe", {"endpoint": endpoint, "p256dh": key, "auth": "A" * 22})


async def test_limits_of_devices(push_service: PushService) -> None:
    async with house(push_service) as home:
        for n in range(OF_PERSON):
            await home.subscribe(await home.device(id=f"anna-{n}"), push_service)
        with pytest.raises(TooMany):
            await home.subscribe(await home.device(id="anna-more"), push_service)
        await home.subscribe(await home.device(id="anna-0"), push_service)  # anew is not one more
        assert len(home.notices.subscriptions.all()) == OF_PERSON


async def test_what_is_left_out_stays(push_service: PushService) -> None:
    async with house(push_service) as home:
        phone = await home.device()
        with pytest.raises(NotFound):
            await home.ask(phone, "notices.choose", {"device": {"details": False}})
        await home.subscribe(phone, push_service, language="zh", details=False)
        await home.ask(phone, "notices.choose", {"device": {"kinds": ["smoke"]}})
        await home.subscribe(phone, push_service)
        chosen = await home.ask(phone, "notices.chosen")
        assert chosen["device"] == {"kinds": ["smoke"], "details": False, "language": "zh"}
        await home.ask(phone, "notices.choose", {"device": {"kinds": None, "language": "en"}})
        chosen = await home.ask(phone, "notices.chosen")
        assert chosen["device"] == {"kinds": None, "details": False, "language": "en"}


async def test_the_contact_is_the_owners_to_name(push_service: PushService) -> None:
    async with house(push_service) as home:
        owner, member = await home.device("anna"), await home.device("mei", "member")
        browser = await home.subscribe(owner, push_service)
        with pytest.raises(NotAllowed):
            await home.ask(member, "notices.contact", {"contact": "mei@example.com"})
        assert (await home.ask(owner, "notices.contact", {"contact": "anna@example.com"}))[
            "contact"
        ] == "anna@example.com"
        assert (await home.ask(member, "notices.chosen"))["contact"] is None
        await home.ring()
        await home.quiet()
        assert claims(browser.posts[0].headers["authorization"])["sub"] == "mailto:anna@example.com"
        key = {"p256dh": browser.p256dh, "auth": browser.auth}
        apple = {"endpoint": "https://web.push.apple.com/QGZx", **key}
        await home.ask(member, "notices.subscribe", apple)
        assert not (await home.ask(member, "notices.chosen"))["contact_missing"]
        await home.ask(owner, "notices.contact", {"contact": ""})
        assert (await home.ask(member, "notices.chosen"))["contact_missing"]
        assert not (await home.ask(owner, "notices.chosen"))["contact_missing"]
        async with house(push_service, vault=home.world.vault) as again:
            assert again.notices.contact == ""


async def test_the_hub_comes_up_again_and_repeats_nothing(push_service: PushService) -> None:
    async with house(push_service) as home:
        phone = await home.device()
        browser = await home.subscribe(phone, push_service)
        home.tell({SMOKE: True})
        home.car(door=True)
        await home.wait(320, 10)
        await home.ring()
        await home.ask(phone, "notices.seen", {"ids": [home.all[0].id]})
        await home.quiet()
        assert len(browser.told()) == 3
        disk, vault, at = list(home.world.store.disk), home.world.vault, home.world.clock.now()
        key = home.notices.vapid.public
    async with house(push_service, disk=disk, vault=vault, at=at + 60, calm=False) as home:
        assert home.notices.vapid.public == key
        assert home.standing == ["doorbell", "left_open", "smoke"]
        assert home.all[0].seen.keys() == {"anna"}
        home.tell({SMOKE: True, "bell/binary_sensor.on": False})
        home.car(door=True, speed=0.0, gear=126, power="OFF", locked=True, window=0, trunk=False, seat="EMPTY")
        await home.wait(600, 10)
        await home.quiet()
        assert home.standing == ["left_open", "smoke"] and len(browser.told()) == 3
        home.tell({SMOKE: False})
        home.car(door=False)
        await home.wait(60)
        assert home.standing == []


async def test_a_ring_that_is_over_when_the_hub_comes_up_stands_no_more(push_service: PushService) -> None:
    async with house(push_service) as home:
        await home.ring()
        disk, at = list(home.world.store.disk), home.world.clock.now()
    async with house(push_service, disk=disk, at=at + 400) as home:
        await home.wait(2)
        assert home.standing == [] and home.kinds == ["doorbell"]


async def test_what_could_not_be_sent_before_the_hub_went_down_is_sent_after(push_service: PushService) -> None:
    async with house(push_service, first=30.0) as home:
        phone, tablet = await home.device(), await home.device(id="anna-tablet")
        one, other = await home.subscribe(phone, push_service), await home.subscribe(tablet, push_service)
        push_service.bad_days.append((503, {}))
        home.tell({SMOKE: True})
        await home.wait(2)
        await home.until(lambda: len(one.posts + other.posts) == 2)
        await home.until(lambda: home.notices.sender.under_way == 1)
        told = [len(browser.told()) for browser in (one, other)]
        assert sorted(told) == [0, 1]
        disk, vault, at = list(home.world.store.disk), home.world.vault, home.world.clock.now()
    async with house(push_service, disk=disk, vault=vault, at=at + 30, calm=False) as home:
        await home.quiet()
        assert [len(browser.told()) for browser in (one, other)] == [1, 1]
        assert home.all[0].owed == ()
        late = max((*one.posts, *other.posts), key=lambda post: post.at)
        assert int(late.headers["ttl"]) < 4 * 3600 - 25
    async with house(push_service, disk=list(home.world.store.disk), vault=vault, at=at + 60, calm=False) as home:
        await home.wait(3)
        await home.quiet()
        assert [len(browser.told()) for browser in (one, other)] == [1, 1]


async def test_what_is_worth_no_more_by_then_is_not(push_service: PushService) -> None:
    async with house(push_service, first=30.0) as home:
        browser = await home.subscribe(await home.device(), push_service)
        push_service.bad_days.append((503, {}))
        await home.ring()
        await home.until(lambda: browser.posts)
        disk, vault, at = list(home.world.store.disk), home.world.vault, home.world.clock.now()
    async with house(push_service, disk=disk, vault=vault, at=at + 200, calm=False) as home:
        await home.quiet()
        assert len(browser.posts) == 1
