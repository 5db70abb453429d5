"""Drives as files that other programs read: CSV (RFC 4180) and GPX 1.1. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from xml.sax.saxutils import escape

from wayhome.features.drives.figures import FASTEST, GAP
from wayhome.features.drives.model import Drive, DrivePlace
from wayhome.features.drives.rules import apart
from wayhome.features.drives.track import Track

COURSE = (
    "time",
    "speed (km/h)",
    "battery power (W, out of it negative)",
    "charge (%)",
    "latitude (deg)",
    "longitude (deg)",
    "altitude (m)",
)
DRIVES = (
    "start", "end", "car", "from", "to", "distance (km)", "duration (min)", "energy (kWh)", "consumption (kWh/100 km)",
    "charge at start (%)", "charge at end (%)", "top speed (km/h)", "outside (deg C)", "from latitude (deg)",
    "from longitude (deg)", "to latitude (deg)", "to longitude (deg)",
)  # fmt: skip
LEAP = 300.0
"""Metres by which a receiver errs without telling nonsense."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cell(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula (OWASP's rule: a quote before what begins like one)."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _rows(head: tuple[str, ...], rows: Iterable[Iterable[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    # The mark at the start tells spreadsheets that it is UTF-8.
    return ("\ufeff" + out.getvalue()).encode()


def course_csv(course: Track) -> bytes:
    """A drive's course, a row a second at most; times in UTC."""
    return _rows(COURSE, ((_utc(at), *values) for at, *values in zip(course.at, *course.columns(), strict=True)))


def drives_csv(drives: Iterable[Drive], zone: tzinfo) -> bytes:
    """Drives as a log book; times of the household."""
    return _rows(DRIVES, (_line(drive, zone) for drive in drives))


def _line(drive: Drive, zone: tzinfo) -> tuple[object, ...]:
    end = drive.end
    km = drive.distance / 1000 if drive.distance is not None else None
    used = drive.energy / km * 100 if drive.energy is not None and km else None
    minutes = (end - drive.start) / 60 if end is not None else None
    return (
        _local(drive.start, zone),
        _local(end, zone) if end is not None else "",
        cell(drive.name),
        cell(_name(drive.origin)),
        cell(_name(drive.goal)),
        *(_number(value, 2) for value in (km, minutes, drive.energy, used)),
        *(_number(value, 1) for value in (drive.charge_from, drive.charge_to, drive.top, drive.outside)),
        *(
            _number(value, 6)
            for spot in (drive.origin, drive.goal)
            for value in ((spot.latitude, spot.longitude) if spot else (None, None))
        ),
    )


def _name(spot: DrivePlace | None) -> str:
    return (spot.name or "") if spot is not None else ""


def _number(value: float | None, digits: int) -> float | str:
    return "" if value is None else round(value, digits)


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _local(at: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at, zone).isoformat(timespec="seconds")


def gpx(drive: Drive, course: Track) -> bytes:
    """A drive's track as GPX 1.1 (topografix.com/GPX/1/1); a new segment where reports were lost, or the receiver leapt
    farther than a car drives."""
    title = " – ".join(name for name in (_name(drive.origin), _name(drive.goal)) if name) or drive.name
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="Wayhome" xmlns="http://www.topografix.com/GPX/1/1">',
        f"<metadata><name>{_xml(title)}</name><time>{_utc(drive.start)}</time></metadata>",
        f"<trk><name>{_xml(title)}</name>",
    ]
    before: tuple[float, float, float] | None = None
    for at, latitude, longitude, altitude in zip(
        course.at, course.latitude, course.longitude, course.altitude, strict=True
    ):
        if latitude is None or longitude is None:
            continue
        if before is None or at - before[0] > GAP or _leapt(before, (at, latitude, longitude)):
            lines += ["</trkseg>", "<trkseg>"] if before is not None else ["<trkseg>"]
        before = at, latitude, longitude
        height = f"<ele>{altitude:.1f}</ele>" if altitude is not None else ""
        lines.append(f'<trkpt lat="{latitude:.6f}" lon="{longitude:.6f}">{height}<time>{_utc(at)}</time></trkpt>')
    lines += [*(["</trkseg>"] if before is not None else []), "</trk>", "</gpx>", ""]
    return "\n".join(lines).encode()


def _leapt(before: tuple[float, float, float], now: tuple[float, float, float]) -> bool:
    metres = apart(before[1:], now[1:])
    return metres > LEAP and metres / max(1.0, now[0] - before[0]) > FASTEST / 3.6


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("", text))
