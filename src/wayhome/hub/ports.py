"""The ports: what the household needs of the outside, as protocols. Adapters stand behind them.

Everything here is bound to one household: no call names it, no caller can reach another's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.record import Record
from wayhome.core.thing import Thing
from wayhome.core.value import Reading

# Rows: what the store is given. Each is one acknowledged change. The store itself numbers those of the log: ``seq``
# has no gaps because it is given by the one writer at the moment of the commit (a commit that fails gives none).


class ReadingRow(msgspec.Struct, frozen=True, tag="reading"):
    """A state reading: latest value and one line of the log."""

    reading: Reading


class SampleRow(msgspec.Struct, frozen=True, tag="sample"):
    """A telemetry reading: latest value and a sample of the drive log. Not in the log; may be lost in a power cut."""

    reading: Reading


class CommandRow(msgspec.Struct, frozen=True, tag="command"):
    """A command's new state; the newest row of a key counts."""

    command: Command


class EventRow(msgspec.Struct, frozen=True, tag="event"):
    event: Event


class RecordRow(msgspec.Struct, frozen=True, tag="record"):
    """A record as it is after a merge."""

    record: Record


class ThingRow(msgspec.Struct, frozen=True, tag="thing"):
    """A thing as described now; None: it is gone, with its latest readings."""

    id: str
    thing: Thing | None


type LogRow = ReadingRow | CommandRow | EventRow | RecordRow | ThingRow


class ForeignRow(msgspec.Struct, frozen=True, tag="foreign"):
    """A line of another site's log, by that site's number. It is kept in this log, and changes nothing that stands."""

    site: str
    number: int
    row: LogRow


class StandsRow(msgspec.Struct, frozen=True, tag="stands"):
    """What stands now by another site's word, without a line of the log: that comes with the other site's own. Of a
    reading the newest counts only, so nobody waits for the disk."""

    row: ReadingRow | RecordRow | ThingRow


class HeardRow(msgspec.Struct, frozen=True, tag="heard"):
    """So far another site's log is kept here: up to ``number`` of the log that it calls ``log``."""

    site: str
    log: str
    number: int


type Row = ReadingRow | SampleRow | CommandRow | EventRow | RecordRow | ThingRow | ForeignRow | StandsRow | HeardRow


class Logged(msgspec.Struct, frozen=True):
    """One line of the log, with its number."""

    seq: int
    row: LogRow


class Saved(msgspec.Struct, frozen=True):
    """What a store gives back at start: the household as last acknowledged."""

    seq: int
    things: list[Thing]
    readings: list[Reading]
    records: list[Record]
    open_commands: list[Command]
    keys: dict[str, float]
    """The keys of all commands of the last 24 h, with the time they were asked (s since 1970)."""
    log: str = ""
    """What this log is called. One that was put back from a backup gets another name, so that nobody takes what comes
    then for what came before."""
    before: list[tuple[str, int]] = []
    """The names it had, each with its last seq under that name, the newest last."""
    heard: dict[str, tuple[str, int]] = {}
    """How far the logs of other sites are kept here: by site, the log's name and the number."""


class Portion(msgspec.Struct, frozen=True):
    """Some lines of this site's own log, in order. ``after``, ``upto``: all of them between these numbers, the first
    not counted. ``after`` is greater than what was asked for where older lines are let go."""

    after: int
    upto: int
    lines: list[Logged]
    last: int = 0
    """The newest line of the log, whoever wrote it."""


