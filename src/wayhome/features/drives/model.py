"""What a drive is, as it is kept: a record of the collection ``drive``, and what a car tells of itself at a moment."""

from __future__ import annotations

import msgspec

from wayhome.core.record import Record
from wayhome.core.value import Value

COLLECTION = "drive"
PLACE = "place"
"""The household's places; where a drive begins or ends in one, it shows its name."""
KEEPING = "drives"
"""The collection that says whose drives are kept: ``all``, and ``car:<id>`` for each car that was asked about."""
NOW = "drive.now"
"""Where a car's running drive and its last one are shown: ``<car>/drive.now``. Not under ``driving.``, which guests and
children read."""

OF_OTHERS = "hub/drives.changed"
"""How often this hub's list has changed by what another site told."""


class DrivePlace(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a drive began or ended: degrees, and the household's name for it where it has one."""

    latitude: float
    longitude: float
    place: str | None = None
    """The record of the place, ``home``."""
    name: str | None = None


class Counts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a car's counters stood at: metres, kWh, kWh, percent. None: it does not tell."""

    odometer: float | None = None
    consumed: float | None = None
    charged: float | None = None
    charge: float | None = None


class Drive(msgspec.Struct, frozen=True, omit_defaults=True):
    """One drive. ``start``, ``end``: s since 1970; no end: it goes on. What a car did not tell is None, never guessed.

    ``coarse``: worked out of reports that came minutes apart, so its times are about. ``lost``: reports ceased in
    its midst and did not come back in time: it may have gone on. ``distance`` m, ``energy`` kWh (what braking won back
    is taken off), ``charge_from``, ``charge_to`` percent, ``moving`` s that the wheels turned, ``top`` km/h,
    ``outside`` Celsius, ``track`` the hash of the blob with the course of it.
    """

    id: str
    car: str
    name: str
    start: float
    end: float | None = None
    coarse: bool = False
    lost: bool = False
    base: Counts = Counts()
    distance: float | None = None
    energy: float | None = None
    charge_from: float | None = None
    charge_to: float | None = None
    moving: float | None = None
    top: float | None = None
    outside: float | None = None
    origin: DrivePlace | None = None
    goal: DrivePlace | None = None
    track: str | None = None

    def fields(self) -> dict[str, Value]:
        """As the record's fields."""
        shown: dict[str, Value] = msgspec.to_builtins(self)
        del shown["id"]
        return shown


def drive_of(record: Record) -> Drive | None:
    """The drive that a record holds; None for one that is gone or makes no sense."""
    if record.gone:
        return None
    try:
        return msgspec.convert({**record.values(), "id": record.id}, Drive)
    except msgspec.ValidationError:
        return None


class Look(msgspec.Struct, frozen=True):
    """A car at one moment, as far as it tells. Times in s since 1970 by the clock that ``now`` is of.

    ``heard``: when it last told anything. ``moving``: its speed says so, and is fresh; ``rolling``: its last speed said
    so, whenever that was. ``parked``: in park, or off. ``off``: its electrics are off, or it is plugged in. ``coarse``:
    it tells neither speed nor gear, so only counters and place can say.
    """

    now: float
    heard: float
    moving: bool = False
    rolling: bool = False
    parked: bool = False
    off: bool = False
    coarse: bool = False
    counts: Counts = Counts()
    place: tuple[float, float] | None = None
    """Degrees: latitude, longitude."""
