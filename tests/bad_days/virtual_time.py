"""An event loop whose time a program does not wait for: when nothing is left to do it jumps to the next timer. What
runs on it runs the same each time, and hours pass in milliseconds."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any


class Stuck(Exception):
    """Everything waits for something that nothing will bring."""


class _Jump:
    """What the loop asks for events: there are none, but the time passes."""

    def __init__(self) -> None:
        self.now = 0.0

    def select(self, timeout: float | None) -> list[object]:
        if timeout is None:
            raise Stuck
        self.now += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.BaseEventLoop):
    """An event loop on virtual time, without sockets, threads or signals."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Jump()
        self._clock_resolution = 1e-9
        self.failures: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _, context: self.failures.append(context))

    def time(self) -> float:
        return self._selector.now

    def _process_events(self, event_list: list[object]) -> None:
        return

    def _write_to_self(self) -> None:
        return


def run[T](main: Coroutine[Any, Any, T]) -> T:
    """Run ``main`` on virtual time. What a task or callback failed with unseen is raised at the end."""
    loop = VirtualLoop()
    try:
        result = contextvars.Context().run(loop.run_until_complete, main)
        for context in loop.failures:
            error = context.get("exception")
            raise AssertionError(f"failed unseen: {context.get('message')}") from error
        return result
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()
