"""The signal catalogue: what signals there are, what they may hold, and how they are kept.

Cars use COVESA VSS (version 6 comes with Wayhome; another can be loaded), homes Home Assistant's domains.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from wayhome.core.value import Value, is_text, is_value
from wayhome.errors import BadInput

type Kind = Literal["sensor", "actuator", "attribute"]
type Keep = Literal["state", "telemetry"]
"""``state``: every change is kept durably. ``telemetry``: the latest value and the drive log."""


class Signal(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one signal is: VSS's words. ``press``: an actuator without a lasting state (a scene, a next track)."""

    path: str
    kind: Kind
    datatype: str
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    allowed: tuple[str, ...] | None = None
    default: Value = None
    keep: Keep = "state"
    press: bool = False
    risky: bool = False
    """Opens, unlocks, disarms or spends: asks for press-and-hold, never re-sent, short time to live."""


class Refinement(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where one thing differs from the catalogue: its own unit, bounds, choices, step; or sensor only."""

    unit: str | None = None
    min: float | None = None
    max: float | None = None
    step: float | None = None
    allowed: tuple[str, ...] | None = None
    device_class: str | None = None
    fixed: bool = False
    """This thing can't be told this signal, though the catalogue's signal is an actuator."""
    code: Literal["number", "text"] | None = None
    """A wish for it takes a code along that the thing asks for: digits, or any text."""
    code_for: tuple[str, ...] | None = None
    """The targets that ask for the code; None: all of them."""


INTEGERS: Mapping[str, tuple[int, int]] = {
    f"{'u' if unsigned else ''}int{bits}": (0 if unsigned else -(2 ** (bits - 1)), 2 ** (bits - unsigned) - 1)
    for bits in (8, 16, 32, 64)
    for unsigned in (0, 1)
}
MAX_TEXT = 4_096
MAX_LIST = 1_024
MAX_BYTES = 65_536


class Catalog:
    """All known signals by path. Immutable after it is made."""

    def __init__(self, signals: Iterable[Signal]) -> None:
        self._signals = {signal.path: signal for signal in signals}

    def __len__(self) -> int:
        return len(self._signals)

    def __contains__(self, path: str) -> bool:
        return path in self._signals

    def signals(self) -> Mapping[str, Signal]:
        """Every signal by its path, without a thing: ``Vehicle.Speed``, ``light.on``."""
        return self._signals

    def find(self, path: str) -> Signal | None:
        return self._signals.get(path)

    def signal(self, path: str) -> Signal:
        """The signal at ``path``. Raises BadInput when the catalogue has none."""
        found = self._signals.get(path)
        if found is None:
            raise BadInput(f"the catalogue has no signal {path[:80]!r}", advice="See `wayhome get` for what there is.")
        return found


def fits(signal: Signal, value: object, refinement: Refinement | None = None) -> str | None:
    """Why ``value`` is not one of ``signal``, or None when it is."""
    datatype = signal.datatype
    if datatype == "object":
        if not is_value(value):
            return "not a plain value"
        return None if len(msgspec.json.encode(value)) <= MAX_BYTES else f"more than {MAX_BYTES} bytes"
    if datatype.endswith("[]"):
        if not isinstance(value, list) or len(value) > MAX_LIST:
            return f"not a list of at most {MAX_LIST}"
        return next((why for item in value if (why := _fits_one(signal, item, datatype[:-2], refinement))), None)
    return _fits_one(signal, value, datatype, refinement)


def _fits_one(signal: Signal, value: object, datatype: str, refinement: Refinement | None) -> str | None:
    allowed = refinement.allowed if refinement and refinement.allowed is not None else signal.allowed
    if datatype == "boolean":
        return None if isinstance(value, bool) else "not true or false"
    if datatype == "string":
        if not isinstance(value, str) or len(value) > MAX_TEXT:
            return f"not a text of at most {MAX_TEXT} characters"
        if not is_text(value):
            return "not a text that can be written"
        if allowed is not None and value not in allowed:
            return f"not one of {', '.join(allowed[:12])}"
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "not a number"
    if datatype in INTEGERS:
        low, high = INTEGERS[datatype]
        if isinstance(value, float) and not value.is_integer():
            return "not a whole number"
        if not low <= value <= high:
            return f"not between {low} and {high}"
    elif not is_value(value):
        return "not a finite number of 64 bits"
    least = refinement.min if refinement and refinement.min is not None else signal.min
    most = refinement.max if refinement and refinement.max is not None else signal.max
    if least is not None and value < least:
        return f"less than {least:g}"
    if most is not None and value > most:
        return f"more than {most:g}"
    return None


def same(signal: Signal, wish: Value, fact: Value, refinement: Refinement | None = None) -> bool:
    """Whether a device's report fulfils a wish. Numbers match within the rounding that devices do: half of the
    thing's own step, else 1 % of the range, else 1 % of the number (at least 0.1): a lamp told 50 % reports 127 of
    255, one told 3000 K reports 3003."""
    if isinstance(wish, bool) or isinstance(fact, bool) or not isinstance(wish, int | float):
        return wish == fact
    if not isinstance(fact, int | float):
        return False
    least, most = signal.min, signal.max
    if refinement is not None:
        if refinement.step is not None:
            return abs(wish - fact) <= refinement.step / 2 + 1e-9
        least = refinement.min if refinement.min is not None else least
        most = refinement.max if refinement.max is not None else most
    if least is not None and most is not None:
        return abs(wish - fact) <= max((most - least) * 0.01, 1e-9)
    return abs(wish - fact) <= max(0.1, abs(wish) * 0.01)
