"""What this hub seals and opens itself, as a member of the group: for devices that can't, and from screens to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wayhome.errors import BadInput, Conflict
from wayhome.sealing import frame
from wayhome.sealing.keys import Keys

if TYPE_CHECKING:
    from wayhome.hub.group.group import Group


def sealed(group: Group, keys: Keys, kind: str, record: str, content: bytes, counter: int, nonce: bytes) -> bytes:
    """A record's content, sealed with this hub's ``keys``. Raises Conflict where it can't, BadInput for what is too
    long."""
    newest = group.chain.newest if group.chain is not None else None
    key = group.key(newest.epoch) if newest is not None else None
    if newest is None or key is None or group.member(group.id) is None:
        raise Conflict("this hub does not belong to the group yet", advice="Try again in a moment.")
    header = frame.Header(kind, record, group.id, newest.epoch, counter)
    try:
        return frame.seal(header, content, key, keys, nonce)
    except ValueError as error:
        raise BadInput(str(error)) from None


def opened(group: Group, kind: str, record: str, data: bytes) -> bytes | None:
    """What is in a record that a member sealed; None: this hub can't open it."""
    header = frame.sent(data, kind, record, group.chain) if group.chain is not None else "unknown_sender"
    found = frame.content(data, group.key(header.epoch)) if isinstance(header, frame.Header) else None
    return found if isinstance(found, bytes) else None
