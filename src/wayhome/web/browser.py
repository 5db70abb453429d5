"""What a browser says it is: only for names in lists and for choosing instructions, never for rights."""

from __future__ import annotations

from typing import Literal

import msgspec

type System = Literal["ios", "android", "windows", "macos", "linux"]
SYSTEMS: tuple[System, ...] = ("ios", "android", "windows", "macos", "linux")
_TITLES: dict[System, str] = {
    "ios": "iPhone",
    "android": "Android",
    "windows": "Windows",
    "macos": "macOS",
    "linux": "Linux",
}
# In this order: Edge says Chrome too, Chrome says Safari too.
_PROGRAMS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
             ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip


class Browser(msgspec.Struct, frozen=True):
    """A browser's system, kind of device, and a name for it: ``Chrome on Android``."""

    system: System
    kind: Literal["browser", "phone", "tablet", "tv"]
    name: str


def browser(agent: str) -> Browser:
    """Read a User-Agent header."""
    agent = agent[:400]
    title: str | None = None
    system: System
    if "iPad" in agent:
        system, kind, title = "ios", "tablet", "iPad"
    elif "iPhone" in agent or "iPod" in agent:
        system, kind = "ios", "phone"
    elif "Android" in agent:
        system = "android"
        kind = "tv" if "TV" in agent else "phone" if "Mobile" in agent else "tablet"
    elif "Windows" in agent:
        system, kind = "windows", "browser"
    elif "Mac OS X" in agent:
        system, kind = "macos", "browser"
    else:
        system, kind = "linux", "browser"
    program = next((name for mark, name in _PROGRAMS if mark in agent), "Browser")
    return Browser(system, kind, f"{program} on {title or _TITLES[system]}")  # type: ignore[arg-type]
