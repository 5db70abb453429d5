"""What is seen on one screen is seen on all, and whoever drives sees what it is and no more."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.features.notices.house import SMOKE, house
from tests.peers.push_service import PushService
from wayhome.errors import NotWhileDriving
from wayhome.features.notices import model

pytestmark = [pytest.mark.anyio, pytest.mark.real]


async def test_seen_on_one_screen_is_seen_on_all(push_service: PushService) -> None:
    async with house(push_service) as home:
        phone, tablet, mei = (
            await home.device(),
            await home.device(id="anna-tablet"),
            await home.device("mei", "member"),
        )
        await home.ring()
        (listed,) = (await home.ask(tablet, "notices.list"))["notices"]
        assert not listed["seen"] and "key" not in listed["values"]
        mark = (await home.ask(tablet, "notices.chosen"))["you"]
        assert mark not in json.dumps(home.shown)
        await home.ask(phone, "notices.seen", {"ids": [listed["id"]]})
        assert [notice["seen"] for notice in home.shown.values()] == [[mark]]
        assert (await home.ask(tablet, "notices.list"))["notices"][0]["seen"]
        assert not (await home.ask(mei, "notices.list"))["notices"][0]["seen"]
        assert "anna" not in json.dumps(home.shown)  # whoever sees the bell need not know who lives here


async def test_a_message_that_waits_is_not_sent_once_somebody_has_seen_it(push_service: PushService) -> None:
    async with house(push_service, first=4.0) as home:
        phone = await home.device()
        browser = await home.subscribe(phone, push_service)
        push_service.bad_days.append((503, {}))
        home.tell({SMOKE: True})
        await home.wait(2)
        await home.until(lambda: browser.posts)
        await home.ask(phone, "notices.seen", {"all": True})
        await home.quiet()
        assert [post.status for post in browser.posts] == [503] and browser.told() == []


async def test_two_see_at_once_while_the_disk_is_slow() -> None:
    async with house() as home:
        anna, mei = await home.device("anna"), await home.device("mei", "member")
        await home.ring()
        home.tell({SMOKE: True})
        await home.wait(2)
        home.world.store.held = []
        both = [asyncio.create_task(home.ask(one, "notices.seen", {"all": True})) for one in (anna, mei)]
        await home.turn()
        assert not any(task.done() for task in both)  # not before it is kept
        home.world.store.release()
        home.world.store.held = None
        await asyncio.gather(*both)
        records = home.world.hub.household.records(model.NOTICE)
        assert [sorted(notice.seen) for notice in model.notices(records).values()] == [["anna", "mei"]] * 2


async def test_whoever_drives_is_told_what_and_no_more(push_service: PushService) -> None:
    async with house(push_service) as home:
        seat: dict[str, Any] = {"seat": "driver", "car": "car"}
        glass, tablet = await home.device(**seat), await home.device("mei", "member", seat="passenger", car="car")
        one, other = await home.subscribe(glass, push_service), await home.subscribe(tablet, push_service)
        for _ in range(8):
            await home.ring()
            await home.wait(400, 50)
        home.car(power="ON", gear=127, speed=50.0)
        await home.wait(2)
        await home.ring()
        await home.quiet()
        assert (one.told()[-1]["title"], one.told()[-1]["body"]) == ("Somebody is at the door", "")
        assert other.told()[-1]["body"] == "Front door"
        listed = await home.ask(glass, "notices.list")
        assert len(listed["notices"]) == 6 and listed["cut"]
        assert all(notice["values"] == {} for notice in listed["notices"])
        assert (await home.ask(tablet, "notices.list"))["notices"][0]["values"] == {"name": "Front door"}
        for name in ("notices.choose", "notices.test", "notices.contact"):
            with pytest.raises(NotWhileDriving):
                await home.ask(glass, name, {"contact": ""} if name == "notices.contact" else {})
        await home.ask(glass, "notices.seen", {"all": True})  # one tap is not typing
