"""Comparing two pictures. Pure, but for the files."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops

NEAR = 24
"""So far apart may a channel of a pixel be (of 255): letters' edges come out a little otherwise on each machine."""
SHARE = 0.001
"""This share of a picture's pixels may be further apart than that."""
TILE = 48
DENSE = 0.12
"""And this share of a square of ``TILE`` pixels: something small that is gone is a small share of the whole."""


class Difference(NamedTuple):
    """``share`` of all pixels, and of the worst square (``dense``, at ``where``), that differ; ``why`` in words."""

    share: float
    dense: float
    where: tuple[int, int]
    why: str

    @property
    def same(self) -> bool:
        return not self.why


def marks(expected: Image.Image, actual: Image.Image) -> Image.Image:
    """White where two pictures of the same size differ."""
    apart = ImageChops.difference(expected.convert("RGB"), actual.convert("RGB"))
    bands = [band.point([0] * (NEAR + 1) + [255] * (255 - NEAR)) for band in apart.split()]
    return ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])


def compare(expected: Image.Image, actual: Image.Image) -> Difference:
    """How far two pictures are apart."""
    if expected.size != actual.size:
        return Difference(1, 1, (0, 0), f"{actual.size} instead of {expected.size}")
    marked = marks(expected, actual)
    width, height = marked.size
    share = marked.histogram()[255] / (width * height)
    # Each pixel of the small one is the mean of a square: its share of white.
    across, down = -(-width // TILE), -(-height // TILE)
    padded = Image.new("L", (across * TILE, down * TILE))
    padded.paste(marked)
    small = padded.reduce(TILE)
    worst = max(range(across * down), key=list(small.get_flattened_data()).__getitem__)
    dense = small.getpixel((worst % across, worst // across)) / 255
    where = (worst % across * TILE, worst // across * TILE)
    why = []
    if share > SHARE:
        why.append(f"{share:.2%} of it differ")
    if dense > DENSE:
        why.append(f"{dense:.0%} of the square at {where} differ")
    return Difference(share, dense, where, ", ".join(why))


def told(expected: Image.Image, actual: Image.Image) -> Image.Image:
    """The difference to look at: what was expected, grey, and in red what differs."""
    size = (max(expected.width, actual.width), max(expected.height, actual.height))
    both = []
    for one in (expected, actual):
        whole = Image.new("RGB", size)
        whole.paste(one.convert("RGB"))
        both.append(whole)
    grey = both[0].convert("L").point(lambda value: 60 + value // 2).convert("RGB")
    grey.paste((255, 0, 60), mask=marks(*both))
    return grey


def write(path: Path, picture: Image.Image) -> None:
    """Keep a picture, small and without loss."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.convert("RGB").save(path, "WEBP", lossless=True, quality=100, method=6)


def read(path: Path) -> Image.Image:
    with Image.open(path) as found:
        return found.convert("RGB")
