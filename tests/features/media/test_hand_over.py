"""What plays goes on at another player, at the same place: from mpv on a computer (by the real KDE Connect) to the
Music Player Daemon (by a real Home Assistant), and from one of those to another. All by their own reports."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from tests.links.kdeconnect.house import House, household, paired, soon
from tests.peers.kdeconnect import KdeConnect, phone, places
from tests.peers.mpv import Mpv
from tests.peers.places import Places
from tests.peers.players import Home, players
from wayhome.core.value import Value

__all__ = ["phone", "places"]
pytestmark = [pytest.mark.anyio, pytest.mark.real]
PLAYER = "ada_adas-phone-player"


@pytest.fixture(scope="module")
def home(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with players(tmp_path_factory.mktemp("home")) as made:
        yield made


@contextlib.asynccontextmanager
async def joined(home: Home) -> AsyncIterator[tuple[House, str, str]]:
    """A hub with that Home Assistant; the things of its two players."""
    async with household() as house:
        await house.session.call(
            "links.add",
            {"link": "homeassistant", "name": "Home", "config": {"url": home.assistant.url},
             "secrets": {"token": home.assistant.token}},
        )  # fmt: skip
        await soon(lambda: house.hub.links.find("home").status.state == "connected", 30)
        things = house.hub.household.house.things
        players = sorted(id for id in things if "mpd" in id or "music-player-daemon" in id)
        assert len(players) == 2, sorted(things)
        yield house, players[0], players[1]


def says(house: House, thing: str, signal: str) -> Value:
    return house.value(f"{thing}/media_player.{signal}")


async def hand_over(house: House, player: str, to: str) -> Any:
    return await house.session.call("media.hand_over", {"player": player, "to": to})


async def test_from_a_computer_to_a_player_of_the_home_and_on_to_another(home: Home, phone: KdeConnect) -> None:
    url = home.url
    with Mpv(phone, "--start=40", url) as mpv:
        async with joined(home) as (house, one, other):
            await paired(house, phone)
            await soon(lambda: says(house, PLAYER, "state") == "playing" and says(house, PLAYER, "media"))
            before = mpv.place
            assert before > 39
            done = await hand_over(house, PLAYER, one)
            assert (done.state, done.why) == ("done", None)
            mpds = {"kitchen": home.kitchen, "bath": home.bath}
            playing = [name for name, mpd in mpds.items() if mpd.ask("status").get("state") == "play"]
            assert len(playing) == 1
            first = mpds.pop(playing[0])
            assert first.ask("currentsong")["file"] == url
            assert before - 1 <= first.place < before + 15 and abs(first.place - mpv.place) < 4
            assert mpv.ctl("status") == "Paused"
            done = await hand_over(house, one, other)
            assert done.state == "done" and done.position is not None
            [second] = mpds.values()
            assert second.ask("status")["state"] == "play" and first.ask("status")["state"] == "pause"
            assert abs(second.place - first.place) < 4
            # The address, with its token, is nowhere that anybody reads.
            readable = str(house.session.read(["**"])) + str(house.commands)
            assert "secret" not in readable and "flac" not in readable
