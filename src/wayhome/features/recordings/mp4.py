"""MP4 files (ISO/IEC 14496-12 and -15) of one H.264 film, made of what the camera coded. Pure.

While it is written a file is fragmented: ``ftyp``, ``free``, ``moov`` without samples, then ``moof`` and ``mdat`` by
turns, so that what was written can be played wherever it broke off. At its end it gets a ``moov`` with every sample,
and the ``free`` at its beginning becomes the head of one ``mdat`` around all that lay between: an ordinary file, which
players of every kind can seek in, without a byte being copied.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import msgspec

SCALE = 90_000
"""Ticks a second."""
SINCE_1904 = 2_082_844_800
_IDR, _SPS, _PPS, _DELIMITER = 5, 7, 8, 9
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_KEY, _OTHER = 0x02000000, 0x01010000
"""A sample's flags: it depends on none; it depends on others and is no place to begin at."""
HEAD = 16
"""Bytes of the box that is patched at the end, and where it lies: after ``ftyp``."""
FTYP = struct.pack(">I4s4sI", 32, b"ftyp", b"isom", 0x200) + b"isom" + b"iso5" + b"avc1" + b"mp41"


class Sample(msgspec.Struct, frozen=True):
    """One picture: bytes, and ticks until the next."""

    size: int
    duration: int
    key: bool


class Chunk(msgspec.Struct, frozen=True):
    """Pictures that lie together in a file. ``at``: where, in bytes."""

    at: int
    samples: tuple[Sample, ...]


class Track(msgspec.Struct, frozen=True):
    """What a file says of its film. ``entry``: its ``stsd`` box. ``made``: s since 1970."""

    entry: bytes
    width: int
    height: int
    made: float


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box with its length."""
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind) + b"".join(parts)


def full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def units(data: bytes) -> Iterator[bytes]:
    """The NAL units of a picture in Annex B form."""
    for unit in data.split(b"\x00\x00\x01")[1:]:
        unit = unit.rstrip(b"\x00")  # a unit ends in a set bit: zeros belong to the next start code
        if unit:
            yield unit


def sets(data: bytes) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """The parameter sets that a key picture brings along: of the sequence, of its pictures."""
    found = list(units(data))
    return (
        tuple(dict.fromkeys(one for one in found if one[0] & 31 == _SPS)),
        tuple(dict.fromkeys(one for one in found if one[0] & 31 == _PPS)),
    )


def sample(data: bytes) -> bytes:
    """A picture as it lies in the file: each unit after its length, without what the head of the file says."""
    kept = (one for one in units(data) if one[0] & 31 not in (_SPS, _PPS, _DELIMITER))
    return b"".join(part for one in kept for part in (struct.pack(">I", len(one)), one))


def track(data: bytes, width: int, height: int, made: float) -> Track | None:
    """What the film is that begins with this key picture; None: it brings no parameter sets."""
    sequence, picture = sets(data)
    if not sequence or not picture or len(sequence) > 31 or len(picture) > 255 or len(sequence[0]) < 4:
        return None
    config = bytes([1, *sequence[0][1:4], 0xFF, 0xE0 | len(sequence)])
    config += b"".join(struct.pack(">H", len(one)) + one for one in sequence)
    config += bytes([len(picture)]) + b"".join(struct.pack(">H", len(one)) + one for one in picture)
    if sequence[0][1] == 100:
        config += bytes([0xFC | 1, 0xF8, 0xF8, 0])  # High: 4:2:0, 8 bits
    visual = struct.pack(">6xH16xHHIIIH32sHh", 1, width, height, 0x480000, 0x480000, 0, 1, b"", 0x18, -1)
    entry = full(b"stsd", 0, 0, struct.pack(">I", 1), box(b"avc1", visual, box(b"avcC", config)))
    return Track(entry, width, height, made)


def begin(of: Track) -> bytes:
    """The head of a file that is to be written fragment by fragment."""
    none = full(b"stts", 0, 0, b"\0" * 4) + full(b"stsc", 0, 0, b"\0" * 4)
    none += full(b"stsz", 0, 0, b"\0" * 8) + full(b"stco", 0, 0, b"\0" * 4)
    extends = box(b"mvex", full(b"trex", 0, 0, struct.pack(">IIIII", 1, 1, 0, 0, 0)))
    return FTYP + box(b"free", b"\0" * (HEAD - 8)) + _moov(of, 0, none, extends)


def fragment(number: int, start: int, samples: Sequence[Sample]) -> bytes:
    """What stands before the pictures of a fragment: its ``moof`` and the head of its ``mdat``. ``start``: ticks since
    the film's beginning."""

    def moof(offset: int) -> bytes:
        told = b"".join(struct.pack(">III", one.duration, one.size, _KEY if one.key else _OTHER) for one in samples)
        run = full(b"trun", 0, 0x000701, struct.pack(">Ii", len(samples), offset), told)
        head = full(b"tfhd", 0, 0x020000, struct.pack(">I", 1))
        time = full(b"tfdt", 1, 0, struct.pack(">Q", start))
        return box(b"moof", full(b"mfhd", 0, 0, struct.pack(">I", number)), box(b"traf", head, time, run))

    size = len(moof(0))
    return moof(size + 8) + struct.pack(">I4s", 8 + sum(one.size for one in samples), b"mdat")


