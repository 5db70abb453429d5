"""H.264 as far as a film that is passed on needs it: from packets (RFC 6184) to whole pictures, and what the parameter
sets say of them. Nothing is decoded. Pure."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from wayhome.errors import Refused

START = b"\x00\x00\x00\x01"
IDR, SEI, SPS, PPS, DELIMITER = 5, 6, 7, 8, 9
SLICES = frozenset({1, 2, IDR})
STAP_A, FU_A = 24, 28
MAX_PICTURE = 4 * 2**20
"""Bytes of one picture: four times what a 4K camera needs."""
MAX_SET = 4_096
"""Bytes of a parameter set, which come again with each key picture: ten times what a camera needs."""


class Whole(msgspec.Struct, frozen=True):
    """A whole picture, in Annex B form; a key picture brings its parameter sets along. ``sps``: the one that holds.
    ``taken``: when, by the camera's counter (RTP's, 90,000 a second)."""

    key: bool
    data: bytes
    sps: bytes
    taken: int | None = None


class Pictures:
    """Takes packets in their order and tells whole pictures. After a lost packet nothing is told until a key picture: a
    smeared picture must not look like one of now."""

    def __init__(self, payload: int, sets: tuple[bytes, ...], told: Callable[[Whole], None]) -> None:
        self._payload = payload
        self._told = told
        self._sps = next((one for one in sets if one and one[0] & 31 == SPS), b"")
        self._pps: dict[bytes, bytes] = {}
        for one in sets:
            if one and one[0] & 31 == PPS:
                self._pps[one[1:2]] = one
        self._units: list[bytes] = []
        self._size = 0
        self._fragments: list[bytes] = []
        self._time: bytes = b""
        self._next: int | None = None
        self._whole = False
        self._torn = True
        """The picture that comes may lack its beginning: what was before is lost, or was never asked for."""
        self.packets = 0
        """Packets that were of this film, whatever was in them."""
        self.lost = 0

    def packet(self, data: bytes) -> None:
        """One RTP packet. Raises Refused for a picture that no camera sends."""
        if len(data) < 13 or data[0] & 0xC0 != 0x80 or data[1] & 0x7F != self._payload:
            return
        self.packets += 1
        number = data[2] << 8 | data[3]
        if self._next is not None and number != self._next:
            self.lost += 1
            self._drop()
        self._next = (number + 1) & 0xFFFF
        if data[4:8] != self._time:
            if self._units:
                # Its last packet had no mark: some cameras never set it. The next picture has begun.
                self._end()
            self._fragments.clear()
            self._time = data[4:8]
        start = 12 + 4 * (data[0] & 15)
        if data[0] & 0x10:
            if len(data) < start + 4:
                return
            start += 4 + 4 * (data[start + 2] << 8 | data[start + 3])
        end = len(data) - (data[-1] if data[0] & 0x20 else 0)
        if end > start:
            self._load(data, start, end)
        if data[1] & 0x80:
            self._end()

    def _load(self, data: bytes, start: int, end: int) -> None:
        kind = data[start] & 31
        if 1 <= kind <= 23:
            self._unit(data[start:end])
        elif kind == STAP_A:
            start += 1
            while start + 2 < end:
                size = data[start] << 8 | data[start + 1]
                self._unit(data[start + 2 : min(start + 2 + size, end)])
                start += 2 + size
        elif kind == FU_A and end - start > 2:
            head = data[start + 1]
            if head & 0x80:
                self._fragments = [bytes([data[start] & 0xE0 | head & 31])]
            elif not self._fragments:
                return
            self._fragments.append(data[start + 2 : end])
            self._size += end - start
            if self._size > MAX_PICTURE:
                raise Refused(f"a picture of more than {MAX_PICTURE >> 20} MB")
            if head & 0x40:
                whole = b"".join(self._fragments)
                self._size -= len(whole)
                self._fragments = []
                self._unit(whole)

    def _unit(self, unit: bytes) -> None:
        if not unit:
            return
        kind = unit[0] & 31
        if kind in (SPS, PPS) and len(unit) > MAX_SET:
            return
        if kind == SPS and unit != self._sps:
            self._sps = unit
            self._pps.clear()  # they belong to the one before
        elif kind == PPS and len(self._pps) < 64:
            self._pps[unit[1:2]] = unit
        self._size = max(0, self._size) + len(unit)
        if self._size > MAX_PICTURE or len(self._units) > 1_000:
            raise Refused(f"a picture of more than {MAX_PICTURE >> 20} MB")
        self._units.append(unit)

    def _end(self) -> None:
        units, self._units, self._size = self._units, [], 0
        kinds = {unit[0] & 31 for unit in units}
        if not kinds & SLICES:
            # Parameter sets, or what is said about a picture, alone: they come with the next one.
            self._units = [unit for unit in units if unit[0] & 31 == SEI]
            self._size = sum(map(len, self._units))
            return
        if self._torn:
            # Of a picture in slices the later ones come whole after a loss in the first, which alone begins at the
            # picture's first block (its first number is 0, one set bit).
            first = next(unit for unit in units if unit[0] & 31 in SLICES)
            if len(first) < 2 or not first[1] & 0x80:
                return
            self._torn = False
        key = IDR in kinds and bool(self._sps) and bool(self._pps)
        self._whole = self._whole or key
        if not self._whole:
            return
        picture = [unit for unit in units if unit[0] & 31 not in (SPS, PPS, DELIMITER)]
        if key:
            picture = [self._sps, *self._pps.values(), *picture]
        taken = int.from_bytes(self._time)
        self._told(Whole(key, START + START.join(picture), self._sps, taken))

    def _drop(self) -> None:
        self._units, self._fragments, self._size, self._whole = [], [], 0, False
        self._torn = True


def codec(sps: bytes) -> str:
    """The name of the film's kind as browsers know it (RFC 6381): ``avc1.64001f``."""
    return f"avc1.{sps[1]:02x}{sps[2]:02x}{sps[3]:02x}"


