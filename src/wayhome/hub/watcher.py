"""Watchers: who is told what a household publishes and what happens in it."""

from __future__ import annotations

from typing import Protocol

from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record


class Watcher(Protocol):
    """Somebody who is told what was published and happened, at once and in order. Must not raise nor block."""

    def published(self, shown: Shown, state: bool) -> None: ...

    def commanded(self, command: Command) -> None: ...

    def recorded(self, record: Record) -> None: ...

    def happened(self, event: Event) -> None: ...


class OfRecords:
    """A watcher that looks at records alone: what else is told it is passed over."""

    def published(self, shown: Shown, state: bool) -> None:
        return

    def commanded(self, command: Command) -> None:
        return

    def happened(self, event: Event) -> None:
        return
