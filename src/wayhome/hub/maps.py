"""Maps: streets, places and roads of the regions that a household has on its own disk. What reads them is an adapter's;
who wants to search or to be shown a way asks here. No question leaves the hub's machine.

Degrees are WGS 84, lengths m, times s, speeds km/h.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

import msgspec

type Step = Literal["fetch", "check", "places", "tiles", "roads"]
"""What making a map goes through, in this order."""
type SpotKind = Literal["address", "street", "place", "station", "parking", "point"]
type Costing = Literal["auto", "pedestrian"]


class Point(NamedTuple):
    """Degrees."""

    latitude: float
    longitude: float


class Bounds(NamedTuple):
    """Degrees. A region never lies across the 180th meridian."""

    west: float
    south: float
    east: float
    north: float


class Region(msgspec.Struct, frozen=True):
    """A map that is there. ``id``: its slug. ``source``: what it was made of, as somebody asked for it. ``credit``,
    ``licence``: whose data it is, to be shown wherever the map is. ``made``: s since 1970; ``state``: the day of the
    data, as 2026-11-28, where it says so. ``size``: bytes on the disk, without the roads, which are of one piece with
    the other regions'. ``revision``: another one, other tiles. ``by_kind``: what something is can be searched, too; a
    map that an older program made has to be made anew for that."""

    id: str
    name: str
    source: str
    bounds: Bounds
    made: float
    size: int
    revision: str
    spots: int
    stations: int
    credit: str = "© OpenStreetMap contributors"
    licence: str = "ODbL 1.0"
    state: str | None = None
    by_kind: bool = False


class Making(msgspec.Struct, frozen=True, omit_defaults=True):
    """A map that is being made, or that could not be. ``share``: 0 to 1 of this step, None: nobody knows. ``error``:
    why it stands still, in words, with ``advice``; it goes on where it was when it is asked for again."""

    id: str
    name: str
    source: str
    step: Step
    share: float | None = None
    error: str | None = None
    advice: str | None = None


class Spot(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that can be gone to. ``name``: in the language that was asked for, where the map has it; ``local``: as
    it is called there, where that is another. ``where``: street and town. ``distance``: m as the crow flies, from where
    it was asked. ``about``: what the map says of a point (``amenity=pharmacy``)."""

    kind: SpotKind
    name: str
    latitude: float
    longitude: float
    local: str | None = None
    where: str | None = None
    distance: float | None = None
    about: str | None = None
    id: int | None = None


class Connector(msgspec.Struct, frozen=True, omit_defaults=True):
    """A connector of a charging station: ``standard`` in OCPI's words, ``power`` kW where the map has it."""

    standard: str
    count: int | None = None
    power: float | None = None


class Station(msgspec.Struct, frozen=True, omit_defaults=True):
    """A charging station, in the shape of an OCPI location. ``power``: kW of its strongest connector."""

    id: str
    name: str
    latitude: float
    longitude: float
    operator: str | None = None
    connectors: tuple[Connector, ...] = ()
    power: float | None = None
    fee: bool | None = None
    distance: float | None = None


class Lane(msgspec.Struct, frozen=True, omit_defaults=True):
    """A lane before a manoeuvre: where it leads (``left``, ``through``, ``slight_right``…), and the direction that one
    takes of these; None: this lane is a wrong one."""

    leads: tuple[str, ...]
    take: str | None = None


