"""What every simulated device has: a name and signals, a radio with delay, wishes that wait, a life of its own.

A wish that is asked never shows at once: it waits for the device's delay, then the device acts by its own ways,
and what it *says* afterwards are its facts. That is what the household sees.
"""

from __future__ import annotations

from random import Random
from typing import ClassVar, NamedTuple

from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.errors import Refused


class Around(NamedTuple):
    """What surrounds a device: the simulated time (s since 1970), outside temperature (Celsius), sun (0 to 1)."""

    now: float
    outside: float
    sun: float


class Ask(NamedTuple):
    """A wish on its way: acted on at ``due`` (simulated time); ``cause`` is the key of the command behind it."""

    due: float
    signal: str
    target: Value
    cause: str | None


class Device:
    """One simulated thing. Its kinds override ``check``, ``apply``, ``move`` and ``facts``."""

    kind: ClassVar[str] = "sensor"
    slow: ClassVar[frozenset[str]] = frozenset()
    """Signals that change by themselves, never in answer to a wish (a room's temperature)."""

    def __init__(self, key: str, name: str, area: str | None, signals: dict[str, Refinement]) -> None:
        self.key = key
        """Its usual thing id; the household's may differ when that is taken."""
        self.name = name
        self.area = area
        self.signals = signals
        self.waiting: list[Ask] = []
        self.touched: set[str] = set()
        """Signals that are told again although their value is the same: the device confirms a wish."""
        self.cause: str | None = None
        self.jammed = False
        """A fault of mechanics: what moves, gets stuck."""

    def thing(self, thing_id: str, link: str) -> Thing:
        """How the household is told of it."""
        return Thing(
            id=thing_id,
            name=self.name,
            link=link,
            kind=self.kind,
            signals=self.signals,
            area=self.area,
            maker="Wayhome",
            model=f"Simulated {self.kind.replace('_', ' ')}",
        )

    @property
    def busy(self) -> bool:
        """Whether it is in the middle of something that a wish began."""
        return False

    def ask(self, signal: str, target: Value, due: float, cause: str | None = None) -> None:
        """Take a wish, to be acted on at ``due``. Raises Refused, with a sentence, for what it can't do."""
        refinement = self.signals.get(signal)
        if refinement is None:
            raise Refused(f"{self.name} has no {signal}", advice="Look at what the thing can do.")
        if refinement.fixed:
            raise Refused(f"{self.name} only tells {signal}; it can't be told", advice="It can only be read.")
        self.check(signal, target)
        if self.waiting:
            due = max(due, self.waiting[-1].due)  # one radio: what was asked first arrives first
        self.waiting.append(Ask(due, signal, target, cause))

    def hurry(self, now: float) -> None:
        """It is slow no more: what was asked of it is acted on at once."""
        self.waiting = [ask._replace(due=min(ask.due, now)) for ask in self.waiting]

    def step(self, dt: float, around: Around) -> None:
        """Let ``dt`` s pass, until ``around.now``."""
        while self.waiting and self.waiting[0].due <= around.now:
            ask = self.waiting.pop(0)
            self.cause = ask.cause
            self.touched.add(ask.signal)
            self.apply(ask.signal, ask.target)
        self.move(dt, around)

    def check(self, signal: str, target: Value) -> None:
        """Raises Refused when the device can't do that, now or ever. Default: only sensors, so nothing."""
        raise Refused(f"{self.name} only measures; nothing can be asked of it")

    def apply(self, signal: str, target: Value) -> None:
        """Act on a wish that ``check`` let pass."""

    def move(self, dt: float, around: Around) -> None:
        """Live on for ``dt`` s."""

    def beats(self) -> tuple[str, ...]:
        """Signals that it tells every second even when nothing changed, so that their age says that it lives."""
        return ()

    def facts(self) -> dict[str, Value]:
        """What it says about each of its signals now. Presses say nothing."""
        return {}


def number(name: str, signal: str, target: Value, low: float, high: float) -> float:
    """The target as a number from ``low`` to ``high``. Raises Refused."""
    if isinstance(target, bool) or not isinstance(target, int | float) or not low <= target <= high:
        raise Refused(f"{name} takes {low:g} to {high:g} for {signal}", advice="Ask for a value in that range.")
    return float(target)


def truth(name: str, signal: str, target: Value) -> bool:
    """The target as true or false. Raises Refused."""
    if not isinstance(target, bool):
        raise Refused(f"{name} takes true or false for {signal}")
    return target


def choice(name: str, signal: str, target: Value, choices: tuple[str, ...]) -> str:
    """The target as one of ``choices``. Raises Refused."""
    if not isinstance(target, str) or target not in choices:
        raise Refused(f"{name} knows {', '.join(choices)} for {signal}", advice="Ask for one of those.")
    return target


def delay(random: Random, factor: float) -> float:
    """Seconds until a device acts on a wish: 20 to 200 ms, times ``factor``."""
    return random.uniform(0.02, 0.2) * factor
