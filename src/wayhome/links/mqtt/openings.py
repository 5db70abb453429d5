"""What opens, locks and guards: cover, valve, lock, alarm_control_panel."""

from __future__ import annotations

import hmac
import re
from typing import Literal

from wayhome.core.catalog import Refinement
from wayhome.core.traits import ALARM_STATES
from wayhome.core.value import Value
from wayhome.errors import BadInput, Refused
from wayhome.links.mqtt.config import number
from wayhome.links.mqtt.entity import NONE, Asked, Draft, Entity, Facts, Out, Payload, as_number

_ENTRANCES = frozenset({"garage", "gate", "door", "window"})
_SHADES = frozenset({"awning", "blind", "curtain", "shade", "shutter"})


def _part(value: float | None, closed: float, opened: float) -> float | None:
    """How far open in percent, of a position between the two ends."""
    if value is None or closed == opened:
        return None
    return round(min(max((value - closed) / (opened - closed), 0.0), 1.0) * 100, 1)


def cover(draft: Draft) -> Entity | None:
    config = draft.config
    closed, opened = _or(config.number("position_closed"), 0.0), _or(config.number("position_open"), 100.0)
    words: dict[str, Value] = {
        config.text("state_open", "open"): "open",
        config.text("state_opening", "opening"): "opening",
        config.text("state_closed", "closed"): "closed",
        config.text("state_closing", "closing"): "closing",
        config.text("state_stopped", "stopped"): "stopped",
        NONE: None,
    }

    def place(text: str) -> Facts:
        said = Payload(text).json
        found = number(said.get("position") if isinstance(said, dict) else text)
        return {} if found is None else {"cover.position": _part(found, closed, opened)}

    speaks = draft.hear("state_topic", "value_template", lambda t: {"cover.state": words[t]} if t in words else {})
    placed = draft.hear("position_topic", "position_template", place)
    kind = config.text("device_class")
    if speaks or placed:
        draft.can("cover.state", Refinement(device_class=kind or None))
    if placed:
        draft.can("cover.position")
        draft.tell(
            "cover.position",
            "set_position_topic",
            lambda asked: _own_part(asked, closed, opened, "position"),
            "set_position_template",
        )
    _tilt(draft)
    for word in ("open", "close", "stop"):
        # An empty ``null`` says that it can't.
        if config.raw(f"payload_{word}") is None and config.has(f"payload_{word}"):
            continue
        said = config.text(f"payload_{word}", word.upper())
        if draft.tell(f"cover.{word}", "command_topic", lambda asked, said=said: said):  # type: ignore[misc]
            draft.can(f"cover.{word}")

    def shown(told: Facts) -> Facts:
        state, position = told.get("cover.state"), told.get("cover.position")
        if (state == "stopped" or not speaks) and isinstance(position, int | float):
            state = "closed" if position <= 0 else "open"
        elif state == "stopped":
            state = "open"
        return {**told, "cover.state": state} if speaks or placed else told

    return draft.entity(kind if kind in _ENTRANCES | _SHADES else "cover", shown)


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _own_part(asked: Asked, closed: float, opened: float, name: str) -> dict[str, object]:
    own = round(closed + as_number(asked.target) / 100 * (opened - closed))
    return {"value": own, name: own}


def _tilt(draft: Draft) -> None:
    config = draft.config
    least, most = _or(config.number("tilt_min"), 0.0), _or(config.number("tilt_max"), 100.0)

    def read(text: str) -> Facts:
        found = number(text)
        return {} if found is None else {"cover.tilt": _part(found, least, most)}

    if draft.hear("tilt_status_topic", "tilt_status_template", read):
        draft.can("cover.tilt")
        draft.tell(
            "cover.tilt",
            "tilt_command_topic",
            lambda asked: _own_part(asked, least, most, "tilt_position"),
            "tilt_command_template",
        )


def valve(draft: Draft) -> Entity | None:
    config = draft.config
    placed = config.flag("reports_position")
    closed, opened = _or(config.number("position_closed"), 0.0), _or(config.number("position_open"), 100.0)
    ends = {config.text("state_open", "open"): 100.0, config.text("state_closed", "closed"): 0.0}

    def read(text: str) -> Facts:
        said = Payload(text).json
        if isinstance(said, dict):
            text = str(said.get("position" if placed else "state", ""))
        if not placed:
            return {"valve.position": ends[text]} if text in ends else {}
        found = number(text)
        return {} if found is None else {"valve.position": _part(found, closed, opened)}

    if not draft.hear("state_topic", "value_template", read):
        return None
    draft.can("valve.position")
    if placed:
        position = lambda asked: _own_part(asked, closed, opened, "value")  # noqa: E731
        draft.tell("valve.position", "command_topic", position, "command_template")
    else:
        for word in ("open", "close"):
            said = config.text(f"payload_{word}", word.upper())
            if draft.tell(f"valve.{word}", "command_topic", lambda asked, said=said: said):  # type: ignore[misc]
                draft.can(f"valve.{word}")
    return draft.entity("valve")


