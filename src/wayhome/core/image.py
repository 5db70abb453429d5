"""What a picture's file says of itself: its kind and size, and whether it is there to its end. Nothing is decoded."""

from __future__ import annotations

import msgspec

MAX_BYTES = 8 * 2**20
"""Of one picture: a still of 20 megapixels, at high quality."""
MAX_SIDE = 16_384
MAX_STEPS = 4_096
"""So many segments stand before a picture's own data at most: of those of no length there could be millions, and each
costs the hub's time."""
MAX_PIXELS = 64_000_000
"""More would cost who draws it a quarter of a gigabyte."""

_SIZES = frozenset({0xC0, 0xC1, 0xC2})
"""Frame headers of what browsers draw: baseline, extended, progressive."""
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers with nothing behind them."""
_PNG = b"\x89PNG\r\n\x1a\n"


class Image(msgspec.Struct, frozen=True):
    """A picture's media type, and its size in pixels."""

    media_type: str
    width: int
    height: int


def image(data: bytes) -> Image | None:
    """What this is, by its first bytes and not by what was said of it; None: no whole JPEG or PNG."""
    if len(data) > MAX_BYTES:
        return None
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(_PNG) and data[12:16] == b"IHDR" and data.rfind(b"IEND", -64) > 0:
        return _sized("image/png", int.from_bytes(data[16:20]), int.from_bytes(data[20:24]))
    return None


def _jpeg(data: bytes) -> Image | None:
    at, found = 2, None
    for _ in range(MAX_STEPS):
        if at + 4 > len(data) or data[at] != 0xFF:
            return None
        kind = data[at + 1]
        if kind == 0xFF or kind in _ALONE:
            at += 1 if kind == 0xFF else 2
            continue
        size = data[at + 2] << 8 | data[at + 3]
        if size < 2 or kind == 0xD9:
            return None
        if kind in _SIZES and size >= 8 and at + 9 <= len(data):
            height, width = data[at + 5] << 8 | data[at + 6], data[at + 7] << 8 | data[at + 8]
            found = _sized("image/jpeg", width, height)
        if kind == 0xDA:
            # In what follows, the mark of its end stands nowhere but there.
            return found if data.rfind(b"\xff\xd9", at) > 0 else None
        at += 2 + size
    return None


def _sized(media_type: str, width: int, height: int) -> Image | None:
    fits = 1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE and width * height <= MAX_PIXELS
    return Image(media_type, width, height) if fits else None
