"""The real KDE Connect as judge of what no telephone was at hand for: it asks a phone what we ask it, and makes of its
words what we make of them."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from tests.links.kdeconnect.house import household, soon
from tests.links.kdeconnect.pocket import JPEG, Pocket, in_pocket
from tests.links.kdeconnect.test_calls import ready
from tests.links.kdeconnect.test_contacts import MEI, TOM
from tests.links.kdeconnect.test_messages import two
from tests.peers.kdeconnect import KdeConnect
from tests.peers.places import Places
from tests.peers.program import Program, find
from wayhome.features.messages.keeper import keeper
from wayhome.hub.telephony import Conversations, Messages, Mute, Write
from wayhome.links.kdeconnect import calls, identity, lines, messages, wire
from wayhome.links.kdeconnect.wire import Identity

pytestmark = pytest.mark.anyio


async def meets(pocket: Pocket, real: KdeConnect) -> None:
    """The pocket's phone says that it is there, kdeconnectd connects to it, and they are paired."""
    loop, port = asyncio.get_running_loop(), 1740
    with socket.create_server(("", port)) as listening, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as said:
        listening.setblocking(False)
        shown = pocket.shown
        here = Identity(pocket.id, shown.name, "phone", shown.version, shown.incoming, shown.outgoing, port)
        said.sendto(wire.announcement(here, time.time()), (real.address, wire.PORT))
        made, (address, _) = await asyncio.wait_for(loop.sock_accept(listening), 45)
    made.setblocking(False)
    pocket.line = await lines.accepted(made, address, shown, identity.client(pocket.own), time.time)
    pocket._task = asyncio.create_task(pocket._hear(pocket.line))
    pocket.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
    await soon(lambda: pocket.id in real.asked())
    real.device(pocket.id, "acceptPairing")
    await soon(lambda: pocket.id in real.devices(reachable=True, paired=True))


class Ear(Program):
    """What kdeconnectd tells programs on its desktop."""

    def __init__(self, real: KdeConnect) -> None:
        words = ["monitor", "--address", real.bus_address, "--dest", "org.kde.kdeconnect"]
        super().__init__("ear", [find("gdbus"), *words], real.folder)


def told(real: KdeConnect, phone: str) -> list[tuple[str, list[str], int, bool]]:
    """The conversations as kdeconnectd has them: the newest one's text, whom it is with, when, and whether it came."""
    said = real.device(phone, "conversations.activeConversations")
    shape = r"\((?:int32 )?\d+, '((?:[^'\\]|\\.)*)', \[(.*?)\], (?:int64 )?(\d+), (\d+)"
    return [
        (text.replace("\\n", "\n"), re.findall(r"'([^']*)'", people), int(at), type == "1")
        for text, people, at, type in re.findall(shape, said)
    ]


async def test_it_makes_of_a_phone_s_messages_what_we_make(places: Places, phone: KdeConnect) -> None:
    pocket = Pocket("Judged")
    pocket.messages = two()
    await meets(pocket, phone)
    phone.plugin(pocket.id, "sms", "requestAllConversations")
    await soon(lambda: len(told(phone, pocket.id)) == 2)
    theirs = told(phone, pocket.id)
    phone.plugin(pocket.id, "sms", "requestConversation", "7", "int64 -1", "25")
    phone.plugin(pocket.id, "sms", "sendSms", "[<('+49 170 1234567',)>]", "Here I am", "[]", "1")
    await soon(lambda: pocket.of(messages.SEND))
    asked = {kind: pocket.of(kind) for kind in (messages.ALL, messages.ONE, messages.SEND)}
    pocket.goes()
    async with household() as house:
        ada = await ready(house)
        pocket = Pocket()
        pocket.messages = two()
        thing = await in_pocket(house, pocket)
        ours = [
            (one.text, [*one.people], round(one.at * 1000), one.state == "came")
            for one in (await keeper(house.hub).listed(keeper(house.hub).phone("ada", thing))).conversations()
        ]
        assert sorted(ours) == sorted(theirs)
        pocket.asked.clear()
        it = keeper(house.hub)
        for wish in (Conversations(), Messages(7, None, 25), Write(("+49 170 1234567",), "Here I am", 1)):
            it.ask(it.phone("ada", thing), wish)
        await soon(lambda: pocket.of(messages.SEND))
        assert {kind: pocket.of(kind) for kind in asked} == asked
        assert ada.calls() == []


async def test_it_makes_of_a_phone_s_calls_what_we_make(places: Places, phone: KdeConnect, tmp_path: Path) -> None:
    pocket = Pocket("Judged")
    await meets(pocket, phone)
    ear = Ear(phone)
    ear.start(lambda: "The name" in ear.tail(500), 60)
    try:
        pocket.rings("+49 170 1234567", "Mei", phoneThumbnail=JPEG)
        pocket.stops("+49 170 1234567", missed=True, name="Mei")
        pocket.answered("030 1")
        pocket.rings("110")
        await soon(lambda: "110" in ear.tail(500))
        said = re.findall(r"callReceived \('(\w*)', '([^']*)', '([^']*)'\)", ear.tail(500))
    finally:
        ear.kill()
    pocket.goes()
    what = {"callReceived": "ringing", "missedCall": "missed"}
    async with household() as house:
        ada = await ready(house)
        pocket, seen = Pocket(), list[tuple[Any, ...]]()
        thing = await in_pocket(house, pocket)

        def see() -> int:
            seen.extend(one for one in ((c["state"], c["number"], c["name"]) for c in ada.calls()) if one not in seen)
            return len(seen)

        pocket.rings("+49 170 1234567", "Mei", phoneThumbnail=JPEG)
        await soon(lambda: see() == 1)
        pocket.stops("+49 170 1234567", missed=True, name="Mei")
        await soon(lambda: see() == 2)
        pocket.answered("030 1")
        pocket.rings("110")
        await soon(lambda: see() == 3)
        assert seen == [(what[kind], number, "" if name == number else name) for kind, number, name in said]
        keeper(house.hub).ask(keeper(house.hub).phone("ada", thing), Mute())
        await soon(lambda: pocket.of(calls.MUTE))


async def test_it_keeps_of_a_phone_s_contacts_what_we_keep(places: Places, phone: KdeConnect) -> None:
    cards = {"a": MEI, "b": TOM}
    pocket = Pocket("Judged")
    pocket.cards = cards
    await meets(pocket, phone)
    kept = phone.folder / ".local/share/kpeoplevcard" / f"kdeconnect-{pocket.id}"
    await soon(lambda: len([*kept.glob("*.vcf")]) == 2)
    asked = [kind for kind, _ in pocket.asked if ".contacts." in kind]
    assert sorted(path.stem for path in kept.glob("*.vcf")) == ["a", "b"]
    pocket.goes()
    async with household() as house:
        await ready(house)
        pocket = Pocket()
        pocket.cards = cards
        await in_pocket(house, pocket)
        await soon(lambda: keeper(house.hub).named("ada", "+49 171 7654321"))
        assert [kind for kind, _ in pocket.asked if ".contacts." in kind] == asked
        from_disk = {(kept / f"{id}.vcf").read_text().replace("\r\n", "\n") for id in cards}
        assert from_disk == {card.replace("\r\n", "\n") for card in cards.values()}
