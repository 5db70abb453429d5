"""Which pictures are kept. Each is an address in the gallery (made-up things, so nothing in it changes by itself), or
the real page before anybody is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

type Look = Literal["day", "night"]
type Language = Literal["en", "zh"]

PHONE, TABLET, TABLET_TALL = (390, 844), (1024, 768), (820, 1180)
CAR, CAR_LARGE, WATCH = (1280, 720), (1920, 1080), (384, 384)
FACE = {PHONE: "phone", TABLET: "tablet", TABLET_TALL: "tablet", CAR: "car", CAR_LARGE: "car", WATCH: "watch"}
SUBJECTS = (
    "buttons",
    "choosing",
    "numbers",
    "controls",
    "writing",
    "telling",
    "showing",
    "lists",
    "cars",
    "things",
)
"""The gallery's pages; the test sees that none of them is missing here."""

LONG = ("controls", "showing")
"""On a phone they are longer than a browser draws in one piece."""


class Picture(NamedTuple):
    """``at``: the address in the gallery; none: the door. ``whole``: a page that scrolls, as long as it is."""

    name: str
    at: str | None
    size: tuple[int, int]
    look: Look
    language: Language
    direction: Literal["ltr", "rtl"] = "ltr"
    whole: bool = False


def parts() -> list[Picture]:
    """Every page of parts, in the hand and on the car's glass, by turns by day and by night, in English and Chinese."""
    found = []
    turns: Sequence[tuple[Look, Language]] = [("day", "en"), ("night", "zh"), ("night", "en"), ("day", "zh")]
    for n, subject in enumerate(SUBJECTS):
        hand = ("tablet", TABLET) if subject in LONG else ("phone", PHONE)
        for (where, size), (look, language) in ((hand, turns[n % 4]), (("car", CAR), turns[(n + 2) % 4])):
            found.append(Picture(f"{subject}-{where}-{look}-{language}", subject, size, look, language, whole=True))
    for subject in ("numbers", "lists"):
        found.append(Picture(f"{subject}-tablet-day-rtl", subject, TABLET, "day", "en", "rtl", whole=True))
    return found


def faces() -> list[Picture]:
    """Whole faces, each size at least once by day and by night, in English and in Chinese."""
    looks: Sequence[tuple[str, tuple[int, int], Look, Language]] = [
        ("home", CAR, "night", "en"),
        ("home", CAR, "day", "zh"),
        ("home", CAR_LARGE, "night", "zh"),
        ("home", TABLET, "day", "en"),
        ("home", TABLET_TALL, "night", "zh"),
        ("home", PHONE, "night", "en"),
        ("home", PHONE, "day", "zh"),
        ("car", CAR, "day", "en"),
        ("car", CAR, "night", "zh"),
        ("car", CAR_LARGE, "day", "en"),
        ("car", TABLET, "night", "zh"),
        ("car", TABLET_TALL, "day", "en"),
        ("car", PHONE, "night", "zh"),
        ("car", PHONE, "day", "en"),
        ("car", WATCH, "night", "en"),
        ("car", WATCH, "day", "zh"),
    ]
    found = [
        Picture(f"face-{at}-{size[0]}x{size[1]}-{look}-{language}", f"faces/{at}", size, look, language)
        for at, size, look, language in looks
    ]
    found.append(Picture("face-home-390x844-night-rtl", "faces/home", PHONE, "night", "en", "rtl"))
    return found


def door() -> list[Picture]:
    """What a new screen sees first."""
    looks: Sequence[tuple[tuple[int, int], Look, Language]] = [(CAR, "night", "en"), (PHONE, "day", "zh")]
    return [Picture(f"door-{size[0]}x{size[1]}-{look}-{lang}", None, size, look, lang) for size, look, lang in looks]


PICTURES = [*parts(), *faces(), *door()]
