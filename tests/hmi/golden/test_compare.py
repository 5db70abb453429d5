"""The comparison sees what people see, and not what only a machine does."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.hmi.golden.compare import compare, read, told, write

SIZE = (390, 844)


def page(*, dot: bool = True, shift: int = 0, ground: int = 20) -> Image.Image:
    picture = Image.new("RGB", SIZE, (ground, ground, ground))
    pen = ImageDraw.Draw(picture)
    for line in range(12):
        pen.rectangle((40 + shift, 60 + line * 60, 300 + shift, 72 + line * 60), fill=(240, 240, 240))
    if dot:
        pen.ellipse((340, 40, 364, 64), fill=(255, 180, 94))
    return picture


def test_the_same_is_the_same() -> None:
    assert compare(page(), page()).same


def test_edges_that_came_out_a_little_otherwise_are_the_same() -> None:
    softer = page()
    pen = ImageDraw.Draw(softer)
    for line in range(12):
        pen.line((40, 60 + line * 60, 300, 60 + line * 60), fill=(220, 222, 224))
    assert compare(page(), softer).same


@pytest.mark.parametrize("other", [page(dot=False), page(shift=3), page(ground=60)], ids=["gone", "moved", "ground"])
def test_what_is_gone_moved_or_coloured_otherwise_is_seen(other: Image.Image) -> None:
    found = compare(page(), other)
    assert not found.same and found.why
    assert told(page(), other).getcolors(1 << 20)


def test_another_size_is_another_picture() -> None:
    assert not compare(page(), page().crop((0, 0, 390, 800))).same
    assert told(page(), page().crop((0, 0, 390, 800))).size == SIZE


def test_what_is_kept_loses_nothing(tmp_path: Path) -> None:
    write(tmp_path / "one.webp", page())
    found = compare(page(), read(tmp_path / "one.webp"))
    assert found.share == 0
