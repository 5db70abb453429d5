"""The settings of the simulated household."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

type Language = Literal["en", "zh"]
type Part = Literal["all", "home", "car"]


class SimConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the demo begins.

    ``language``: of the names of rooms and devices. ``car``: the car's name; empty: Aurora, in that language.
    ``factor``: simulated seconds in a real one. ``seed``: another one, another day. ``outside``: the day's mean
    temperature in Celsius. ``start``: where the car begins, in the middle of a drive or at home. ``soc``: its charge
    in percent. ``stay``: minutes that it stays at home between drives. ``delay``: factor on the devices' delay of 20
    to 200 ms (0: they act at once). ``zone``: the time zone on the camera's picture, as Europe/Zurich; empty: the
    machine's own. ``wheel``: the side of the car that its driver sits on. ``part``: what of it this hub has, all, the
    home without its car, or the car alone.
    """

    language: Language = "en"
    car: Annotated[str, Meta(max_length=100)] = ""
    factor: Annotated[float, Meta(gt=0, le=600)] = 1.0
    seed: int = 7
    outside: Annotated[float, Meta(ge=-40, le=50)] = 9.0
    start: Literal["driving", "home"] = "driving"
    soc: Annotated[float, Meta(ge=1, le=100)] = 64.0
    stay: Annotated[float, Meta(ge=0.5, le=1440)] = 20.0
    delay: Annotated[float, Meta(ge=0, le=50)] = 1.0
    zone: str = ""
    wheel: Literal["left", "right"] = "left"
    part: Part = "all"
