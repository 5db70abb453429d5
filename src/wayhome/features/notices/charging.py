"""The end of charging: at the limit, or before it. Unlike the other conditions it needs what was before."""

from __future__ import annotations

from collections.abc import Iterator

from wayhome.core import driving
from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.features.notices.conditions import CABLE, CHARGING, Condition, Get, full
from wayhome.features.notices.model import Notice

START_STOP = "Charging.StartStopCharging"
NEAR = 1.0
"""Charged to the limit, as near as cars tell it, in percent."""
ASKED = 120.0
"""Who stops it by hand knows: for so many s an end of charging counts as wished."""


class Charges:
    """What each car's charging was. ``ended``: how it came to its end, while the car stands where it charged."""

    def __init__(self) -> None:
        self._was: dict[str, bool] = {}
        self._ended: dict[str, tuple[str, dict[str, Value]]] = {}
        self._asked: dict[str, float] = {}

    def before(self, thing: str, path: str, value: Value, at: float, told_at: float) -> None:
        """What was known when the hub started: a charging of which nothing was told yet may have ended meanwhile."""
        if path == f"{thing}/{CHARGING}" and isinstance(value, bool) and at > told_at:
            self._was[thing] = value

    def stands(self, notice: Notice) -> None:
        """A notice that stood when the hub stopped: the car may still be as it was."""
        if notice.kind in ("charged", "charge_stopped"):
            told: dict[str, Value] = {
                name: notice.values[name] for name in ("charge", "limit") if name in notice.values
            }
            self._ended[notice.thing] = (notice.kind, told)

    def asked(self, thing: str, now: float) -> None:
        """Somebody wished it to stop."""
        self._asked[thing] = now

    def forget(self, thing: str) -> None:
        for known in (self._was, self._ended, self._asked):
            known.pop(thing, None)

    def conditions(self, thing: Thing, get: Get, now: float) -> Iterator[Condition]:
        """Whether the car stands charged, and whether it stands with its charging broken off."""
        charging, cable = get(CHARGING), get(CABLE)
        away = cable is False or (driving.SPEED in thing.signals and get(driving.STATE) == "moving")
        if isinstance(charging, bool):
            if charging:
                self._ended.pop(thing.id, None)
            elif self._was.get(thing.id) is True and not away:
                self._end(thing, get, now)
            self._was[thing.id] = charging
        if away:
            self._ended.pop(thing.id, None)
        kind, values = self._ended.get(thing.id, ("", {}))
        about = f"{thing.id}/{CHARGING}"
        known = isinstance(charging, bool)
        name: dict[str, Value] = {"name": thing.name}
        # Topping up at the limit is still "charged"; going on before it is the end of "stopped".
        charge, limit = full(get)
        at_limit = charge is not None and charge >= limit - NEAR
        charged = kind == "charged" or (charging is True and at_limit and not away)
        yield Condition(
            "charged", thing.id, thing.id, about, _so(known, kind == "charged", hold=charged), {**name, **values}
        )
        yield Condition(
            "charge_stopped",
            thing.id,
            thing.id,
            about,
            (kind == "charge_stopped") if known else None,
            {**name, **values},
        )

    def _end(self, thing: Thing, get: Get, now: float) -> None:
        charge, limit = full(get)
        if charge is None:
            return
        asked = self._asked.pop(thing.id, None)
        values: dict[str, Value] = {"charge": round(charge), "limit": round(limit)}
        if charge >= limit - NEAR:
            self._ended[thing.id] = ("charged", values)
        elif asked is None or now - asked > ASKED:
            self._ended[thing.id] = ("charge_stopped", values)


def _so(known: bool, so: bool, *, hold: bool) -> bool | None:
    """``so`` begins it; while ``hold``, it is neither begun nor ended."""
    if not known:
        return None
    return True if so else None if hold else False
