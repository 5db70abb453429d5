"""Where a car is being led, as it is kept and as it is shown.

What somebody asked for is a record, ``navigation/<car>``: every site may write it, and the hub that the car belongs to
leads. How far it is, is shown at ``<car>/navigation.now``, for whoever may see where the car is.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from wayhome.hub.maps import Lane, Point

COLLECTION = "navigation"
NOW = "navigation.now"

type State = Literal["planning", "under_way", "off_route", "arrived", "no_position", "no_way"]


class Stop(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where to: degrees of WGS 84, and what it is called. ``place``: the record of the household's place, ``home``."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    name: Annotated[str, Meta(max_length=120)] = ""
    place: str | None = None


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
    as signed. ``charge``: percent at the goal, where the car tells enough. ``trouble``: why there is no way.
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
    at: Point | None = None
    heading: float | None = None
    next: Ahead | None = None
    limit: float | None = None
    road: str | None = None
    tunnel: bool = False
    charge: float | None = None
    trouble: str | None = None
