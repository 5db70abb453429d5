"""What of calls and messages goes between hub and screens is sealed for the group, as a member of which the hub does
that: whoever carries it can't read it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

import msgspec

from wayhome.errors import BadInput, HubError, NotAllowed
from wayhome.hub.group.group import group
from wayhome.hub.running import Hub
from wayhome.hub.session import Session
from wayhome.sealing import frame
from wayhome.sealing.keys import data, text

KIND = "message"
MOST = 40_000
"""Bytes of what is sealed at a time; a frame takes a little more."""
_ID = re.compile(r"[a-z0-9-]{1,64}:[0-9a-z]{26}")


class Sealer:
    """Of one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._counter = 0

    def sealed(self, record: str, said: Mapping[str, object]) -> str:
        """A frame, in base64url. Raises Conflict where this hub does not belong to the group (yet), BadInput."""
        # Never the same twice, also after a restart: then time has gone on.
        self._counter = max(self._counter + 1, int(self._hub.household.clock.now() * 1000))
        content = msgspec.json.encode({"text": "", **said})
        return text(group(self._hub).sealed(KIND, record, content, self._counter, os.urandom(12)))

    def sealed_or_none(self, record: str, said: Mapping[str, object]) -> str | None:
        """The same; None: it can't be, and the screen says what it can without."""
        try:
            return self.sealed(record, said)
        except HubError:
            return None

    def opened[T](self, session: Session, id: str, sealed: str, kind: type[T]) -> T:
        """What a screen of this person has sealed for this hub. ``id``: PERSON:ULID. Raises BadInput, NotAllowed."""
        if _ID.fullmatch(id) is None or id.partition(":")[0] != session.identity.person:
            raise BadInput("what is sealed is called PERSON:ULID, yours, in small letters")
        it = group(self._hub)
        try:
            raw = data(sealed)
            header = frame.sent(raw, KIND, id, it.chain) if it.chain is not None else "unknown_sender"
            if isinstance(header, str) and header != "unknown_sender":
                raise BadInput("this is nothing that was sealed for it")
            if isinstance(header, str) or header.sender != session.identity.device:
                raise NotAllowed("only a screen of the group seals, and only for itself")
            content = it.opened(KIND, id, raw)
            if content is None:
                raise BadInput("this hub can't open it", advice="Seal it anew with the newest key.")
            return msgspec.json.decode(content, type=kind)
        except (ValueError, msgspec.MsgspecError):
            raise BadInput("this is nothing that was sealed for it") from None


def portion(items: list[dict[str, object]], most: int = MOST) -> list[dict[str, object]]:
    """As many of them, from the first, as go into one frame; at least one."""
    size, found = 100, list[dict[str, object]]()
    for one in items:
        size += _size(one)
        if size > most and found:
            break
        found.append(one)
    return found


def fitted(item: dict[str, object], most: int = MOST) -> dict[str, object]:
    """A message that goes into one frame by itself: else without pictures, the last first, and then cut."""
    attached, text = item.get("attached"), item.get("text")
    pictures = [dict(one) for one in attached] if isinstance(attached, list) else []
    found = {**item, "attached": pictures}
    for one in reversed(pictures):
        if _size(found) + 100 <= most:
            return found
        one["picture"] = ""
    while isinstance(text, str) and text and _size(found) + 100 > most:
        text = text[: len(text) * 3 // 4]
        found["text"] = f"{text}…"
    return found


def _size(item: dict[str, object]) -> int:
    return len(msgspec.json.encode(item)) + 1
