"""Who says nothing at a relay's door, and a hub that hangs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.peers.relay import SmallHub
from tests.relay.conftest import Running, until
from wayhome.relay import door, lines

pytestmark = pytest.mark.anyio


class Steps:
    """A loop whose clock goes on by ``step`` whenever a timer of so much has run out: however long that took."""

    def __init__(self, step: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._step = step
        self._now = 0.0

    def time(self) -> float:
        return self._now

    def call_later(self, delay: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        def run() -> None:
            if delay == self._step:
                self._now += delay
            call()

        return self._loop.call_later(delay, run)


async def test_who_says_nothing_is_cut_off_and_many_of_them_at_one_address(
    run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "WITHIN", 60.0)
    relay, port = await run(greetings=5)
    many = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
    await until(lambda: relay._greeting.get("127.0.0.1") == 5)
    reader, _ = await asyncio.open_connection("127.0.0.1", port)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), 45)
    for _, writer in many:
        writer.close()
    await until(lambda: not relay._greeting)
    monkeypatch.setattr(door, "WITHIN", 0.4)
    silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
    for quiet, _ in silent:
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await asyncio.wait_for(quiet.readexactly(1), 45)
    await until(lambda: not relay._greeting)
    monkeypatch.setattr(door, "WITHIN", 60.0)
    hub = SmallHub(port)
    assert await hub.enter() == lines.YES
    await hub.leave()


async def test_a_hub_that_hangs_is_not_there(run: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PING", 0.05)
    monkeypatch.setattr(door, "SILENT", 0.3)
    clock = Steps(door.PING)
    begin = door.Own.__init__

    def by_the_clock(own: door.Own, *more: Any) -> None:
        begin(own, *more)
        own._loop, own._heard = clock, clock.time()  # type: ignore[assignment]

    monkeypatch.setattr(door.Own, "__init__", by_the_clock)
    relay, port = await run()
    hub = SmallHub(port)
    await hub.enter()
    await until(lambda: hub.said.count(lines.PING) > 12)
    assert relay.hubs == 1, "it answers"
    for task in hub._tasks:
        task.cancel()
    await until(lambda: relay.hubs == 0)
