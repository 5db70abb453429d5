"""What plays on a phone or computer, by the real KDE Connect and a real player (mpv) on its D-Bus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.links.kdeconnect.house import House, household, paired, soon
from tests.peers.kdeconnect import KdeConnect
from tests.peers.mpv import Mpv, Playerctl, tone
from wayhome.core.value import Value

pytestmark = pytest.mark.anyio
PLAYER, TV = "ada_adas-phone-player", "living-tv"


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("music")
    tone(folder, "first", "First Tone")
    tone(folder, "second", "Second Tone 汉字")
    yield folder


async def wish(house: House, signal: str, target: Value, thing: str = PLAYER) -> str:
    """Wish something as the person; how that ended."""
    command = await house.session.act(f"{thing}/media_player.{signal}", target)
    await soon(lambda: command.key not in house.hub.household.house.open, 45)
    told = await house.hub.household.wishes.told(command.key)
    assert told is not None
    return told.state


async def demo(house: House) -> None:
    """A home with a television, and a car that is parked."""
    await house.session.call("links.add", {"link": "sim", "name": "Demo", "config": {"start": "home", "delay": 0}})
    await soon(lambda: house.online(TV))


def says(house: House, signal: str, thing: str = PLAYER) -> Value:
    return house.value(f"{thing}/media_player.{signal}")


async def test_what_plays_on_a_phone_and_is_told_from_here(phone: KdeConnect, music: Path) -> None:
    with Mpv(phone, str(music / "first.flac"), str(music / "second.flac")) as mpv:
        async with household() as house:
            await paired(house, phone)
            await soon(lambda: says(house, "title") == "First Tone")
            await soon(lambda: says(house, "state") == "playing")
            assert (says(house, "artist"), says(house, "album")) == ("The Testers", "Sine")
            assert says(house, "duration") == pytest.approx(120, abs=1)
            assert await wish(house, "playing", False) == "done"
            assert mpv.ctl("status") == "Paused" and says(house, "state") == "paused"
            assert await wish(house, "position", 60.0) == "done"
            assert mpv.place == pytest.approx(60, abs=1)
            assert await wish(house, "volume", 40.0) == "done"
            assert float(mpv.ctl("volume")) == pytest.approx(0.4, abs=0.02)
            await house.session.act(f"{PLAYER}/media_player.next", True)
            await soon(lambda: says(house, "title") == "Second Tone 汉字")
            assert await wish(house, "playing", True) == "done"
            # As somebody pauses it there.
            mpv.ctl("pause")
            await soon(lambda: says(house, "state") == "paused")
            picture = await house.session.call("home.picture", {"thing": PLAYER})
            assert picture.media_type == "image/png" and picture.content == (music / "cover.png").read_bytes()


async def test_the_home_s_players_are_worked_from_the_phone(phone: KdeConnect) -> None:
    async with household() as house:
        await demo(house)
        assert await wish(house, "on", True, TV) == "done"
        assert await wish(house, "playing", True, TV) == "done"
        await paired(house, phone)
        mpris = Playerctl(phone, "kdeconnect")
        await soon(lambda: mpris.ctl("status") == "Playing")
        await soon(lambda: says(house, "title", TV) and mpris.ctl("metadata", "title") == says(house, "title", TV))
        assert mpris.ctl("metadata", "artist") == says(house, "artist", TV)
        mpris.ctl("pause")
        await soon(lambda: says(house, "state", TV) == "paused")
        await soon(lambda: mpris.ctl("status") == "Paused")
        before = says(house, "title", TV)
        mpris.ctl("next")
        await soon(lambda: says(house, "title", TV) != before)
        await soon(lambda: mpris.ctl("metadata", "title") == says(house, "title", TV))
        mpris.ctl("position", "90")
        await soon(lambda: abs(float(str(says(house, "position", TV))) - 90) < 5)
        mpris.ctl("volume", "0.33")
        await soon(lambda: says(house, "volume", TV) == 33.0)
        # Whose wish it was stands with what came of it.
        await house.hub.household.keeping.settle()
        told = await house.hub.household.store.history(f"{TV}/media_player.volume", 0, 2**40, 100)
        [parent] = {reading.context.parent for reading in told if reading.value == 33.0 and reading.context}
        commands = [c for c in house.commands if c.context.id == parent]
        assert commands and commands[0].context.actor == "person:ada"
