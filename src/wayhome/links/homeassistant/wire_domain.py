"""What the mapping of one Home Assistant domain is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.value import Value
from wayhome.errors import BadInput
from wayhome.links.homeassistant.wire_attributes import Call, Entity

type Signals = dict[str, Refinement]
type Facts = dict[str, Value]
type Wanted = Mapping[str, Value]
"""What was asked of the same thing a moment ago and is not reported yet: a colour's hue while its saturation is set."""


class Domain(msgspec.Struct, frozen=True):
    """One domain of Home Assistant.

    ``kind``: the word for its picture. ``signals``: what this entity can do. ``facts``: what its state says, for
    signals of ``signals``. ``call``: what fulfils a wish; raises BadInput when the target makes no sense.
    """

    kind: Callable[[Entity], str]
    signals: Callable[[Entity], Signals]
    facts: Callable[[Entity], Facts]
    call: Callable[[Entity, str, Value, Wanted], Call]


def always(kind: str) -> Callable[[Entity], str]:
    return lambda entity: kind


def unknown_signal(signal: str) -> BadInput:
    return BadInput(f"Home Assistant takes no {signal}")
