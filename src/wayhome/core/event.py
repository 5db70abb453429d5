"""Events: what happened, past tense."""

from __future__ import annotations

import msgspec

from wayhome.core.value import Context, Value


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that happened: ``name`` in the past tense (``PersonAdded``), ``about`` a thing or record path."""

    name: str
    at: float
    context: Context
    about: str | None = None
    data: dict[str, Value] = {}
