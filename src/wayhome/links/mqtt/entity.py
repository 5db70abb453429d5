"""What a domain's mapping makes of a component: what it can do, what it listens to, what it says when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.value import Value
from wayhome.errors import BadInput
from wayhome.links.mqtt.config import Config
from wayhome.links.mqtt.template import TemplateFault, Templates

type Signals = dict[str, Refinement]
type Facts = dict[str, Value]
MAX_TEXT = 4_096
NONE = "None"
"""A device says with this word that it does not know."""


class Payload:
    """One message's text, and what it is as JSON."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def json(self) -> Any:
        """The text as JSON; None when it is none."""
        try:
            return msgspec.json.decode(self.text)
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            return None


class Asked(msgspec.Struct, frozen=True):
    """A wish: its target, what was wanted or told of the same thing's other signals, and the code that was typed."""

    target: Value
    now: Mapping[str, Value]
    code: str | None = None


class Out(msgspec.Struct, frozen=True):
    """A message to a device."""

    topic: str
    payload: str
    qos: int = 0
    retain: bool = False


class Input(msgspec.Struct, frozen=True):
    """A topic that is listened to, and what its messages say. Raises TemplateFault for what counts for nothing."""

    topic: str
    read: Callable[[Payload], Facts]


class Pictured(msgspec.Struct, frozen=True):
    """A topic whose messages are pictures; ``base64``: as text."""

    topic: str
    base64: bool = False


class Entity(msgspec.Struct, frozen=True):
    """One entity. ``shown``: the facts that follow from all that it has said so far."""

    kind: str
    signals: Signals
    inputs: tuple[Input, ...]
    calls: Mapping[str, Callable[[Asked], list[Out]]]
    shown: Callable[[Facts], Facts] = lambda told: told
    off_delay: tuple[str, float] | None = None
    """A signal that falls back to false so many seconds after it was told true."""
    asks: Out | None = None
    """What makes it say how it stands, where it does not say so by itself when it comes."""
    pictures: Pictured | None = None


class Draft:
    """An entity in the making, for one component."""

    def __init__(self, config: Config, templates: Templates) -> None:
        self.config = config
        self.templates = templates
        self.signals: Signals = {}
        self.inputs: list[Input] = []
        self.calls: dict[str, Callable[[Asked], list[Out]]] = {}

    def entity(self, kind: str, shown: Callable[[Facts], Facts] | None = None) -> Entity | None:
        """What came of it; None when it can neither say nor do anything."""
        # What can be told but never says how it stands could only be guessed: that is left out.
        mute = {signal for signal in self.signals if signal not in self.calls and not self.inputs}
        signals = {signal: refinement for signal, refinement in self.signals.items() if signal not in mute}
        if not signals:
            return None
        fixed = {
            signal: refinement if signal in self.calls else msgspec.structs.replace(refinement, fixed=True)
            for signal, refinement in signals.items()
        }
        if shown is None:
            return Entity(kind, fixed, tuple(self.inputs), self.calls)
        return Entity(kind, fixed, tuple(self.inputs), self.calls, shown)

    def render(self, template: str | None, payload: Payload) -> str:
        """What a message says by a template of the configuration; all of it without one."""
        source = self.config.maybe(template) if template else None
        if source is None:
            return payload.text.strip()
        names: dict[str, Any] = {"value": payload.text}
        if payload.json is not None:
            names["value_json"] = payload.json
        return self.templates.render(source, names)

    def hear(self, topic: str, template: str | None, read: Callable[[str], Facts]) -> bool:
        """Listen to a topic of the configuration; whether there is one. ``read`` gets what its template makes of a
        message; one of which it makes nothing says nothing."""
        at = self.config.topic(topic)
        if at is None:
            return False

        def said(payload: Payload) -> Facts:
            text = self.render(template, payload)
            return read(text) if text else {}

        self.inputs.append(Input(at, said))
        return True

    def hear_whole(self, topic: str, read: Callable[[Payload], Facts]) -> bool:
        """Listen to a topic whose messages are read as they are."""
        at = self.config.topic(topic)
        if at is None:
            return False
        self.inputs.append(Input(at, read))
        return True

    def can(self, signal: str, refinement: Refinement | None = None) -> None:
        self.signals[signal] = refinement or Refinement()

    def tell(
        self, signal: str, topic: str, payload: Callable[[Asked], str | Mapping[str, Any]], template: str = ""
    ) -> bool:
        """Let a signal be told at a topic; whether there is one. ``payload``: the text, or names for the template (then
        ``value`` is the text without one)."""
        at = self.config.topic(topic)
        if at is None:
            return False
        self.calls[signal] = lambda asked: [self.out(at, payload(asked), template)]
        return True

    def out(self, topic: str, said: str | Mapping[str, Any], template: str = "") -> Out:
        """A message, by the configuration's template where it has one. Raises BadInput."""
        names = {"value": said} if isinstance(said, str) else said
        source = self.config.maybe(template) if template else None
        if source is None:
            text = written(names["value"])
        else:
            try:
                text = self.templates.render(source, names)
            except TemplateFault as error:
                raise BadInput(f"the device's template for this can't be carried out: {error.detail}") from None
        return Out(topic, text, self.config.qos, self.config.flag("retain"))


def written(value: Any) -> str:
    """A value as devices read it: no ``.0`` at whole numbers."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def percent(value: float | None, whole: float) -> float | None:
    """A part of ``whole`` in percent, to a tenth."""
    return None if value is None else round(min(max(value / whole, 0.0), 1.0) * 100, 1)


def bounds(least: float | None, most: float | None, step: float | None = None, unit: str | None = None) -> Refinement:
    """A refinement of what is sensible of these: bounds that are the wrong way round count for nothing."""
    if least is not None and most is not None and least >= most:
        least = most = None
    return Refinement(unit=unit, min=least, max=most, step=step if step and step > 0 else None)


def as_number(value: Value) -> float:
    """A wish that is a number. Raises BadInput for others."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput("this takes a number")
    return float(value)
