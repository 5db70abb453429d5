"""What two hubs of a household tell each other: msgpack, deflated where that is worth it.

A conversation is the same in both directions. Each side says ``Hello``; then it shows what stands with its own things
(``Told``), tells what it wrote (``Lines``, in order, without gaps), and goes on with both as things happen. ``Heard``
says how far the other's lines are on the disk. Wishes go to the owner of the thing (``Wish``), which judges them and
says what came of them (``Outcome``).
"""

from __future__ import annotations

import zlib
from typing import Any

import msgspec

from wayhome.errors import BadInput
from wayhome.hub.plain import PlainCommand, PlainEvent, PlainReading, PlainRecord
from wayhome.hub.ports import CommandRow, EventRow, LogRow, ReadingRow, RecordRow
from wayhome.hub.sites import sound
from wayhome.hub.sites.spans import Span

VERSION = 2
MAX_FRAME = 1024 * 1024
"""A frame has at most so many bytes on the network."""
MAX_BODY = 4 * 1024 * 1024
"""... and at most so many unpacked."""
SQUEEZE = 512
"""From so many bytes on a frame is deflated."""
PLAIN, DEFLATED = b"\x00", b"\x01"


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """Who speaks, and what they have already. ``log``: what the speaker's log is called, ``before``: what it was
    called, with the last number under each name. ``heard``: the listener's log, as far as it is kept here. ``epoch``:
    the speaker's run; ``knows``: the listener's epoch and revision that is known here."""

    version: int
    site: str
    to: str
    log: str
    epoch: str
    before: list[tuple[str, int]] = []
    heard: tuple[str, int] | None = None
    knows: tuple[str, int] | None = None
    now: float = 0.0


class Told(msgspec.Struct, frozen=True, tag="told"):
    """What stands with the speaker's things: ``[value, at, source_at, quality]`` by path, at the revision ``rev``.
    ``whole``: what is not in it is no more. ``more``: another part follows, and only then the revision is reached."""

    rev: int
    set: dict[str, list[Any]]
    gone: list[str] = []
    whole: bool = False
    more: bool = False


class Lines(msgspec.Struct, frozen=True, tag="lines"):
    """All lines of the speaker's own between the numbers ``after`` (not counted) and ``upto``, as far as they are the
    listener's business. ``lost``: older ones are let go, and there is a gap before ``after``."""

    log: str
    after: int
    upto: int
    lines: list[tuple[int, Any]]
    lost: bool = False


class Records(msgspec.Struct, frozen=True, tag="records"):
    """Records as they stand: where lines alone would not do."""

    records: list[Any]


class Heard(msgspec.Struct, frozen=True, tag="heard"):
    """The listener's log is on the speaker's disk up to ``number``."""

    log: str
    number: int


class Time(msgspec.Struct, frozen=True, tag="time"):
    """The speaker's steady clock (s) in its run ``epoch``: wishes say by it until when they are worth fulfilling.
    ``now``: its other clock, s since 1970."""

    epoch: str
    steady: float
    now: float


class Wish(msgspec.Struct, frozen=True, tag="wish"):
    """A wish for a thing of the listener. ``until``: by the listener's own steady clock in its run ``epoch``, so that
    no clock has to be right and none that was held up on its way is fulfilled late. ``actor``, ``device``: who
    wishes, on what; the listener judges them by what it knows of them itself."""

    key: str
    path: str
    target: Any
    epoch: str
    until: float
    ttl: float
    actor: str
    device: str | None = None
    held: bool = False
    code: str | None = None


class Outcome(msgspec.Struct, frozen=True, tag="outcome"):
    """What came of a wish so far: a command's state. ``taken``: its device has it, and has its time to report."""

    key: str
    state: str
    taken: bool = False
    code: str | None = None
    why: str | None = None


class Fetch(msgspec.Struct, frozen=True, tag="fetch"):
    """Asks for what lies at the listener: ``what`` is picture (``about``: the thing), blob (its hash), samples (a
    path's drive log over ``span``), file (a part of a piece of one: its id, the piece's number, from which byte),
    certificate (the speaker's signing request), or film (a line for one, called
    ``about``, which the listener makes as it is the one that calls)."""

    id: int
    what: str
    about: str
    span: Span | None = None


class Fetched(msgspec.Struct, frozen=True, tag="fetched"):
    """The answer, or a part of it (``more``: others follow); ``code`` and ``detail``: why it is none. ``at``: of when
    a picture is, s since 1970."""

    id: int
    content: bytes = b""
    more: bool = False
    media_type: str = ""
    code: str | None = None
    detail: str = ""
    at: float | None = None


class Secrets(msgspec.Struct, frozen=True, tag="secrets"):
    """What devices and people come in by: name, when it was written (s since 1970), the secret or that it is gone."""

    entries: list[tuple[str, float, bytes | None]]


class Ways(msgspec.Struct, frozen=True, tag="ways"):
    """How the speaker is reached: addresses in its house (HOST:PORT), and through relays (ID@HOST:PORT)."""

    ways: list[str]


type Frame = Hello | Told | Lines | Records | Heard | Time | Wish | Outcome | Fetch | Fetched | Secrets | Ways

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Frame).decode


def packed(frame: Frame) -> bytes:
    """A frame as it is sent."""
    body = _encode(frame)
    return PLAIN + body if len(body) < SQUEEZE else DEFLATED + zlib.compress(body, 6)


def unpacked(data: bytes) -> Frame:
    """A frame as it came. Raises BadInput for what is none; nothing larger than MAX_FRAME is ever unpacked."""
    kind, body = data[:1], data[1:]
    try:
        if len(data) > MAX_FRAME:
            raise BadInput("a frame is too large")
        if kind == DEFLATED:
            unpacking = zlib.decompressobj()
            body = unpacking.decompress(body, MAX_BODY)
            if not unpacking.eof:
                raise BadInput("a frame is too large, or not whole")
        elif kind != PLAIN:
            raise BadInput("this is no frame of ours")
        frame: Frame = _decode(body)
        return frame
    except (zlib.error, msgspec.MsgspecError, RecursionError) as error:
        raise BadInput(f"a frame can't be read: {error}"[:200]) from None


# Lines of the log


class _Reading(msgspec.Struct, frozen=True, tag="reading"):
    reading: PlainReading


class _Command(msgspec.Struct, frozen=True, tag="command"):
    command: PlainCommand


class _Event(msgspec.Struct, frozen=True, tag="event"):
    event: PlainEvent


class _Record(msgspec.Struct, frozen=True, tag="record"):
    record: PlainRecord


type _Row = _Reading | _Command | _Event | _Record


def encoded(value: object) -> msgspec.Raw:
    """A part of a frame, ready: its length tells how many of them a frame takes."""
    return msgspec.Raw(_encode(value))


def row_of(plain: Any) -> LogRow:
    """A line's row. Raises BadInput."""
    try:
        row = msgspec.convert(plain, _Row)
        if isinstance(row, _Reading):
            return ReadingRow(sound.reading(row.reading.whole()))
        if isinstance(row, _Command):
            here = msgspec.structs.replace(row.command, until=None)  # the steady clock is another machine's
            return CommandRow(sound.command(here.whole()))
        if isinstance(row, _Event):
            return EventRow(sound.event(row.event.whole()))
        return RecordRow(sound.record(row.record.whole()))
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadInput(f"a line can't be read: {error}"[:200]) from None


def record_of(plain: Any) -> RecordRow:
    """A record of ``Records``. Raises BadInput."""
    try:
        return RecordRow(sound.record(msgspec.convert(plain, PlainRecord).whole()))
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadInput(f"a record can't be read: {error}"[:200]) from None
