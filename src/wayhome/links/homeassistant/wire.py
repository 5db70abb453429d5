"""Home Assistant's WebSocket frames as values: decoding, and the compressed states of ``subscribe_entities``.

Facts from Home Assistant 2026.2.3: ``components/websocket_api/messages.py`` (diffs ``a``, ``c``, ``r`` with ``+`` and
``-``), ``core.State.as_compressed_state`` (``s`` state, ``a`` attributes, ``c`` context, ``lc`` and ``lu`` times).
Nothing here trusts what it reads: what is not of the expected shape is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from wayhome.errors import LinkError

UNAVAILABLE = "unavailable"
UNKNOWN = "unknown"
_NOTHING = msgspec.Raw(b"null")


class Problem(msgspec.Struct, frozen=True):
    """Why Home Assistant did not do it, in its own words."""

    code: str = ""
    message: str = ""


class Frame(msgspec.Struct, frozen=True):
    """One message of Home Assistant. Which fields it has depends on ``type``."""

    type: str
    id: int | None = None
    success: bool = False
    result: msgspec.Raw = _NOTHING
    event: msgspec.Raw = _NOTHING
    error: Problem | None = None
    message: str = ""
    ha_version: str = ""


class Cause(msgspec.Struct, frozen=True):
    """Home Assistant's Context: who and what led to a state."""

    id: str | None = None
    parent: str | None = None
    user: str | None = None


class State(msgspec.Struct, frozen=True):
    """One entity's state. ``updated``: when Home Assistant last wrote it (s since 1970)."""

    entity: str
    state: str
    attributes: Mapping[str, Any]
    updated: float | None = None
    cause: Cause = Cause()

    @property
    def available(self) -> bool:
        return self.state != UNAVAILABLE


class Changes(msgspec.Struct, frozen=True):
    """What one event of ``subscribe_entities`` changed: entities by id."""

    added: list[str]
    changed: list[str]
    removed: list[str]


_frames = msgspec.json.Decoder(Frame | list[Frame])


def frames(data: str | bytes) -> list[Frame]:
    """The messages of one WebSocket frame (several when they were coalesced). Raises LinkError for anything else."""
    try:
        decoded = _frames.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise LinkError(f"Home Assistant sent something that is not its protocol: {str(error)[:200]}") from None
    return decoded if isinstance(decoded, list) else [decoded]


def plain(raw: msgspec.Raw) -> Any:
    """A part of a frame as plain values. Raises LinkError when it is not JSON."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise LinkError(f"Home Assistant sent something that is not its protocol: {str(error)[:200]}") from None


def apply(states: dict[str, State], event: object) -> Changes:
    """Bring ``states`` up to date by one event. Parts that are not of the expected shape are left out."""
    changes = Changes([], [], [])
    if not isinstance(event, dict):
        return changes
    for entity, full in _pairs(event.get("a")):
        state = _full(entity, full)
        if state is not None:
            (changes.changed if entity in states else changes.added).append(entity)
            states[entity] = state
    for entity, diff in _pairs(event.get("c")):
        before = states.get(entity)
        if before is not None and isinstance(diff, dict):
            states[entity] = _changed(before, diff)
            changes.changed.append(entity)
    removed = event.get("r")
    for entity in removed if isinstance(removed, list) else ():
        if isinstance(entity, str) and states.pop(entity, None) is not None:
            changes.removed.append(entity)
    return changes


def _pairs(value: object) -> list[tuple[str, Any]]:
    if not isinstance(value, dict):
        return []
    return [(key, item) for key, item in value.items() if isinstance(key, str) and "." in key]


def _full(entity: str, full: object) -> State | None:
    if not isinstance(full, dict) or not isinstance(full.get("s"), str):
        return None
    attributes = full.get("a")
    return State(
        entity,
        full["s"],
        attributes if isinstance(attributes, dict) else {},
        _time(full.get("lu")) or _time(full.get("lc")),
        _cause(full.get("c"), Cause()),
    )


def _changed(before: State, diff: dict[Any, Any]) -> State:
    more, less = diff.get("+"), diff.get("-")
    more = more if isinstance(more, dict) else {}
    attributes = before.attributes
    added = more.get("a")
    gone = less.get("a") if isinstance(less, dict) else None
    if isinstance(added, dict) or isinstance(gone, list):
        attributes = {**attributes, **(added if isinstance(added, dict) else {})}
        for name in gone if isinstance(gone, list) else ():
            if isinstance(name, str):
                attributes.pop(name, None)
    state = more.get("s")
    return State(
        before.entity,
        state if isinstance(state, str) else before.state,
        attributes,
        _time(more.get("lu")) or _time(more.get("lc")) or before.updated,
        _cause(more.get("c"), before.cause),
    )


def _cause(context: object, before: Cause) -> Cause:
    """A context is its id alone, or what of it differs: a part that is not named stays."""
    if isinstance(context, str):
        return msgspec.structs.replace(before, id=context)
    if not isinstance(context, dict):
        return before
    id, parent, user = (
        context.get("id", before.id),
        context.get("parent_id", before.parent),
        context.get("user_id", before.user),
    )
    return Cause(*(part if isinstance(part, str) else None for part in (id, parent, user)))


def _time(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        return None
    return float(value)
