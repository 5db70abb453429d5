"""A computer's sound: how loud it is, whether it is muted, and which of its outputs is used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.core.ids import legible
from wayhome.core.value import Fact, Value
from wayhome.errors import BadInput, Unreachable
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import Plugin, Reach
from wayhome.links.kdeconnect.wire import Packet, number, yes

TOLD, ASKS = "kdeconnect.systemvolume", "kdeconnect.systemvolume.request"
MOST = 16
LETTERS = 80


class Sink(msgspec.Struct, frozen=True):
    """An output. ``name``: its id there, ``title``: for people; ``volume`` of ``most``; ``used``: it is the one that
    plays."""

    name: str
    title: str
    volume: float = 0.0
    most: float = 100.0
    muted: bool = False
    used: bool = False


class Volume(Plugin):
    """See the module."""

    takes = frozenset({TOLD})
    sends = frozenset({ASKS})

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._sinks: dict[str, dict[str, Sink]] = {}

    def signals(self, phone: Phone) -> Mapping[str, Refinement]:
        """See Plugin."""
        sinks = self._sinks.get(phone.id)
        if not sinks:
            return {}
        titles = tuple(sink.title for sink in sinks.values())
        return {
            "sound.volume": Refinement(step=2.0),
            "sound.muted": Refinement(),
            "sound.output": Refinement(allowed=titles),
        }

    def came(self, phone: Phone) -> None:
        """It is asked what outputs it has."""
        if TOLD in phone.sends and ASKS in phone.takes:
            self._reach.send(phone.id, ASKS, {"requestSinks": True})

    def forget(self, id: str) -> None:
        """See Plugin."""
        self._sinks.pop(id, None)

    def heard(self, phone: Phone, packet: Packet) -> None:
        """See Plugin."""
        if packet.type != TOLD or TOLD not in phone.sends:
            return
        body, before = packet.body, self._sinks.get(phone.id, {})
        if "sinkList" in body:
            sinks = _listed(body["sinkList"])
        else:
            name = body.get("name")
            if not isinstance(name, str) or name not in before:
                return
            sinks = {**before, name: _now_known(before[name], body)}
            if yes(body.get("enabled")):
                sinks = {one: msgspec.structs.replace(sink, used=one == name) for one, sink in sinks.items()}
        self._sinks[phone.id] = sinks
        if [sink.title for sink in sinks.values()] != [sink.title for sink in before.values()]:
            self._reach.renew(phone.id)
        self._reach.host.report(
            Fact(f"{phone.thing}/{signal}", value) for signal, value in facts(sinks).items() if sinks
        )

    async def execute(self, phone: Phone, signal: str, command: Command) -> bool:
        """See Plugin."""
        if not signal.startswith("sound."):
            return False
        sinks, target = self._sinks.get(phone.id, {}), command.target
        sink = _used(sinks)
        body: dict[str, object] = {}
        if signal == "sound.output":
            sink = next((one for one in sinks.values() if one.title == target), None)
            body = {"enabled": True}
        elif signal == "sound.muted":
            body = {"muted": target is True}
        elif sink is not None and isinstance(target, int | float):
            body = {"volume": round(sink.most * target / 100)}
        if sink is None or not body:
            raise BadInput(f"{phone.name} has no such output")
        if not self._reach.send(phone.id, ASKS, {"name": sink.name, **body}):
            raise Unreachable(f"{phone.name} is not near", advice="It has to be in the same network.")
        return True


def facts(sinks: Mapping[str, Sink]) -> dict[str, Value]:
    """What is so at the output that plays."""
    sink = _used(sinks)
    if sink is None:
        return {}
    loud = min(100.0, round(100 * sink.volume / sink.most, 1))
    return {"sound.volume": loud, "sound.muted": sink.muted, "sound.output": sink.title}


def _used(sinks: Mapping[str, Sink]) -> Sink | None:
    return next((sink for sink in sinks.values() if sink.used), next(iter(sinks.values()), None))


def _listed(said: object) -> dict[str, Sink]:
    found: dict[str, Sink] = {}
    for one in said[:MOST] if isinstance(said, list) else ():
        name = one.get("name") if isinstance(one, dict) else None
        if not isinstance(name, str) or not 0 < len(name) <= 200 or name in found:
            continue
        shown = one.get("description")
        title = (legible(shown) if isinstance(shown, str) else "")[:LETTERS].strip() or legible(name)[:LETTERS] or "?"
        taken = {sink.title for sink in found.values()}
        title = next(text for text in (title, *(f"{title} {n}" for n in range(2, MOST + 2))) if text not in taken)
        found[name] = _now_known(Sink(name, title), one)
    return found


def _now_known(sink: Sink, body: Mapping[str, Any]) -> Sink:
    """An output after what was told of it."""
    volume, most = number(body.get("volume")), number(body.get("maxVolume"))
    return msgspec.structs.replace(
        sink,
        volume=sink.volume if volume is None or volume < 0 else volume,
        most=sink.most if most is None or most < 1 else most,
        muted=yes(body["muted"]) if "muted" in body else sink.muted,
        used=yes(body["enabled"]) if "enabled" in body else sink.used,
    )
