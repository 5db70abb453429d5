"""Robots: vacuum, lawn_mower."""

from __future__ import annotations

from collections.abc import Callable

from wayhome.core.catalog import Refinement
from wayhome.links.mqtt.config import number
from wayhome.links.mqtt.entity import NONE, Asked, Draft, Entity, Facts, Payload

VACUUM = ("cleaning", "docked", "returning", "paused", "idle", "error")
MOWER = ("mowing", "docked", "paused", "returning", "error")
_PRESSES = {
    "vacuum.start": ("start", "payload_start", "start"),
    "vacuum.pause": ("pause", "payload_pause", "pause"),
    "vacuum.stop": ("stop", "payload_stop", "stop"),
    "vacuum.return": ("return_home", "payload_return_to_base", "return_to_base"),
    "vacuum.locate": ("locate", "payload_locate", "locate"),
}
"""Signal: the feature that it needs, the name of its word, the word by default."""


def vacuum(draft: Draft) -> Entity | None:
    config = draft.config
    can = config.words("supported_features") or ("start", "stop", "return_home", "status", "battery", "clean_spot")
    speeds = config.words("fan_speed_list")

    def read(payload: Payload) -> Facts:
        said = payload.json
        if not isinstance(said, dict):
            return {}
        facts: Facts = {}
        state, speed, level = said.get("state"), said.get("fan_speed"), number(said.get("battery_level"))
        if "state" in said and (state in VACUUM or state is None):
            facts["vacuum.state"] = state
        if isinstance(speed, str) and speed in speeds:
            facts["vacuum.fan_speed"] = speed
        if level is not None:
            facts["battery.level"] = level
        return facts

    if draft.hear_whole("state_topic", read):
        draft.can("vacuum.state")
        draft.can("battery.level")
        if speeds and config.topic("set_fan_speed_topic"):
            draft.can("vacuum.fan_speed", Refinement(allowed=speeds))
            draft.tell("vacuum.fan_speed", "set_fan_speed_topic", lambda asked: str(asked.target))
    for signal, (feature, name, word) in _PRESSES.items():
        said = config.text(name, word)
        if feature in can and draft.tell(signal, "command_topic", _word(said)):
            draft.can(signal)
    return draft.entity("vacuum")


def lawn_mower(draft: Draft) -> Entity | None:
    def read(text: str) -> Facts:
        return {"lawn_mower.state": text} if text in MOWER else {"lawn_mower.state": None} if text == NONE else {}

    if draft.hear("activity_state_topic", "activity_value_template", read):
        draft.can("lawn_mower.state")
    for signal, stem in (("start", "start_mowing"), ("pause", "pause"), ("dock", "dock")):
        word = _word(stem)
        if draft.tell(f"lawn_mower.{signal}", f"{stem}_command_topic", word, f"{stem}_command_template"):
            draft.can(f"lawn_mower.{signal}")
    return draft.entity("lawn_mower")


def _word(word: str) -> Callable[[Asked], str]:
    return lambda asked: word