class Manoeuvre(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a driver does at ``at``, an index of the way's shape. ``kind``: ``turn_left``, ``roundabout_enter``,
    ``arrive``… ``streets``: where one is then. ``length`` m and ``time`` s until the next. ``exit``: which one of a
    roundabout; ``sign``: what the signpost says."""

    kind: str
    at: int
    length: float
    time: float
    streets: tuple[str, ...] = ()
    exit: int | None = None
    sign: str | None = None
    lanes: tuple[Lane, ...] = ()


class Piece(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of road from one index of the shape to another. ``limit``: as signed, None: not known; ``speed``: how
    fast one drives there."""

    start: int
    end: int
    speed: float
    limit: float | None = None
    road: str = ""
    tunnel: bool = False
    toll: bool = False


class Way(msgspec.Struct, frozen=True, omit_defaults=True):
    """A way from the first point through the others to the last. ``stops``: the indexes of the shape at which the
    points are."""

    shape: tuple[Point, ...]
    length: float
    time: float
    manoeuvres: tuple[Manoeuvre, ...]
    pieces: tuple[Piece, ...] = ()
    stops: tuple[int, ...] = ()
    toll: bool = False
    ferry: bool = False
    motorway: bool = False


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which way is wanted. ``points``: at least two. ``heading``: degrees from north in which one drives at the first.
    ``alternatives``: so many other ways at most, 0 to 2. ``through``: points that are passed between the first point
    and the second, without a stop."""

    points: tuple[Point, ...]
    heading: float | None = None
    alternatives: int = 0
    avoid_tolls: bool = False
    avoid_motorways: bool = False
    avoid_ferries: bool = False
    costing: Costing = "auto"
    through: tuple[Point, ...] = ()


class Source(msgspec.Struct, frozen=True):
    """What a map is made of: a file on the hub's machine, an address, or the name of a region that is offered."""

    text: str
    name: str = ""


class Offered(msgspec.Struct, frozen=True, omit_defaults=True):
    """A region that can be had by its name. ``size``: MB to fetch, about; ``inside``: the region that it lies in."""

    id: str
    name: str
    size: float | None = None
    inside: str | None = None


class Maps(Protocol):
    """The household's maps."""

    @property
    def ready(self) -> bool:
        """Whether what reads and makes maps is installed on this machine."""

    @property
    def changed(self) -> list[Callable[[], None]]:
        """Called whenever regions, or the map that is being made, are others than before."""

    @property
    def making(self) -> Making | None:
        """The map that is being made, or that failed last and was not given up."""

    def regions(self) -> list[Region]:
        """Those that are there, by name."""

    async def offered(self, near: Point | None = None) -> list[Offered]:
        """Regions that can be had by name; ``near``: those around it, the smallest first. Raises Unreachable where
        nobody can be asked."""

    async def add(self, source: Source) -> Making:
        """Begin to make a map, or go on with one that stands still; done when ``making`` is None again and the region
        is there. Raises BadInput, NotFound, Conflict (another is being made), Unreachable (nobody knows a name)."""

    async def take(self, name: str, content: AsyncIterator[bytes]) -> Making:
        """The same with a file that somebody sends; ``name``: the file's. Raises what ``add`` raises, TooLarge."""

    async def stop(self) -> None:
        """Give up the one that is being made; nothing of it stays."""

    async def remove(self, region: str) -> None:
        """Let go of a map; the roads of the others are made anew behind it, which ``making`` shows. Raises NotFound,
        Conflict while one is to be made."""

    def tiles(self, region: str) -> Path:
        """Where its vector tiles lie, as PMTiles. Raises NotFound."""

    async def search(self, text: str, near: Point | None, language: str, limit: int) -> list[Spot]:
        """What is called so, as far as it was typed; the best first."""

    async def at(self, point: Point, language: str) -> Spot | None:
        """What is there: an address, or a street close by."""

    async def stations(self, bounds: Bounds, power: float, limit: int) -> list[Station]:
        """Charging stations of at least so many kW, the strongest first where there are too many."""

    async def ways(self, wanted: Wanted) -> list[Way]:
        """The best way, then others. Raises NotFound: no way leads there, or the map does not have it (in words);
        Unreachable: the roads can't be read."""

    async def matrix(self, points: Sequence[Point]) -> list[list[tuple[float, float] | None]]:
        """Seconds and m from each point to each; None: no way. Raises what ``ways`` raises, BadInput."""

    async def reach(self, point: Point, metres: float, of: float | None = None) -> list[list[Point]]:
        """The rings around what can be driven to within so many metres of road. ``of``: more metres, within the rings
        of which these are to lie. Raises what ``ways`` raises, BadInput."""

    async def limits(self, course: Sequence[Point]) -> list[Piece]:
        """The roads of a course that was driven, matched to the map; the indexes are those of the course. Raises what
        ``ways`` raises, BadInput."""
