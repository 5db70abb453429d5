"""What a car that is led is told: how far, how long, what comes next. Pure."""

from __future__ import annotations

from wayhome.features.navigation.course import Course
from wayhome.features.navigation.model import Ahead

SILENT = frozenset({"none", "start", "start_right", "start_left", "becomes"})
"""Nobody has to do anything there."""
ENDS = frozenset({"arrive", "arrive_right", "arrive_left"})
ENTERS, LEAVES = "roundabout_enter", "roundabout_exit"
RIGHT_AFTER = 150.0
"""m within which a second manoeuvre is told together with the first."""


def next_number(course: Course, along: float) -> int | None:
    """The number of the manoeuvre that comes next; None: there is none."""
    number = course.manoeuvres_behind(along)
    while (found := course.manoeuvre(number)) is not None:
        if found[0].kind not in SILENT:
            return number
        number += 1
    return None


def ahead(course: Course, along: float) -> Ahead | None:
    """The next manoeuvre, and the one right after it. A roundabout is one: what leads out of it says where to."""
    number = next_number(course, along)
    found = course.manoeuvre(number) if number is not None else None
    if found is None:
        return None
    one, at = found
    streets, sign, over = one.streets, one.sign, at
    if one.kind == ENTERS:
        out = course.manoeuvre(course.manoeuvres_behind(at))
        if out is not None and out[0].kind == LEAVES:
            streets, sign, over = out[0].streets or streets, out[0].sign or sign, out[1]
    then = None
    if one.kind not in ENDS:
        later = next_number(course, over)
        second = course.manoeuvre(later) if later is not None else None
        if second is not None and second[1] - over <= RIGHT_AFTER and second[0].kind not in ENDS:
            then = second[0].kind
    return Ahead(one.kind, max(0.0, at - along), streets, one.exit, sign, one.lanes, then)


def street(course: Course, along: float) -> str | None:
    """What the street is called that the way follows there."""
    number = course.manoeuvres_behind(along) - 1
    found = course.manoeuvre(max(0, number))
    return found[0].streets[0] if found is not None and found[0].streets else None


def reached(course: Course, along: float, passed: int) -> int:
    """How many stops are behind, when so many were before. One is reached some metres before it: nobody drives through
    a house."""
    while passed < len(course.stops) - 1 and along >= course.stops[passed] - 15.0:
        passed += 1
    return passed
