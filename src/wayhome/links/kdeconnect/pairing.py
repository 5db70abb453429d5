"""Pairing with one device, as rules: what is said, what comes, what time does. Pure; no line, no clock.

Both sides show the same key. Ours is let in by a person at the glass only: also where the device says yes to what we
asked, for a device in between would say yes to anything.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from wayhome.links.kdeconnect.wire import number, yes

type State = Literal["stranger", "asked", "asks", "paired"]
"""``asked``: we asked the device. ``asks``: it asked us."""
type End = Literal["refused", "late", "clock", "cancelled"]
"""Why a pairing came to nothing: the other side said no; nobody answered; the clocks are too far apart; we said no."""

ASKED = 30.0
"""The other side has so long to say yes, in s; the apps' own measure."""
ASKS = 25.0
CONFIRM = 120.0
"""So long a yes of the device waits for the one at the glass, in s."""
APART = 1_800.0
"""Clocks that are further apart, in s: the key may be one that was heard before."""


class Pairing(msgspec.Struct, frozen=True):
    """How things stand with one device. ``timestamp``: what the key is made with, s since 1970 of who asked; None with
    protocol 7. ``until``: when it is over by itself. ``theirs``, ``ours``: who said yes. ``end``: why the last one
    came to nothing."""

    state: State = "stranger"
    timestamp: int | None = None
    until: float | None = None
    theirs: bool = False
    ours: bool = False
    end: End | None = None


class Step(msgspec.Struct, frozen=True):
    """``says``: bodies of pair packets to send, in order."""

    now: Pairing
    says: tuple[dict[str, Any], ...] = ()


NO = {"pair": False}
YES = {"pair": True}


def ask(is_: Pairing, version: int, now: float) -> Step:
    """A person at the glass wants this device."""
    if is_.state != "stranger":
        return Step(is_)  # also where it asks us at this moment: nobody has seen its key yet
    timestamp = int(now) if version >= 8 else None
    body: dict[str, Any] = YES if timestamp is None else {"pair": True, "timestamp": timestamp}
    return Step(Pairing("asked", timestamp, now + ASKED), (body,))


def confirm(is_: Pairing) -> Step:
    """A person at the glass sees the same key on both."""
    if is_.state == "asks":
        return Step(Pairing("paired"), (YES,))
    if is_.state == "asked":
        return Step(Pairing("paired") if is_.theirs else msgspec.structs.replace(is_, ours=True))
    return Step(is_)


def part(is_: Pairing) -> Step:
    """A person at the glass says no, or wants the device no longer."""
    if is_.state == "stranger":
        return Step(is_)
    return Step(Pairing(end=None if is_.state == "paired" else "cancelled"), (NO,))


def heard(is_: Pairing, body: dict[str, Any], version: int, now: float) -> Step:
    """A pair packet came."""
    if not yes(body.get("pair")):
        return Step(Pairing(end="refused" if is_.state in ("asked", "asks") else None))
    if is_.state == "asked":
        if is_.ours:
            return Step(Pairing("paired"))
        return Step(msgspec.structs.replace(is_, theirs=True, until=now + CONFIRM))
    # A paired device that asks has forgotten us: it is a stranger until somebody lets it in anew.
    timestamp: int | None = None
    if version >= 8:
        said = number(body.get("timestamp"))
        if said is None or said <= 0:
            return Step(Pairing(end="refused"), (NO,))
        timestamp = int(said)
        if abs(timestamp - now) > APART:
            return Step(Pairing(end="clock"), (NO,))
    return Step(Pairing("asks", timestamp, now + ASKS))


def moment(is_: Pairing, now: float) -> Step:
    """Time goes by."""
    if is_.until is None or now < is_.until:
        return Step(is_)
    return Step(Pairing(end="late"), (NO,))


def lost(is_: Pairing) -> Step:
    """The line broke: what was under way is over, what is paired stays so."""
    return Step(is_ if is_.state in ("paired", "stranger") else Pairing(end="late"))
