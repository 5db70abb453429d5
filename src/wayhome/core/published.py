"""What is published: the household as screens may see it, by revision.

``rev`` counts publications and is given at the moment of publishing. Each path keeps the revision of its last
publication, newest last, so "what is new since rev 1800" walks over the paths that changed since, never over
history. Paths that vanished leave a tombstone. An epoch (a new one with each start) tells numbers of different
runs apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import msgspec

from wayhome.core.command import Command
from wayhome.core.value import Value

TOMBSTONE_KEPT = 30 * 86_400.0
_encode = msgspec.json.Encoder().encode


class Shown(NamedTuple):
    """One path as published: the fact as the live socket shows it, the open wish, both also as JSON text.

    ``fact`` None: nothing is known (or the path is gone, then ``gone_at`` is when). ``wish`` is
    ``[target, state, key, expires]``. ``part``: which of them this publication was about.
    """

    rev: int
    path: str
    fact: list[Value] | None
    wish: list[Value] | None
    fact_json: bytes
    wish_json: bytes
    part: Literal["fact", "wish", "gone"]
    gone_at: float | None = None


class Published:
    """All published paths of one household and run."""

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self.rev = 0
        self.forgotten = 0
        """Tombstones up to this revision were let go: who was away since before it takes a snapshot."""
        self._shown: dict[str, Shown] = {}

    def __len__(self) -> int:
        return len(self._shown)

    def find(self, path: str) -> Shown | None:
        return self._shown.get(path)

    def fact(self, path: str, fact: list[Value]) -> Shown:
        """Publish a new fact at ``path``; its wish stays as it was."""
        text = b'"%s":%s' % (path.encode(), _encode(fact))  # first: what can't be written must leave no trace
        old = self._shown.pop(path, None)
        self.rev += 1
        name = old.path if old else path
        if old is None:
            new = Shown(self.rev, name, fact, None, text, b"", "fact")
        elif old.gone_at is not None:
            # Who missed that the path was gone may still show its wish of before: say that there is none.
            new = Shown(self.rev, name, fact, None, text, b'"%s":null' % path.encode(), "fact")
        else:
            new = Shown(self.rev, name, fact, old.wish, text, old.wish_json, "fact")
        self._shown[name] = new
        return new

    def wish(self, path: str, command: Command | None, waits: bool = False) -> Shown | None:
        """Publish the open wish at ``path``, or (None) that there is none any more; its fact stays as it was.
        ``waits``: for the way to the site that owns the thing. None: there is nothing to say, as nothing is there."""
        wish: list[Value] | None = None
        if command is not None:
            wish = [command.target, "waiting" if waits else command.state, command.key, command.deadline]
        text = b'"%s":%s' % (path.encode(), _encode(wish))
        old = self._shown.get(path)
        if wish is None and (old is None or old.gone_at is not None):
            return None
        self._shown.pop(path, None)
        self.rev += 1
        fact, fact_json = (old.fact, old.fact_json) if old else (None, b"")
        if old is not None and old.gone_at is not None:
            # Who missed that it was gone must not keep the fact of before: it is told that nothing is known.
            fact = [None, old.gone_at]
            fact_json = b'"%s":%s' % (path.encode(), _encode(fact))
        new = Shown(self.rev, path, fact, wish, fact_json, text, "wish")
        self._shown[path] = new
        return new

    def gone(self, path: str, now: float) -> Shown | None:
        """Publish that ``path`` is no more. None when it was not there."""
        old = self._shown.get(path)
        if old is None or old.gone_at is not None:
            return None  # and it stays in its place: all that is newer stands behind it
        del self._shown[path]
        self.rev += 1
        new = Shown(self.rev, path, None, None, b"", b"", "gone", now)
        self._shown[path] = new
        return new

    def forget(self, now: float) -> None:
        """Let go of tombstones older than 30 days."""
        for shown in [s for s in self._shown.values() if s.gone_at is not None and s.gone_at < now - TOMBSTONE_KEPT]:
            self.forgotten = max(self.forgotten, shown.rev)
            del self._shown[shown.path]

    def snapshot(self, sees: Callable[[str], bool]) -> Iterator[Shown]:
        """Every path that is there and that ``sees`` allows, oldest publication first."""
        return (s for s in self._shown.values() if s.gone_at is None and sees(s.path))

    def delta(self, sees: Callable[[str], bool], since: int) -> list[Shown]:
        """What was published after ``since`` and ``sees`` allows, oldest first, the gone among it."""
        newer: list[Shown] = []
        for shown in reversed(self._shown.values()):
            if shown.rev <= since:
                break
            if sees(shown.path):
                newer.append(shown)
        newer.reverse()
        return newer
