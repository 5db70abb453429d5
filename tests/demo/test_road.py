"""The road between the demo's hubs: what passes, and what stands still in the tunnel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.hub.two_sites import until
from wayhome.demo.road import HELD, Road

pytestmark = pytest.mark.anyio
STILL = 0.15
"""s after which what has not arrived is held up."""


class House:
    """Answers each line with itself, hangs up after "bye", and knows who came."""

    def __init__(self) -> None:
        self.came = 0
        self.left = asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        while line := await reader.readline():
            writer.write(line.upper())
            if line == b"bye\n":
                break
        self.left.set()
        writer.close()


@asynccontextmanager
async def road() -> AsyncIterator[tuple[Road, House]]:
    house = House()
    server = await asyncio.start_server(house.answer, "127.0.0.1", 0, limit=1_000_000)
    made = Road("127.0.0.1", server.sockets[0].getsockname()[1])
    await made.open(0)
    yield made, house
    await made.close()
    server.close()


async def call(road: Road) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", road.port)


async def line(reader: asyncio.StreamReader) -> bytes:
    """What came, and nothing where the call was ended."""
    try:
        return await reader.readline()
    except ConnectionResetError:
        return b""


async def nothing(work: asyncio.Task[bytes]) -> bool:
    done, _ = await asyncio.wait((work,), timeout=STILL)
    return not done


async def test_what_is_said_on_the_way_arrives_after_the_tunnel() -> None:
    async with road() as (it, _):
        reader, writer = await call(it)
        writer.write(b"one\n")
        assert await reader.readline() == b"ONE\n"
        it.freeze()
        writer.write(b"two\n")
        writer.write(b"three\n")
        heard = asyncio.create_task(reader.readline())
        assert await nothing(heard) and it.closed
        it.thaw()
        assert await heard == b"TWO\n" and await reader.readline() == b"THREE\n"
        writer.close()


async def test_nobody_in_the_tunnel_is_told_of_a_farewell() -> None:
    async with road() as (it, house):
        _, writer = await call(it)
        writer.write(b"one\n")
        await until(lambda: house.came)
        it.freeze()
        writer.close()
        await asyncio.sleep(STILL)
        assert house.came == 1 and not house.left.is_set()
        it.thaw()
        async with asyncio.timeout(20):
            await house.left.wait()


async def test_the_last_word_before_a_farewell_arrives() -> None:
    async with road() as (it, _):
        reader, writer = await call(it)
        writer.write(b"x" * 900_000 + b"\nbye\n")
        assert await reader.read(-1) == b"X" * 900_000 + b"\nBYE\n"
        writer.close()


async def test_a_call_in_the_tunnel_waits_and_only_the_newest_do() -> None:
    async with road() as (it, house):
        it.freeze()
        calls = [await call(it) for _ in range(HELD + 3)]
        for _, writer in calls:
            writer.write(b"hello\n")
        await asyncio.sleep(STILL)
        assert house.came == 0
        it.thaw()
        async with asyncio.timeout(20):
            assert [await line(reader) for reader, _ in calls] == [b""] * 3 + [b"HELLO\n"] * HELD
        for _, writer in calls:
            writer.close()


async def test_where_the_hub_is_not_there_the_call_ends() -> None:
    async with road() as (it, _):
        gone = Road("127.0.0.1", it.port)
        await gone.open(0)
        await it.close()
        reader, _ = await call(gone)
        async with asyncio.timeout(20):
            assert await reader.read(10) == b""
        await gone.close()


async def test_a_port_that_is_taken_is_not_insisted_on() -> None:
    async with road() as (it, _):
        other = Road("127.0.0.1", 1)
        await other.open(it.port)
        assert other.port not in (0, it.port)
        await other.close()
