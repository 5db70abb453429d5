"""A way as a file: where a car is led is asked for by other sites' screens, and gone on with after a restart. Pure."""

from __future__ import annotations

import re
import zlib

import msgspec

from wayhome.errors import StoreError
from wayhome.features.navigation import polyline
from wayhome.hub.maps import Manoeuvre, Piece, Way

MARK = b"wayhome way 1\n"
"""What such a file begins with: records come from other sites, too, and nothing else is deleted by their word."""
MOST = 32 * 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """``id`` makes each file one of its own: two equal ways must not share theirs, for it is deleted with its way."""

    version: int
    id: str
    shape: str
    length: float
    time: float
    manoeuvres: tuple[Manoeuvre, ...]
    pieces: tuple[Piece, ...] = ()
    stops: tuple[int, ...] = ()
    toll: bool = False
    ferry: bool = False
    motorway: bool = False


def pack(id: str, way: Way) -> bytes:
    """A way as a file."""
    kept = Kept(
        1, id, polyline.encoded(way.shape), way.length, way.time, way.manoeuvres, way.pieces, way.stops, way.toll,
        way.ferry, way.motorway,
    )  # fmt: skip
    return MARK + zlib.compress(msgspec.json.encode(kept), 6)


def unpack(content: bytes) -> Way:
    """The way of a file. Raises StoreError for one that is none."""
    try:
        inflate = zlib.decompressobj()
        if not content.startswith(MARK):
            raise ValueError
        text = inflate.decompress(content[len(MARK) :], MOST)
        kept = msgspec.json.decode(text, type=Kept) if inflate.eof else None
        shape = polyline.decoded(kept.shape) if kept is not None else ()
        if kept is None or len(shape) < 2 or any(not 0 <= index < len(shape) for index in _indexes(kept)):
            raise ValueError
    except (zlib.error, ValueError, msgspec.DecodeError):
        raise StoreError("the way of this journey is damaged", advice="Stop it and start it again.") from None
    return Way(
        shape, kept.length, kept.time, kept.manoeuvres, kept.pieces, kept.stops, kept.toll, kept.ferry, kept.motorway
    )  # fmt: skip


def _indexes(kept: Kept) -> list[int]:
    pieces = [index for piece in kept.pieces for index in (piece.start, piece.end)]
    return [*kept.stops, *pieces, *(one.at for one in kept.manoeuvres)]


def is_file(way: str) -> bool:
    """Whether it can be the name of one."""
    return _HASH.fullmatch(way) is not None
