"""What each kind of the demo's things can do, with how a finger and how keys do it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from playwright.async_api import Locator

from tests.hmi.hands import Finger, hold_key

type Do = Callable[[Locator, Finger], Awaitable[None]]


def tap(role: Any, name: str, at: tuple[float, float] = (0.5, 0.5)) -> Do:
    return lambda sheet, finger: finger.tap(sheet.locator(".body").get_by_role(role, name=name, exact=True), at)


def hold(name: str) -> Do:
    return lambda sheet, finger: finger.hold(sheet.get_by_role("button", name=f"{name}. Press and hold"))


def keys(role: Any, name: str, *pressed: str) -> Do:
    async def do(sheet: Locator, finger: Finger) -> None:
        await sheet.locator(".body").get_by_role(role, name=name, exact=True).focus()
        for key in pressed:
            await finger.page.keyboard.press(key)

    return do


def held_key(name: str) -> Do:
    return lambda sheet, finger: hold_key(finger.page, sheet.get_by_role("button", name=f"{name}. Press and hold"))


def turned(low: float, high: float) -> Do:
    """The dial's ring, turned by a finger: from its top to a place on its right side."""

    async def do(sheet: Locator, finger: Finger) -> None:
        await finger.drag(sheet.locator(".dial > svg"), (low, high), at=(0.5, 0.07))

    return do


class Use(NamedTuple):
    """One signal of one thing: how a finger changes it, and how keys do. ``first``: what is so before each."""

    path: str
    touch: Do
    touched: Callable[[Any], object]
    keyboard: Do
    typed: Callable[[Any], object]
    first: Mapping[str, Any] = MappingProxyType({})


def named(use: Use) -> str:
    return use.path


