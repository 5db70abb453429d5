"""Things: what a household has. A thing is what it can do."""

from __future__ import annotations

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.ids import is_signal, is_thing, legible
from wayhome.core.value import Value
from wayhome.errors import BadInput

MAX_SIGNALS = 2_000
MAX_WORDS = 200
MAX_BYTES = 512 * 1024
MAX_MARKS = 16
OWN = ("thing.", "driving.", "hub.")
"""The hub's own signals: no link announces them."""
MOVED = "hub:moved"
"""Stands for the link of a thing that came from another site, while no link here has announced it under its id."""


class Thing(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing, as its link describes it.

    ``id`` is its slug, ``link`` the id of the link that owns it (the one writer of its readings), ``kind`` a word
    for its picture (``car``, ``light``, ``heater``...), ``signals`` what it can do: each signal that it has, with
    where it differs from the catalogue.
    """

    id: str
    name: str
    link: str
    kind: str
    signals: dict[str, Refinement]
    area: str | None = None
    maker: str | None = None
    model: str | None = None
    site: str = "home"
    marks: tuple[str, ...] = ()
    """By what other links know the same thing, too: ``mqtt|light|0x00…|zigbee2mqtt_0x00…``, ``mac|aa:bb…|light|``."""
    moved: bool = False
    """Whether it ever went from one site to another: a screen that comes to another hub with a wish for it only asks
    there what came of that, so all who see the thing have to see this."""

    @property
    def traits(self) -> tuple[str, ...]:
        """What it can do, by the first word of its signals: ``("light",)``, ``("Vehicle",)``."""
        return tuple(sorted({signal.partition(".")[0] for signal in self.signals}))

    def info(self) -> dict[str, Value]:
        """As screens get it, at the path ``<id>/thing.info``."""
        shown: dict[str, Value] = msgspec.to_builtins(self)
        shown.pop("id")
        shown.pop("marks", None)
        shown["traits"] = list(self.traits)
        return shown


INFO = "thing.info"
ONLINE = "thing.online"


def check(thing: Thing) -> None:
    """Raises BadInput when a link describes an impossible thing."""
    if not is_thing(thing.id) or thing.id == "hub":
        raise BadInput(f"{thing.id[:80]!r} can't be a thing's id")
    if not legible(thing.name) or len(thing.name) > MAX_WORDS:
        raise BadInput(f"the thing {thing.id} needs a name of at most {MAX_WORDS} characters")
    if len(thing.signals) > MAX_SIGNALS:
        raise BadInput(f"the thing {thing.id} has more than {MAX_SIGNALS} signals")
    wrong = next((signal for signal in thing.signals if not is_signal(signal)), None)
    if wrong is not None:
        raise BadInput(f"the thing {thing.id} has a signal {wrong[:80]!r} that can't be a name")
    own = next((signal for signal in thing.signals if signal.startswith(OWN)), None)
    if own is not None:
        # A car that could tell its own driving state could lift its driver's restrictions.
        raise BadInput(f"the thing {thing.id} can't have {own}: the hub itself writes that")
    if len(thing.marks) > MAX_MARKS or any(not mark or len(mark) > 400 for mark in thing.marks):
        raise BadInput(f"the thing {thing.id} has more or longer marks than are kept")
    if any(len(text) > MAX_WORDS for text in (thing.kind, thing.area or "", thing.maker or "", thing.model or "")):
        raise BadInput(f"the kind, area, maker and model of {thing.id} have at most {MAX_WORDS} characters")
    try:
        size = len(msgspec.json.encode(thing))
    except UnicodeEncodeError:
        raise BadInput(f"the thing {thing.id} is described by texts that can't be written") from None
    if size > MAX_BYTES:
        raise BadInput(f"the thing {thing.id} is described by more than {MAX_BYTES} bytes")
