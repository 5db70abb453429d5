"""When something is said of the next manoeuvre: well before it, before it, and at it, by how fast one comes. Pure."""

from __future__ import annotations

from wayhome.features.navigation.model import Ahead, What
from wayhome.features.navigation.progress import ENDS, LEAVES

FAR, NEAR, NOW = 60.0, 18.0, 5.0
"""s before it, at the present speed."""
LEAST: dict[str, float] = {"far": 500.0, "near": 120.0, "now": 25.0}
MOST: dict[str, float] = {"far": 2_000.0, "near": 600.0, "now": 140.0}
"""m, whatever the speed."""
FAST = 60.0
"""km/h from which on something is said well before: in town one turn follows the other."""
ORDER: tuple[What, ...] = ("far", "near", "now")


def metres(what: What, speed: float) -> float:
    """How far before a manoeuvre that falls due."""
    seconds = {"far": FAR, "near": NEAR, "now": NOW}[what]
    return max(LEAST[what], min(MOST[what], seconds * speed / 3.6))


def due(ahead: Ahead, speed: float, said: What | None) -> What | None:
    """What is to be said of it now, where ``said`` was the last of it; None: nothing new. ``speed``: km/h."""
    found: What | None = None
    now = metres("now", speed)
    if ahead.far <= now:
        found = "now"
    elif ahead.far <= 1.5 * now:
        return None  # it is said in a moment
    elif ahead.far <= metres("near", speed):
        found = "near"
    elif speed >= FAST and ahead.far <= metres("far", speed):
        found = "far"
    if ahead.kind == LEAVES or (found == "now" and ahead.kind in ENDS):
        return None  # said with the roundabout; that one is there is said when one is
    if found is None or (said is not None and ORDER.index(found) <= ORDER.index(said)):
        return None
    return found
