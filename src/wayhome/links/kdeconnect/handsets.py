"""What is the same of calls, messages and contacts: they are of phones whose owners share them, and nobody else's."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import ClassVar

from wayhome.core.ids import legible
from wayhome.errors import Unreachable
from wayhome.hub.telephony import Can, Handset, Wish
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import Plugin, Reach

MOST_PICTURE = 24_000
"""Letters of base64 of a picture that is passed on."""
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
MOST_NAME, MOST_NUMBER = 80, 64


class OfPeople(Plugin):
    """``tells``: what can be done with a phone that sends a packet; ``asks``: with one that takes it."""

    tells: ClassVar[Mapping[str, Can]] = {}
    asks: ClassVar[Mapping[str, Can]] = {}

    def __init__(self, reach: Reach) -> None:
        self._host, self._phones, self._send, self._arrived = reach.host, reach.phones, reach.send, reach.arrived
        self._near: set[str] = set()
        self._telephony = reach.host.telephony()

    async def run(self) -> None:
        """See Plugin."""
        self._telephony = self._host.telephony()
        if self._telephony is not None:
            with self._telephony.serve(self):
                await asyncio.Event().wait()

    def came(self, phone: Phone) -> None:
        """See Plugin."""
        self._near.add(phone.id)

    def gone(self, phone: Phone) -> None:
        """See Plugin."""
        self._near.discard(phone.id)

    def forget(self, id: str) -> None:
        """See Plugin."""
        self._near.discard(id)
        if self._telephony is not None:
            self._telephony.forget(self._named(id))

    def handset(self, phone: Phone) -> Handset | None:
        """Whose phone it is; None: its owner does not share it."""
        if not phone.shares or phone.owner is None:
            return None
        can = {self.tells[one] for one in phone.sends if one in self.tells}
        can |= {self.asks[one] for one in phone.takes if one in self.asks}
        if phone.type != "phone":
            can.discard("dial")
        name = legible(phone.name) or phone.id[:8]
        near = phone.id in self._near
        return Handset(self._named(phone.id), phone.thing, name, phone.owner, frozenset(can), near)

    def handsets(self) -> Iterator[Handset]:
        """See Phones."""
        for phone in list(self._phones().values()):
            one = self.handset(phone)
            if one is not None and one.can:
                yield one

    def ask(self, id: str, wish: Wish) -> bool:
        """See Phones."""
        return False

    async def arrived(self, id: str) -> bool:
        """See Phones."""
        link, _, device = id.partition("/")
        return link != self._host.id or await self._arrived(device)

    def hand(self, id: str, can: Can, type: str, body: Mapping[str, object]) -> bool:
        """A packet for a phone; False: it is none of ours, or takes no such thing. Raises Unreachable."""
        link, _, device = id.partition("/")
        phone = self._phones().get(device) if link == self._host.id else None
        one = self.handset(phone) if phone is not None else None
        if phone is None or one is None or can not in one.can:
            return False
        if not self._send(device, type, body):
            raise Unreachable(f"{one.name} is not near", advice="It has to be in the same network.")
        return True

    def _named(self, device: str) -> str:
        return f"{self._host.id}/{device}"


def line(value: object, most: int) -> str:
    """A foreign text in one line, of a length; empty: it is none."""
    return legible(value[:most]) if isinstance(value, str) else ""


def picture(value: object) -> str:
    """A small JPEG or PNG in base64, as it came; empty: it is none, or not small."""
    if not isinstance(value, str) or not 0 < len(value) <= MOST_PICTURE * 2:
        return ""
    text = "".join(value.split())
    if len(text) > MOST_PICTURE:
        return ""
    try:
        return text if base64.b64decode(text, validate=True).startswith(PICTURES) else ""
    except (binascii.Error, ValueError):
        return ""