class Store(Protocol):
    """The household's data on disk. One writer thread groups what comes into commits."""

    async def load(self) -> Saved:
        """Everything that stands. Called once, before the first ``append``."""

    def append(self, rows: Sequence[Row]) -> asyncio.Future[None]:
        """Queue rows, all or nothing, in order. The future is done when they are on the disk (fdatasync), or fails
        with StoreError. Rows that are only samples are done once written (no sync)."""

    @property
    def room(self) -> bool:
        """False while the queue is over its limit: writers should await the futures they hold."""

    async def command(self, key: str) -> Command | None:
        """The newest state of a command of the last 24 h."""

    async def log(
        self,
        *,
        since: int = 0,
        limit: int = 1000,
        kinds: Iterable[str] = (),
        about: str | None = None,
        newest_first: bool = False,
        context: str | None = None,
    ) -> list[Logged]:
        """The log in order of seq, after ``since``. ``kinds``: reading, command, event, record, thing. ``about``: a
        path or thing. ``context``: only rows whose context has this id."""

    async def own(self, since: int, limit: int) -> Portion:
        """The lines that this site wrote itself, after ``since``, at most ``limit`` of them."""

    async def history(self, path: str, start: float, end: float, limit: int) -> list[Reading]:
        """The changes of a state path with ``start <= at < end``, oldest first; the newest ``limit`` of them."""

    async def samples(self, path: str, start: float, end: float, limit: int = 1_000_000) -> list[tuple[float, float]]:
        """The drive log of a numeric path: (time, value) in [start, end), the oldest ``limit`` of them."""

    async def prune(self, now: float) -> int:
        """Let go what is older than the retention says; the number of rows."""

    async def backup(self, to: str) -> None:
        """A consistent copy of everything into the file ``to``, while the household goes on."""

    async def erase(self) -> None:
        """Delete all data beyond recovery. The store is empty afterwards."""

    async def close(self) -> None: ...


class Blobs(Protocol):
    """Files by the SHA-256 of their content."""

    async def put(self, content: bytes) -> str:
        """Keep content; its hash, 64 hex digits. Same content: same hash, kept once."""

    async def get(self, hash: str) -> bytes:
        """Raises NotFound; raises StoreError when what is there does not fit its hash."""

    async def delete(self, hash: str) -> None: ...

    def hashes(self) -> AsyncIterator[str]: ...


class Disk(Protocol):
    """The disk that films and files are kept on. ``size`` and ``free`` in bytes."""

    @property
    def size(self) -> int: ...

    @property
    def free(self) -> int: ...


class Footage(Protocol):
    """Films, or people's files, that are kept, as files with plain names, beside the household's data: no backup takes
    them along. All of it raises StoreError where the disk does not do it."""

    async def names(self) -> dict[str, int]:
        """What is there, with its size in bytes."""

    async def size(self, name: str) -> int:
        """Of a file, in bytes. Raises NotFound."""

    async def write(self, name: str, content: bytes) -> None:
        """Put a whole file there: after a power cut the old or the new one is there."""

    async def append(self, name: str, piece: bytes) -> None:
        """Write at the end of a file, which is made if it is not there. On the disk when this returns."""

    async def patch(self, name: str, at: int, *pieces: bytes | bytearray) -> None:
        """Write at a place of a file that is there, one after the other. On the disk when this returns. Raises
        NotFound."""

    async def cut(self, name: str, size: int) -> None:
        """Let a file end at ``size`` bytes."""

    async def read(self, name: str, start: int, size: int) -> bytes:
        """At most so many bytes of a file. Raises NotFound."""

    async def delete(self, name: str) -> None:
        """Not there: nothing happens."""

    def disk(self) -> Disk:
        """How much there is."""


class Vault(Protocol):
    """Secrets, sealed at rest. Names as ``link/home/token``. Never logged, never in a backup in the clear."""

    async def keep(self, name: str, secret: bytes) -> None: ...

    async def secret(self, name: str) -> bytes | None: ...

    async def forget(self, name: str) -> None: ...

    async def names(self) -> list[str]: ...


class Clock(Protocol):
    """Time. ``now``: s since 1970, may jump. ``steady``: s that only go forward."""

    def now(self) -> float: ...

    def steady(self) -> float: ...


