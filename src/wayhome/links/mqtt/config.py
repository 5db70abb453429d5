"""A component's configuration, read safely: each asks for one type and gets a default for anything else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MAX_TOPIC = 512
MAX_WORD = 1_024
MAX_WORDS = 256


class Config:
    """What discovery says of one component, in long words."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self._said = said

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Config) and self._said == other._said

    def __hash__(self) -> int:
        return id(self)

    def raw(self, name: str) -> Any:
        return self._said.get(name)

    def has(self, name: str) -> bool:
        return name in self._said

    def text(self, name: str, default: str = "") -> str:
        """A text; numbers and flags count as they are written in YAML."""
        value = self._said.get(name)
        if isinstance(value, bool):
            return "True" if value else "False"
        if isinstance(value, int | float):
            return str(value)
        return value[: MAX_WORD * 8] if isinstance(value, str) else default

    def maybe(self, name: str) -> str | None:
        return self.text(name) or None

    def number(self, name: str) -> float | None:
        return number(self._said.get(name))

    def flag(self, name: str, default: bool = False) -> bool:
        value = self._said.get(name)
        if isinstance(value, str):
            return value.lower() in ("true", "yes", "on", "1")
        return value if isinstance(value, bool) else default

    def words(self, name: str) -> tuple[str, ...]:
        """A list of choices."""
        value = self._said.get(name)
        if not isinstance(value, list):
            return ()
        chosen = [word for word in value if isinstance(word, str) and 0 < len(word) <= MAX_WORD]
        return tuple(dict.fromkeys(chosen))[:MAX_WORDS]

    def topic(self, name: str) -> str | None:
        """A topic that can be published at and listened to; None for others, also for those with wildcards: one
        device must not make us listen to the whole house."""
        value = self._said.get(name)
        return value if isinstance(value, str) and topic_fits(value) else None

    @property
    def qos(self) -> int:
        value = self._said.get("qos")
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2 else 0


def topic_fits(topic: str) -> bool:
    """Whether a topic names one place."""
    if not 0 < len(topic) <= MAX_TOPIC or any(sign in topic for sign in "+#\0") or topic.startswith("$"):
        return False
    try:
        topic.encode()
    except UnicodeEncodeError:
        return False
    return True


def number(value: object) -> float | None:
    """A finite number, of a number or a text that is one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and len(value) <= 64:
        try:
            value = float(value)
        except ValueError:
            return None
    if not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None
