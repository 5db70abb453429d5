"""A phone that left without a word: for a while its line stands, and takes what nobody gets. And one that comes back
meanwhile by another."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.links.kdeconnect.house import household, soon, until
from tests.links.kdeconnect.pocket import Pocket, in_pocket
from tests.links.kdeconnect.test_calls import ready as looks
from tests.links.kdeconnect.test_clipboard import NOW, given_to, put, ready
from tests.links.kdeconnect.test_messages import two
from tests.links.kdeconnect.test_notifications import ada, has, say
from tests.peers.android import Android
from tests.peers.places import Places
from wayhome.errors import Unreachable
from wayhome.links.kdeconnect import calls, clipboard, lines, messages, presence

pytestmark = pytest.mark.anyio


async def test_a_text_that_a_dead_line_took_is_given_again(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "REPLACED", 0.1)
    async with household() as house:
        await ready(house)
        one, given = await given_to(house, owner="ada")
        dead = one.falls_silent()
        await put(house, "on the way out")
        await asyncio.sleep(0.2)
        assert given == []
        await one.comes(house)
        await soon(lambda: given == [(NOW, "on the way out")])
        await soon(dead._writer.is_closing)  # the hub has given it up
        # What has surely come is not given again: what the phone has by now may be newer, and nobody could tell.
        monkeypatch.setattr(clipboard, "UNSURE", 0.0)
        one.goes()
        await soon(lambda: not house.online("phone"))
        await one.comes(house)
        await asyncio.sleep(0.3)
        assert len(given) == 1


@contextmanager
def _cut(places: Places) -> Iterator[None]:
    """Meanwhile nothing comes by the road to the pocket."""
    places.cut("pocket", 1)
    try:
        yield
    finally:
        places.mend("pocket", 1, via="10.77.1.1")


async def _far(places: Places, one: Android) -> None:
    """It comes by the road that can be cut."""
    with places.inside("pocket"):
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    await one.comes(made=made)


async def test_an_answer_that_does_not_come_there_is_not_said_to(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "ARRIVES", 0.4)
    monkeypatch.setattr(presence, "REPLACED", 0.1)
    async with household() as house:
        screen, one = await ada(house), Android()
        await _far(places, one)
        await until(house, one.id, lambda is_: is_.online)
        one.pairs()
        await until(house, one.id, lambda is_: is_.state == "asks")
        await house.call("confirm", one.id, owner="ada")
        one.tells("1", "Mei", "When are you here?", requestReplyId="r")
        [shown] = await has(house, "When are you here?")
        with _cut(places):
            with pytest.raises(Unreachable):
                await say(screen, "reply", shown["id"], "At eight")
            thing: Any = (await house.one(one.id)).thing
            await soon(lambda: not house.online(thing))
        one.goes()
        await _far(places, one)
        await soon(lambda: one.asked == 2)
        assert one.answered == [], "it comes no more, as it was said"
        assert await say(screen, "reply", shown["id"], "At eight") == "Pixel"
        await soon(lambda: one.answered == [("r", "At eight")])


async def test_a_message_and_a_call_that_do_not_come_there_are_not_said_to(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "ARRIVES", 0.4)
    monkeypatch.setattr(presence, "REPLACED", 0.1)
    async with household() as house:
        ada, pocket = await looks(house), Pocket()
        pocket.messages = two()
        with places.inside("pocket"):
            thing = await in_pocket(house, pocket)
        await ada.conversations()
        pocket.rings("+49 170 1234567", "Mei")
        await soon(ada.calls)
        [ringing] = ada.calls()
        letter = ada.sealed(text="On my way")
        wishes: list[tuple[str, dict[str, Any]]] = [
            ("send", {"phone": thing, "conversation": 7, **letter}),
            ("call", {"phone": thing, **ada.sealed(text="+491701234567")}),
            ("mute", {"call": ringing["id"]}),
        ]
        for verb, data in wishes:
            with _cut(places):
                with pytest.raises(Unreachable):
                    await ada.ask(verb, **data)
                await soon(lambda: not house.online(thing))
            pocket.goes()
            with places.inside("pocket"):
                await pocket.comes(house)
                await soon(lambda: house.online(thing))
            pocket.rings("+49 170 1234567", "Mei")
            await soon(lambda: any(one["state"] == "ringing" for one in ada.calls()))
            wishes[-1][1]["call"] = next(one["id"] for one in ada.calls() if one["state"] == "ringing")
        items, _ = await ada.read(thing, 7)
        assert "On my way" not in [one["text"] for one in items], "it is on no way"
        pocket.asked.clear()
        for verb, data in wishes:
            assert await ada.ask(verb, **data) == {"phone": "Pocket"}
        wished = (messages.SEND, calls.MUTE, "kdeconnect.share.request")
        await soon(lambda: all(pocket.of(type) for type in wished))
        assert [len(pocket.of(type)) for type in wished] == [1, 1, 1]
        assert await ada.ask("send", **wishes[0][1]) == {"phone": "Pocket"}  # the same once more goes once
        await asyncio.sleep(0.2)
        assert len(pocket.of(messages.SEND)) == 1


async def test_who_comes_back_by_another_line_tells_all_again(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "REPLACED", 0.1)
    async with household() as house:
        await ready(house)
        one = Android()
        await one.comes()
        await until(house, one.id, lambda is_: is_.online)
        one.pairs()
        await until(house, one.id, lambda is_: is_.state == "asks")
        await house.call("confirm", one.id, owner="ada")
        await soon(lambda: one.asked == 1)
        await asyncio.sleep(0.2)
        one.shows["1"] = {"id": "1", "appName": "Chat", "title": "Mei", "text": "while nobody heard", "ticker": "x"}
        await one.comes()  # its line of before is not closed by anybody
        await has(house, "while nobody heard")
        assert one.asked == 2