class Ids(Protocol):
    """Fresh ids: ULIDs (time-ordered, 26 letters) and secrets (URL-safe, at least 128 bits)."""

    def ulid(self) -> str: ...

    def token(self) -> str: ...

    def jitter(self) -> float:
        """A random number from 0 to 1, for spreading retries."""


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was looked at: whether it is well, in words, and what to do where it is not."""

    name: str
    ok: bool
    text: str
    advice: str | None = None


class Served(msgspec.Struct, frozen=True):
    """How the hub is reached. ``url``: for people; ``house``: whether other devices can reach it at all; ``may_open``:
    whether that can be chosen here (nobody has said where to listen). ``secure``: over TLS; ``own``: with the
    household's own authority, whose page for new devices is at ``install`` (``qr``: that address as an SVG to scan).
    ``expires``: s since 1970. ``trouble``: why the certificate can't be renewed."""

    url: str
    house: bool
    may_open: bool
    secure: bool
    own: bool
    names: list[str]
    install: str | None = None
    fingerprint: str | None = None
    expires: float | None = None
    trouble: str | None = None
    qr: str | None = None


class Kept(msgspec.Struct, frozen=True):
    """A copy of the household on the hub's machine. ``made``: s since 1970, ``size`` in bytes; ``automatic``: by the
    schedule; ``sealed``: with a passphrase."""

    file: str
    kind: Literal["backup", "export"]
    sealed: bool
    automatic: bool
    made: float
    size: int


class Room(msgspec.Struct, frozen=True):
    """What the household's data takes, what its copies take, and what is free on that disk, in bytes."""

    data: int
    copies: int
    free: int


class Contents(msgspec.Struct, frozen=True):
    """What was found in an archive that is sound. ``made``: s since 1970."""

    kind: Literal["backup", "export"]
    made: float
    files: int
    size: int


class Incoming(Protocol):
    """An archive that is on its way in."""

    async def write(self, piece: bytes) -> None:
        """Raises TooLarge when there is no room for more, StoreError."""

    async def finish(self) -> Literal["sealed", "backup", "export"]:
        """All of it has come: which kind it is. Raises BadInput for what is none of ours."""

    async def discard(self) -> None:
        """It did not come entirely, or nobody wants it any more."""


class Archive(Protocol):
    """Copies of the whole household."""

    async def backup(self, passphrase: str | None, automatic: bool = False) -> tuple[str, list[str]]:
        """Write a backup while the household goes on; its file name on the hub's machine, and sentences on what
        could not be taken in. Raises StoreError, BadInput."""

    async def export(self) -> tuple[str, list[str]]:
        """The same in open formats."""

    async def findings(self) -> list[Finding]:
        """How the data on disk is doing. Reads all of it."""

    async def kept(self) -> list[Kept]:
        """The copies on the hub's machine, newest first."""

    async def forget(self, file: str) -> None:
        """Delete a copy. Raises NotFound, StoreError."""

    def place(self, file: str) -> Path:
        """Where a copy lies. Raises NotFound for a name that is none."""

    async def verify(self, file: str, passphrase: str | None) -> Contents:
        """Read a copy to its end and hold it to its manifest. Raises NotFound, BadInput, StoreError."""

    async def room(self) -> Room:
        """What the household takes on the disk."""

    async def incoming(self) -> Incoming:
        """Take in an archive from elsewhere. There is one at a time: an earlier one is discarded. Raises StoreError."""

    async def put_back(self, passphrase: str | None) -> list[str]:
        """See that the archive that came is sound, and have it ready: it takes the place of this household when the
        hub opens anew. Sentences on what is to be done then. Raises NotFound, BadInput, StoreError."""

    async def forget_ready(self) -> None:
        """Let go of what ``put_back`` has ready."""

    async def erase(self) -> None:
        """Have everything erased when the hub opens anew. Raises StoreError."""

    async def listen(self, house: bool) -> None:
        """Remember whether the hub is open to the house, for when it opens anew. Raises StoreError."""
