"""What a recording is, as it is kept: the film's file, and beside it what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from wayhome.core.record import Record

COLLECTION = "recordings"
"""The household's choices: ``all``, and ``camera:<id>`` for each camera that was asked about."""
RIGHT = "@recording/"
"""Who may read ``@recording/yard`` and the camera itself sees what was recorded of it: being let look at a gate is not
being let look at who came last week."""
NOW = "recording.now"
"""Where it is told what becomes of a camera's film: ``<camera>/recording.now``."""

BEFORE = 5.0
"""So many s before anything happened are kept, and more, as a film begins with a key picture."""
RING = 30.0
"""A ring has no length: so many s after it, at least."""
LONGEST = 120.0
"""A recording has so many s at most; what lasts goes on in another, without a gap."""
STUCK = 900.0
"""A sensor that says for so many s that somebody moves is not believed any more until it has said that nobody does."""
HELD = 24 * 2**20
"""So many bytes of a film are held for what was before."""
FLOOR, FLOOR_SHARE = 10**9, 0.05
"""So many bytes stay free on the disk, or this share of it where that is less: the household's own data needs room."""
UNDO = 60.0
"""What was deleted can be put back for so many s."""
MOST_SENSORS = 20

type Why = Literal["motion", "ring"]
type State = Literal["off", "away", "ready", "opening", "recording", "unfit", "full", "fault"]


class Recording(msgspec.Struct, frozen=True, omit_defaults=True):
    """One recording. ``start``, ``end``: s since 1970, of its first and last picture; no end: it goes on. ``happened``:
    when what it was made for began. ``why``: motion, or a ring. ``by``: the path of the sensor. ``part``: it goes on
    where another ended. ``size``: bytes. ``kept``: it stays until somebody deletes it. ``cut``: it broke off, as the
    hub or the film did. ``deleted``: since when it waits to be deleted."""

    id: str
    camera: str
    name: str
    start: float
    happened: float
    why: Why
    by: str
    end: float | None = None
    size: int = 0
    width: int = 0
    height: int = 0
    part: bool = False
    kept: bool = False
    cut: bool = False
    deleted: float | None = None

    @property
    def film(self) -> str:
        """Its file."""
        return f"{self.id}.mp4"

    @property
    def still(self) -> str:
        """The file of its picture: a key picture as the camera coded it."""
        return f"{self.id}.h264"

    @property
    def card(self) -> str:
        """The file of what is known of it."""
        return f"{self.id}.json"


class RecordingRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """How long recordings stay: days, and percent of the disk that they take at most. ``after``: so many s are recorded
    after it has ended."""

    days: int = 7
    share: int = 20
    after: int = 10


class CameraChoice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was chosen for a camera. ``sensors``: paths; None: its own, and those in the same room."""

    on: bool = False
    sensors: tuple[str, ...] | None = None


def rules_of(records: Mapping[str, Record]) -> RecordingRules:
    """What the household has chosen; what can't be read counts as nothing chosen."""
    return _of(records.get("all"), RecordingRules, RecordingRules())


def choice_of(records: Mapping[str, Record], camera: str) -> CameraChoice:
    """What was chosen for a camera: nothing is recorded until somebody says so."""
    return _of(records.get(f"camera:{camera}"), CameraChoice, CameraChoice())


def _of[T](record: Record | None, kind: type[T], otherwise: T) -> T:
    if record is None or record.gone:
        return otherwise
    try:
        return msgspec.convert(record.values(), kind)
    except msgspec.ValidationError:
        return otherwise
