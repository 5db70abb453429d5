"""Waiting for a throw, and having had enough of it. What is thrown comes and goes at ``/api/throws``. A driver's screen
does none of it while the car is not parked."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from wayhome.errors import NotAllowed
from wayhome.features.throws.keeper import keeper
from wayhome.features.throws.model import Opened
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.operations import operation
from wayhome.hub.session import Session


class ThrowNothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class OneThrow(msgspec.Struct, forbid_unknown_fields=True):
    id: Annotated[str, Meta(max_length=64)]


class ThrowDone(msgspec.Struct):
    """It is done."""

    done: bool = True


@operation("throws.open", parked=True)
async def open_(session: Session, data: ThrowNothing) -> Opened:
    """Let whoever scans this screen's code throw one thing at it, once, for five minutes. A code of before is void."""
    session.spend(200)
    catcher(session)
    return keeper(session.hub).open(session.identity)


@operation("throws.close")
async def close(session: Session, data: OneThrow) -> ThrowDone:
    """Wait no longer; what was thrown is gone from the hub."""
    keeper(session.hub).close(catcher(session), data.id)
    return ThrowDone()


def catcher(session: Session) -> str:
    """The screen that waits. Raises NotAllowed."""
    identity = session.identity
    if identity.device is None or identity.person is None or identity.role not in GROWN:
        raise NotAllowed("only a screen of a grown-up takes throws")
    return identity.device
