"""Contacts of a person's own phone: names for numbers, and who to write to."""

from __future__ import annotations

import pytest

from tests.links.kdeconnect.house import household, soon
from tests.links.kdeconnect.pocket import Pocket, in_pocket, sms
from tests.links.kdeconnect.test_calls import ready
from tests.peers.places import Places
from wayhome.features.messages.keeper import keeper
from wayhome.features.messages.numbers import Names, same
from wayhome.hub.telephony import Contact
from wayhome.links.kdeconnect import contacts, vcard

pytestmark = pytest.mark.anyio
MEI = "\r\n".join((
    "BEGIN:VCARD", "VERSION:2.1", "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6=9D=8E;=E6=A2=85;;;",
    "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6=9D=8E=", "=E6=A2=85", "TEL;CELL:0170-1234567",
    "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQ", " AAAQABAAD", "", "REV:1518846484880", "END:VCARD",
))  # fmt: skip
TOM = "\n".join((
    "BEGIN:VCARD", "VERSION:4.0", "FN:Tom\\, the baker", 'item1.TEL;VALUE=uri;TYPE="work,voice":tel:+49 171',
    "  7654321",
    "TEL;TYPE=home:030 1234", "EMAIL:tom@example.org", "END:VCARD",
))  # fmt: skip


def test_cards_are_read_as_phones_write_them() -> None:
    assert vcard.contact(MEI) == Contact("李梅", ("0170-1234567",))
    assert vcard.contact(TOM) == Contact("Tom, the baker", ("+49 171 7654321", "030 1234"))
    only_n = "N:Lovelace;Ada;;;\nTEL:1234567\nTEL:1234567\nTEL:none\n"
    assert vcard.contact(only_n) == Contact("Ada Lovelace", ("1234567",))
    assert vcard.contact("ORG:Garage\\; Sons;x\nTEL:110") == Contact("Garage; Sons", ("110",))
    for nobody in ("", "FN:Nobody", "TEL:1234567", "x" * 500_000, "FN:\nTEL:1", "\x00\x01", "FN\nTEL\n", "=\n" * 9_999):
        assert vcard.contact(nobody) is None


@pytest.mark.parametrize("one, other, they_are", [
    ("0170 1234567", "+49 170 1234567", True),
    ("+49 (170) 123-4567", "00491701234567", True),
    ("1234567", "030 1234567", True),
    ("+1 555 123 4567", "+49 170 1234567", False),
    ("110", "0110", True),
    ("110", "+49 30 110", False),
    ("DHL", "dhl", True),
    ("DHL", "110", False),
    ("", "", True),
    ("", "110", False),
])  # fmt: skip
def test_numbers_are_compared_as_people_write_them(one: str, other: str, they_are: bool) -> None:
    assert same(one, other) is same(other, one) is they_are


def test_a_name_is_found_by_the_number_that_fits_best() -> None:
    names = Names([Contact("Berlin", ("030 1234567",)), Contact("Mei", ("0170 1234567",)), Contact("Fire", ("112",))])
    assert names.of("+49 170 1234567") == "Mei" and names.of("+49301234567") == "Berlin" and names.of("112") == "Fire"
    assert names.of("DHL") == names.of("") == names.of("0999 7654321") == ""
    assert [one.name for one in names.search("me", 5)] == ["Mei"]
    assert [one.name for one in names.search("0170-123", 5)] == ["Mei"]
    assert len([*names.search("e", 2)]) == 2 and [*names.search("", 5)] == [*names.search("7", 5)] == []


async def test_who_calls_and_writes_has_a_name(places: Places) -> None:
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        phone.cards = {"a": MEI, "b": TOM, "c": "BEGIN:VCARD\nEND:VCARD"}
        phone.messages = [sms(1, 7, "Hello", 1_700_000_000_000, number="+491701234567")]
        await in_pocket(house, phone)
        await soon(lambda: keeper(house.hub).named("ada", "+491701234567"))
        phone.rings("+49 170 1234567", "+49 170 1234567")  # without the right to read contacts it says the number twice
        await soon(ada.calls)
        assert ada.calls()[0]["name"] == "李梅"
        assert [one["name"] for one in await ada.conversations()] == ["李梅"]
        found = await ada.ask("people", **ada.sealed(text="baker"))
        [one] = ada.opened("ada:people", found["frame"])["items"]
        assert one == {"name": "Tom, the baker", "numbers": ["+49 171 7654321", "030 1234"]}
        # It comes again with another book: only what has changed is asked for.
        phone.goes()
        await soon(lambda: not house.online("pocket"))
        del phone.cards["b"]
        phone.cards["d"] = "FN:Kim\nTEL:0179 9999999"
        phone.asked.clear()
        await phone.comes(house)
        await soon(lambda: keeper(house.hub).named("ada", "01799999999") == "Kim")
        assert phone.of(contacts.CARDS) == [{"uids": ["d"]}]
        assert keeper(house.hub).named("ada", "0171 7654321") == "" and keeper(house.hub).named("mei", "0170") == ""
        await house.call("part", phone.id)
        await soon(lambda: keeper(house.hub).named("ada", "01799999999") == "")


async def test_many_contacts_and_some_that_are_too_long(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contacts, "WITHIN", 0.5)
    monkeypatch.setattr(contacts, "LOOKS_EVERY", 0.05)
    monkeypatch.setattr(contacts, "MOST", 600)
    async with household() as house:
        await ready(house)
        phone = Pocket()
        phone.cards = {f"id {n}": f"FN:Number {n}\nTEL:0170{n:07}" for n in range(700)}
        phone.cards["id 7"] = "FN:Long\nPHOTO:" + "x" * 2**20  # no packet of it comes
        await in_pocket(house, phone)
        await soon(lambda: keeper(house.hub).named("ada", "01700000599") == "Number 599", 60)
        assert keeper(house.hub).named("ada", "01700000008") == "Number 8", "only the one that is too long is not there"
        assert keeper(house.hub).named("ada", "01700000650") == "", "there is a bound"


async def test_odd_contacts(places: Places) -> None:
    async with household() as house:
        await ready(house)
        phone = Pocket()
        await in_pocket(house, phone)
        await soon(lambda: phone.of(contacts.LIST))
        phone.say(contacts.CARDED, {"uids": ["a"], "a": MEI})  # nobody asked
        odd: list[object] = [None, 7, [7, None, {}], ["x" * 300]]
        for uids in odd:
            phone.say(contacts.LISTED, {"uids": uids})
        phone.say(contacts.LISTED, {"uids": ["a", "b", "a"], "a": "no time", "b": None})
        phone.cards = {"a": TOM}
        await soon(lambda: keeper(house.hub).named("ada", "+491717654321"))
        assert keeper(house.hub).named("ada", "01701234567") == ""
