"""Where a car is on its way, from what it tells of its position: a state machine for each car. Pure.

Positions lie: they are some metres off, jump, come seldom, and stand still in tunnels. So one alone never says that a
car has left its way, and where none comes the car goes on along it by its speed, for a while.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from wayhome.features.navigation.course import Course, Snap, apart, bearing
from wayhome.hub.maps import Point

BESIDE, FAR_BESIDE = 28.0, 60.0
"""m beside its way within which a car is on it: usually, and where it says that it does not know better."""
TURNED = 75.0
"""Degrees between where a car heads and where its way leads, from which on it is on another road."""
ROLLS = 7.0
"""km/h from which on a heading says something."""
BACK, AHEAD = 25.0, 60.0
"""m that a position may be behind the last one, and ahead of where the speed would bring it."""
STANDS, STEP, BLIND_STEP = 3.0, 8.0, 25.0
"""km/h under which a car stands; and m that it has to be from where it was before that counts as having gone on, where
it tells its speed and where it does not: one that stands is told some metres off, each time elsewhere."""
FASTEST = 250 / 3.6
SLACK = 50.0
"""m that a position may be off beyond what the speed explains; farther is a jump, which has to be told twice."""
LEFT_FOR, LEFT_BY, LEFT_AT_ONCE = 2.0, 15.0, 50.0
"""A car has left its way after so many s and m beside it, or after so many m alone."""
SETTING_OUT = 200.0
"""m that it may drive off the way before it was ever on it: out of a garage, over a car park."""
AT_GOAL = 120.0
"""m around the goal within which nobody is led anew: there one looks for a place to park."""
MOST_RECKONED = 300.0
"""m that a car is taken to have gone on without a position; in a tunnel until its end and a little."""
BELIEVED = 5.0
"""s after which a jump that was told once is believed of a car that stands, as it tells nothing more; three times its
usual pace, where longer."""
LOST = 20.0
"""s without a position after which nobody knows where a moving car is; three times its usual pace, where longer."""

type Standing = Literal["on", "off", "lost"]


class Fix(msgspec.Struct, frozen=True):
    """What a car tells of where it is. ``at``: s by the steady clock. ``speed`` km/h, ``accuracy`` m; None: untold.
    ``told``: when it was told, by the other clock: the same again is the same position, however the two clocks run."""

    at: float
    point: Point
    heading: float | None = None
    speed: float | None = None
    accuracy: float | None = None
    told: float | None = None

    def same(self, other: Fix | None) -> bool:
        """Whether this is another look at what was told before."""
        return other is not None and self.told is not None and self.told == other.told


class Track(msgspec.Struct, frozen=True):
    """A car on its way.

    ``along``: m of the way behind it, by its last position; ``reckoned``: m that it has gone on since by its speed.
    ``standing``: ``on`` its way, ``off`` it, or ``lost`` from sight. ``joined``: it has been on it. ``off_since`` s,
    ``off_by`` m: how long it has been beside it. ``doubt``: a position too far off to be believed at once. ``pace``:
    s between two positions. ``step``: where it was when it was last seen to go on; ``moved``: m that it has driven
    since it was first seen.
    """

    along: float = 0.0
    reckoned: float = 0.0
    standing: Standing = "on"
    joined: bool = False
    last: Fix | None = None
    heading: float | None = None
    ticked: float | None = None
    off_since: float | None = None
    off_by: float = 0.0
    doubt: Fix | None = None
    pace: float = 1.0
    step: Point | None = None
    moved: float = 0.0

    @property
    def now(self) -> float:
        """m of the way behind it, as far as anybody knows."""
        return self.along + self.reckoned


def see(track: Track, course: Course, fix: Fix, until: float, goal: Point) -> Track:
    """The car told a position. ``until``: how far along the next stop is, at ``goal``; what comes after it does not
    count yet."""
    last = track.last
    if last is None:
        first = msgspec.structs.replace(track, last=fix, heading=fix.heading, ticked=fix.at, step=fix.point)
        return _settle(first, course, fix, until, goal)
    passed, moved = fix.at - last.at, apart(last.point, fix.point)
    if (
        passed <= 0
        or fix.same(last)
        or (track.doubt is not None and (fix.at <= track.doubt.at or fix.same(track.doubt)))
    ):
        return track  # that was seen already
    speed = max(fix.speed or 0.0, last.speed or 0.0)
    if fix.point == last.point and (fix.speed or 0.0) >= ROLLS:
        return track  # the wheels turn and the place does not: it is told without being known
    if _jumped(track, fix, passed, moved, speed):
        return msgspec.structs.replace(track, doubt=fix)
    return _take(track, course, fix, last, until, goal)


def believe(track: Track, course: Course, now: float, moving: bool, until: float, goal: Point) -> Track:
    """The car tells nothing more after it was told too far off: where it stands, that is where it is. ``now`` as in
    ``wait``, the others as in ``see``."""
    last, fix = track.last, track.doubt
    if last is None or fix is None or moving or now - fix.at < max(BELIEVED, 3 * track.pace):
        return track
    return _take(track, course, fix, last, until, goal)


def _take(track: Track, course: Course, fix: Fix, last: Fix, until: float, goal: Point) -> Track:
    """A position is believed; ``last`` is the one before."""
    passed, moved = fix.at - last.at, apart(last.point, fix.point)
    pace = track.pace + (min(passed, 600.0) - track.pace) * 0.3
    step = track.step or last.point
    stands, gone = fix.speed is not None and fix.speed < STANDS, apart(step, fix.point)
    if stands or gone < (BLIND_STEP if fix.speed is None else STEP):
        gone = 0.0
    seen = msgspec.structs.replace(
        track,
        last=fix,
        heading=_heading(track, last.point if moved >= STEP else step if gone else None, fix),
        ticked=fix.at,
        doubt=None,
        pace=pace,
        step=fix.point if stands or gone else step,
        moved=track.moved + gone,
    )
    return _settle(seen, course, fix, until, goal, passed, moved, gone)


def _jumped(track: Track, fix: Fix, passed: float, moved: float, speed: float) -> bool:
    """Whether a position is farther off than the car can have gone. A second one that fits the first is believed: it
    was carried by a ferry or a train, or the ones before were wrong."""
    told = fix.speed is not None
    reach = (2 * speed / 3.6 if told and passed <= 5 else FASTEST) * passed + SLACK
    if moved <= reach:
        return False
    doubt = track.doubt
    if doubt is None:
        return True
    return apart(doubt.point, fix.point) > FASTEST * max(0.0, fix.at - doubt.at) + SLACK


def _heading(track: Track, since: Point | None, fix: Fix) -> float | None:
    """Where it heads: as it says while it rolls, else as it has gone on from ``since``; None: it has not."""
    if fix.heading is not None and (fix.speed is None or fix.speed >= ROLLS):
        return fix.heading
    return bearing(since, fix.point) if since is not None else track.heading


def _settle(
    track: Track,
    course: Course,
    fix: Fix,
    until: float,
    goal: Point,
    passed: float = 0.0,
    moved: float = 0.0,
    gone: float = 0.0,
) -> Track:
    """Bring a position to the way, or count it as one beside it. ``moved``: m from the position before; ``gone``: those
    that count."""
    within = max(BESIDE, min(FAR_BESIDE, 1.5 * (fix.accuracy or 0.0)))
    rolls = (fix.speed or 0.0) >= ROLLS or (fix.speed is None and moved >= STEP)
    heading = track.heading if rolls else None
    ahead = track.now + AHEAD + passed * (FASTEST if fix.speed is None else 1.5 * fix.speed / 3.6)
    found = course.snap(fix.point, heading, track.along - BACK, min(until, ahead))
    if found is None or not _fits(found, within):
        found = course.snap_anywhere(fix.point, heading, within, until)
        if found is not None and not _fits(found, within):
            found = None
    if found is not None:
        # A position that wavers does not send anybody back.
        back = 0.0 < track.along - found.along < BACK and (found.turn or 0.0) < TURNED
        along = track.along if back else found.along
        return msgspec.structs.replace(
            track, along=along, reckoned=0.0, standing="on", joined=True, off_since=None, off_by=0.0
        )
    if apart(fix.point, goal) <= AT_GOAL:
        return msgspec.structs.replace(track, standing="on", off_since=None, off_by=0.0)
    since = fix.at if track.off_since is None else track.off_since
    # The first position beside the way may be the only one: what counts is how far it goes on from there.
    by = 0.0 if track.off_since is None else track.off_by + gone
    left = by >= LEFT_AT_ONCE or (fix.at - since >= LEFT_FOR and by >= LEFT_BY)
    standing: Standing = "off" if (left if track.joined else by >= SETTING_OUT) else "on"
    return msgspec.structs.replace(track, standing=standing, off_since=since, off_by=by)


def _fits(found: Snap, within: float) -> bool:
    return found.beside <= within and (found.turn is None or found.turn <= TURNED)


def wait(track: Track, course: Course, now: float, speed: float | None, moving: bool, until: float) -> Track:
    """Time passes without a position. ``now``: s by the steady clock. ``speed``: km/h as it is told now; None: it is
    not. ``moving``: whether the car is under way, as far as anybody knows."""
    last = track.last
    if last is None or track.ticked is None or now <= track.ticked:
        return track
    passed, silent = now - track.ticked, now - last.at
    ticked = msgspec.structs.replace(track, ticked=now)
    rolls = speed is not None and speed >= STANDS
    if track.standing == "on" and track.joined and track.off_since is None and rolls and speed is not None:
        out = course.tunnel_until(track.along)
        out = course.tunnel_until(track.along + MOST_RECKONED) if out is None else out
        most = max(MOST_RECKONED, (out or 0.0) - track.along + MOST_RECKONED)
        gone = min(track.reckoned + passed * speed / 3.6, most, max(0.0, until - track.along - 20.0))
        ticked = msgspec.structs.replace(ticked, reckoned=max(track.reckoned, gone))
        if out is not None and track.along + ticked.reckoned < out + MOST_RECKONED / 2:
            return ticked  # under the ground nobody expects a position
    if silent > max(LOST, 3 * track.pace) and moving:
        return msgspec.structs.replace(ticked, standing="lost")
    return ticked
