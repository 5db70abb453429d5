"""Reading a film's file that broke off: what of it is whole, so that it can be ended. Pure but for its reading."""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable

import msgspec

from wayhome.features.recordings import mp4
from wayhome.features.recordings.mp4 import Chunk, Sample, Track

type Read = Callable[[int, int], Awaitable[bytes]]
"""Gives at most so many bytes from a place: ``read(at, size)``."""
MOST_HEAD = 2**20
"""No head of ours is longer."""


class Found(msgspec.Struct, frozen=True):
    """What is whole of a file: its chunks, and where they end. ``ended``: it needs nothing, and is so long (s)."""

    track: Track | None = None
    chunks: tuple[Chunk, ...] = ()
    size: int = 0
    ended: float | None = None


async def look(read: Read) -> Found:
    """Look through a file. One of which nothing can be played has no chunks."""
    track: Track | None = None
    chunks: list[Chunk] = []
    at, whole = 0, 0
    samples: tuple[Sample, ...] = ()
    while True:
        head = await read(at, 16)
        if len(head) < 8:
            break
        size, kind = struct.unpack_from(">I4s", head)
        start = 8
        if size == 1 and len(head) == 16:
            size, start = struct.unpack_from(">Q", head, 8)[0], 16
        if size < start:
            break
        if kind in (b"moov", b"moof"):
            content = await read(at + start, size - start) if size <= MOST_HEAD else b""
            if len(content) < size - start:
                break
            if kind == b"moof":
                samples = _samples(content)
            elif track is None:
                track = _track(content)
                if ticks := _ticks(content):
                    return Found(track, (), at + size, ticks / mp4.SCALE)
            else:
                break  # the end that was being written
        elif kind == b"mdat" and start == 8:
            if size - 8 != sum(one.size for one in samples) or len(await read(at + size - 1, 1)) < 1:
                break
            if samples:
                chunks.append(Chunk(at + 8, samples))
                whole = at + size
            samples = ()
        at += size
    return Found(track, tuple(chunks), whole)


def _inside(content: bytes, *path: bytes) -> tuple[int, int] | None:
    """Where a box lies that is found by the names on the way to it: its content's begin and end."""
    at, end = 0, len(content)
    for name in path:
        while at + 8 <= end:
            size, kind = struct.unpack_from(">I4s", content, at)
            if size < 8 or at + size > end:
                return None
            if kind == name:
                at, end = at + 8, at + size
                break
            at += size
        else:
            return None
    return at, end


def _track(moov: bytes) -> Track | None:
    entry = _inside(moov, b"trak", b"mdia", b"minf", b"stbl", b"stsd")
    head = _inside(moov, b"trak", b"tkhd")
    movie = _inside(moov, b"mvhd")
    if entry is None or head is None or movie is None or head[1] - head[0] < 8:
        return None
    width, height = struct.unpack_from(">II", moov, head[1] - 8)
    made = struct.unpack_from(">Q", moov, movie[0] + 4)[0] - mp4.SINCE_1904
    return Track(moov[entry[0] - 8 : entry[1]], width >> 16, height >> 16, float(made))


def _ticks(moov: bytes) -> int:
    movie = _inside(moov, b"mvhd")
    return int(struct.unpack_from(">Q", moov, movie[0] + 24)[0]) if movie is not None else 0


def _samples(moof: bytes) -> tuple[Sample, ...]:
    run = _inside(moof, b"traf", b"trun")
    if run is None:
        return ()
    at, end = run
    if end - at < 12:
        return ()
    count = struct.unpack_from(">I", moof, at + 4)[0]
    if end - at != 12 + 12 * count:
        return ()
    rows = struct.iter_unpack(">III", moof[at + 12 : end])
    return tuple(Sample(size, ticks, flags & 0x10000 == 0) for ticks, size, flags in rows)
