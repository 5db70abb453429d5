"""The people whose phones these are, while the phones are there: what a phone asks for is done with their rights."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from wayhome import log
from wayhome.errors import HubError
from wayhome.hub.visit import Visit
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import Reach

AT_ONCE = 8
"""So many wishes of a phone are under way at once; more of them are dropped."""
CARRIED = ("phone",)


class Visits:
    """One for each phone of which its owner said themselves that it is theirs. ``told`` gets a phone's id and a path
    that is published; it must neither raise nor block."""

    def __init__(self, reach: Reach, told: Callable[[str, str], None]) -> None:
        self._reach, self._told = reach, told
        self._open: dict[str, tuple[Visit, contextlib.ExitStack]] = {}
        self._tasks: dict[str, set[asyncio.Task[None]]] = {}

    def enter(self, phone: Phone) -> bool:
        """A phone is there; whether it can ask for anything."""
        if not phone.shares or phone.owner is None:
            return False
        known = self._open.get(phone.id)
        if known is not None and known[0].open:
            return True
        self.leave(phone.id)
        stack, id = contextlib.ExitStack(), phone.id
        carried = phone.type in CARRIED
        try:
            visit = stack.enter_context(
                self._reach.host.acting(phone.owner, carried, lambda path: self._told(id, path))
            )
        except HubError as error:
            log.get("links").info("a phone asks for nobody", link=self._reach.host.id, why=error.detail)
            return False
        self._open[phone.id] = visit, stack
        return True

    def leave(self, id: str) -> None:
        """It is not there any more. What it asked for goes on."""
        _, stack = self._open.pop(id, (None, None))
        if stack is not None:
            stack.close()

    def close(self) -> None:
        """All of them."""
        for id in list(self._open):
            self.leave(id)

    def of(self, id: str) -> Visit | None:
        """The visit of a phone that is there."""
        visit, _ = self._open.get(id, (None, None))
        return visit if visit is not None and visit.open else None

    def ids(self) -> list[str]:
        """Whose phone is there."""
        return list(self._open)

    def ask(self, id: str, work: Coroutine[Any, Any, object], after: Callable[[], object]) -> None:
        """Do what a phone asks for, and ``after`` it, however that ends."""
        tasks = self._tasks.setdefault(id, set())
        if len(tasks) >= AT_ONCE:
            work.close()
            return
        task = asyncio.create_task(self._do(work, after))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _do(self, work: Coroutine[Any, Any, object], after: Callable[[], object]) -> None:
        try:
            await work
        except HubError as error:
            log.get("links").info("a phone's wish is not done", link=self._reach.host.id, why=error.code)
        except Exception as error:
            log.get("links").error("a phone's wish failed", link=self._reach.host.id, why=log.fault(error))
        finally:
            after()
