"""Screens of the household's other doors: a page that was opened at one of them may speak to this one.

No cookie counts then (browsers send none, and none is taken): such a page brings what its device's key proved.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Literal

import msgspec

from wayhome.hub.frames import Proof, Who
from wayhome.hub.reach import Reach
from wayhome.hub.session import Identity
from wayhome.web.entry import Caller, caller, same_origin
from wayhome.web.outlets import Scope
from wayhome.web.passes import Passes

type Headers = list[tuple[bytes, bytes]]
KEPT = b"7200"
"""So long, in s, a browser remembers that it may."""


def comes(who: Caller, reach: Reach) -> Literal["own", "other", "stranger"]:
    """Whose page this is: this door's own (or a program), another door's of the household, or somebody else's."""
    if same_origin(who):
        return "own"
    return "other" if who.origin in {*reach.doors, *reach.origins()} else "stranger"


def is_own(door: str, reach: Reach) -> bool:
    """Whether a door is this hub's. It takes any address for its own (nobody's page is of an address by chance), so who
    has another door could call it by that, and have its question signed there."""
    return door in {*reach.own(), *reach.origins()}


def headers(scope: Scope, reach: Reach) -> Headers:
    """What tells a browser that a page of another door may read the answer; none for this one's and anybody else's."""
    who = caller(scope["scheme"], scope["headers"], None)
    if who.origin is None or comes(who, reach) != "other":
        return []
    origin = who.origin.encode("latin-1")
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", b"content-disposition, wayhome-at, x-pieces-there"),
        (b"vary", b"origin"),
    ]


def asked_before(method: str, sent: Headers) -> Headers | None:
    """The answer to a browser's question whether it may send something, beside ``headers``; None: it is no question."""
    names = {name for name, _ in sent}
    if method != "OPTIONS" or b"access-control-request-method" not in names:
        return None
    return [
        (b"access-control-allow-methods", b"GET, POST, PUT"),
        (b"access-control-allow-headers", b"authorization, content-type, x-piece-sha256"),
        (b"access-control-max-age", KEPT),
    ]


async def proven(
    said: object,
    door: str,
    passes: Passes,
    ask: Callable[[MutableMapping[str, Any]], Awaitable[object]],
) -> Identity | None:
    """Have a device prove which one it is: who it speaks for; None: it can't. ``ask`` sends a frame and gives the
    answer. ``door``: this one, as the screen calls it."""
    if not isinstance(said, Who):
        return None
    nonce = secrets.token_urlsafe(32)
    # Asked also for a device that nobody knows: who asks learns nothing by it.
    proof = await ask({"t": "prove", "nonce": nonce})
    if not isinstance(proof, Proof):
        return None
    key = passes.proves(said.device, nonce, door, proof.signature)
    return passes.by_key(said.device, key) if key is not None else None


def frame(text: MutableMapping[str, Any]) -> str:
    return msgspec.json.encode(text).decode()
