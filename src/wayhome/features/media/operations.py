"""Handing what plays to another player."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from wayhome.errors import BadInput
from wayhome.features.media import handing
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

type ThingId = Annotated[str, Meta(min_length=1, max_length=64)]


class HandOver(msgspec.Struct, forbid_unknown_fields=True):
    """Which player's piece goes on at which other one, by the things' ids. ``key`` (8 to 60 characters) makes each of
    its wishes idempotent for 24 h."""

    player: ThingId
    to: ThingId
    key: Annotated[str, Meta(min_length=8, max_length=60)] | None = None


class MediaHandedOver(msgspec.Struct):
    """What came of it, by the players' own reports. ``state``: ``done``, it plays there and no more here; ``kept``, it
    goes on here as before; ``both``, it plays there, and here as well, for one of the two did not pause. ``position``:
    where it goes on there, in s; null: it has no length, as a station. ``code``, ``why``: the reason where not all was
    done."""

    state: Literal["done", "kept", "both"]
    position: float | None = None
    code: str | None = None
    why: str | None = None


@operation("media.hand_over")
async def hand_over(session: Session, data: HandOver) -> MediaHandedOver:
    """Let what one player plays go on at another, at the same place.

    The other is given the piece's address and sent to the place; only when it says that it plays there is the first one
    paused. Answered when that is so, or after at most 40 s. It works where the first one tells an address that
    others can fetch, and the other one takes such and can be sent to a place.
    """
    if data.player == data.to:
        raise BadInput("it plays there already")
    state, position, failed = await handing.hand_over(session, data.player, data.to, data.key)
    return MediaHandedOver(state, position, *(failed or (None, None)))
