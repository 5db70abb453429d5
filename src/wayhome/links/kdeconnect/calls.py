"""Calls: who rings is told, and the phone can be made quiet. KDE Connect neither answers a call nor carries its sound.
A number goes to the phone's dialler as a link that it opens: there is no packet for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from wayhome.errors import BadInput
from wayhome.hub.telephony import Can, Dial, Mute, Ring, Wish
from wayhome.links.kdeconnect.handsets import MOST_NAME, MOST_NUMBER, OfPeople, line, picture
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.wire import SHARE, Packet, yes

TELEPHONY, MUTE = "kdeconnect.telephony", "kdeconnect.telephony.request_mute"
_DIALLED = re.compile(r"\+?[0-9]{2,20}")
"""No ``*`` and ``#``: some diallers carry such a code out as soon as they see it."""


class Calls(OfPeople):
    """See the module."""

    takes = frozenset({TELEPHONY})
    sends = frozenset({MUTE, SHARE})
    tells: ClassVar[Mapping[str, Can]] = {TELEPHONY: "calls"}
    asks: ClassVar[Mapping[str, Can]] = {MUTE: "mute", SHARE: "dial"}

    def heard(self, phone: Phone, packet: Packet) -> None:
        """See Plugin."""
        one, said = self.handset(phone), ring(packet.body)
        if one is not None and said is not None and self._telephony is not None and packet.type in phone.sends:
            self._telephony.rang(one, said)

    def gone(self, phone: Phone) -> None:
        """A phone that left while it rang says no more of that."""
        super().gone(phone)
        one = self.handset(phone)
        if one is not None and self._telephony is not None:
            self._telephony.rang(one, Ring("over", ""))

    def ask(self, id: str, wish: Wish) -> bool:
        """See Phones."""
        if isinstance(wish, Mute):
            return self.hand(id, "mute", MUTE, {"action": "mute"})
        if isinstance(wish, Dial):
            return self.hand(id, "dial", SHARE, {"url": f"tel:{dialled(wish.number)}"})
        return False


def ring(body: Mapping[str, Any]) -> Ring | None:
    """What a packet says of a call; None: nothing that counts."""
    event = body.get("event")
    if event not in ("ringing", "talking", "missedCall"):
        return None  # of old apps also "sms", which has a packet of its own by now
    number, name = line(body.get("phoneNumber"), MOST_NUMBER), line(body.get("contactName"), MOST_NAME)
    if yes(body.get("isCancel")) or event == "talking":
        return Ring("over", number)
    who = "" if name == number else name
    return Ring("ringing" if event == "ringing" else "missed", number, who, picture(body.get("phoneThumbnail")))


def dialled(number: str) -> str:
    """A number as a dialler takes it. Raises BadInput."""
    plain = re.sub(r"[ \u00a0\u202f()./\u2010-\u2015-]", "", number)
    if _DIALLED.fullmatch(plain) is None:
        raise BadInput("this is no telephone number", advice="Digits, and a + before them.")
    return plain
