"""What a feature says to the screens of the group: sealed by this hub, as the member that it is. And what such a screen
has sealed for it: whoever carries either can't read it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from wayhome.errors import BadInput, HubError, NotAllowed
from wayhome.hub.group.group import group
from wayhome.sealing import frame
from wayhome.sealing.keys import data, text

if TYPE_CHECKING:
    from wayhome.hub.running import Hub
    from wayhome.hub.session import Session

_ID = re.compile(r"[a-z0-9-]{1,64}:[0-9a-z]{26}")


class Sealer:
    """Frames of one ``kind``."""

    def __init__(self, hub: Hub, kind: str) -> None:
        self._hub, self._kind = hub, kind
        self._counter = 0

    def sealed(self, record: str, said: Mapping[str, object] | msgspec.Struct) -> str:
        """A frame, in base64url; what has no ``text`` gets an empty one, as screens open none without. Raises Conflict
        where this hub does not belong to the group (yet), BadInput for what is too long."""
        # Never the same twice, also after a restart: then time has gone on.
        self._counter = max(self._counter + 1, int(self._hub.household.clock.now() * 1000))
        content = msgspec.json.encode({"text": "", **said} if isinstance(said, Mapping) else said)
        return text(group(self._hub).sealed(self._kind, record, content, self._counter, os.urandom(12)))

    def sealed_or_none(self, record: str, said: Mapping[str, object] | msgspec.Struct) -> str | None:
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
            header = frame.sent(raw, self._kind, id, it.chain) if it.chain is not None else "unknown_sender"
            if isinstance(header, str) and header != "unknown_sender":
                raise BadInput("this is nothing that was sealed for it")
            if isinstance(header, str) or header.sender != session.identity.device:
                raise NotAllowed("only a screen of the group seals, and only for itself")
            content = it.opened(self._kind, id, raw)
            if content is None:
                raise BadInput("this hub can't open it", advice="Seal it anew with the newest key.")
            return msgspec.json.decode(content, type=kind)
        except (ValueError, msgspec.MsgspecError):
            raise BadInput("this is nothing that was sealed for it") from None
