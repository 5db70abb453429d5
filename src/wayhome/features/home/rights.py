"""What a session may act on: so that screens offer nothing that would be refused."""

from __future__ import annotations

import msgspec

from wayhome.hub.operations import operation
from wayhome.hub.session import Session


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class Rights(msgspec.Struct):
    """The globs of the signals that you may act on as things stand: ``**``, ``*/light.**``."""

    act: list[str]


@operation("home.rights", reads=True)
async def rights(session: Session, data: Nothing) -> Rights:
    """What you may act on now, by your role and the grants that hold. The live socket gives a new epoch when that
    changes."""
    return Rights(sorted(path for verb, path in session.allowed.key if verb == "act" and not path.startswith("@")))
