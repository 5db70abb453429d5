"""What of a notification is shown on which screen: what its person chose, how the car is doing, and who else is there.
Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, get_args

import msgspec

from wayhome.core.driving import Restrictions
from wayhome.hub.notifications import Said
from wayhome.hub.onlookers import Texts

type OfApp = Literal["show", "silent", "sender", "off"]
"""What an app may: be announced and read; be read; be named with its sender alone; nothing."""
type OfFace = Literal["show", "silent", "off"]
type Face = Literal["car", "tablet", "phone", "watch"]
type Hide = Literal["never", "guests", "always"]
"""When the text is hidden: never, while a guest is aboard the same car, always in a car and on a tablet."""
type Level = Literal["all", "sender", "app"]
"""All of it; the app, and who wrote; the app alone."""
FACES: dict[Face, OfFace] = {"car": "show", "tablet": "show", "phone": "silent", "watch": "silent"}
"""What is told on a person's screens before they chose: a phone has told it itself, and is not told again."""
QUICK: tuple[str, ...] = ("OK", "On my way", "I'm driving. I'll answer later.")
QUICK_ZH: tuple[str, ...] = ("好的", "在路上了", "我在开车，稍后回复。")
MOST_APPS = 300


class Rules(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person chose. ``apps``: by the app's name; those that are not there may all. ``quick``: answers by one
    tap; none: those in the screen's language. ``texters``: which of the apps tell of text messages, as what is chosen
    of them holds for those as well."""

    apps: dict[str, OfApp] = {}
    faces: dict[Face, OfFace] = {}
    hide: Hide = "guests"
    quick: tuple[str, ...] = ()
    texters: tuple[str, ...] = ()


UNOPENED = Rules(hide="always")
"""Stands for what somebody chose and this hub can't open: an app may be off there, so all is the app alone."""


class Shown(msgspec.Struct, frozen=True):
    """How one notification stands on a screen."""

    level: Level
    announced: bool


def face(kind: str, *, aboard: bool) -> Face:
    """What a screen counts as, by its kind. ``aboard``: it is built into a car, or was said to be in one."""
    if aboard:
        return "car"
    return kind if kind in get_args(Face.__value__) else "tablet"  # type: ignore[return-value]


def shown(said: Said, rules: Rules, on: Face, limits: Restrictions, *, hidden: bool) -> Shown | None:
    """How a notification stands on a screen; None: not at all. ``hidden``: others look."""
    of_app = rules.apps.get(said.app, "show")
    of_face = rules.faces.get(on, FACES[on])
    if "off" in (of_app, of_face):
        return None
    level: Level = "sender" if of_app == "sender" or not limits.setup else "all"
    if hidden:
        level = "app"
    announced = rules is not UNOPENED and of_app == "show" and of_face == "show"
    return Shown(level, announced and not said.silent)


def of_texts(rules: Rules, texters: Collection[str]) -> Texts:
    """How much of a phone's text messages may be shown, by what was chosen of the apps that tell of them."""
    chosen = {rules.apps.get(app) for app in texters}
    return "off" if "off" in chosen else "sender" if "sender" in chosen else "all"


def may_say(text: str, rules: Rules, limits: Restrictions) -> bool:
    """Whether this may be answered now: whoever may not type answers by one tap."""
    return limits.keyboard or text in (*rules.quick, *QUICK, *QUICK_ZH)
