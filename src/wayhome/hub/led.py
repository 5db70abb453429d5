"""Where a car is being led, as links tell it to others: from what navigation says of the car."""

from __future__ import annotations

from datetime import UTC, datetime

from wayhome.core.value import Value

NOW = "navigation.now"
MOST = 1e11
"""Seconds since 1970, or metres: no more than a date and a length can be."""


def led(now: Value) -> dict[str, Value]:
    """``destination`` (a name), ``arrival`` (ISO 8601, to the minute, so that it is not said anew every second) and
    ``to_go`` (km); each None where it is not known. ``now``: the car's ``navigation.now``."""
    found: dict[str, Value] = now if isinstance(now, dict) and now.get("state") != "arrived" else {}
    goal, eta, left = found.get("goal"), _number(found.get("eta")), _number(found.get("left"))
    name = goal.get("name") if isinstance(goal, dict) else None
    return {
        "destination": name or None,
        "arrival": None if eta is None else datetime.fromtimestamp(round(eta / 60) * 60, UTC).isoformat(),
        "to_go": None if left is None else round(left / 1_000, 1),
    }


def _number(value: Value) -> float | None:
    found = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else -1.0
    return found if 0 <= found < MOST else None
