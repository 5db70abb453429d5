"""What is told live of a car's drives: the one under way, and the last one."""

from __future__ import annotations

import msgspec

from wayhome.core.value import Value
from wayhome.features.drives import figures, looking
from wayhome.features.drives.model import Counts, Drive
from wayhome.features.drives.working_out import one, spot
from wayhome.hub.running import Hub


def under_way(hub: Hub, drive: Drive, counts: Counts, metres: float) -> dict[str, Value]:
    """A drive that goes on, by what the counters stand at."""
    capacity = looking.capacity(hub.household.house, drive.car)
    consumed, charged = one(0.0, counts.consumed), one(0.0, counts.charged)
    origin: Value = msgspec.to_builtins(drive.origin)
    return {
        "id": drive.id,
        "start": drive.start,
        "coarse": drive.coarse,
        "distance": metres,
        "energy": figures.energy(consumed, charged, drive.base, (drive.base.charge, counts.charge), capacity),
        "charge": counts.charge,
        "charge_from": drive.base.charge,
        "origin": origin,
    }


def last(hub: Hub, drive: Drive) -> dict[str, Value]:
    """The last drive in a few words: when, how far, and the name of where it led."""
    goal = spot(hub, (drive.goal.latitude, drive.goal.longitude)) if drive.goal is not None else None
    name = goal.name if goal is not None else None
    return {"id": drive.id, "start": drive.start, "end": drive.end, "distance": drive.distance, "goal": name}
