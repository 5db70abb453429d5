"""What can be done with things."""

from __future__ import annotations

from typing import Any

import msgspec

from wayhome.core.thing import INFO
from wayhome.errors import BadInput, NotFound
from wayhome.hub.link import Picture
from wayhome.hub.operations import operation
from wayhome.hub.session import Session


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    """A wish: that the signal at ``path`` becomes ``target``.

    ``key`` (8 to 64 characters) makes it idempotent for 24 h, ``ttl`` is how long it is worth fulfilling (s), from when
    the hub hears of it; ``until`` (s since 1970 by the hub's clock): not later, however long it was on its way.
    ``held``: the person pressed and held, ``code``: what the thing asks for (an alarm's PIN), kept nowhere.
    """

    path: str
    target: Any
    key: str | None = None
    ttl: float | None = None
    until: float | None = None
    held: bool = False
    code: str | None = None


class Wished(msgspec.Struct):
    """A wish as it stands: ``state`` is sent, done, failed or expired; ``why`` says the reason of a failure."""

    key: str
    path: str
    state: str
    expires: float
    code: str | None = None
    why: str | None = None


@operation("home.set")
async def set_(session: Session, data: Wish) -> Wished:
    """Wish that a thing's signal becomes a value.

    Answered once the wish is durable; the device's own report then shows at the path. A command never changes a
    reading by itself.
    """
    command = await session.act(
        data.path, data.target, key=data.key, ttl=data.ttl, until=data.until, held=data.held, code=data.code
    )
    return Wished(command.key, command.path, command.state, command.expires, command.code, command.why)


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """A path or glob: ``su7/Vehicle.Speed``, ``*/light.**``."""

    path: str


class Values(msgspec.Struct):
    """Facts by path: ``[value, at]``, then source_at and quality where they differ from the usual."""

    values: dict[str, list[Any]]


@operation("home.get", reads=True)
async def get(session: Session, data: Wanted) -> Values:
    """The facts at a path or glob, as far as you may see them."""
    found = session.read([data.path])
    if not found and "*" not in data.path:
        raise NotFound(f"there is nothing at {data.path[:80]!r} for you")
    return Values(found)


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class Things(msgspec.Struct):
    """What there is, by id: name, kind, area, traits and signals with their bounds."""

    things: dict[str, Any]


@operation("home.things", reads=True)
async def things(session: Session, data: Nothing) -> Things:
    """Everything the household has and you may see."""
    found = session.read([f"*/{INFO}"])
    return Things({path.partition("/")[0]: shown[0] for path, shown in found.items()})


class Pictured(msgspec.Struct, forbid_unknown_fields=True):
    """The thing id of a camera, or of a player with a picture of what plays."""

    thing: str


@operation("home.picture", reads=True)
async def picture(session: Session, data: Pictured) -> Picture:
    """A camera's picture of this moment, or a player's of what plays."""
    thing = session.hub.household.house.things.get(data.thing)
    # A right to see what plays is none to see through a camera.
    signal = "camera.state" if thing is not None and "camera" in thing.traits else "media_player.picture"
    if (
        thing is None
        or (signal == "media_player.picture" and signal not in thing.signals)
        or not session.may("read", f"{thing.id}/{signal}")
    ):
        raise NotFound(f"there is no picture of {data.thing[:64]!r} for you")
    hub = session.hub
    if signal == "camera.state":
        hub.drivers.still(session)
    foreign = hub.household.house.foreign(thing.id) is not None
    found = await (hub.sites.fetching.picture(thing) if foreign else hub.links.picture(thing.id))
    if not session.may("read", f"{thing.id}/{signal}"):  # a camera has ten seconds, in which a right may end
        raise NotFound(f"there is no picture of {data.thing[:64]!r} for you")
    return found


class Span(msgspec.Struct, forbid_unknown_fields=True):
    """A path and a time span, s since 1970, of at most 32 days; at most ``limit`` points."""

    path: str
    start: float
    end: float
    limit: int = 10_000


class Points(msgspec.Struct):
    """Points in time: ``[at, value]``. ``cut``: there were more than the limit."""

    path: str
    points: list[tuple[float, Any]]
    cut: bool = False


@operation("home.history", reads=True)
async def history(session: Session, data: Span) -> Points:
    """What a signal was over time: every change of a state, the drive log of telemetry.

    Telemetry is kept at the site that owns the thing, and fetched from there: `unreachable` while that is away.
    """
    if not session.may("read", data.path):
        raise NotFound(f"there is nothing at {data.path[:80]!r} for you")
    if not 0 < data.end - data.start <= 32 * 86_400 or not 0 < data.limit <= 100_000:
        raise BadInput("a span ends after its start, within 32 days; the limit is 1 to 100000")
    household = session.hub.household
    signal = household.house.signal(data.path)
    if signal.keep == "telemetry":
        asked = (data.path, data.start, data.end, data.limit + 1)
        thing = household.house.foreign(data.path.partition("/")[0])
        if thing is None:
            points: list[tuple[float, Any]] = list(await household.store.samples(*asked))
        else:
            session.spend(data.limit / 100)  # it takes the road between the sites, and another hub's time
            points = list(await session.hub.sites.fetching.samples(thing, *asked))
    else:
        found = await household.store.history(data.path, data.start, data.end, data.limit + 1)
        points = [(reading.at, reading.value) for reading in found][-data.limit :]
        return Points(data.path, points, len(found) > data.limit)
    return Points(data.path, points[: data.limit], len(points) > data.limit)
