"""All kept drives in order of time, held ready so that a list of ten thousand is as quick as one of ten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo

import msgspec

from wayhome.core.record import Record
from wayhome.features.drives.model import COLLECTION, Drive, drive_of


class DrivesTotal(msgspec.Struct):
    """What drives come to: how many, m, s, kWh. ``measured``: the metres of those whose energy is known, so that a
    consumption is of these only. ``month``: ``2026-11``, or nothing for all."""

    month: str = ""
    drives: int = 0
    distance: float = 0.0
    duration: float = 0.0
    energy: float = 0.0
    measured: float = 0.0

    def add(self, drive: Drive) -> None:
        """Count a drive that has ended."""
        self.drives += 1
        self.distance += drive.distance or 0.0
        self.duration += (drive.end or drive.start) - drive.start
        if drive.energy is not None and drive.distance:
            self.energy += drive.energy
            self.measured += drive.distance


class Index:
    """Drives by id and by time. ``changed`` counts, per car, how often something of it was written or deleted."""

    def __init__(self, zone: tzinfo, records: Iterable[Record] = ()) -> None:
        self._zone = zone
        self._drives: dict[str, Drive] = {}
        self._months: dict[str, str] = {}
        self._order: list[Drive] | None = None
        self.changed: dict[str, int] = {}
        for record in records:
            self.take(record)

    def __len__(self) -> int:
        return len(self._drives)

    def find(self, id: str) -> Drive | None:
        return self._drives.get(id)

    def take(self, record: Record) -> None:
        """A record was written, here or at another site."""
        if record.collection != COLLECTION:
            return
        before = self._drives.pop(record.id, None)
        drive = drive_of(record)
        for one in (before, drive):
            if one is not None:
                self.changed[one.car] = self.changed.get(one.car, 0) + 1
        self._order = None
        self._months.pop(record.id, None)
        if drive is not None:
            self._drives[record.id] = drive
            self._months[record.id] = self._month(drive.start)

    def _month(self, at: float) -> str:
        try:
            return datetime.fromtimestamp(at, self._zone).strftime("%Y-%m")
        except (ValueError, OverflowError, OSError):
            return ""

    def newest_first(self) -> list[Drive]:
        """All drives, the newest first."""
        if self._order is None:
            self._order = sorted(self._drives.values(), key=lambda one: (one.start, one.id), reverse=True)
        return self._order

    def last(self, car: str) -> Drive | None:
        """The car's newest drive that has ended."""
        return next((one for one in self.newest_first() if one.car == car and one.end is not None), None)

    def renamed(self) -> None:
        """A place was named: what is shown of each drive may have changed."""
        for car in {one.car for one in self._drives.values()}:
            self.changed[car] = self.changed.get(car, 0) + 1

    def open(self) -> Iterator[Drive]:
        """Those that go on."""
        return (drive for drive in self._drives.values() if drive.end is None)

    def totals(self, drives: Iterable[Drive]) -> tuple[DrivesTotal, list[DrivesTotal]]:
        """What these come to, all together and month by month; the open ones don't count yet."""
        whole, months = DrivesTotal(), dict[str, DrivesTotal]()
        for drive in drives:
            if drive.end is None:
                continue
            month = self._months[drive.id]
            whole.add(drive)
            months.setdefault(month, DrivesTotal(month)).add(drive)
        return whole, [months[month] for month in sorted(months, reverse=True)]


class Listener:
    """A watcher of the household that keeps an index true."""

    def __init__(self, take: Callable[[Record], None]) -> None:
        self._take = take

    def published(self, shown: object, state: bool) -> None:
        return

    def commanded(self, command: object) -> None:
        return

    def recorded(self, record: Record) -> None:
        self._take(record)

    def happened(self, event: object) -> None:
        return
