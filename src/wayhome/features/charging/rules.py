"""The rules of the charge schedule: from where the hub stands and what the car shows, what follows. Pure.

The first rule is that nobody is fought: who starts or stops the car by hand, here or at the car, has it their way until
the cable is out.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Literal

from msgspec.structs import replace

from wayhome.features.charging import hours
from wayhome.features.charging.model import Because, Doing, Plan, Seen, Standing, Step, Way

SETTLES = 600.0
"""s after the cable went in within which a start is the car's own: cars begin by themselves, some after minutes."""
LASTS = 60.0
"""s that a car does other than it was asked before that is somebody's doing: chargers pause, and cars that have just
woken say all sorts of things."""
UNTOLD = 12 * 3600.0
"""s that a person's wish stands at a car that does not tell of its cable."""
TRIES = 4
"""So often a car is told before it is called trouble."""
GAP, LONGEST_GAP = 120.0, 7_200.0
"""s after the first telling until the second; each gap is twice the one before it, up to the longest."""
NEAR = 3.0
"""Percent under its limit at which a car that stopped counts as charged."""
USUAL_PACE = 8.0
"""Percent in an hour while nothing is known: a large battery on a small wall box, so that it is rather early."""
MARGIN = 900.0
"""s that a car is to be ready ahead of its time."""
type Want = tuple[Way, Because]


def step(plan: Plan, before: Standing, seen: Seen, now: float, zone: tzinfo) -> Step:
    """What follows now. To be asked whenever something changed, and every few seconds for what time alone brings."""
    if seen.cable is False:
        return Step(Standing(pace=before.pace), "unplugged" if plan.on else "off")
    if seen.charging is None or (seen.cable is None and before.plugged is None and not plan.on):
        return Step(before, "unknown" if plan.on else "off")
    standing = before if before.plugged is not None else Standing(plugged=now, pace=before.pace)
    standing = _learn(standing, seen)
    standing = _hand(standing, seen, now)
    if not plan.on:
        return Step(_let_go(standing), "off")
    if standing.hand is not None:
        return Step(standing, "by_hand")
    want = _want(plan, standing, seen, now, zone)
    if want is None:
        return Step(_let_go(standing), "charged", None, hours.begins(plan, now, zone))
    standing, tell = _ask(standing, seen, want, now)
    doing = _doing(standing, seen, want[1])
    return Step(standing, doing, tell, hours.begins(plan, now, zone) if want[0] == "STOP" else None)


def by_hand(standing: Standing, way: Way, by: str | None, now: float) -> Standing:
    """A person started or stopped it: that stands until the cable is out."""
    return replace(_let_go(standing), hand=way, by=by, hand_at=now, plugged=standing.plugged or now)


def follow_plan(standing: Standing) -> Standing:
    """Forget what a person wanted and begin anew."""
    return replace(_let_go(standing), hand=None, by=None, hand_at=0.0)


def charged(seen: Seen) -> bool:
    """Whether it has what it is to get. One that stopped is not started again for the last few percent."""
    if seen.level is None:
        return False
    return seen.level >= (seen.limit or 100.0) - (0.0 if seen.charging else NEAR)


def needs(seen: Seen, pace: float | None) -> float:
    """s that the charge still takes, as far as that can be told."""
    if seen.left and seen.charging:
        return seen.left
    if seen.level is None:
        return 0.0
    return max(0.0, (seen.limit or 100.0) - seen.level) / (pace or USUAL_PACE) * 3600


def _learn(standing: Standing, seen: Seen) -> Standing:
    """The pace, from a car that charges and says how long it still takes; not for each little change of it."""
    if not seen.charging or not seen.left or seen.left < 300 or seen.level is None or seen.limit is None:
        return standing
    pace = round((seen.limit - seen.level) / seen.left * 3600, 1)
    known = standing.pace
    if pace <= 0.5 or (known is not None and abs(pace - known) < 0.2 * known):
        return standing
    return replace(standing, pace=pace)


def _hand(standing: Standing, seen: Seen, now: float) -> Standing:
    """What the car's own doing tells: that it obeyed, or that somebody started or stopped it there."""
    if standing.hand is not None and seen.cable is None and now - standing.hand_at > UNTOLD:
        standing = follow_plan(standing)
    if standing.hand is not None or standing.asked is None:
        return standing
    does: Way = "START" if seen.charging else "STOP"
    if does == standing.asked:
        if standing.obeyed and standing.odd is None:
            return standing
        return replace(standing, obeyed=True, odd=None, tries=0, trouble=None)
    if not standing.obeyed:
        return standing
    if standing.odd is None:
        standing = replace(standing, odd=now)
    if does == "STOP" and charged(seen):
        return _let_go(standing)
    if now - (standing.odd or now) < LASTS:
        return standing
    if does == "STOP":
        return by_hand(standing, "STOP", None, now)
    if standing.told or now - (standing.plugged or now) > SETTLES:
        return by_hand(standing, "START", None, now)
    return _let_go(standing)


def _let_go(standing: Standing) -> Standing:
    """As if the car had never been asked for anything since it was plugged in."""
    return replace(
        standing, asked=None, told=False, obeyed=False, odd=None, tries=0, again=0.0, because=None, trouble=None
    )


def _want(plan: Plan, standing: Standing, seen: Seen, now: float, zone: tzinfo) -> Want | None:
    """What the plan wants of a car with its cable in; None: nothing, it has enough."""
    if charged(seen):
        return None if seen.keeps_limit or not (seen.charging or standing.because == "limit") else ("STOP", "limit")
    if hours.inside(plan, now, zone):
        return "START", "window"
    at = hours.ready(plan, now, zone)
    if at is not None and seen.level is not None:
        # Once begun it goes on: what is left and what it needs shrink together, and would have it stop and go.
        goes_on = standing.because == "ready" and standing.asked == "START"
        if goes_on or at - now <= needs(seen, standing.pace) + MARGIN:
            return "START", "ready"
    return "STOP", "outside"


def _ask(standing: Standing, seen: Seen, want: Want, now: float) -> tuple[Standing, Way | None]:
    way, because = want
    does: Way = "START" if seen.charging else "STOP"
    if standing.asked != way:
        fresh = replace(_let_go(standing), asked=way, because=because)
        if does == way:
            return replace(fresh, obeyed=True), None
        return replace(fresh, told=True, tries=1, again=now + GAP), way
    if standing.because != because:
        standing = replace(standing, because=because)
    if standing.obeyed or now < standing.again:
        return standing, None
    again = now + min(LONGEST_GAP, GAP * float(2 ** min(standing.tries, 10)))
    return replace(standing, told=True, tries=standing.tries + 1, again=again), way


def _doing(standing: Standing, seen: Seen, because: Because) -> Doing:
    done: Literal["charges", "charged", "waits"] = (
        "charges" if standing.asked == "START" else "charged" if because == "limit" else "waits"
    )
    if standing.obeyed:
        return done
    return "trouble" if standing.tries >= TRIES else "asks"
