"""When a drive starts and ends: a state machine over what a car tells. Pure.

A car that tells its speed starts a drive when the wheels turn, and has ended it where and when they last turned, once
it has been off, or in park, or standing for long enough. So red lights, a park at a level crossing and a tunnel are
parts of a drive. A car that tells only odometer and place, minutes apart, starts one when these have moved and ends it
when they no longer do.
"""

from __future__ import annotations

import math

import msgspec

from wayhome.features.drives.model import Counts, Look

OFF = 30.0
"""s switched off or plugged in, and the drive has ended. Shorter: the motor was started anew."""
PARKED = 300.0
"""s in park with the electrics on: waiting for somebody at the kerb, or a level crossing."""
STANDING = 1_800.0
"""s standing in gear: a jam, a ferry's queue."""
LOST = 1_800.0
"""s without a word from the car: a tunnel, a garage, a restart of the hub. Longer: nobody knows what it did since."""
QUIET = 1_500.0
"""s that a car which tells only now and then has not moved on."""
NEAR = 900.0
"""A report so many s before the first one that shows a move says when the drive began."""
LEAST = 100.0
"""Metres. Less is no drive: the car was put elsewhere in the yard."""
LATE = 2_000.0
"""Metres by which an odometer may go on after a drive: some tell it in whole miles, or when the car is next awake."""
SILENT = 60.0
"""s without a move, and then the odometer is further on: the car went while its speed was not told."""
STRAY = 200.0
"""Metres by which a parked car's place wanders (satellites seen from a garage)."""
MOST = 2_000_000.0
"""Metres. An odometer that is so much further on was replaced or told in another unit."""
JUMP = 5.0
"""s that times may go back by, before they tell of a clock that was set back."""
EARTH = 6_371_000.0


class Watch(msgspec.Struct, frozen=True):
    """What is known of a car between two looks. ``start`` None: it is at rest. Times in s since 1970.

    ``moved``: when it last moved. ``parked``, ``off``: since when it is. ``counts``: the counters as last told.
    ``mark``, ``place``: odometer (m) and place where it last moved. ``rolling``: its last speed was one.
    """

    now: float
    heard: float
    start: float | None = None
    moved: float = 0.0
    parked: float | None = None
    off: float | None = None
    counts: Counts = Counts()
    mark: float | None = None
    place: tuple[float, float] | None = None
    coarse: bool = False
    rolling: bool = False


class Started(msgspec.Struct, frozen=True):
    """A drive began at ``at``, with the counters at ``base`` and the car at ``place``. ``coarse``: about then."""

    at: float
    base: Counts
    place: tuple[float, float] | None
    coarse: bool


class Ended(msgspec.Struct, frozen=True):
    """The drive that began at ``start`` ended at ``at``. ``lost``: the reports ceased, it may have gone on.
    ``odometer``: what it stood at when that was sure, which may be more than at ``at``: some tell it late."""

    start: float
    at: float
    lost: bool
    odometer: float | None = None


class Unseen(msgspec.Struct, frozen=True):
    """The car went so many metres while nobody heard it; ``start`` and ``at`` are when it was last and first heard."""

    start: float
    at: float
    base: Counts
    counts: Counts
    origin: tuple[float, float] | None
    goal: tuple[float, float] | None


type Happened = Started | Ended | Unseen


def apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two places (degrees), as the crow flies."""
    (a, b), (c, d) = ((math.radians(x), math.radians(y)) for x, y in (one, other))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(h)))


def gone(before: float | None, after: float | None) -> float | None:
    """Metres between two states of an odometer; None where it does not tell, was reset or replaced."""
    if before is None or after is None:
        return None
    return after - before if 0 <= after - before <= MOST else None


def begin(look: Look, counts: Counts | None = None, place: tuple[float, float] | None = None) -> Watch:
    """A car at rest, as looked at; ``counts`` and ``place`` are what was known before."""
    known = look.counts if counts is None else _known(counts, look.counts)
    return Watch(look.now, look.heard, counts=known, mark=known.odometer, place=look.place or place, coarse=look.coarse)


def step(watch: Watch, look: Look) -> tuple[Watch, list[Happened]]:
    """What follows from a look at the car, and what happened."""
    if look.now < watch.now - JUMP or look.coarse is not watch.coarse:
        # The clock was set back, or the car is another one: what was known before says nothing of what comes.
        over = [_over(watch, watch.start, False)] if watch.start is not None else []
        return begin(look), [*over]
    if look.heard - watch.heard > LOST or (watch.start is not None and look.now - max(watch.heard, look.heard) > LOST):
        return _lost(watch, look)
    return _rest(watch, look) if watch.start is None else _under_way(watch, look, watch.start)


def _rest(watch: Watch, look: Look) -> tuple[Watch, list[Happened]]:
    counts = _known(watch.counts, look.counts)
    heard = max(watch.heard, look.heard)
    # Who has said nothing since has not gone on since.
    news = look.heard > watch.heard
    went = news and (_moved(watch, look) if look.coarse else _stepped(watch, look, counts))
    if not went and not look.moving:
        # Small steps add up from where the car last moved; an odometer that was set back counts anew from where it is.
        reset = gone(watch.mark, counts.odometer) is None
        mark = counts.odometer if reset or _late(watch, look, counts) else watch.mark
        place = watch.place or look.place
        rest = msgspec.structs.replace(watch, now=look.now, heard=heard, counts=counts, mark=mark, place=place)
        return rest, []
    start, base, place = look.heard, counts, look.place or watch.place
    if went:
        # What it tells now is of after the start: the start is as it was at rest.
        base, place = msgspec.structs.replace(watch.counts, odometer=watch.mark), watch.place
        if watch.heard < look.heard <= watch.heard + NEAR:
            start = watch.heard
    begun = Watch(
        look.now,
        heard,
        start,
        look.heard,
        None,
        None,
        counts,
        counts.odometer,
        look.place or watch.place,
        look.coarse,
        look.rolling,
    )
    started = Started(start, base, place, went)
    if went and look.now - look.heard >= (QUIET if look.coarse else STANDING):
        # It was told so late that it is over by now, and not only at the next look.
        return begin(look, counts, begun.place), [started, _over(begun, start, look.rolling)]
    return begun, [started]


def _stepped(watch: Watch, look: Look, counts: Counts) -> bool:
    """Whether a car that tells its speed went on without it: it is told too seldom, or not at all any more."""
    metres = gone(watch.mark, counts.odometer)
    return metres is not None and metres >= LEAST and not _late(watch, look, counts)


def _late(watch: Watch, look: Look, counts: Counts) -> bool:
    """Whether the odometer only told late what it had gone before: the car stands where it stood."""
    metres = gone(watch.mark, counts.odometer)
    if look.coarse or metres is None or metres > LATE:
        return False
    return watch.place is not None and look.place is not None and apart(watch.place, look.place) <= STRAY


def _under_way(watch: Watch, look: Look, start: float) -> tuple[Watch, list[Happened]]:
    counts = _known(watch.counts, look.counts)
    moved = _moved(watch, look) if look.coarse else look.moving
    if not moved and not look.coarse and look.heard - watch.moved > SILENT:
        moved = _stepped(watch, look, counts)
    after = Watch(
        look.now,
        max(watch.heard, look.heard),
        start,
        max(watch.moved, look.heard) if moved else watch.moved,
        _since(watch.parked, look.parked and not moved, look.now),
        _since(watch.off, look.off and not moved, look.now),
        counts,
        counts.odometer if moved or gone(watch.mark, counts.odometer) is None else watch.mark,
        look.place or watch.place if moved or not look.coarse else watch.place,
        look.coarse,
        look.rolling,
    )
    rested = (after.off is not None and look.now - after.off >= OFF) or (
        after.parked is not None and look.now - after.parked >= PARKED
    )
    if not rested and look.now - max(after.moved, start) < (QUIET if look.coarse else STANDING):
        return after, []
    return begin(look, counts, after.place), [_over(after, start, look.rolling and not rested)]


def _since(before: float | None, still: bool, now: float) -> float | None:
    return (before if before is not None else now) if still else None


def _over(watch: Watch, start: float, lost: bool) -> Ended:
    return Ended(start, max(watch.moved, start), lost, watch.counts.odometer)


def _lost(watch: Watch, look: Look) -> tuple[Watch, list[Happened]]:
    """The car was not heard for long. What it was doing ended when it was last heard; how far it went since, the
    odometer tells."""
    happened: list[Happened] = []
    if watch.start is not None:
        happened.append(_over(watch, watch.start, watch.rolling))
    mark = watch.mark if watch.start is None else watch.counts.odometer
    rest = Watch(look.now, watch.heard, counts=watch.counts, mark=mark, place=watch.place, coarse=look.coarse)
    if look.heard <= watch.heard:
        return rest, happened  # not a word yet: what it says when it comes back is compared with what it said last
    if look.coarse:
        after, more = _rest(rest, look)
        return after, [*happened, *more]
    if _stepped(rest, look, look.counts):
        base = msgspec.structs.replace(watch.counts, odometer=mark)
        happened.append(Unseen(watch.heard, look.heard, base, look.counts, watch.place, look.place))
    after, more = _rest(begin(look, watch.counts, watch.place), look)
    return after, [*happened, *more]


def _moved(watch: Watch, look: Look) -> bool:
    """Whether a car without a speed has moved since it last moved."""
    metres = gone(watch.mark, look.counts.odometer)
    if metres is not None:
        return metres >= LEAST
    if watch.mark is not None or look.counts.odometer is not None:
        return False
    return watch.place is not None and look.place is not None and apart(watch.place, look.place) > STRAY


def _known(before: Counts, now: Counts) -> Counts:
    """The counters now, and of those that are not told the last known."""
    return Counts(*(new if new is not None else old for old, new in zip(_each(before), _each(now), strict=True)))


def _each(counts: Counts) -> tuple[float | None, ...]:
    return counts.odometer, counts.consumed, counts.charged, counts.charge
