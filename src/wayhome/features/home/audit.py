"""Who did what, and why: read from the chain of contexts, never guessed."""

from __future__ import annotations

from typing import Any

import msgspec

from wayhome.core.ids import split_path
from wayhome.core.value import Context
from wayhome.errors import BadInput, NotFound
from wayhome.hub.operations import operation
from wayhome.hub.ports import CommandRow, EventRow, Logged, ReadingRow, RecordRow, ThingRow
from wayhome.hub.session import Session

DEEPEST = 20
FURTHEST = 5_000
"""So many lines are looked through at most for those that a session may see."""
KINDS = ("command", "event", "reading")


class Line(msgspec.Struct, omit_defaults=True):
    """One line of the audit. ``actor`` did it; ``name`` is how people call them; ``cause`` is the line's parent."""

    seq: int
    at: float
    what: str
    about: str
    actor: str | None = None
    name: str | None = None
    value: Any = None
    state: str | None = None
    why: str | None = None
    context: str | None = None
    cause: str | None = None
    code: str | None = None
    """Why a wish failed, for who tells it in their own words."""


class Audit(msgspec.Struct):
    """Lines, newest first."""

    lines: list[Line]


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """``about``: a path, or a thing's id; nothing: all. ``since``: after this seq. ``kinds``: of these only, with
    commas between them: ``command`` (wishes), ``event``, ``reading`` (reports)."""

    about: str | None = None
    limit: int = 50
    since: int = 0
    kinds: str = ",".join(KINDS)


class Path(msgspec.Struct, forbid_unknown_fields=True):
    """A signal's path."""

    path: str


def _line(session: Session, logged: Logged) -> Line | None:
    """The line that a log row makes for this session; None when it may not see it."""
    row = logged.row
    match row:
        case ReadingRow(reading):
            thing = session.hub.household.house.things.get(reading.path.partition("/")[0])
            owner = f"link:{thing.link}" if thing is not None else "hub"
            context = reading.context or Context("", owner)
            line = Line(logged.seq, reading.at, "reported", reading.path, value=reading.value)
        case CommandRow(command):
            context = command.context
            at = command.ended or command.at
            line = Line(
                logged.seq,
                at,
                "wished",
                command.path,
                value=command.target,
                state=command.state,
                why=command.why,
                code=command.code,
            )
        case EventRow(event):
            context = event.context
            line = Line(logged.seq, event.at, event.name, event.about or "", value=event.data or None)
        case RecordRow() | ThingRow():
            return None
    if line.about and not session.may("read", line.about) and not session.may("read", f"{line.about}/thing.info"):
        return None
    if not line.about and session.identity.role != "owner":
        return None
    if context is not None:
        line.actor, line.context, line.cause = context.actor, context.id or None, context.parent
        line.name = name_of(session, context)
    return line


def name_of(session: Session, context: Context) -> str:
    """How people call whoever acts in a context."""
    kind, _, item = context.actor.partition(":")
    household = session.hub.household
    if kind == "person":
        record = household.house.record("person", item)
        if record is not None and record.values().get("name"):
            return str(record.values()["name"])
    if kind == "link":
        record = household.house.record("link", item)
        if record is not None and record.values().get("name"):
            return str(record.values()["name"])
    return item or context.actor


@operation("home.audit", reads=True)
async def audit(session: Session, data: Asked) -> Audit:
    """What happened, newest first: wishes, reports, events, with who caused them.

    A driver's screen gets no more lines than it may show while the car moves.
    """
    if not 0 < data.limit <= 500 or not 0 <= data.since < 2**63:
        raise BadInput("the limit is 1 to 500, since a line's seq")
    kinds = tuple(data.kinds.split(","))
    if not set(kinds) <= set(KINDS):
        raise BadInput(f"the kinds are {', '.join(KINDS)}")
    await session.hub.household.keeping.settle()
    most = min(data.limit, session.restrictions().items)
    lines: list[Line] = []
    # What this session may not see must not take the place of what it may.
    for asked in (most, FURTHEST):
        found = await session.hub.household.store.log(
            since=data.since, limit=asked, kinds=kinds, about=data.about, newest_first=True
        )
        lines = [line for logged in found if (line := _line(session, logged)) is not None][:most]
        if len(lines) == most or len(found) < asked:
            break
    return Audit(lines)


@operation("home.why", reads=True)
async def why(session: Session, data: Path) -> Audit:
    """Who or what made a signal what it is: its last change first, then what led to it, up to the first cause."""
    split_path(data.path)
    if not session.may("read", data.path):
        raise NotFound(f"there is nothing at {data.path[:80]!r} for you")
    await session.hub.household.keeping.settle()
    store = session.hub.household.store
    found = await store.log(limit=1, kinds=("reading",), about=data.path, newest_first=True)
    if not found:
        found = await store.log(limit=1, kinds=("command",), about=data.path, newest_first=True)
    lines: list[Line] = []
    while found and len(lines) < DEEPEST:
        line = _line(session, found[0])
        if line is None:
            break
        lines.append(line)
        if line.cause is None:
            break
        found = await store.log(limit=1, context=line.cause, newest_first=True)
    return Audit(lines)
