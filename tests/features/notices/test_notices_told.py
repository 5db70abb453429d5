"""Who is told by push, and what: through the real push service, which checks the hub's signature and decrypts."""

from __future__ import annotations

import json
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.features.notices.house import SMOKE, claims, house
from tests.peers.push_service import PushService, details
from wayhome.features.notices.push.encryption import public_bytes, to_text

pytestmark = [pytest.mark.anyio, pytest.mark.real]


async def test_a_ring_reaches_a_phone(push_service: PushService) -> None:
    async with house(push_service) as home:
        phone = await home.device()
        browser = await home.subscribe(phone, push_service)
        await home.ring()
        await home.quiet()
        (post,) = browser.posts
        assert post.status == 201, post.reason
        (said,) = browser.told()
        notice = home.all[0]
        assert said == {
            "id": notice.id,
            "title": "Somebody is at the door",
            "body": "Front door",
            "lang": "en",
            "at": notice.at,
            "until": notice.at + 120,
            "late": "Somebody was at the door",
            "labels": {"seen": "Seen", "open": "Open"},
        }
        assert notice.owed == ()
        headers = post.headers
        assert (headers["ttl"], headers["urgency"], headers["content-encoding"]) == ("120", "high", "aes128gcm")
        assert len(headers["topic"]) == 32 and "bell" not in headers["topic"]
        told = claims(headers["authorization"])
        assert told["aud"] == push_service.url and 0 < told["exp"] - time.time() <= 86_400
        assert told["sub"].startswith("https://")
        assert len(post.body) < 1_200 and b"door" not in post.body


async def test_our_messages_look_as_the_usual_sender_makes_them(push_service: PushService) -> None:
    async with house(push_service) as home:
        phone = await home.device()
        browser = await home.subscribe(phone, push_service)
        await home.ring()
        await home.quiet()
        ours = browser.posts[0].headers
        key = ec.generate_private_key(ec.SECP256R1())
        options = {
            "vapidDetails": {
                "subject": "https://example.com",
                "publicKey": to_text(public_bytes(key)),
                "privateKey": to_text(key.private_numbers().private_value.to_bytes(32, "big")),
            },
            "TTL": 120,
            "urgency": "high",
            "topic": "door",
            "contentEncoding": "aes128gcm",
        }
        keys = {"p256dh": browser.p256dh, "auth": browser.auth}
        theirs = details({"endpoint": browser.endpoint, "keys": keys}, "hello", options)
        named = {name.lower(): str(value) for name, value in theirs["headers"].items()}
        assert set(named) <= set(ours)
        assert all(ours[name] == named[name] for name in ("ttl", "urgency", "content-encoding", "content-type"))
        assert set(claims(ours["authorization"])) == set(claims(named["authorization"]))
        assert claims(ours["authorization"])["aud"] == claims(named["authorization"])["aud"]
        assert ours["authorization"].partition("t=")[0] == named["authorization"].partition("t=")[0]


async def test_each_in_their_language_and_as_much_as_they_want(push_service: PushService) -> None:
    async with house(push_service) as home:
        anna, mei = await home.device("anna"), await home.device("mei", "member")
        english = await home.subscribe(anna, push_service, details=False)
        chinese = await home.subscribe(mei, push_service, language="zh")
        await home.ring()
        await home.quiet()
        assert [(m["title"], m["body"]) for m in chinese.told()] == [("有人按门铃", "Front door")]
        (hidden,) = english.told()
        assert hidden["title"] == "Wayhome" and "door" not in json.dumps(hidden).lower()
        # What the push service sees of the two: nothing tells them apart.
        assert len(english.posts[0].body) == len(chinese.posts[0].body)


async def test_by_choice_of_the_person_and_of_the_device(push_service: PushService) -> None:
    async with house(push_service) as home:
        phone, tablet = await home.device(), await home.device(id="anna-tablet")
        one, other = await home.subscribe(phone, push_service), await home.subscribe(tablet, push_service)
        await home.ask(phone, "notices.choose", {"kinds": ["doorbell", "smoke"]})
        await home.ask(tablet, "notices.choose", {"device": {"kinds": ["smoke"]}})
        chosen = await home.ask(tablet, "notices.chosen")
        assert chosen["kinds"] == ["doorbell", "smoke"] and chosen["device"]["kinds"] == ["smoke"]
        assert chosen["devices"] == 2
        await home.ring()
        await home.quiet()
        home.tell({SMOKE: True, "leak/binary_sensor.on": True})
        await home.wait(5)
        await home.quiet()
        assert [m["title"] for m in one.told()] == ["Somebody is at the door", "Smoke"]
        assert [m["title"] for m in other.told()] == ["Smoke"]
        assert "water" in home.kinds  # every open screen shows it all the same


