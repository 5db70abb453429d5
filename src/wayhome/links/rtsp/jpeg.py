"""Motion JPEG by RTP (RFC 2435): packets leave out what is the same in every picture; here it is put back. Pure."""

from __future__ import annotations

from collections.abc import Callable

from wayhome.core.image import MAX_BYTES
from wayhome.errors import Refused

CODEC = "JPEG"
END = b"\xff\xd9"
_HEADERS = 0xFFD8
"""The profile of ONVIF's extension: the picture's own head, where the packets' cannot say it."""


class Pictures:
    """Takes packets in their order and tells whole pictures. One of which a packet is lost is left out.

    ``size``: width and height as the camera told them beforehand, for pictures that are too large for the packets to
    say them."""

    def __init__(self, payload: int, size: tuple[int, int] | None, told: Callable[[bytes], None]) -> None:
        self._payload = payload
        self._size = size
        self._told = told
        self._next: int | None = None
        self._head = b""
        self._data = bytearray()
        self._whole = False
        self._tables: dict[int, bytes] = {}
        self.packets = 0
        """Packets that were of this film, whatever was in them."""
        self.lost = 0

    def packet(self, data: bytes) -> None:
        """One RTP packet. Raises Refused for a picture that no camera sends."""
        if len(data) < 20 or data[0] & 0xC0 != 0x80 or data[1] & 0x7F != self._payload:
            return
        self.packets += 1
        number = data[2] << 8 | data[3]
        if self._next is not None and number != self._next:
            self.lost += 1
            self._whole = False
        self._next = (number + 1) & 0xFFFF
        start = 12 + 4 * (data[0] & 15)
        more = b""
        if data[0] & 0x10 and len(data) >= start + 4:
            end = start + 4 + 4 * (data[start + 2] << 8 | data[start + 3])
            if data[start] << 8 | data[start + 1] == _HEADERS:
                more = data[start + 4 : end]
            start = end
        end = len(data) - (data[-1] if data[0] & 0x20 else 0)
        if end - start < 8:
            self._whole = False
            return
        self._load(data[start:end], more)
        if data[1] & 0x80:
            self._end()

    def _load(self, data: bytes, more: bytes) -> None:
        offset, kind, quality = int.from_bytes(data[1:4]), data[4], data[5]
        size, at, restart = (data[6] * 8, data[7] * 8), 8, 0
        if 64 <= kind < 128:
            restart, at = data[8] << 8 | data[9] if len(data) > 9 else 0, 12
        if offset == 0:
            self._data.clear()
            if quality >= 128 and len(data) >= at + 4:
                length = data[at + 2] << 8 | data[at + 3]
                tables, wide = data[at + 4 : at + 4 + length], data[at + 1]
                at += 4 + length
                if length and len(tables) == length:
                    if len(self._tables) > 128:
                        self._tables.clear()
                    self._tables[quality] = _defined(tables, wide)
            tables = self._tables.get(quality, b"") if quality >= 128 else _scaled(quality)
            size = _told_size(more) or (size if all(size) else self._size or (0, 0))
            self._whole = bool(tables) and all(size) and kind & 63 in (0, 1) and kind < 128
            if self._whole:
                self._head = _head(tables, size, kind & 1, restart)
        elif offset != len(self._data):
            self._whole = False
        if self._whole:
            self._data += data[at:]
            if len(self._data) > MAX_BYTES:
                raise Refused(f"a picture of more than {MAX_BYTES >> 20} MB")

    def _end(self) -> None:
        if self._whole and self._data:
            tail = b"" if self._data.rstrip(b"\0").endswith(END) else END
            self._told(b"".join((self._head, self._data, tail)))
        self._whole = False
        self._data.clear()


def _told_size(head: bytes) -> tuple[int, int] | None:
    """Width and height by ONVIF's extension."""
    at = head.find(b"\xff\xc0")
    if at < 0 or len(head) < at + 9:
        return None
    return int.from_bytes(head[at + 7 : at + 9]), int.from_bytes(head[at + 5 : at + 7])


def _defined(tables: bytes, wide: int) -> bytes:
    """Quantisation tables as the picture's head has them. ``wide``: a bit for each that has two bytes a value."""
    parts, at = [], 0
    for number in range(2):
        length = 128 if wide >> number & 1 else 64
        one = tables[at : at + length]
        if len(one) < length:
            one = tables[:64] if number and not wide & 1 else b""  # one for both
            length = 64
        if not one:
            return b""
        parts.append(_segment(0xDB, bytes([(0x10 if length == 128 else 0) | number]) + one))
        at += length
    return b"".join(parts)


def _scaled(quality: int) -> bytes:
    """The tables of a quality from 1 to 99 (RFC 2435, appendix A); none for others."""
    if not 1 <= quality <= 99:
        return b""
    factor = 5_000 // quality if quality < 50 else 200 - quality * 2
    return _defined(bytes(min(max((one * factor + 50) // 100, 1), 255) for one in _LUMA + _CHROMA), 0)


def _segment(kind: int, data: bytes) -> bytes:
    return bytes([0xFF, kind]) + (len(data) + 2).to_bytes(2) + data


def _head(tables: bytes, size: tuple[int, int], halved: int, restart: int) -> bytes:
    """What a picture begins with. ``halved``: its colours have half the rows, too."""
    width, height = size
    planes = bytes([0, 0x22 if halved else 0x21, 0, 1, 0x11, 1, 2, 0x11, 1])
    frame = b"\x08" + height.to_bytes(2) + width.to_bytes(2) + b"\x03" + planes
    return b"".join(
        (
            b"\xff\xd8",
            tables,
            _segment(0xDD, restart.to_bytes(2)) if restart else b"",
            _segment(0xC0, frame),
            _HUFFMAN,
            _segment(0xDA, b"\x03\x00\x00\x01\x11\x02\x11\x00\x3f\x00"),
        )
    )


_LUMA = bytes.fromhex(
    "100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933"
    "383740485c4e404457453738506d51575f626768673e4d71797064785c656763"
)
_CHROMA = bytes.fromhex("1112121815182f1a1a2f63423842") + b"\x63" * 50
"""The standard's tables for a quality of 50 (annex K), in the order in which a file has them."""
_HUFFMAN = b"".join(
    _segment(0xC4, bytes.fromhex(one))
    for one in (
        "0000010501010101010100000000000000000102030405060708090a0b",
        "100002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1"
        "f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768"
        "696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4"
        "c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
        "0100030101010101010101010000000000000102030405060708090a0b",
        "1100020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c109233352"
        "f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a6364656667"
        "68696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2"
        "c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa",
    )
)
"""The standard's codes (annex K), with which every picture by RTP is made."""
