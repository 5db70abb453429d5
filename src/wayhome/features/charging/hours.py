"""The hours of a charge schedule, by the household's clock: pure functions of time and zone.

A window is judged by what the clock on the wall shows. So where clocks are set back it is open for the hour that comes
twice, and where they are set forward, it has an hour less; tariffs by the hour do the same.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from wayhome.features.charging.model import Plan

AHEAD = 8
"""Days looked at for the next window: one more than a week."""


def minutes(clock: str) -> int:
    """Minutes since midnight of ``22:00``."""
    return int(clock[:2]) * 60 + int(clock[3:])


def inside(plan: Plan, now: float, zone: tzinfo) -> bool:
    """Whether a window is open at ``now`` (s since 1970). One over midnight belongs to the day it began on."""
    local = datetime.fromtimestamp(now, zone)
    minute = local.hour * 60 + local.minute
    start, end = minutes(plan.start), minutes(plan.end)
    today, yesterday = local.weekday(), (local.weekday() - 1) % 7
    if start < end:
        return today in plan.days and start <= minute < end
    return (today in plan.days and minute >= start) or (yesterday in plan.days and minute < end)


def begins(plan: Plan, now: float, zone: tzinfo) -> float | None:
    """When the next window opens after ``now``, or None when one is open."""
    if inside(plan, now, zone):
        return None
    today = datetime.fromtimestamp(now, zone).date()
    for day in (today + timedelta(days) for days in range(-1, AHEAD + 1)):
        opens = moment(day, plan.start, zone)
        if opens > now and inside(plan, opens, zone):
            return opens
    return None


def ready(plan: Plan, now: float, zone: tzinfo) -> float | None:
    """The next moment at which the car is to be ready, if it is one within a day. It belongs to the window before
    it, so it counts on the days of that."""
    if plan.ready is None:
        return None
    today = datetime.fromtimestamp(now, zone).date()
    over = minutes(plan.ready) <= minutes(plan.start)
    for day in (today + timedelta(days) for days in (-1, 0, 1)):
        if day.weekday() in plan.days:
            at = moment(day + timedelta(over), plan.ready, zone)
            if now < at <= now + 86_400:
                return at
    return None


def moment(day: date, clock: str, zone: tzinfo) -> float:
    """When the clock on the wall shows ``clock`` on that day: for the first time where it does so twice, and where it
    leaves it out, the moment at which it is set forward."""
    wall = datetime.combine(day, time(int(clock[:2]), int(clock[3:])))
    at = wall.replace(tzinfo=zone).timestamp()
    if datetime.fromtimestamp(at, zone).replace(tzinfo=None, fold=0) == wall:
        return at
    before, after = wall.replace(tzinfo=zone, fold=1).timestamp(), at
    offset = datetime.fromtimestamp(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
