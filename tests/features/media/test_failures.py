"""Handing over where the other player does not do as it was told: whatever fails, no piece is heard in two rooms
unless that is said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.world import World
from wayhome.adapters.catalog_files import load_catalog
from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.core.thing import Thing
from wayhome.core.value import Fact, Value
from wayhome.errors import Unreachable
from wayhome.features.media import feature, handing

pytestmark = pytest.mark.anyio
ALL = {f"media_player.{word}": Refinement() for word in ("state", "playing", "media", "position", "duration")}


class Players:
    """Two of them. ``odd``: what the second one does at a wish, by its signal's last word, in place of doing it."""

    def __init__(self, world: World, session: Any) -> None:
        self.world, self.session = world, session
        self.odd: dict[str, Any] = {}
        self.wished: list[tuple[str, Value]] = []
        host = world.puppet.host
        self.mark = host.playable("http://music/one.flac") or ""
        host.announce([Thing(id, id, "puppet", "speaker", ALL) for id in ("here", "there")])
        host.online(["here", "there"], True)
        self.says("here", media=self.mark, state="playing", playing=True, position=30.0, duration=200.0)
        self.says("there", media=None, state="idle", playing=False)
        world.puppet.execute = self.execute  # type: ignore[method-assign]

    def says(self, thing: str, **facts: Value) -> None:
        self.world.puppet.host.report(Fact(f"{thing}/media_player.{word}", value) for word, value in facts.items())

    async def execute(self, command: Command) -> None:
        thing, _, signal = command.path.partition("/")
        word, target = signal.rpartition(".")[2], command.target
        self.wished.append((f"{thing} {word}", target))
        odd = self.odd.get(word) if thing == "there" else None
        if isinstance(odd, Exception):
            raise odd
        if odd is not None:
            self.says(thing, **odd)
        elif word == "media":
            self.says(thing, media=target, state="playing", playing=True)
        elif word == "playing":
            self.says(thing, playing=target, state="playing" if target is True else "paused")
        else:
            self.says(thing, **{word: target})

    def heard(self, thing: str) -> bool:
        found = self.world.hub.household.house.readings[f"{thing}/media_player.state"].value
        return found in ("playing", "buffering")

    async def over(self) -> str:
        return (await self.session.call("media.hand_over", {"player": "here", "to": "there"})).state  # type: ignore[no-any-return]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PLAYS_WITHIN", "THERE_WITHIN", "PAUSED_WITHIN"):
        monkeypatch.setattr(handing, name, 0.3)


@asynccontextmanager
async def two() -> AsyncIterator[Players]:
    async with World(features={"media": feature}, catalog=load_catalog()) as world:
        yield Players(world, await world.session())


async def test_all_goes_well(quick: None) -> None:
    async with two() as it:
        assert await it.over() == "done"
        assert it.heard("there") and not it.heard("here")


async def test_what_begins_but_never_says_that_it_plays_is_paused_there(quick: None) -> None:
    async with two() as it:
        it.odd["media"] = {"media": it.mark, "state": "buffering", "playing": True}
        assert await it.over() == "kept"
        assert it.heard("here") and not it.heard("there")
        assert it.wished[-1] == ("there playing", False)


async def test_what_can_t_be_sent_to_the_place_and_not_be_paused_plays_at_both(quick: None) -> None:
    async with two() as it:
        it.odd = {"position": Unreachable("gone"), "playing": Unreachable("gone")}
        assert await it.over() == "both"
        assert it.heard("here") and it.heard("there")
        it.odd = {"position": Unreachable("gone")}
        assert await it.over() == "kept"
        assert it.heard("here") and not it.heard("there")


async def test_what_somebody_chose_there_meanwhile_is_left_alone(quick: None) -> None:
    async with two() as it:
        it.odd["media"] = {"media": "another", "state": "playing", "playing": True}
        assert await it.over() == "kept"
        assert it.heard("here") and it.heard("there")
        assert [wish for wish, _ in it.wished] == ["there media"]
