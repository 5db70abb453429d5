"""The phones that are paired: what is kept of each, and as what thing it stands in the household. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Set

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.ids import legible
from wayhome.core.thing import Thing
from wayhome.links.kdeconnect.wire import Identity

MOST = 20
KINDS = {"phone": "phone", "tablet": "tablet", "tv": "tv", "desktop": "computer", "laptop": "computer"}


class Phone(msgspec.Struct, frozen=True):
    """What is kept of a paired device. ``pin``: its certificate (DER, base64). ``thing``: its thing's id. ``owner``:
    the person whose it is, by id; ``shares``: they said so themselves, so what they copy is there, too. ``address``:
    where it was last. ``takes``, ``sends``: its packets, of those that mean something here."""

    id: str
    name: str
    type: str
    version: int
    pin: str
    address: str
    thing: str
    owner: str | None = None
    shares: bool = False
    takes: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()

    @property
    def certificate(self) -> bytes:
        return base64.b64decode(self.pin)


def read(kept: str | None) -> dict[str, Phone]:
    """What ``kept`` wrote, by id; what can't be read is none."""
    if kept is None:
        return {}
    try:
        return {one.id: one for one in msgspec.json.decode(kept, type=list[Phone])}
    except msgspec.MsgspecError:
        return {}


def kept(phones: dict[str, Phone]) -> str:
    """As it is kept in the vault."""
    return msgspec.json.encode(list(phones.values())).decode()


def now_known(phone: Phone, said: Identity, address: str, takes: Set[str], sends: Set[str]) -> Phone:
    """A phone as it shows itself now. ``takes``, ``sends``: the packets that this hub takes and sends."""
    return msgspec.structs.replace(
        phone,
        name=said.name,
        type=said.type,
        version=max(phone.version, said.version),
        address=address,
        takes=tuple(sorted(said.incoming & sends)),
        sends=tuple(sorted(said.outgoing & takes)),
    )


def thing(phone: Phone, link: str, signals: Mapping[str, Refinement]) -> Thing:
    """The phone as a thing, with what it says that it can do."""
    name = legible(phone.name) or phone.id[:8]
    return Thing(phone.thing, name, link, KINDS.get(phone.type, "phone"), dict(signals))
