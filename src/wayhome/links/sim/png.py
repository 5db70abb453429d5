"""A small canvas of palette colours, and PNG out of it (RFC 2083), with the standard library only."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

type Color = tuple[int, int, int]

_GLYPHS = {
    "0": "111101101101111", "1": "010110010010111", "2": "111001111100111", "3": "111001111001111",
    "4": "101101111001001", "5": "111100111001111", "6": "111100111101111", "7": "111001010010010",
    "8": "111101111101111", "9": "111101111001111", ":": "000010000010000", "-": "000000111000000",
    ".": "000000000000010", " ": "000000000000000",
}  # fmt: skip
"""Digits of 3 by 5 dots."""


class Canvas:
    """``width`` by ``height`` dots, each one of at most 256 ``colors``."""

    def __init__(self, width: int, height: int, colors: Sequence[Color]) -> None:
        self.width, self.height = width, height
        self.colors = tuple(colors)
        self._rows = [bytearray(width) for _ in range(height)]

    def box(self, left: float, top: float, width: float, height: float, color: int) -> None:
        """Fill a rectangle; what lies outside the canvas is cut off."""
        x0, x1 = max(0, round(left)), min(self.width, round(left + width))
        if x1 <= x0:
            return
        line = bytes([color]) * (x1 - x0)
        for y in range(max(0, round(top)), min(self.height, round(top + height))):
            self._rows[y][x0:x1] = line

    def disc(self, x: float, y: float, radius: float, color: int) -> None:
        """Fill a circle round (x, y)."""
        for step in range(-int(radius), int(radius) + 1):
            half = (radius * radius - step * step) ** 0.5
            self.box(x - half, y + step, 2 * half, 1, color)

    def roof(self, left: float, top: float, width: float, height: float, color: int) -> None:
        """Fill a triangle that stands on its long side."""
        for step in range(round(height)):
            half = width / 2 * (step + 1) / height
            self.box(left + width / 2 - half, top + step, 2 * half, 1, color)

    def text(self, left: int, top: int, text: str, color: int, size: int) -> None:
        """Digits, colons and dots; each dot ``size`` wide."""
        for n, letter in enumerate(text):
            for dot, bit in enumerate(_GLYPHS.get(letter, _GLYPHS[" "])):
                if bit == "1":
                    self.box(left + (4 * n + dot % 3) * size, top + dot // 3 * size, size, size, color)

    def png(self) -> bytes:
        """The picture as a PNG file."""
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 3, 0, 0, 0)
        palette = b"".join(bytes(color) for color in self.colors)
        dots = b"".join(b"\0" + row for row in self._rows)
        return b"".join(
            (
                b"\x89PNG\r\n\x1a\n",
                _chunk(b"IHDR", head),
                _chunk(b"PLTE", palette),
                _chunk(b"IDAT", zlib.compress(dots, 6)),
                _chunk(b"IEND", b""),
            )
        )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