DIM = {"living-lamp/light.brightness": 40.0, "living-lamp/light.color_temp": 2_700.0}
PLAYS = {"living-tv/media_player.on": True, "living-tv/media_player.playing": True}
USES = [
    Use(
        "living-lamp/light.on",
        tap("switch", "On"),
        lambda v: v is False,
        keys("switch", "On", "Enter"),
        lambda v: v is False,
        DIM,
    ),
    Use(
        "living-lamp/light.brightness",
        tap("slider", "Brightness", (0.5, 0.1)),
        lambda v: 85 < v <= 100,
        keys("slider", "Brightness", "PageUp"),
        lambda v: 40 < v < 80,
        DIM,
    ),
    Use(
        "living-lamp/light.color_temp",
        tap("button", "Cold white"),
        lambda v: v == 6_500,
        keys("slider", "Light colour warm to cold", "ArrowRight"),
        lambda v: v == 2_750,
        DIM,
    ),
    Use(
        "living-climate/climate.target_temperature",
        turned(0.93, 0.5),
        lambda v: v > 24,
        keys("slider", "Target", "ArrowUp", "ArrowUp"),
        lambda v: v == 22,
        {"living-climate/climate.target_temperature": 21.0},
    ),
    Use(
        "living-climate/climate.mode",
        tap("radio", "Off"),
        lambda v: v == "off",
        keys("radio", "Heat and cool", "ArrowLeft"),
        lambda v: v == "cool",
        {"living-climate/climate.mode": "heat_cool"},
    ),
    Use(
        "bedroom-heater/climate.preset",
        tap("radio", "Eco"),
        lambda v: v == "eco",
        keys("radio", "None", "ArrowLeft"),
        lambda v: v == "boost",
        {"bedroom-heater/climate.preset": "none"},
    ),
    Use(
        "air-purifier/fan.percentage",
        tap("slider", "Fan speed", (0.5, 0.1)),
        lambda v: v > 80,
        keys("slider", "Fan speed", "ArrowUp"),
        lambda v: v == 31,
        {"air-purifier/fan.percentage": 30.0},
    ),
    Use(
        "air-purifier/fan.preset",
        tap("radio", "Sleep"),
        lambda v: v == "sleep",
        keys("radio", "Automatic", "ArrowRight"),
        lambda v: v == "sleep",
        {"air-purifier/fan.preset": "auto"},
    ),
    Use(
        "humidifier/humidifier.target_humidity",
        tap("button", "Target humidity: More"),
        lambda v: v == 46,
        keys("slider", "Target humidity", "PageUp"),
        lambda v: v == 50,
        {"humidifier/humidifier.target_humidity": 45.0},
    ),
    Use(
        "humidifier/humidifier.on",
        tap("switch", "On"),
        lambda v: v is True,
        keys("switch", "On", "Space"),
        lambda v: v is True,
        {"humidifier/humidifier.on": False},
    ),
    Use(
        "living-blinds/cover.position",
        tap("slider", "Position", (0.25, 0.5)),
        lambda v: 20 <= v <= 30,
        keys("slider", "Position", "Home"),
        lambda v: v == 0,
        {"living-blinds/cover.position": 40.0},
    ),
    Use(
        "living-blinds/cover.state",
        tap("button", "Close"),
        lambda v: v == "closing",
        keys("button", "Open", "Enter"),
        lambda v: v == "opening",
        {"living-blinds/cover.position": 50.0},
    ),
    Use(
        "gate/cover.state",
        hold("Open"),
        lambda v: v == "opening",
        held_key("Open"),
        lambda v: v == "opening",
        {"gate/cover.close": True},
    ),
    Use(
        "front-door/lock.locked",
        hold("Unlock"),
        lambda v: v is False,
        held_key("Unlock"),
        lambda v: v is False,
        {"front-door/lock.locked": True},
    ),
    Use(
        "front-door/lock.state",
        hold("Open the door"),
        lambda v: v == "open",
        held_key("Open the door"),
        lambda v: v == "open",
        {"front-door/lock.locked": True},
    ),
    Use(
        "alarm/alarm.state",
        hold("Arm, night"),
        lambda v: v == "armed_night",
        held_key("Arm, away"),
        lambda v: v == "arming",
        {"alarm/alarm.mode": "disarmed"},
    ),
    Use(
        "living-tv/media_player.playing",
        tap("button", "Pause"),
        lambda v: v is False,
        keys("button", "Pause", "Enter"),
        lambda v: v is False,
        PLAYS,
    ),
    Use(
        "living-tv/media_player.position",
        tap("slider", "Place in the title", (0.75, 0.5)),
        lambda v: v > 120,
        keys("slider", "Place in the title", "End"),
        lambda v: v > 170,
        PLAYS | {"living-tv/media_player.position": 10.0},
    ),
    Use(
        "living-tv/media_player.volume",
        tap("slider", "Volume", (0.5, 0.5)),
        lambda v: 40 < v < 60,
        keys("slider", "Volume", "ArrowRight"),
        lambda v: v == 21,
        PLAYS | {"living-tv/media_player.volume": 20.0},
    ),
    Use(
        "living-tv/media_player.source",
        tap("radio", "HDMI 1"),
        lambda v: v == "HDMI 1",
        keys("radio", "Music", "ArrowRight"),
        lambda v: v == "HDMI 1",
        {**PLAYS, "living-tv/media_player.source": "Music"},
    ),
    Use(
        "vacuum/vacuum.state",
        tap("button", "Start"),
        lambda v: v == "cleaning",
        keys("button", "Start", "Enter"),
        lambda v: v == "cleaning",
        {"vacuum/vacuum.stop": True},
    ),
    Use(
        "vacuum/vacuum.fan_speed",
        tap("radio", "Most"),
        lambda v: v == "max",
        keys("radio", "Standard", "ArrowLeft"),
        lambda v: v == "quiet",
        {"vacuum/vacuum.fan_speed": "standard"},
    ),
    Use(
        "hall-switch/switch.on",
        tap("switch", "On"),
        lambda v: v is True,
        keys("switch", "On", "Space"),
        lambda v: v is True,
        {"hall-switch/switch.on": False},
    ),
]
