"""The values of notices: what people should know now, as kind, thing and values. Each screen has words of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

import msgspec

from wayhome.core.record import Record

type Kind = Literal[
    "doorbell",
    "motion",
    "left_open",
    "charged",
    "charge_stopped",
    "alarm",
    "smoke",
    "gas",
    "water",
    "jammed",
    "tyre_low",
    "sign_in",
    "recording_stopped",
    "file",
    "text",
    "walk",
]
KINDS: tuple[Kind, ...] = get_args(Kind.__value__)
type Priority = Literal["stop", "warn", "calm"]

PRIORITY: Mapping[Kind, Priority] = {
    "doorbell": "warn",
    "motion": "warn",
    "left_open": "warn",
    "charged": "calm",
    "charge_stopped": "warn",
    "alarm": "stop",
    "smoke": "stop",
    "gas": "stop",
    "water": "stop",
    "jammed": "warn",
    "tyre_low": "warn",
    "sign_in": "warn",
    "recording_stopped": "warn",
    "file": "calm",
    "text": "calm",
    "walk": "calm",
}
"""``stop``: people or the house are in danger, at any hour. ``warn``: somebody should do something. ``calm``: news."""

NOTICE = "notice"
CHOICE = "notice_choice"
CAMERA = "notice_camera"
"""What an adult wants to be told of a camera; by its thing's id, for everybody who may see it."""
KEPT = 200
"""So many notices are kept, the newest."""
KEPT_FOR = 30 * 86_400.0
MAX_SEEN = 200
"""Of so many people it is kept that they have seen a notice."""


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One notice.

    ``about``: the path whose readers may know of it. ``thing``: the thing's id, empty where it is about a link.
    ``at``: when it came, ``until``: when its cause was over (s since 1970). ``count``: how often it happened since
    ``at``. ``seen``: who has seen it, by person, and when. ``owed``: the devices that are to be told by push and were
    not yet: a hub that comes up again tells those, and no others twice.
    """

    id: str
    kind: Kind
    thing: str
    about: str
    at: float
    values: dict[str, Any] = {}  # of Value, which msgspec can't read: it is a type within itself
    count: int = 1
    until: float | None = None
    seen: dict[str, float] = {}
    owed: tuple[str, ...] = ()

    def told_on(self, device: str | None) -> bool:
        """Whether it is one for a device: what has come for some screens says for which."""
        to = self.values.get("to")
        return not isinstance(to, list) or device in to

    @property
    def priority(self) -> Priority:
        return PRIORITY[self.kind]

    @property
    def path(self) -> str:
        """Where screens find it while it stands."""
        return f"@now/{self.kind}/{self.about}"


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person wants to be told by push: these kinds, and nothing but ``stop`` within the quiet hours, two
    minutes of the day in household time (the first may be the later one). ``kinds`` None: nothing was chosen yet."""

    kinds: tuple[Kind, ...] | None = None
    quiet: tuple[int, int] | None = None
    phones: Literal["en", "zh"] | None = None
    """In which language they are sent to their phones, where they are."""

    @property
    def wanted(self) -> tuple[Kind, ...]:
        """Who has turned push on and said no more wants everything that is there to be told."""
        return KINDS if self.kinds is None else self.kinds


def notices(records: Mapping[str, Record]) -> dict[str, Notice]:
    """The notices among the household's records, by the record's id. One that can't be read is none."""
    found: dict[str, Notice] = {}
    for slot, record in records.items():
        try:
            found[slot] = msgspec.convert(record.values(), Notice)
        except msgspec.ValidationError:
            continue
    return found


def choice(record: Record | None) -> Choice:
    """What a person has chosen; what can't be read counts as nothing chosen."""
    if record is None or record.gone:
        return Choice()
    try:
        return msgspec.convert(record.values(), Choice)
    except msgspec.ValidationError:
        return Choice()


def quiet(hours: tuple[int, int] | None, minute: int) -> bool:
    """Whether the minute of the day lies within quiet hours. Hours that begin when they end are none."""
    if hours is None or hours[0] == hours[1]:
        return False
    start, end = hours
    return start <= minute < end if start < end else minute >= start or minute < end
