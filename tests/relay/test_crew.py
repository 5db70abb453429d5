"""Several processes that are one relay, as people run them."""

from __future__ import annotations

import asyncio
import os
import signal
import zlib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.peers.relay import RunningRelay, SmallHub, reach
from tests.peers.two_hubs import until
from tests.relay.test_relay_lines import hello
from wayhome.errors import BadInput
from wayhome.relay import lines

pytestmark = pytest.mark.anyio


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RunningRelay]:
    running = RunningRelay(tmp_path, "--anyone", "--processes", "3")
    running.start()
    until(lambda: len(workers(running)) == 3)
    yield running
    running.stop()


def workers(relay: RunningRelay) -> list[psutil.Process]:
    return psutil.Process(relay.pid).children()


async def said_back(port: int, hub: SmallHub, data: bytes) -> bytes:
    said, (reader, writer) = await reach(port, hub.id)
    assert said == lines.YES, said
    writer.write(data)
    back = await asyncio.wait_for(reader.readexactly(len(data)), 45)
    writer.close()
    return back


async def entered(port: int, within: float = 45.0, *, place: int | None = None) -> SmallHub:
    """A hub that calls until it is let in; ``place``: one that is reached in this of the three processes."""
    hub = SmallHub(port)
    while place is not None and zlib.crc32(hub.id.encode()) % 3 != place:
        hub = SmallHub(port)
    async with asyncio.timeout(within):
        while True:
            try:
                if await hub.enter() == lines.YES:
                    return hub
            except (ConnectionError, asyncio.IncompleteReadError, EOFError, BadInput):
                pass
            await asyncio.sleep(0.05)


async def test_each_hub_is_reached_whichever_process_is_called(relay: RunningRelay) -> None:
    hubs = [await entered(relay.port) for _ in range(9)]
    connections = [len([c for c in one.net_connections() if c.status == "ESTABLISHED"]) for one in workers(relay)]
    assert sum(count > 0 for count in connections) >= 2, f"all in one: {connections}"
    data = [os.urandom(200_000 + n) for n in range(27)]
    back = await asyncio.gather(*(said_back(relay.port, hubs[n % 9], one) for n, one in enumerate(data)))
    assert back == data
    for hub in hubs:
        await hub.leave()


async def test_a_browser_that_says_its_words_piece_by_piece_gets_there(relay: RunningRelay) -> None:
    hubs = [await entered(relay.port) for _ in range(6)]
    for hub in hubs:
        words = hello(f"{hub.id}.relay.example.org")
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        for piece in (words[:3], words[3:40], words[40:]):
            writer.write(piece)
            await asyncio.sleep(0.02)
        assert await asyncio.wait_for(reader.readexactly(len(words)), 45) == words
        writer.write(b"more")
        assert await asyncio.wait_for(reader.readexactly(4), 45) == b"more"
        writer.close()
        await hub.leave()


async def test_a_process_that_dies_takes_its_own_hubs_along_and_comes_again(relay: RunningRelay) -> None:
    hubs = [await entered(relay.port, place=n % 3) for n in range(12)]
    before = workers(relay)
    before[0].send_signal(signal.SIGKILL)
    async with asyncio.timeout(45):
        while len(workers(relay)) < 3 or before[0] in workers(relay):
            await asyncio.sleep(0.05)
    kept = 0
    for hub in hubs:
        said, (_, writer) = await reach(relay.port, hub.id)
        writer.close()
        if said == lines.YES:
            kept += 1
        else:  # it calls again, as hubs do
            assert await hub.enter() == lines.YES
            assert await said_back(relay.port, hub, b"again") == b"again"
    assert kept == 8
    assert "a process ended" in relay.log


async def test_the_hubs_of_all_processes_are_counted(tmp_path: Path) -> None:
    relay = RunningRelay(tmp_path, "--anyone", "--processes", "3", "--hubs", "4")
    relay.start()
    try:
        hubs = [SmallHub(relay.port) for _ in range(8)]
        answers = [await hub.enter() for hub in hubs]
        assert answers.count(lines.YES) == 4
        assert answers.count(lines.no("busy")) == 4
        await next(hub for hub, answer in zip(hubs, answers, strict=True) if answer == lines.YES).leave()
        await entered(relay.port)
    finally:
        relay.stop()


async def test_a_households_own_relay_has_room_where_there_are_few_file_handles(tmp_path: Path) -> None:
    hub = SmallHub(0)
    relay = RunningRelay(tmp_path, "--only", hub.id, before=["prlimit", "--nofile=1024"])
    relay.start()
    try:
        hub.port = relay.port
        assert await hub.enter() == lines.YES
        streams = [await reach(relay.port, hub.id) for _ in range(20)]
        assert [said for said, _ in streams] == [lines.YES] * 20
        for _, (_, writer) in streams:
            writer.close()
        await hub.leave()
    finally:
        relay.stop()


async def test_what_is_for_nobody_is_refused_by_the_process_that_would_know(relay: RunningRelay) -> None:
    for _ in range(6):
        said, (_, writer) = await reach(relay.port, SmallHub(relay.port).id)
        assert said == lines.no("unknown")
        writer.close()
    for first in range(6):
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        writer.write(lines.take(bytes([first]) * lines.TOKEN))
        assert await reader.read() == b""
        writer.close()


async def test_none_is_left_when_the_first_process_is_killed(relay: RunningRelay) -> None:
    children = workers(relay)
    relay.kill()
    _, alive = psutil.wait_procs(children, timeout=45)
    assert not alive
