"""What is looked at: faces, who looks while the car does what, and in which look. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Literal, NamedTuple

type Size = tuple[int, int]
type State = Literal["parked", "idling", "moving"]


class Face(NamedTuple):
    """A kind of screen. ``kind``: of the device that is paired; ``least``: px that a target has at least."""

    name: str
    size: Size
    kind: str
    least: int


class Situation(NamedTuple):
    """What the car does and who looks: whoever drives, or who rides along."""

    state: State
    driver: bool

    @property
    def name(self) -> str:
        return f"{self.state}-{'driver' if self.driver else 'passenger'}"


class Look(NamedTuple):
    theme: Literal["dark", "light"]
    locale: Literal["en-GB", "zh-CN"]

    @property
    def name(self) -> str:
        return f"{self.theme}-{self.locale}"


FACES = (
    Face("car", (1280, 720), "car", 80),
    Face("car-large", (1920, 1080), "car", 80),
    Face("car-tall", (768, 1024), "car", 80),
    Face("tablet", (1024, 768), "tablet", 44),
    Face("tablet-tall", (820, 1180), "tablet", 44),
    Face("phone", (390, 844), "phone", 44),
    Face("watch", (384, 384), "watch", 44),
    Face("phone-low", (844, 390), "phone", 44),
)
SITUATIONS = (
    Situation("parked", True),
    Situation("idling", True),
    Situation("moving", True),
    Situation("moving", False),
)
LOOKS = tuple(Look(theme, locale) for theme, locale in product(("dark", "light"), ("en-GB", "zh-CN")))


class Cell(NamedTuple):
    face: Face
    situation: Situation
    look: Look

    @property
    def name(self) -> str:
        return f"{self.face.name}-{self.situation.name}-{self.look.name}"


def pairwise(
    faces: Sequence[Face] = FACES, situations: Sequence[Situation] = SITUATIONS, looks: Sequence[Look] = LOOKS
) -> list[Cell]:
    """Each face in each situation once, in a look: so chosen that each face and each situation is met in each theme
    and in each language, and each theme in each language."""
    missing: set[tuple[object, object]] = {
        *product(faces, [part for look in LOOKS for part in look]),
        *product(situations, [part for look in LOOKS for part in look]),
        *looks,
    }
    cells: list[Cell] = []
    for face, situation in product(faces, situations):
        # The first of the best, counted from another one each time, so that ties do not all fall to the same look.
        turn = len(cells) % len(looks)
        gains = [(len(missing & met(face, situation, look)), look) for look in [*looks[turn:], *looks[:turn]]]
        most = max(gain for gain, _ in gains)
        best = next(look for gain, look in gains if gain == most)
        missing -= met(face, situation, best)
        cells.append(Cell(face, situation, best))
    return cells


def met(face: Face, situation: Situation, look: Look) -> set[tuple[object, object]]:
    """The pairs that one cell brings together."""
    return {*product([face], look), *product([situation], look), look}


def every() -> list[Cell]:
    """All of them."""
    return [Cell(*one) for one in product(FACES, SITUATIONS, LOOKS)]