def size(sps: bytes) -> tuple[int, int] | None:
    """Width and height that a parameter set tells; None: it makes no sense."""
    try:
        return _size(_Bits(sps[1:].replace(b"\x00\x00\x03", b"\x00\x00")))
    except IndexError:
        return None


_HIGH = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


def _size(bits: _Bits) -> tuple[int, int] | None:
    profile = bits.read(8)
    bits.read(16)
    bits.number()
    chroma, mono = 1, False
    if profile in _HIGH:
        chroma = bits.number()
        if chroma == 3:
            bits.read(1)
        mono = chroma == 0
        bits.number()
        bits.number()
        bits.read(1)
        if bits.read(1):
            for n in range(12 if chroma == 3 else 8):
                if bits.read(1):
                    _skip_scaling(bits, 16 if n < 6 else 64)
    bits.number()
    order = bits.number()
    if order == 0:
        bits.number()
    elif order == 1:
        bits.read(1)
        bits.number()
        bits.number()
        for _ in range(min(bits.number(), 255)):
            bits.number()
    bits.number()
    bits.read(1)
    width = (bits.number() + 1) * 16
    rows = bits.number() + 1
    frames = bits.read(1)
    height = rows * 16 * (2 - frames)
    if not frames:
        bits.read(1)
    bits.read(1)
    if bits.read(1):
        left, right, top, bottom = (bits.number() for _ in range(4))
        across = 1 if mono or chroma == 3 else 2
        down = (2 if chroma == 1 else 1) * (2 - frames)
        width -= (left + right) * across
        height -= (top + bottom) * down
    return (width, height) if 16 <= width <= 16_384 and 16 <= height <= 16_384 else None


def _skip_scaling(bits: _Bits, count: int) -> None:
    last = following = 8
    for _ in range(count):
        if following:
            coded = bits.number()
            step = (coded + 1) // 2 if coded & 1 else -(coded // 2)
            following = (last + step) % 256
        last = following or last


class _Bits:
    """Reads bits; past the end raises IndexError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def read(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | self._data[self._at >> 3] >> (7 - (self._at & 7)) & 1
            self._at += 1
        return value

    def number(self) -> int:
        """An unsigned number in Exp-Golomb code."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 31:
                raise IndexError
        return (1 << zeros) - 1 + self.read(zeros)