async def test_quiet_hours_are_the_persons_and_danger_comes_through(push_service: PushService) -> None:
    async with house(push_service) as home:
        anna, mei = await home.device("anna"), await home.device("mei", "member")
        one, other = await home.subscribe(anna, push_service), await home.subscribe(mei, push_service)
        minute = int(home.world.clock.now() // 60 % 1440)  # the household's zone here is UTC
        quiet = {"start": (minute - 30) % 1440, "end": (minute + 30) % 1440}
        await home.ask(anna, "notices.choose", {"quiet": quiet})
        await home.ring()
        await home.quiet()
        home.tell({SMOKE: True})
        await home.wait(2)
        await home.quiet()
        assert [m["title"] for m in one.told()] == ["Smoke"]
        assert [m["title"] for m in other.told()] == ["Somebody is at the door", "Smoke"]
        home.world.clock.move(3_600)
        await home.ring()
        await home.quiet()
        assert len(one.told()) == 2
        await home.ask(anna, "notices.choose", {"quiet": None})
        assert (await home.ask(anna, "notices.chosen"))["quiet"] is None


async def test_who_may_not_see_the_thing_is_not_told(push_service: PushService) -> None:
    async with house(push_service) as home:
        owner, guest = await home.device("anna"), await home.device("ben", "guest")
        one, other = await home.subscribe(owner, push_service), await home.subscribe(guest, push_service)
        await home.ring()
        await home.quiet()
        assert len(one.told()) == 1 and other.posts == []
        listed = await home.ask(guest, "notices.list")
        assert listed == {"notices": [], "cut": False}
        id = home.all[0].id
        await home.ask(guest, "notices.seen", {"ids": [id], "all": True})
        assert home.all[0].seen == {}  # nor can they wipe it away
        await home.world.grant("person:ben", "read bell/**")
        await home.turn()
        assert [n["kind"] for n in (await home.ask(guest, "notices.list"))["notices"]] == ["doorbell"]
        await home.wait(400, 10)
        await home.ring()
        await home.quiet()
        assert len(other.told()) == 1


async def test_a_door_that_is_left_open_is_told_as_far_as_one_may_know(push_service: PushService) -> None:
    async with house(push_service) as home:
        guest = await home.device("ben", "guest")
        await home.world.grant("person:ben", "read car/Vehicle.Cabin.**")
        browser = await home.subscribe(guest, push_service)
        home.car(trunk=True, door=True)
        await home.wait(320, 10)
        await home.quiet()
        assert home.standing == ["left_open"] and browser.posts == []


@pytest.mark.parametrize("how", ["signed out", "person removed", "over", "moved to another person", "push turned off"])
async def test_it_ends_with_the_device(push_service: PushService, how: str) -> None:
    async with house(push_service) as home:
        session = await home.device("mei", "member")
        await home.device("anna")
        browser = await home.subscribe(session, push_service)
        household, context = home.world.hub.household, home.world.context()
        assert any("mei-phone" in name for name in await home.world.vault.names())
        if how == "signed out":
            await household.delete("device", "mei-phone", context)
        elif how == "person removed":
            await household.delete("person", "mei", context)
        elif how == "over":
            await household.write("device", "mei-phone", {"until": home.world.clock.now() - 1}, context)
        elif how == "push turned off":
            await home.ask(session, "notices.unsubscribe")
        else:
            await household.write("device", "mei-phone", {"person": "anna"}, context)
        await home.turn()
        await home.ring()
        await home.quiet()
        assert browser.posts == []
        if how in ("signed out", "person removed", "push turned off"):
            assert not any("mei-phone" in name for name in await home.world.vault.names())


async def test_a_browser_that_is_paired_anew_is_told_once(push_service: PushService) -> None:
    async with house(push_service) as home:
        old, new = await home.device(id="anna-old"), await home.device(id="anna-new")
        browser = await home.subscribe(old, push_service)
        await home.ask(new, "notices.subscribe", browser.subscription)
        await home.ring()
        await home.quiet()
        assert len(browser.told()) == 1
        assert (await home.ask(old, "notices.chosen"))["device"] is None


async def test_secrets_are_sealed_and_in_no_record_and_no_log(
    push_service: PushService, capfd: pytest.CaptureFixture[str]
) -> None:
    async with house(push_service) as home:
        phone = await home.device()
        browser = await home.subscribe(phone, push_service)
        push_service.bad_days += [(400, {}), (503, {})]
        await home.ring()
        await home.quiet()
        home.tell({SMOKE: True})
        await home.wait(2)
        await home.quiet()
        hub = home.world.hub
        kept = repr(hub.household.house.collections) if hasattr(hub.household.house, "collections") else ""
        kept += repr(home.world.store.disk)
        secret = browser.endpoint.rsplit("/", 1)[1]
        assert "notice" in kept
        for text in (kept, *capfd.readouterr()):
            assert secret not in text and browser.auth not in text
        shown = json.dumps(await home.ask(phone, "notices.chosen"))
        assert secret not in shown and browser.auth not in shown
