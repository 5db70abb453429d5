"""COVESA VSS: from a specification's entries to the catalogue's signals, with our three rules on them.

VSS says what a signal is, not how it is to be kept nor what asks for care. Those are our rules:

``keep``: sensors with a single number that changes all the time are telemetry. State are all actuators, attributes,
booleans, texts and lists, and the numbers that people ask about afterwards (what was the charge last night?) and that
change slowly: charge, levels, ranges, odometers, tyre pressures, wear, gear, what is left to the next service, and how
far doors, windows and the roof are open.

``risky``: actuators that open the car, let go its cable, or move it: doors, trunk, hood, windows, roof and flaps,
the engine and its start, gears, brakes, steering, and the assistants that keep it on the road.

``press``: actuators told what to do rather than what to be: starting and stopping a charge, ``Switch``, ``Action``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from wayhome.core.catalog import INTEGERS, Keep, Kind, Signal
from wayhome.core.ids import is_signal
from wayhome.core.value import Value, is_value
from wayhome.errors import BadInput

MAX_SIGNALS = 20_000
NUMBERS = frozenset(INTEGERS) | {"float", "double"}
DATATYPES = NUMBERS | {"boolean", "string"}

type Scalar = bool | int | float | str


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One leaf of a specification, in VSS's words. ``path`` has the branches, with dots."""

    path: str
    kind: Kind
    datatype: str
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    allowed: list[Scalar] | None = None
    default: Scalar | list[Scalar] | None = None


_SLOW = re.compile(
    r"\.StateOf(?:Charge|Health)\b"
    r"|(?:Range|Level|Pressure|Wear|Gear|Count|Remaining|TimeToComplete|NetCapacity)$"
    r"|\.Trav(?:e|el)led(?:Distance)\w*$"
    r"|\.Service\."
    r"|^Vehicle\.(?:Cabin|Body)\..*\.Position$"
)
# A wheel brake's and an exhaust's pressure are physics in motion; only a tyre's is a state.
_QUICK = re.compile(r"(?<!\.Tire)\.\w*Pressure$|\.(?:Fatigue|Distraction)Level$")
_OPENS = re.compile(
    r"\.(?:Door|Trunk|Hood|Window|Sunroof)\.(?:(?!Shade\.)\w+\.)*(?:IsLocked|IsOpen|Position|Switch)$"
    r"|\.(?:IsFlapOpen|IsChargingCableLocked|IsFuelPortFlapOpen)$"
)
_MOVES = re.compile(
    r"\.(?:MotionManagement|ADAS|ParkingBrake|Transmission)\."
    r"|\.(?:Engine|CombustionEngine|ElectricMotor)\.(?:IsRunning|IsOn|Start\w*)$"
    r"|\.(?:LowVoltageSystemState|Ignition\w*|IsIgnitionOn|IsEngineStart\w*)$"
)
_PRESS = re.compile(r"\.(?:StartStopCharging|Switch|Action)$")


def keep(entry: Entry) -> Keep:
    """How a signal is kept: see the module's rule."""
    if entry.kind != "sensor" or entry.datatype not in NUMBERS:
        return "state"
    return "state" if _SLOW.search(entry.path) and not _QUICK.search(entry.path) else "telemetry"


def risky(entry: Entry) -> bool:
    """Whether telling this signal opens, lets go or moves the car."""
    return entry.kind == "actuator" and bool(_OPENS.search(entry.path) or _MOVES.search(entry.path))


def press(entry: Entry) -> bool:
    """Whether telling this signal leaves no lasting state of its own."""
    return entry.kind == "actuator" and _PRESS.search(entry.path) is not None


def signal(entry: Entry) -> Signal:
    """The catalogue's signal for one entry. Raises BadInput, naming the entry, when it makes no sense.

    A datatype with a dot names a struct of the specification; its values are objects. Choices of numbers become their
    bounds, as the catalogue's choices are texts.
    """
    shown = entry.path[:120]
    if not is_signal(entry.path):
        raise BadInput(f"{shown!r} can't be a signal's path")
    one = entry.datatype.removesuffix("[]")
    if one not in DATATYPES and "." not in one:
        raise BadInput(f"{shown}: {entry.datatype[:40]!r} is not a datatype")
    least, most, allowed = entry.min, entry.max, None
    if entry.allowed is not None and one == "string":
        allowed = tuple(str(choice) for choice in entry.allowed)
    elif entry.allowed and one in NUMBERS:
        numbers = [choice for choice in entry.allowed if isinstance(choice, int | float)]
        if len(numbers) != len(entry.allowed):
            raise BadInput(f"{shown}: not all choices are numbers")
        least, most = min(numbers), max(numbers)
    if least is not None and most is not None and least > most:
        raise BadInput(f"{shown}: the least, {least:g}, is more than the most, {most:g}")
    if not is_value(entry.default):
        raise BadInput(f"{shown}: its default can't be a value")
    default: Value = list(entry.default) if isinstance(entry.default, list) else entry.default
    return Signal(
        path=entry.path,
        kind=entry.kind,
        datatype="object" if one not in DATATYPES else entry.datatype,
        unit=entry.unit,
        min=least,
        max=most,
        allowed=allowed,
        default=default,
        keep=keep(entry),
        press=press(entry),
        risky=risky(entry),
    )


def signals(entries: Iterable[Entry]) -> list[Signal]:
    """The signals of a whole specification. Raises BadInput for one that has a path twice, or too many."""
    found: dict[str, Signal] = {}
    for entry in entries:
        if entry.path in found:
            raise BadInput(f"{entry.path[:120]} stands twice in it")
        if len(found) == MAX_SIGNALS:
            raise BadInput(f"it has more than {MAX_SIGNALS:,} signals")
        found[entry.path] = signal(entry)
    return list(found.values())
