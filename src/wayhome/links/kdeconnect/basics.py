"""What each phone tells of itself, and that it can be made to ring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.core.ids import legible
from wayhome.core.value import Fact, Value
from wayhome.errors import BadInput, Unreachable
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import Plugin, Reach
from wayhome.links.kdeconnect.wire import Packet, number, yes

BATTERY, REPORT = "kdeconnect.battery", "kdeconnect.connectivity_report"
RING, PING = "kdeconnect.findmyphone.request", "kdeconnect.ping"
PRESSES = {"phone.ring": RING, "phone.ping": PING}
STRONGEST = 4
_MAX_NETWORK = 32


class Basics(Plugin):
    """Battery, mobile network; ring and ping."""

    takes = frozenset({BATTERY, REPORT, PING})
    sends = frozenset({RING, PING})

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    def signals(self, phone: Phone) -> Mapping[str, Refinement]:
        """See Plugin."""
        signals = [signal for signal, packet in PRESSES.items() if packet in phone.takes]
        if BATTERY in phone.sends:
            signals += ["battery.level", "battery.charging"]
        if REPORT in phone.sends:
            signals += ["phone.network", "phone.signal"]
        return {one: Refinement() for one in signals}

    def heard(self, phone: Phone, packet: Packet) -> None:
        """See Plugin."""
        if packet.type == PING:
            self._reach.host.happened("PhonePinged", phone.thing, {"name": phone.name})
        elif told := facts(phone, packet.type, packet.body):
            self._reach.host.report(told)

    async def execute(self, phone: Phone, signal: str, command: Command) -> bool:
        """See Plugin."""
        packet = PRESSES.get(signal)
        if packet is None:
            return False
        if packet not in phone.takes:
            raise BadInput(f"{phone.name} takes no {signal}")
        if not self._reach.send(phone.id, packet, {}):
            raise Unreachable(f"{phone.name} is not near", advice="It has to be in the same network.")
        return True


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