def end(of: Track, chunks: Sequence[Chunk], size: int) -> tuple[bytes, bytes]:
    """What makes an ordinary file of one with these chunks that is ``size`` bytes long: what is written at its end, and
    then over the ``HEAD`` bytes after ``ftyp``."""
    whole = size - len(FTYP)
    return _moov(of, duration(chunks), _tables(chunks), b""), struct.pack(">I4sQ", 1, b"mdat", whole)


def duration(chunks: Iterable[Chunk]) -> int:
    """In ticks."""
    return sum(one.duration for chunk in chunks for one in chunk.samples)


def _tables(chunks: Sequence[Chunk]) -> bytes:
    samples = [one for chunk in chunks for one in chunk.samples]
    times = [(len(list(same)), ticks) for ticks, same in groupby(one.duration for one in samples)]
    keys = [number for number, one in enumerate(samples, 1) if one.key]
    counts, first = list[tuple[int, int]](), 1
    for count, same in groupby(len(chunk.samples) for chunk in chunks):
        counts.append((first, count))
        first += len(list(same))
    return b"".join(
        (
            full(b"stts", 0, 0, _list(">II", times)),
            full(b"stss", 0, 0, _list(">I", [(key,) for key in keys])),
            full(b"stsc", 0, 0, _list(">III", [(first, count, 1) for first, count in counts])),
            full(b"stsz", 0, 0, b"\0" * 4, _list(">I", [(one.size,) for one in samples])),
            full(b"co64", 0, 0, _list(">Q", [(chunk.at,) for chunk in chunks])),
        )
    )


def _list(form: str, rows: Sequence[tuple[int, ...]]) -> bytes:
    return struct.pack(">I", len(rows)) + b"".join(struct.pack(form, *row) for row in rows)


def _moov(of: Track, ticks: int, tables: bytes, more: bytes) -> bytes:
    made = int(of.made) + SINCE_1904
    movie = struct.pack(">QQIQIH10x", made, made, SCALE, ticks, 0x10000, 0x100) + _MATRIX + b"\0" * 24 + b"\0\0\0\2"
    head = struct.pack(">QQI4xQ8xHHH2x", made, made, 1, ticks, 0, 0, 0)
    head += _MATRIX + struct.pack(">II", of.width << 16, of.height << 16)
    media = full(b"mdhd", 1, 0, struct.pack(">QQIQHH", made, made, SCALE, ticks, 0x55C4, 0))
    handler = full(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"vide"), b"Film\0")
    where = box(b"dinf", full(b"dref", 0, 0, struct.pack(">I", 1), full(b"url ", 0, 1)))
    lies = box(b"minf", full(b"vmhd", 0, 1, b"\0" * 8), where, box(b"stbl", of.entry, tables))
    film = box(b"trak", full(b"tkhd", 1, 3, head), box(b"mdia", media, handler, lies))
    return box(b"moov", full(b"mvhd", 1, 0, movie), film, more)
