"""The drive log's packing: the samples of one path and minute as one small blob, without loss.

Times and values are 64-bit floats. Neighbouring times differ by nearly the same amount, also as bit patterns, so their
differences are small and alike; the bytes are then put together by their place in the number, which is what makes
them compress: 3 to 9 bytes a sample, by how much chance is in it, instead of 22 as a row.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence

from wayhome.errors import StoreError

_VERSION = 1
_MASK = (1 << 64) - 1

type Sample = tuple[float, float]
"""(time in s since 1970, value)"""


def minute_of(time: float) -> int:
    """The chunk that a time belongs to: whole minutes since 1970."""
    return int(time // 60)


def pack(samples: Sequence[Sample]) -> bytes:
    """Samples in order of time as a chunk's body."""
    count = len(samples)
    times = struct.unpack(f"<{count}Q", struct.pack(f"<{count}d", *(at for at, _ in samples)))
    steps: list[int] = []
    before = step_before = 0
    for bits in times:
        step = (bits - before) & _MASK
        steps.append((step - step_before) & _MASK)
        before, step_before = bits, step
    raw = struct.pack(f"<{count}Q{count}d", *steps, *(value for _, value in samples))
    shuffled = b"".join(part[place::8] for part in (raw[: count * 8], raw[count * 8 :]) for place in range(8))
    return struct.pack("<BI", _VERSION, count) + zlib.compress(shuffled, 6)


def unpack(body: bytes) -> list[Sample]:
    """The samples of a chunk. Raises StoreError for one that is damaged."""
    try:
        version, count = struct.unpack_from("<BI", body)
        if version != _VERSION or count > 10_000_000:
            raise ValueError
        inflate = zlib.decompressobj()
        shuffled = inflate.decompress(body[5:], count * 16 + 1)
        if len(shuffled) != count * 16:
            raise ValueError
    except (struct.error, zlib.error, ValueError):
        raise StoreError("a part of the drive log is damaged", advice="Run `wayhome doctor`.") from None
    raw = bytearray(count * 16)
    for part in range(2):
        for place in range(8):
            start = (part * 8 + place) * count
            raw[part * count * 8 + place : (part + 1) * count * 8 : 8] = shuffled[start : start + count]
    times: list[int] = []
    bits = step = 0
    for change in struct.unpack_from(f"<{count}Q", raw):
        step = (step + change) & _MASK
        bits = (bits + step) & _MASK
        times.append(bits)
    ats = struct.unpack(f"<{count}d", struct.pack(f"<{count}Q", *times))
    values = struct.unpack_from(f"<{count}d", raw, count * 8)
    return list(zip(ats, values, strict=True))


def merge(old: Iterable[Sample], new: Iterable[Sample]) -> list[Sample]:
    """Both in order of time; of two samples of the same time the new one counts."""
    return sorted({**dict(old), **dict(new)}.items())
