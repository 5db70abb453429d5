"""When a condition becomes a notice, and when the notice is over: each once, however its cause flickers. Pure.

Times here are of the steady clock: a clock that is set forward or back neither makes a notice nor loses one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from wayhome.features.notices.model import Kind

type Change = Literal["begins", "again", "over"]

LEFT_OPEN_AFTER = 300.0


class Pace(msgspec.Struct, frozen=True):
    """How fast a kind answers, in s: its cause must hold for ``on``, and be over for ``off``. Within ``gap`` of its
    last beginning it is the same notice again, and nobody is told twice."""

    on: float = 0.0
    off: float = 10.0
    gap: float = 60.0


PACE: Mapping[Kind, Pace] = {
    "doorbell": Pace(off=300.0, gap=60.0),
    "motion": Pace(off=60.0, gap=900.0),
    "left_open": Pace(on=LEFT_OPEN_AFTER, off=5.0, gap=1800.0),
    "charged": Pace(on=15.0, off=5.0, gap=600.0),
    "charge_stopped": Pace(on=15.0, off=5.0, gap=3600.0),
    "alarm": Pace(),
    "smoke": Pace(off=30.0, gap=300.0),
    "gas": Pace(off=30.0, gap=300.0),
    "water": Pace(off=60.0, gap=3600.0),
    "jammed": Pace(on=2.0),
    "tyre_low": Pace(on=10.0, off=60.0, gap=3600.0),
    "sign_in": Pace(on=5.0, off=5.0, gap=600.0),
    "recording_stopped": Pace(on=5.0, off=10.0, gap=3600.0),
    "file": Pace(off=0.0, gap=0.0),
    "text": Pace(off=0.0, gap=0.0),
    "walk": Pace(off=0.0, gap=0.0),
}


class Slot(msgspec.Struct, frozen=True):
    """Where a condition stands. ``since``: when ``wanted`` last changed, ``begun``: when the notice last began; both of
    the steady clock. ``raised``: a notice stands."""

    wanted: bool = False
    since: float = 0.0
    raised: bool = False
    begun: float | None = None


def step(slot: Slot, holds: bool | None, now: float, pace: Pace) -> tuple[Slot, Change | None]:
    """The slot at ``now`` when its condition holds, does not, or is not known (it stays as it was)."""
    if holds is None:
        return slot, None
    if holds != slot.wanted:
        slot = msgspec.structs.replace(slot, wanted=holds, since=now)
    if holds and not slot.raised and now - slot.since >= pace.on:
        again = slot.begun is not None and now - slot.begun < pace.gap
        begun = slot.begun if again else now
        return msgspec.structs.replace(slot, raised=True, begun=begun), "again" if again else "begins"
    if not holds and slot.raised and now - slot.since >= pace.off:
        return msgspec.structs.replace(slot, raised=False), "over"
    return slot, None


def touched(slot: Slot, now: float) -> Slot:
    """Somebody is at it: what waits to begin waits anew."""
    return slot if slot.raised else msgspec.structs.replace(slot, since=now)


def anew(slot: Slot) -> Slot:
    """What comes next is another matter, however soon it comes: the car was away in between."""
    return slot if slot.begun is None else msgspec.structs.replace(slot, begun=None)


def pulse(slot: Slot, now: float, pace: Pace) -> tuple[Slot, Change]:
    """Something happened that has no length, as a ring at the door."""
    again = slot.begun is not None and now - slot.begun < pace.gap
    begun = slot.begun if again else now
    return Slot(False, now, True, begun), "again" if again else "begins"


def due(slot: Slot, pace: Pace) -> float | None:
    """When time alone may change the slot; None: never."""
    if slot.wanted and not slot.raised:
        return slot.since + pace.on
    if not slot.wanted and slot.raised:
        return slot.since + pace.off
    return None
