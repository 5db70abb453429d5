"""The phones that are paired: what is kept of each, and as what thing it stands in the household. Pure."""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.ids import legible
from wayhome.core.thing import Thing
from wayhome.core.value import Fact, Value
from wayhome.links.kdeconnect.wire import Identity, number, yes

MOST = 20
BATTERY, REPORT = "kdeconnect.battery", "kdeconnect.connectivity_report"
RING, PING = "kdeconnect.findmyphone.request", "kdeconnect.ping"
CLIPBOARD, CLIPBOARD_NOW = "kdeconnect.clipboard", "kdeconnect.clipboard.connect"
SHARE = "kdeconnect.share.request"
TAKES = frozenset({BATTERY, REPORT, PING, CLIPBOARD, CLIPBOARD_NOW, SHARE})
SENDS = frozenset({RING, PING, CLIPBOARD, CLIPBOARD_NOW})
"""What this hub takes and sends: devices load only what both sides speak of."""
PRESSES = {"phone.ring": RING, "phone.ping": PING}
KINDS = {"phone": "phone", "tablet": "tablet", "tv": "tv", "desktop": "computer", "laptop": "computer"}
STRONGEST = 4
_MAX_NETWORK = 32


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


def now_known(phone: Phone, said: Identity, address: str) -> Phone:
    """A phone as it shows itself now."""
    return msgspec.structs.replace(
        phone,
        name=said.name,
        type=said.type,
        version=max(phone.version, said.version),
        address=address,
        takes=tuple(sorted(said.incoming & SENDS)),
        sends=tuple(sorted(said.outgoing & TAKES)),
    )


def thing(phone: Phone, link: str) -> Thing:
    """The phone as a thing: what it says that it can do."""
    signals: list[str] = [signal for signal, packet in PRESSES.items() if packet in phone.takes]
    if BATTERY in phone.sends:
        signals += ["battery.level", "battery.charging"]
    if REPORT in phone.sends:
        signals += ["phone.network", "phone.signal"]
    name = legible(phone.name) or phone.id[:8]
    return Thing(phone.thing, name, link, KINDS.get(phone.type, "phone"), {one: Refinement() for one in signals})


def facts(phone: Phone, type: str, body: dict[str, Any]) -> list[Fact]:
    """What a packet tells of the phone. Nothing where it said before that it does not speak of that."""
    said: dict[str, Value] = {}
    if type not in phone.sends:
        return []
    if type == BATTERY:
        level = number(body.get("currentCharge"))
        if level is not None and 0 <= level <= 100:  # -1: it has none
            said = {"battery.level": level, "battery.charging": yes(body.get("isCharging"))}
    elif type == REPORT:
        said = _connectivity(body.get("signalStrengths"))
    return [Fact(f"{phone.thing}/{signal}", value) for signal, value in said.items()]


def _connectivity(said: object) -> dict[str, Value]:
    """The strongest of its SIM cards."""
    if not isinstance(said, dict):
        return {}
    best: tuple[float, str] | None = None
    for one in list(said.values())[:8]:
        strength = number(one.get("signalStrength")) if isinstance(one, dict) else None
        if strength is not None and 0 <= strength <= STRONGEST and (best is None or strength > best[0]):
            network = one.get("networkType")
            best = strength, legible(network[:_MAX_NETWORK]) if isinstance(network, str) else ""
    return {} if best is None else {"phone.signal": 100 * best[0] / STRONGEST, "phone.network": best[1]}
