"""What opens, locks and guards: cover, valve, lock, alarm_control_panel.

Opening, unlocking and disarming are risky in the catalogue: they ask for press-and-hold and are never re-sent.
"""

from __future__ import annotations

from typing import Literal

from wayhome.core.catalog import Refinement
from wayhome.core.traits import ALARM_STATES
from wayhome.core.value import Value
from wayhome.errors import BadInput
from wayhome.links.homeassistant.wire_attributes import Call, Entity, as_flag, as_number, as_text
from wayhome.links.homeassistant.wire_domain import Domain, Facts, Signals, Wanted, always, unknown_signal

_ENTRANCES = frozenset({"garage", "gate", "door", "window"})


def _cover_kind(entity: Entity) -> str:
    kind = entity.attributes.get("device_class")
    shades = ("awning", "blind", "curtain", "shade", "shutter")
    return kind if isinstance(kind, str) and (kind in _ENTRANCES or kind in shades) else "cover"


def _cover_signals(entity: Entity) -> Signals:
    # cover.CoverEntityFeature: 1 open, 2 close, 4 set position, 8 stop, 128 set tilt position
    kind = entity.text("device_class")
    signals: Signals = {"cover.state": Refinement(device_class=kind)}
    if entity.can(4) or entity.has("current_position"):
        signals["cover.position"] = Refinement(fixed=not entity.can(4))
    if entity.can(128) or entity.has("current_tilt_position"):
        signals["cover.tilt"] = Refinement(fixed=not entity.can(128))
    for feature, signal in ((1, "cover.open"), (2, "cover.close"), (8, "cover.stop")):
        if entity.can(feature):
            signals[signal] = Refinement()
    return signals


def _cover_facts(entity: Entity) -> Facts:
    return {
        "cover.state": entity.known,
        "cover.position": entity.number("current_position"),
        "cover.tilt": entity.number("current_tilt_position"),
    }


def _cover_call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    match signal:
        case "cover.position":
            return Call("cover", "set_cover_position", {"position": round(as_number(target))})
        case "cover.tilt":
            return Call("cover", "set_cover_tilt_position", {"tilt_position": round(as_number(target))})
        case "cover.open" | "cover.close" | "cover.stop":
            return Call("cover", f"{signal.removeprefix('cover.')}_cover")
    raise unknown_signal(signal)


COVER = Domain(_cover_kind, _cover_signals, _cover_facts, _cover_call)


def _valve_signals(entity: Entity) -> Signals:
    # valve.ValveEntityFeature: 1 open, 2 close, 4 set position
    signals: Signals = {"valve.position": Refinement(fixed=not entity.can(4))}
    for feature, signal in ((1, "valve.open"), (2, "valve.close")):
        if entity.can(feature):
            signals[signal] = Refinement()
    return signals


def _valve_facts(entity: Entity) -> Facts:
    position = entity.number("current_position")
    if position is None:  # one that knows only its ends
        position = {"open": 100.0, "closed": 0.0}.get(entity.state)
    return {"valve.position": position}


def _valve_call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    match signal:
        case "valve.position":
            return Call("valve", "set_valve_position", {"position": round(as_number(target))})
        case "valve.open" | "valve.close":
            return Call("valve", f"{signal.removeprefix('valve.')}_valve")
    raise unknown_signal(signal)


VALVE = Domain(always("valve"), _valve_signals, _valve_facts, _valve_call)


def _lock_signals(entity: Entity) -> Signals:
    code = _code(entity)
    signals: Signals = {"lock.locked": Refinement(code=code), "lock.state": Refinement()}
    if entity.can(1):  # lock.LockEntityFeature.OPEN
        signals["lock.open"] = Refinement(code=code)
    return signals


def _code(entity: Entity) -> Literal["number", "text"] | None:
    """What kind of code it asks for. A panel says ``number`` or ``text``, a lock a regular expression."""
    form = entity.text("code_format")
    if form is None:
        return None
    return "number" if form == "number" or ("\\d" in form or "[0-9]" in form) else "text"


def locked(state: str) -> bool | None:
    """Whether a lock in this state is locked. One that still moves is not there yet; a jammed one is not locked."""
    return {
        "locked": True,
        "unlocking": True,
        "locking": False,
        "unlocked": False,
        "jammed": False,
        "opening": False,
        "open": False,
    }.get(state)


def _lock_facts(entity: Entity) -> Facts:
    return {"lock.locked": locked(entity.state), "lock.state": entity.known}


def _lock_call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    code = "lock_code" if entity.text("code_format") else None
    match signal:
        case "lock.locked":
            return Call("lock", "lock" if as_flag(target) else "unlock", code=code)
        case "lock.open":
            return Call("lock", "open", code=code)
    raise unknown_signal(signal)


LOCK = Domain(always("lock"), _lock_signals, _lock_facts, _lock_call)

_ARM = {"armed_home": 1, "armed_away": 2, "armed_night": 4, "armed_custom_bypass": 16, "armed_vacation": 32}
"""alarm_control_panel.AlarmControlPanelEntityFeature of each mode."""
_MODES = ALARM_STATES[:6]


def _alarm_signals(entity: Entity) -> Signals:
    modes = ("disarmed", *(mode for mode, feature in _ARM.items() if entity.can(feature)))
    code = _code(entity)
    only = ("disarmed",) if code and entity.flag("code_arm_required") is False else None
    mode = Refinement(allowed=modes, fixed=len(modes) == 1, code=code, code_for=only)
    return {"alarm.state": Refinement(), "alarm.mode": mode}


def _alarm_facts(entity: Entity) -> Facts:
    mode: str | None = entity.state
    if mode == "arming":  # it has taken the wish; the exit delay runs
        mode = entity.text("next_state")
    elif mode in ("pending", "triggered"):
        mode = entity.text("previous_state")
    return {"alarm.state": entity.known, "alarm.mode": mode if mode in _MODES else None}


def _alarm_call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    if signal != "alarm.mode":
        raise unknown_signal(signal)
    mode = as_text(target)
    asks = entity.text("code_format") is not None
    if mode == "disarmed":
        return Call("alarm_control_panel", "alarm_disarm", code="alarm_code" if asks else None)
    if mode not in _ARM:
        raise BadInput(f"an alarm panel can't be told to be {mode[:40]!r}")
    arming_asks = asks and entity.flag("code_arm_required") is not False
    service = f"alarm_{mode.replace('armed_', 'arm_')}"
    return Call("alarm_control_panel", service, code="alarm_code" if arming_asks else None)


ALARM = Domain(always("alarm"), _alarm_signals, _alarm_facts, _alarm_call)
