"""What plays, on bad days: devices that say what they like, storms of it, two of one name, and who sees what."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from tests.links.kdeconnect.house import House, household, soon, until
from tests.links.kdeconnect.stranger import Stranger
from tests.peers.places import Places
from wayhome.core.value import Context
from wayhome.errors import NotAllowed, NotFound, Unreachable
from wayhome.hub.session import Identity, Session
from wayhome.links.kdeconnect import commands, media, players, volume, wire
from wayhome.links.kdeconnect.players import Player

pytestmark = pytest.mark.anyio
MPRIS, ASKS = media.TOLD, media.ASKS
ALL = frozenset({MPRIS, ASKS, commands.TOLD, commands.ASKS, volume.TOLD, volume.ASKS, wire.SHARE})


async def comes(house: House, name: str = "Phone", **owner: Any) -> tuple[Stranger, list[tuple[str, Any]]]:
    """A phone that has players and shows some, paired; and what it is told."""
    told: list[tuple[str, Any]] = []
    one = Stranger(name, incoming=ALL, outgoing=ALL)
    one.other = lambda packet: told.append((packet.type, packet.body))
    await one.comes(house)
    one.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
    await until(house, one.id, lambda is_: is_.state == "asks")
    await house.call("confirm", one.id, **owner)
    await soon(lambda: {"pair": True} in one.heard)
    return one, told


def plays(one: Stranger, player: str = "Spotify", **more: Any) -> None:
    one.say(MPRIS, {"playerList": [player]})
    song = {"title": "A song", "isPlaying": True, "canPause": True, "canSeek": True, "pos": 1_000, "length": 200_000}
    one.say(MPRIS, {"player": player, **song, **more})


def somebody(house: House, id: str, role: str = "owner") -> Session:
    return house.hub.open_session(Identity(f"person:{id}", role, id))  # type: ignore[arg-type]


async def test_what_plays_on_a_phone_is_its_person_s_alone(places: Places) -> None:
    async with household() as house:
        for id, role in (("ben", "owner"), ("mei", "member"), ("leo", "child")):
            await house.hub.household.write("person", id, {"name": id.title(), "role": role}, Context("c", "test"))
        one, _ = await comes(house, owner="ada")
        plays(one)
        path = "ada_phone-player/media_player.title"
        await soon(lambda: house.value(path) == "A song")
        assert house.session.read(["**"])[path][0] == "A song"
        for id, role in (("ben", "owner"), ("mei", "member"), ("leo", "child")):
            other = somebody(house, id, role)
            assert not [seen for seen in other.read(["**", "*/**"]) if seen.startswith("ada_")]
            with pytest.raises(NotFound):
                await other.act("ada_phone-player/media_player.playing", False)
            with pytest.raises(NotFound):
                await other.call("home.picture", {"thing": "ada_phone-player"})
        # It is kept nowhere: neither what plays nor that there is such a player.
        await house.hub.household.keeping.settle()
        kept = await house.hub.household.store.load()
        assert not [r for r in kept.readings if r.path.startswith("ada_")] and not [
            t for t in kept.things if t.id.startswith("ada_")
        ]
        assert not await house.hub.household.store.history(path, 0, 2**40, 10)
        # She can let somebody see it.
        grant = {"to": "person:ben", "verb": "read", "glob": "ada_phone-player/media_player.**"}
        await house.hub.household.write("grant", "g1", grant, Context("c", "test"))
        assert somebody(house, "ben").read([path])
        # Parted, it is gone.
        await house.call("part", one.id)
        await soon(lambda: "ada_phone-player" not in house.hub.household.house.things)


async def test_somebody_else_s_phone_is_not_asked_and_nobody_s_is_everybody_s(places: Places) -> None:
    async with household() as house:
        await house.hub.household.write("person", "mei", {"name": "Mei", "role": "member"}, Context("c", "test"))
        hers, told = await comes(house, "Hers", owner="mei")
        plays(hers)
        nobody_s, _ = await comes(house, "Den")
        plays(nobody_s)
        await soon(lambda: house.value("den-player/media_player.title") == "A song")
        assert not [thing for thing in house.hub.household.house.things if "hers-player" in thing]
        assert not [body for type, body in told if type in (MPRIS, commands.TOLD)]
        assert somebody(house, "mei", "member").read(["den-player/media_player.title"])


async def test_hostile_words_and_numbers(places: Places) -> None:
    async with household() as house:
        one, _ = await comes(house, owner="ada")
        plays(one, title="\u202egnos\x00\n" + "x" * 5_000, artist={"no": 1}, album=None, pos="-1e99", length=1e300,
              volume="oud", albumArtUrl="file:///etc/passwd", url="javascript:alert(1)")  # fmt: skip
        path = "ada_phone-player/media_player."
        await soon(lambda: house.value(path + "title"))
        title = str(house.value(path + "title"))
        assert len(title) <= players.LETTERS and "\u202e" not in title and "\n" not in title
        assert house.value(path + "duration") is None and house.value(path + "media") is None
        for wrong in (
            {"playerList": "Spotify"}, {"playerList": [1, None, "", "x" * 999]}, {"player": ["a"], "title": "b"},
            {"player": "unknown", "title": "b"}, {"playerList": [str(n) for n in range(5_000)]},
            {"transferringAlbumArt": True, "player": "0", "albumArtUrl": 7},
        ):  # fmt: skip
            one.say(MPRIS, wrong)
        for type in (volume.TOLD, commands.TOLD):
            for wrong in ({"sinkList": [1, {"name": 2}, {"name": "a", "volume": "x", "maxVolume": 0}]},
                          {"name": "a", "volume": {}}, {"commandList": "{[" * 500}, {"commandList": "[1]"},
                          {"commandList": '{"k": {"name": 3}, "": 1}'}, {"key": {}}, {}):  # fmt: skip
                one.say(type, wrong)
        await soon(lambda: len(_sources(house)) == players.MOST)
        assert house.online("phone")
        # Its picture does not come, or is none: that is said, and nothing hangs.
        plays(one, "0", albumArtUrl="http://a/b")
        await soon(lambda: house.value(path + "picture"))
        with pytest.raises((NotFound, Unreachable)):
            await house.session.call("home.picture", {"thing": "ada_phone-player"})


def _sources(house: House) -> tuple[str, ...]:
    thing = house.hub.household.house.things.get("ada_phone-player")
    found = thing.signals["media_player.source"].allowed if thing is not None else None
    return found or ()


class Announced:
    """A watcher that counts how often each thing is described."""

    def __init__(self, house: House) -> None:
        self.seen: list[str] = []
        house.hub.household.watchers.append(self)

    def published(self, shown: Any, state: bool) -> None:
        if shown.path.endswith("/thing.info"):
            self.seen.append(shown.path.partition("/")[0])

    def commanded(self, *_: Any) -> None: ...
    def recorded(self, *_: Any) -> None: ...
    def happened(self, *_: Any) -> None: ...


def sinks(*titles: str) -> dict[str, Any]:
    return {"sinkList": [{"name": f"sink-{title}", "description": title, "volume": 30, "maxVolume": 60,
                          "enabled": True} for title in titles]}  # fmt: skip


async def test_a_computer_s_sound_is_its_owner_s_and_no_storm(places: Places) -> None:
    async with household() as house:
        await house.hub.household.write("person", "ben", {"name": "Ben", "role": "owner"}, Context("c", "test"))
        watch, things = Announced(house), house.hub.household.house.things
        mine, _ = await comes(house, "Laptop", owner="ada")
        bens, told = await comes(house, "Other", owner="ben")  # he did not say so himself: it shares nothing
        nobodys, _ = await comes(house, "Den")
        for one in (mine, bens, nobodys):
            one.say(volume.TOLD, sinks("Speakers"))
        await soon(lambda: {"ada_laptop-sound", "den-sound"} <= set(things))
        assert house.value("ada_laptop-sound/sound.volume") == 50.0
        ben = somebody(house, "ben")
        assert not [path for path in ben.read(["**"]) if path.startswith("ada_")]
        began = time.monotonic()
        for n in range(30):  # as fast as a device may speak
            for one in (mine, bens, nobodys):
                one.say(volume.TOLD, sinks(f"Speakers {n}"))
                one.say(commands.TOLD, {"commandList": f'{{"k": {{"name": "Command {n}"}}}}'})
            await asyncio.sleep(0.03)
        took = time.monotonic() - began
        for stem in ("ada_laptop", "den"):
            sound, run = f"{stem}-sound", f"{stem}-commands"
            await soon(lambda: things[sound].signals["sound.output"].allowed == ("Speakers 29",))  # noqa: B023
            await soon(lambda: things[run].signals["command.run"].allowed == ("Command 29",))  # noqa: B023
        # At most once in each of its whole seconds, and what was before and came after.
        assert max(map(watch.seen.count, watch.seen)) <= 4 + int(took)
        assert not [id for id in things if "other" in id and id != "other"]
        assert not [1 for type, _ in told if type in (volume.ASKS, commands.ASKS)]
        assert {id for id in things if "sound.volume" in things[id].signals} == {"ada_laptop-sound", "den-sound"}
        mine.goes()
        await soon(lambda: "ada_laptop-sound" not in things)


async def test_a_phone_is_not_offered_its_own_players_but_others(places: Places) -> None:
    async with household() as house:
        told: dict[str, list[tuple[str, Any]]] = {}
        for name in ("Phone", "Kids Phone", "Phone"):
            one, heard = await comes(house, name, owner="ada")
            told[one.id] = heard
            plays(one, url=f"http://music/{len(told)}")
        found = lambda: sorted(id for id in house.hub.household.house.things if id.endswith("player"))  # noqa: E731
        await soon(lambda: found() == ["ada_kids-phone-player", "ada_phone-2-player", "ada_phone-player"])

        def listed(heard: list[tuple[str, Any]]) -> list[str]:
            lists = [body["playerList"] for type, body in heard if type == MPRIS and "playerList" in body]
            return sorted(lists[-1]) if lists else []

        first, second, third = told.values()
        await soon(lambda: listed(first) == ["Kids Phone", "Phone"] and listed(second) == ["Phone", "Phone 2"])
        await soon(lambda: listed(third) == ["Kids Phone", "Phone"])


async def test_a_storm_of_places_is_no_storm_here(places: Places) -> None:
    async with household() as house:
        one, _ = await comes(house, owner="ada")
        plays(one)
        path = "ada_phone-player/media_player.position"
        await soon(lambda: house.value(path) is not None)
        seen: list[str] = []

        class Watch:
            def published(self, shown: Any, state: bool) -> None:
                seen.append(shown.path)

            def commanded(self, *_: Any) -> None: ...
            def recorded(self, *_: Any) -> None: ...
            def happened(self, *_: Any) -> None: ...

        house.hub.household.watchers.append(Watch())  # type: ignore[arg-type]
        began = time.time()
        for _ in range(40):  # as fast as a device may speak
            one.say(MPRIS, {"player": "Spotify", "pos": int((1 + time.time() - began) * 1000)})
            await asyncio.sleep(0.025)
        assert seen.count(path) <= 1
        one.say(MPRIS, {"player": "Spotify", "pos": 150_000})  # it jumps
        await soon(lambda: abs(float(str(house.value(path))) - 150) < 2)


async def test_the_player_that_plays_is_shown_until_somebody_chooses(places: Places) -> None:
    async with household() as house:
        one, told = await comes(house, owner="ada")
        path = "ada_phone-player/media_player."
        one.say(MPRIS, {"playerList": ["VLC", "Spotify"]})
        one.say(MPRIS, {"player": "VLC", "title": "A film", "isPlaying": False, "canPlay": True})
        one.say(MPRIS, {"player": "Spotify", "title": "A song", "isPlaying": True, "canPause": True})
        await soon(lambda: house.value(path + "source") == "Spotify")
        await house.session.act(path + "source", "VLC")
        await soon(lambda: house.value(path + "title") == "A film")
        await house.session.act(path + "playing", True)
        await soon(lambda: (ASKS, {"player": "VLC", "action": "Play"}) in told)
        # It is closed there: what is left is shown; then nothing.
        one.say(MPRIS, {"playerList": ["Spotify"]})
        await soon(lambda: house.value(path + "title") == "A song")
        one.say(MPRIS, {"playerList": []})
        await soon(lambda: "ada_phone-player" not in house.hub.household.house.things)
        plays(one)
        await soon(lambda: house.value(path + "title") == "A song")
        one.goes()
        await soon(lambda: "ada_phone-player" not in house.hub.household.house.things)


async def test_two_phones_with_the_same_player_and_the_same_name(places: Places) -> None:
    async with household() as house:
        for _ in range(2):
            one, _ = await comes(house, owner="ada")
            plays(one)
        found = lambda: sorted(id for id in house.hub.household.house.things if id.endswith("player"))  # noqa: E731
        await soon(lambda: found() == ["ada_phone-2-player", "ada_phone-player"])


async def test_a_phone_works_what_its_person_may_and_no_more(places: Places) -> None:
    async with household() as house:
        await house.session.call("links.add", {"link": "sim", "name": "Demo", "config": {"start": "home", "delay": 0}})
        await soon(lambda: house.online("living-tv"))
        one, told = await comes(house, owner="ada")
        await soon(lambda: [body for type, body in told if type == MPRIS and "playerList" in body])
        listed = [body["playerList"] for type, body in told if type == MPRIS and "playerList" in body][-1]
        assert listed == ["Television"]
        # Too many wishes at once, and such that make no sense.
        for wrong in ({"player": "Television", "action": "Explode"}, {"player": "Door", "action": "Play"},
                      {"player": ["Television"]}, {"player": "Television", "setVolume": "loud"}):  # fmt: skip
            one.say(ASKS, wrong)
        for n in range(40):
            one.say(ASKS, {"player": "Television", "setVolume": n})
        one.say(commands.ASKS, {"key": "unlock-car"})
        await soon(lambda: any(command.path.endswith("volume") for command in house.commands))
        assert {command.path for command in house.commands} == {"living-tv/media_player.volume"}
        # It is taken out of the household: what it asks for is nobody's wish any more.
        await house.hub.household.delete("person", "ada", Context("c", "test"))
        await asyncio.sleep(0.2)
        # What was wished before may still come to its end.
        before = {command.key for command in house.commands}
        one.say(ASKS, {"player": "Television", "setVolume": 77})
        await asyncio.sleep(0.3)
        assert {command.key for command in house.commands} == before


def test_a_place_goes_on_by_itself_and_stops_with_it() -> None:
    one = players.now_known(Player("a"), {"isPlaying": True, "pos": 5_000, "length": 60_000}, 100.0)
    assert one.place(103.0) == 8_000 and one.place(1_000.0) == 60_000
    paused = players.now_known(one, {"isPlaying": False}, 110.0)
    assert paused.place(200.0) == 15_000
    # Another piece, of which it has not said where it is.
    assert players.now_known(one, {"title": "next"}, 110.0).place(111.0) is None


def test_who_may_give_a_right_to_what_is_somebody_s_own() -> None:
    from wayhome.core.grant import parse
    from wayhome.features.people.rules import Actor, may_grant

    wanted = parse("read ada_phone-player/**", id="g", to="person:mei")
    with pytest.raises(NotAllowed):
        may_grant(Actor("person:ben", "owner", "ben"), wanted, [])
    may_grant(Actor("person:ada", "owner", "ada"), wanted, [])
