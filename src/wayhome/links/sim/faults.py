"""Faults that a test or the demo's page gives a thing: what real devices do to a household on bad days."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from wayhome.core.catalog import Refinement
from wayhome.core.value import Value
from wayhome.errors import Asleep, Refused, Unreachable

type Kind = Literal[
    "unreachable", "asleep", "refusing", "slow", "lying", "hanging", "stuck", "garbage", "flapping", "jam"
]
KINDS: tuple[str, ...] = get_args(Kind.__value__)


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing's fault.

    ``unreachable``: offline, takes nothing. ``asleep``: the same, to save its battery. ``refusing``: says no to each
    wish. ``slow``: acts ``seconds`` later. ``lying``: reports something else than was asked. ``hanging``: takes wishes
    and reports nothing any more. ``stuck``: taking a wish never ends. ``garbage``: reports values that no catalogue
    allows. ``flapping``: goes and comes every ``seconds``. ``jam``: what moves in it gets stuck.
    """

    thing: str
    kind: Kind
    seconds: Annotated[float, Meta(gt=0, le=3600)] = 4.0


_GARBAGE: tuple[Value, ...] = (
    float("nan"), "¿¡\u0000\ufffd", -1e300, {"a": {"b": [1, 2, {"c": None}]}}, "x" * 5_000, [True, 7], 2**62,
)  # fmt: skip
NONSENSE = "nonsense.signal"


class Faults:
    """The faults that stand, by the thing's key."""

    def __init__(self) -> None:
        self._standing: dict[str, tuple[Fault, float]] = {}
        self._asked: dict[str, set[str]] = {}
        self._turn = 0

    def standing(self) -> list[Fault]:
        """All faults there are."""
        return [fault for fault, _ in self._standing.values()]

    def put(self, fault: Fault, now: float) -> None:
        """Let a fault begin; an older one of the same thing ends."""
        self._standing[fault.thing] = (fault, now)
        self._asked.pop(fault.thing, None)

    def clear(self, thing: str | None = None) -> None:
        """End the thing's fault, or (None) all."""
        for key in [thing] if thing is not None else list(self._standing):
            self._standing.pop(key, None)
            self._asked.pop(key, None)

    def kind(self, thing: str) -> Kind | None:
        standing = self._standing.get(thing)
        return standing[0].kind if standing else None

    def admit(self, thing: str, name: str, signal: str, now: float) -> float:
        """A wish comes for ``thing``: seconds that the fault adds to its delay. Raises what the fault says."""
        standing = self._standing.get(thing)
        if standing is None:
            return 0.0
        self._asked.setdefault(thing, set()).add(signal)
        match standing[0].kind:
            case "asleep":
                raise Asleep(f"{name} sleeps")
            case "refusing":
                raise Refused(f"{name} says no", advice="A fault was put on it; clear it.")
            case "slow":
                return standing[0].seconds
            case _ if not self.online(thing, now):
                raise Unreachable(f"{name} does not answer")
            case _:
                return 0.0

    def online(self, thing: str, now: float) -> bool:
        """Whether the thing answers at ``now``."""
        standing = self._standing.get(thing)
        if standing is None:
            return True
        fault, since = standing
        if fault.kind == "flapping":
            return int((now - since) / fault.seconds) % 2 == 1
        return fault.kind not in ("unreachable", "asleep")

    def mute(self, thing: str, now: float) -> bool:
        """Whether the thing says nothing at ``now``."""
        return self.kind(thing) == "hanging" or not self.online(thing, now)

    def told(self, thing: str, signal: str, value: Value, refinement: Refinement | None) -> Value:
        """What the thing says in the place of ``value``."""
        match self.kind(thing):
            case "garbage":
                self._turn += 1
                return _GARBAGE[self._turn % len(_GARBAGE)]
            case "lying" if signal in self._asked.get(thing, ()):
                return _lie(value, refinement)
            case _:
                return value


def _lie(value: Value, refinement: Refinement | None) -> Value:
    """Another value of the same sort, that the catalogue would allow."""
    match value:
        case bool():
            return not value
        case int() | float():
            low = refinement.min if refinement and refinement.min is not None else 0.0
            high = refinement.max if refinement and refinement.max is not None else 100.0
            other = low + (high - low) * (0.25 if value > (low + high) / 2 else 0.75)
            return round(other) if isinstance(value, int) else float(round(other))
        case str():
            return next((o for o in (refinement.allowed or ()) if o != value), value) if refinement else value
        case _:
            return value
