"""Pictures are known by their first bytes, and only when they are there to their end."""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from wayhome.core import image as images
from wayhome.core.image import image


def drawn(format: str, size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(file, format, **options)
    return file.getvalue()


with_thumbnail = drawn("JPEG", exif=b"Exif\0\0" + drawn("JPEG", (16, 16)))
CASES = [
    (drawn("JPEG"), "image/jpeg"),
    (drawn("JPEG", progressive=True), "image/jpeg"),
    (drawn("JPEG", restart_marker_blocks=2), "image/jpeg"),
    (with_thumbnail, "image/jpeg"),
    (drawn("PNG"), "image/png"),
]


@pytest.mark.parametrize(("data", "kind"), CASES)
def test_kind_and_size(data: bytes, kind: str) -> None:
    found = image(data)
    assert found is not None
    assert (found.media_type, found.width, found.height) == (kind, 64, 48)
    assert image(data + b"\0" * 7) == found  # some cameras fill up


@pytest.mark.parametrize(("data", "kind"), CASES)
def test_half_a_picture_is_none(data: bytes, kind: str) -> None:
    for length in range(0, len(data) - 12, 7):
        assert image(data[:length]) is None


def test_what_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for rubbish in (b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"GIF89a" + b"\0" * 50, b"<svg/>", drawn("WEBP")):
        assert image(rubbish) is None
    # It says that it is larger than anything that anybody can draw.
    jpeg = drawn("JPEG")
    at = jpeg.index(b"\xff\xc0")
    assert image(jpeg[: at + 5] + b"\xff\xff\xff\xff" + jpeg[at + 9 :]) is None
    # Millions of segments before anything, which take a hub's seconds.
    for filler in (b"\xff\xe0\x00\x02", b"\xff"):
        began = time.process_time()
        assert image(b"\xff\xd8" + filler * (7 * 2**20 // len(filler)) + jpeg[2:]) is None
        assert time.process_time() - began < 0.5
    monkeypatch.setattr(images, "MAX_BYTES", 1_000)
    assert image(jpeg) is None


@given(st.sampled_from([data for data, _ in CASES]), st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 255))))
def test_whatever_is_flipped_it_is_a_picture_or_none(data: bytes, flips: list[tuple[int, int]]) -> None:
    spoilt = bytearray(data)
    for at, byte in flips:
        spoilt[at % len(spoilt)] = byte
    found = image(bytes(spoilt))
    assert found is None or found.width * found.height <= images.MAX_PIXELS