_LOCK: dict[str, tuple[str, bool]] = {
    "locked": ("LOCKED", True), "locking": ("LOCKING", False), "unlocked": ("UNLOCKED", False),
    "unlocking": ("UNLOCKING", True), "jammed": ("JAMMED", False), "open": ("OPEN", False),
    "opening": ("OPENING", False),
}  # fmt: skip
"""A lock's states: the word by default, and whether it is locked then. One that still moves is not there yet."""


def lock(draft: Draft) -> Entity | None:
    config = draft.config
    words = {config.text(f"state_{state}", word): state for state, (word, _) in _LOCK.items()}

    def read(text: str) -> Facts:
        if text == config.text("payload_reset", NONE):
            return {"lock.locked": None, "lock.state": None}
        state = words.get(text)
        return {} if state is None else {"lock.locked": _LOCK[state][1], "lock.state": state}

    if not draft.hear("state_topic", "value_template", read):
        return None
    form = config.maybe("code_format")
    code: Literal["number", "text"] | None = None
    if form is not None:
        code = "number" if "\\d" in form or "[0-9]" in form else "text"
    draft.can("lock.state")
    draft.can("lock.locked", Refinement(code=code))
    locking, unlocking = config.text("payload_lock", "LOCK"), config.text("payload_unlock", "UNLOCK")
    draft.tell(
        "lock.locked",
        "command_topic",
        lambda asked: {"value": locking if asked.target is True else unlocking, "code": asked.code},
        "command_template",
    )
    opening = config.maybe("payload_open")
    if opening is not None:
        draft.can("lock.open", Refinement(code=code))
        names = lambda asked: {"value": opening, "code": asked.code}  # noqa: E731
        draft.tell("lock.open", "command_topic", names, "command_template")
    return draft.entity("lock")


_REMOTE = re.compile(r"REMOTE_CODE(_TEXT)?")
_ARM = {mode: mode.replace("armed_", "arm_") for mode in ALARM_STATES[1:6]}


def alarm(draft: Draft) -> Entity | None:
    config = draft.config
    can = config.words("supported_features") or tuple(_ARM.values())
    code = config.maybe("code")
    remote = code is not None and _REMOTE.fullmatch(code) is not None
    form: Literal["number", "text"] | None = None
    if code is not None:
        form = "number" if code == "REMOTE_CODE" or (not remote and code.isdigit()) else "text"

    def read(text: str) -> Facts:
        if text not in ALARM_STATES:
            return {"alarm.state": None, "alarm.mode": None} if text == NONE else {}
        facts: Facts = {"alarm.state": text}
        # While it waits or rings, its mode is what it was told before.
        return facts | ({"alarm.mode": text} if text in ALARM_STATES[:6] else {})

    if not draft.hear("state_topic", "value_template", read):
        return None
    modes = ("disarmed", *(mode for mode, word in _ARM.items() if word in can))
    asking = tuple(
        mode for mode in modes if config.flag(f"code_{'disarm' if mode == 'disarmed' else 'arm'}_required", True)
    )
    draft.can("alarm.state")
    asks = form if asking else None
    draft.can(
        "alarm.mode", Refinement(allowed=modes, code=asks, code_for=None if asking == modes or not asks else asking)
    )
    topic = config.topic("command_topic")

    def call(asked: Asked) -> list[Out]:
        mode = str(asked.target)
        if mode not in modes:
            raise BadInput(f"an alarm panel can't be told to be {mode[:40]!r}")
        if (
            code is not None
            and not remote
            and mode in asking
            and not hmac.compare_digest((asked.code or "").encode(), code.encode())
        ):
            raise Refused("the code is not right", advice="Type the code of the alarm panel.")
        word = "disarm" if mode == "disarmed" else _ARM[mode]
        action = config.text(f"payload_{word}", "DISARM" if word == "disarm" else word.upper())
        names = {"value": action, "action": action, "code": asked.code if remote else None}
        return [draft.out(topic or "", names, "command_template")]

    if topic is not None:
        draft.calls["alarm.mode"] = call
    return draft.entity("alarm")
