"""Which bytes of a file are asked for (RFC 9110, 14)."""

from __future__ import annotations

import re

_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


def wanted(header: str | None, size: int) -> tuple[int, int] | None:
    """Which bytes of a file of ``size`` are asked for, the end not counted; None: none that it has. What is no range of
    one piece asks for all (RFC 9110, 14.2)."""
    found = _range(header)
    if found is None:
        return 0, size
    first, last, suffix = found
    if suffix is not None:
        return (max(0, size - int(suffix)), size) if int(suffix) and size else None
    start, end = int(first or 0), min(int(last) + 1, size) if last else size
    return (start, end) if start < size else None


def ranged(header: str | None) -> bool:
    """Whether a part is asked for at all."""
    return _range(header) is not None


def _range(header: str | None) -> tuple[str | None, str | None, str | None] | None:
    """First byte, last byte, or how many at the end; None: no range that makes sense."""
    found = _RANGE.fullmatch(header.strip()) if header is not None else None
    if found is None:
        return None
    first, last, suffix = found.groups()
    return None if last and int(last) < int(first) else (first, last or None, suffix)
