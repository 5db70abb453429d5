"""Machines with a mind of their own: the television and the robot vacuum."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from wayhome.core.catalog import Refinement
from wayhome.core.value import Value
from wayhome.errors import Refused
from wayhome.links.sim.bodywork import toward
from wayhome.links.sim.device import Around, Device, choice, number, truth


class Title(NamedTuple):
    """Something to play: made-up titles of made-up artists, ``length`` in s."""

    title: str
    artist: str
    album: str
    length: float


TITLES: dict[str, tuple[Title, ...]] = {
    "en": (
        Title("Lights Along the River", "The Night Ferries", "Slow Harbour", 214.0),
        Title("Home by Seven", "Marta Quill", "Kitchen Songs", 187.0),
        Title("First Snow, Late Train", "Paper Lanterns", "Platform Nine", 241.0),
    ),
    "zh": (
        Title("河边灯火", "夜渡乐队", "慢港", 214.0),
        Title("七点到家", "马小萤", "厨房的歌", 187.0),
        Title("初雪晚车", "纸灯笼", "九号站台", 241.0),
    ),
}


class Television(Device):
    """A television with music and inputs."""

    kind: ClassVar[str] = "media_player"
    SOURCES: ClassVar[tuple[str, ...]] = ("Music", "HDMI 1", "HDMI 2", "TV")
    WARM_UP: ClassVar[float] = 1.5

    def __init__(self, key: str, name: str, area: str, language: str) -> None:
        words = ("on", "playing", "volume", "muted", "state", "title", "artist", "album", "app", "duration", "picture")
        signals = {f"media_player.{word}": Refinement() for word in (*words, "next", "previous", "stop")}
        signals["media_player.source"] = Refinement(allowed=self.SOURCES)
        signals["media_player.position"] = Refinement(step=6.0)
        super().__init__(key, name, area, signals)
        self.titles = TITLES[language]
        self.on = False
        self.playing = False
        self.warming = 0.0
        self.volume = 28.0
        self.muted = False
        self.source = "Music"
        self.index = 0
        self.elapsed = 0.0
        self.told = 0.0
        """The place in the title that was told last, s."""

    @property
    def busy(self) -> bool:
        return self.warming > 0

    def check(self, signal: str, target: Value) -> None:
        match signal:
            case "media_player.on" | "media_player.muted":
                truth(self.name, signal, target)
            case "media_player.playing":
                if truth(self.name, signal, target) and not self.on:
                    raise Refused(f"{self.name} is off", advice="Switch it on first.")
            case "media_player.volume":
                number(self.name, signal, target, 0.0, 100.0)
            case "media_player.source":
                choice(self.name, signal, target, self.SOURCES)
            case "media_player.position":
                number(self.name, signal, target, 0.0, self.titles[self.index].length)
                if not self.music:
                    raise Refused(f"{self.name} plays nothing", advice="Let it play music first.")
            case "media_player.next" | "media_player.previous" | "media_player.stop":
                if not self.on:
                    raise Refused(f"{self.name} is off", advice="Switch it on first.")
            case _:
                super().check(signal, target)

    def apply(self, signal: str, target: Value) -> None:
        match signal, target:
            case "media_player.on", bool(on):
                self.warming = self.WARM_UP if on and not self.on else 0.0
                self.on, self.playing = on, self.playing and on
            case "media_player.playing", bool(playing):
                self.playing = playing
                self._place()
            case "media_player.position", float(second) | int(second):
                self.elapsed = float(second)
                self._place()
            case "media_player.volume", float(percent) | int(percent):
                self.volume = float(round(percent))
            case "media_player.muted", bool(muted):
                self.muted = muted
            case "media_player.source", str(source):
                self.source, self.playing = source, False
            case "media_player.next", _:
                self._turn(1)
            case "media_player.previous", _:
                self._turn(-1)
            case "media_player.stop", _:
                self.playing, self.elapsed = False, 0.0
                self._place()

    @property
    def music(self) -> bool:
        return self.on and self.source == "Music" and not self.warming

    def _place(self) -> None:
        """Tell where in the title it is. From then on it goes on by itself: told once, as players do."""
        self.told = float(round(self.elapsed))
        self.touched.add("media_player.position")

    def _turn(self, by: int) -> None:
        self.index = (self.index + by) % len(self.titles)
        self.elapsed = 0.0
        self._place()

    def move(self, dt: float, around: Around) -> None:
        self.warming = max(0.0, self.warming - dt)
        if self.playing and not self.warming:
            self.elapsed += dt
            while self.elapsed > self.titles[self.index].length:
                rest = self.elapsed - self.titles[self.index].length
                self._turn(1)
                self.elapsed = rest

    def facts(self) -> dict[str, Value]:
        music = self.music
        title = self.titles[self.index]
        state = "off" if not self.on else "buffering" if self.warming else "playing" if self.playing else "idle"
        if state == "idle" and self.elapsed:
            state = "paused"
        return {
            "media_player.on": self.on,
            "media_player.playing": self.playing,
            "media_player.state": state,
            "media_player.volume": self.volume,
            "media_player.muted": self.muted,
            "media_player.source": self.source,
            "media_player.title": title.title if music else None,
            "media_player.artist": title.artist if music else None,
            "media_player.album": title.album if music else None,
            "media_player.app": self.source if self.on else None,
            "media_player.position": self.told if music else None,
            "media_player.duration": title.length if music else None,
            "media_player.picture": f"cover-{self.index}" if music else None,
        }


class Vacuum(Device):
    """A robot that cleans, comes home when its battery is low or the work is done, and charges."""

    kind: ClassVar[str] = "vacuum"
    slow: ClassVar[frozenset[str]] = frozenset({"battery.level"})
    SPEEDS: ClassVar[dict[str, float]] = {"quiet": 0.7, "standard": 1.0, "max": 1.7}
    WAY_HOME: ClassVar[float] = 25.0
    WORK: ClassVar[float] = 2_700.0

    def __init__(self, key: str, name: str, area: str) -> None:
        words = ("state", "start", "pause", "stop", "return", "locate")
        signals = {f"vacuum.{word}": Refinement() for word in words}
        signals["vacuum.fan_speed"] = Refinement(allowed=tuple(self.SPEEDS))
        signals["battery.level"] = Refinement()
        super().__init__(key, name, area, signals)
        self.state = "docked"
        self.battery = 100.0
        self.speed = "standard"
        self.worked = 0.0
        self.away = 0.0
        """Seconds that the way home takes from where it is."""

    @property
    def busy(self) -> bool:
        return False  # cleaning goes on for an hour; what it does meanwhile is no answer to the wish

    def check(self, signal: str, target: Value) -> None:
        if signal == "vacuum.fan_speed":
            choice(self.name, signal, target, tuple(self.SPEEDS))
        elif signal in ("vacuum.state", "battery.level"):
            super().check(signal, target)
        elif signal == "vacuum.start" and self.battery < 12:
            raise Refused(f"{self.name} has only {self.battery:.0f} % charge left", advice="Let it charge a while.")
        elif signal == "vacuum.start" and self.jammed:
            raise Refused(f"{self.name} is stuck", advice="Free its brush and wheels.")

    def apply(self, signal: str, target: Value) -> None:
        match signal, target:
            case "vacuum.fan_speed", str(speed):
                self.speed = speed
            case "vacuum.start", _:
                self.worked = self.worked if self.state == "paused" else 0.0
                self.state = "cleaning"
            case "vacuum.pause", _ if self.state in ("cleaning", "returning"):
                self.state = "paused"
            case "vacuum.stop", _ if self.state in ("cleaning", "paused", "returning"):
                self.state = "idle"
            case "vacuum.return", _ if self.state != "docked":
                self.state = "returning"

    def move(self, dt: float, around: Around) -> None:
        if self.jammed and self.state in ("cleaning", "returning"):
            self.state = "error"
        if not self.jammed and self.state == "error":
            self.state = "idle"
        if self.state == "cleaning":
            self.away = min(self.WAY_HOME, self.away + dt)
            self.worked += dt
            self.battery = max(0.0, self.battery - 0.02 * self.SPEEDS[self.speed] * dt)
            if self.battery <= 15 or self.worked >= self.WORK:
                self.state = "returning"
        elif self.state == "returning":
            self.away = toward(self.away, 0.0, dt)
            if self.away == 0:
                self.state = "docked"
        elif self.state == "docked":
            self.battery = min(100.0, self.battery + 0.012 * dt)

    def facts(self) -> dict[str, Value]:
        return {
            "vacuum.state": self.state,
            "vacuum.fan_speed": self.speed,
            "battery.level": float(round(self.battery)),
        }
