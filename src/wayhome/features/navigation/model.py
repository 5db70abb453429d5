"""Where a car is being led, as it is kept and as it is shown.

What somebody asked for is a record, ``navigation/<car>``: every site may write it, and the hub that the car belongs to
leads. How far it is, is shown at ``<car>/navigation.now``, for whoever may see where the car is.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from wayhome.core.record import Record
from wayhome.core.value import Value
from wayhome.hub.maps import Lane

COLLECTION = "navigation"
NOW = "navigation.now"
MOST_STOPS = 10
MOST_MARK = 2_000
"""Letters of a way's mark."""

type CarId = Annotated[str, Meta(min_length=1, max_length=64)]
type State = Literal["planning", "under_way", "off_route", "arrived", "no_position", "no_way"]
type What = Literal["start", "far", "near", "now", "rerouted", "stop", "arrived", "no_way"]
"""What is to be said: where one sets out; of the next manoeuvre well before it, before it, and at it; that there is
another way; that a stop, or the goal, is reached; that there is no way any more."""


class Stop(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where to: degrees of WGS 84, and what it is called. ``place``: the record of the household's place, ``home``."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    name: Annotated[str, Meta(max_length=120)] = ""
    place: str | None = None


class Journey(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody asked for, as it is kept. ``start``: another one, another journey. ``way``: which one of the plan;
    ``mark``: some points of it, by which it is known again. ``by``: who asked, as they were called then. ``at``: when,
    s since 1970. ``led``: what the hub of the car has made of it."""

    start: str
    stops: Annotated[tuple[Stop, ...], Meta(min_length=1, max_length=MOST_STOPS)]
    at: float
    by: str = ""
    way: Annotated[int, Meta(ge=0, le=2)] = 0
    avoid_tolls: bool = False
    avoid_motorways: bool = False
    avoid_ferries: bool = False
    mark: Annotated[str, Meta(max_length=MOST_MARK)] | None = None
    led: Led | None = None

    @property
    def passed(self) -> int:
        """How many stops are behind."""
        return self.led.passed if self.led is not None and self.led.start == self.start else 0

    @property
    def file(self) -> str | None:
        """The blob that holds its way."""
        return self.led.way if self.led is not None and self.led.start == self.start else None

    @property
    def soon(self) -> tuple[int, ...]:
        """The stops of which the household was told that the car is about to come there."""
        return self.led.soon if self.led is not None and self.led.start == self.start else ()

    def fields(self) -> dict[str, Value]:
        """As the record's fields: those that don't hold are taken away."""
        told = plain(self)
        return {**dict.fromkeys(self.__struct_fields__), **told}


class Led(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a journey has come. ``way``: the blob with the way that is taken; ``passed``: stops behind; ``soon``: the
    numbers of those to which it was told that the car is about to come."""

    start: str
    way: str | None = None
    passed: int = 0
    soon: tuple[int, ...] = ()


def journey(record: Record | None) -> Journey | None:
    """The journey of a record; None for one that is gone or makes no sense."""
    if record is None or record.gone:
        return None
    try:
        return msgspec.convert(record.values(), Journey)
    except msgspec.ValidationError:
        return None


class Say(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be said now: once for each ``id``. ``far``: m to the manoeuvre when it fell due."""

    id: str
    what: What
    far: float | None = None


class Ahead(msgspec.Struct, frozen=True, omit_defaults=True):
    """The next manoeuvre: ``far`` m until it. ``then``: the kind of the one right after it, where that is close."""

    kind: str
    far: float
    streets: tuple[str, ...] = ()
    exit: int | None = None
    sign: str | None = None
    lanes: tuple[Lane, ...] = ()
    then: str | None = None


class Guidance(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a car is led, at a moment.

    ``way``: the id of the way; another one after a re-route, then its shape is asked for anew (``navigation.show``).
    ``goal``: the last stop; ``stops``: how many are before it. ``left`` m and ``time`` s to the goal; ``eta``: s since
    1970. ``along``: m of the way that are behind; ``at``, ``heading``: where the car is on its road. ``limit``: km/h,
    as signed. ``charge``: percent at the goal, where the car tells enough. ``trouble``: why there is no way. ``say``:
    what is to be heard. ``walk``: m on foot from where the car was left to the goal, where that is some way.
    """

    state: State
    goal: Stop
    by: str = ""
    way: str | None = None
    stops: int = 0
    left: float | None = None
    time: float | None = None
    eta: float | None = None
    along: float | None = None
    at: tuple[float, float] | None = None
    heading: float | None = None
    next: Ahead | None = None
    limit: float | None = None
    road: str | None = None
    tunnel: bool = False
    charge: float | None = None
    trouble: str | None = None
    say: Say | None = None
    walk: float | None = None

    def told(self) -> dict[str, Value]:
        """As the signal's value: numbers as short as they make sense."""
        return plain(
            msgspec.structs.replace(
                self,
                left=_whole(self.left),
                time=_whole(self.time),
                eta=_whole(self.eta),
                along=_whole(self.along),
                heading=_whole(self.heading),
                at=None if self.at is None else (round(self.at[0], 6), round(self.at[1], 6)),
                next=None if self.next is None else msgspec.structs.replace(self.next, far=round(self.next.far)),
                charge=None if self.charge is None else round(self.charge, 1),
            )
        )


def plain(value: msgspec.Struct) -> dict[str, Value]:
    """As JSON has it: lists, no tuples."""
    found: dict[str, Value] = msgspec.json.decode(msgspec.json.encode(value))
    return found


def _whole(value: float | None) -> float | None:
    return None if value is None else round(value)
