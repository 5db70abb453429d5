"""A computer's sound: how loud it is, whether it is muted, and which of its outputs is used. A thing of its own, as
what it plays: its owner's alone, or the household's where the computer is nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.core.ids import legible, own, slug
from wayhome.core.thing import Thing
from wayhome.core.value import Fact, Value
from wayhome.errors import BadInput, Unreachable
from wayhome.links.kdeconnect.dirty import Dirty
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import Plugin, Reach
from wayhome.links.kdeconnect.wire import Packet, number, yes

TOLD, ASKS = "kdeconnect.systemvolume", "kdeconnect.systemvolume.request"
MOST = 16
LETTERS = 80
EVERY = 1.0
"""A computer that has other outputs all the time is described anew so seldom, in s."""


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
        self._things: dict[str, Thing] = {}
        """What each computer's sound was announced as."""
        self._dirty = Dirty[str](EVERY)

    async def run(self) -> None:
        """See Plugin."""
        async for dirty in self._dirty.rounds():
            for id in dirty:
                phone = self._reach.phones().get(id)
                if phone is not None:
                    self._show(phone)

    def came(self, phone: Phone) -> None:
        """It is asked what outputs it has. Somebody else's, who shares nothing, is not."""
        if _speaks(phone) and ASKS in phone.takes:
            self._reach.send(phone.id, ASKS, {"requestSinks": True})

    def gone(self, phone: Phone) -> None:
        """See Plugin."""
        self.forget(phone.id)

    def forget(self, id: str) -> None:
        """See Plugin."""
        self._sinks.pop(id, None)
        thing = self._things.pop(id, None)
        if thing is not None:
            self._reach.host.withdraw([thing.id])

    def heard(self, phone: Phone, packet: Packet) -> None:
        """See Plugin."""
        if packet.type != TOLD or not _speaks(phone):
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
        thing = self._things.get(phone.id)
        if thing is not None and thing.signals == _signals(sinks):
            self._report(thing, sinks)
        else:
            self._dirty.add(phone.id)

    # Shown

    def _show(self, phone: Phone) -> None:
        sinks, before, host = self._sinks.get(phone.id, {}), self._things.get(phone.id), self._reach.host
        if not sinks:
            if before is not None:
                del self._things[phone.id]
                host.withdraw([before.id])
            return
        word, taken = f"{phone.thing}-sound", host.taken()
        id = own(phone.owner, word, taken) if phone.owner is not None else slug(word, taken)
        name = legible(phone.name) or phone.id[:8]
        thing = Thing(before.id if before is not None else id, name, host.id, "computer", _signals(sinks))
        self._things[phone.id] = thing
        if thing != before:
            host.announce([thing])
            host.online([thing.id], True)
        self._report(thing, sinks)

    def _report(self, thing: Thing, sinks: Mapping[str, Sink]) -> None:
        self._reach.host.report(Fact(f"{thing.id}/{signal}", value) for signal, value in facts(sinks).items())

    def thing_of(self, thing: str) -> Phone | None:
        """See Plugin."""
        id = next((id for id, one in self._things.items() if one.id == thing), None)
        return None if id is None else self._reach.phones().get(id)

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


def _speaks(phone: Phone) -> bool:
    return TOLD in phone.sends and (phone.owner is None or phone.shares)


def _signals(sinks: Mapping[str, Sink]) -> dict[str, Refinement]:
    titles = tuple(sink.title for sink in sinks.values())
    return {
        "sound.volume": Refinement(step=2.0),
        "sound.muted": Refinement(),
        "sound.output": Refinement(allowed=titles),
    }


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
