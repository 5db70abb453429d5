"""A relay and what can be done to it: in this process, so that its limits are set by the test."""

from __future__ import annotations

import asyncio
import os
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.peers.relay import SmallHub, echo, reach
from tests.relay.conftest import Running, until
from tests.relay.test_relay_lines import hello
from wayhome.errors import BadInput
from wayhome.relay import door, lines
from wayhome.relay import relay as relays

pytestmark = pytest.mark.anyio


async def test_bytes_pass_both_ways_and_the_end_of_them(run: Running) -> None:
    relay, port = await run()
    hub = SmallHub(port)
    assert await hub.enter() == lines.YES
    said, (reader, writer) = await reach(port, hub.id)
    assert said == lines.YES
    sent = os.urandom(3_000_000)

    async def send() -> None:
        writer.write(sent)
        await writer.drain()
        writer.write_eof()

    sending = asyncio.create_task(send())
    assert await reader.read(-1) == sent
    await sending
    await until(lambda: relay.streams == 0)
    assert not relay._greeting, "nobody is left at the door"
    await hub.leave()
    await until(lambda: relay.hubs == 0)


async def test_a_browser_reaches_it_by_the_name_in_its_first_words(run: Running) -> None:
    _, port = await run()
    hub = SmallHub(port)
    await hub.enter()
    first = hello(f"{hub.id}.relay.example.org")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first[:20])
    await asyncio.sleep(0.05)
    writer.write(first[20:])
    assert await reader.readexactly(len(first)) == first, "not a byte more, not a byte less"
    writer.write(b"and on")
    assert await reader.readexactly(6) == b"and on"
    await hub.leave()


async def test_who_is_not_there_is_told_so(run: Running) -> None:
    relay, port = await run()
    said, _ = await reach(port, "a" * 32)
    assert lines.why_not(said) == "unknown"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(hello("a" * 32 + ".relay.example.org"))
    assert await reader.read() == b"", "TLS can't be told"
    await until(lambda: not relay._greeting)


async def test_only_who_has_the_key_is_the_hub(run: Running) -> None:
    relay, port = await run()
    hub = SmallHub(port)
    assert lines.why_not(await hub.enter(key=Ed25519PrivateKey.generate())) == "refused"
    assert relay.hubs == 0


async def test_a_relay_of_one_household_is_no_one_elses(run: Running) -> None:
    allowed: set[str] = set()
    _, port = await run(allowed.__contains__)
    mine, other = SmallHub(port), SmallHub(port)
    allowed.add(mine.id)
    assert await mine.enter() == lines.YES
    assert lines.why_not(await other.enter()) == "refused"
    await mine.leave()


async def test_the_newest_connection_of_a_hub_counts(run: Running) -> None:
    relay, port = await run()
    hub = SmallHub(port)
    again = SmallHub(port)
    again.key, again.id = hub.key, hub.id
    await hub.enter()
    _, (reader, writer) = await reach(port, hub.id)
    await again.enter()
    await until(lambda: lines.no("replaced") in hub.said)
    writer.write(b"still there")
    assert await reader.readexactly(11) == b"still there", "streams go on"
    said, _ = await reach(port, hub.id)
    assert said == lines.YES and again.tokens and relay.hubs == 1
    await hub.leave()
    assert (await reach(port, hub.id))[0] == lines.YES, "the older one's end is not the newer one's"
    await again.leave()


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"WAYHOME/1 TO nobody\n",
        b"WAYHOME/1 HUB AAAA\n",
        b"WAYHOME/1 TAKE " + b"A" * 22 + b"\n",
        b"WAYHOME/2 TO " + b"a" * 32 + b"\n",
        b"x" * 500,
        b"\n",
        b"\x16\x03\x01\x00\x05\x02\x00\x00\x01\x00",
        b"\x16\x03\x03" + b"\xff\xff" + b"\x00" * 2_000,
        b"\x80\x2e\x01\x03\x01",
    ],
)
async def test_nonsense_is_cut_off(run: Running, said: bytes) -> None:
    relay, port = await run()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    try:
        assert await asyncio.wait_for(reader.read(), 45) == b""
    except ConnectionResetError:
        pass
    await until(lambda: not relay._greeting)


async def test_a_hub_that_says_more_than_it_should_is_cut_off(run: Running) -> None:
    relay, port = await run()
    hub = SmallHub(port)
    await hub.enter()
    hub.writer.write(b"OPEN sesame\n")
    await until(lambda: relay.hubs == 0)
    second = SmallHub(port)
    await second.enter()
    second.writer.write(b"P" * 1_000)
    await until(lambda: relay.hubs == 0)


async def test_a_flood_of_lines_costs_little(run: Running) -> None:
    relay, port = await run()
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    ends = []
    for _ in range(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(lines.hub_calls(key))
        await reader.readline()
        ends.append(writer)
    for writer in ends:
        writer.write(b"SIGNED " + b"A" * 86 + b"\n" + b"\n" * 250_000)
    began = time.process_time()
    assert lines.why_not((await reach(port, "a" * 32))[0]) == "unknown"
    assert time.process_time() - began < 2
    hub = SmallHub(port)
    await hub.enter()
    hub.writer.write(lines.PONG * 100_000)
    await until(lambda: relay.hubs == 0)
    assert time.process_time() - began < 4


async def test_one_address_leaves_places_for_others(run: Running) -> None:
    relay, port = await run(each=10, opens=30, share=0.4, calls=2)
    hub, second, third = SmallHub(port), SmallHub(port), SmallHub(port)
    assert await hub.enter() == await second.enter() == lines.YES
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError, BadInput)):
        await third.enter()
    there = [await reach(port, hub.id) for _ in range(4)]
    assert lines.why_not((await reach(port, hub.id))[0]) == "busy"

    async def from_elsewhere() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.2", 0))
        there.append((b"", (reader, writer)))
        writer.write(lines.reach(hub.id))
        return await reader.readline()

    assert await from_elsewhere() == lines.YES
    for _, (_, writer) in there:
        writer.close()
    await until(lambda: relay.streams == 0)
    for _ in range(8):
        _, (_, writer) = await reach(port, hub.id)
        writer.close()
    await until(lambda: relay.streams == 0)
    assert lines.why_not((await reach(port, hub.id))[0]) == "busy", "it has begun its part of a minute's streams"
    assert await from_elsewhere() == lines.YES
    await second.leave()
    await until(lambda: relay.hubs == 1)
    assert await third.enter() == lines.YES
    await hub.leave()
    await third.leave()


def test_whom_a_connection_counts_for() -> None:
    assert door.whose(("203.0.113.7", 1)) == "203.0.113.7"
    assert door.whose(("2001:db8::1", 1, 0, 0)) == door.whose(("2001:db8::ffff:2", 1, 0, 0)) == "2001:db8::/64"
    assert door.whose(("::ffff:203.0.113.7", 1)) != door.whose(("::ffff:203.0.113.8", 1))
    assert door.whose(None) == "None"


async def test_a_token_is_good_once(run: Running) -> None:
    _, port = await run()
    hub = SmallHub(port, None)
    await hub.enter()
    asking = asyncio.create_task(reach(port, hub.id))
    await until(lambda: bool(hub.tokens))
    ends = []
    for _ in range(2):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(lines.take(hub.tokens[0]) + b"hello")
        ends.append((reader, writer))
        await asyncio.sleep(0.05)
    _, (reader, _) = await asking
    assert await reader.readexactly(5) == b"hello"
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(ends[1][0].readexactly(1), 45)
    await hub.leave()


async def test_a_hub_that_takes_nothing_is_told_of_as_late(run: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relays, "TAKEN_WITHIN", 0.2)
    relay, port = await run()
    hub = SmallHub(port, None)
    await hub.enter()
    assert lines.why_not((await reach(port, hub.id))[0]) == "late"
    await until(lambda: relay.streams == 0 and not relay._guests)
    monkeypatch.setattr(relays, "TAKEN_WITHIN", 60.0)
    asking = asyncio.create_task(reach(port, hub.id))
    await until(lambda: len(hub.tokens) == 2)
    await hub.leave()
    assert lines.why_not((await asking)[0]) == "unknown", "it is gone: nobody has to wait"


async def test_a_household_has_so_many_streams_and_no_more(run: Running) -> None:
    relay, port = await run(each=3, opens=6)
    hub, other = SmallHub(port), SmallHub(port)
    await hub.enter()
    await other.enter()
    there = [await reach(port, hub.id) for _ in range(3)]
    assert all(said == lines.YES for said, _ in there)
    assert lines.why_not((await reach(port, hub.id))[0]) == "busy"
    elsewhere = await reach(port, other.id)
    assert elsewhere[0] == lines.YES, "another household is not concerned"
    for _, (_, writer) in there:
        writer.close()
    await until(lambda: relay.streams == 1)
    for _ in range(3):
        said, (_, writer) = await reach(port, hub.id)
        assert said == lines.YES
        writer.close()
    await until(lambda: relay.streams == 1)
    assert lines.why_not((await reach(port, hub.id))[0]) == "busy", "so many a minute"
    await hub.leave()
    again = SmallHub(port)
    again.key, again.id = hub.key, hub.id
    await again.enter()
    assert lines.why_not((await reach(port, hub.id))[0]) == "busy", "calling anew is no way around"


async def test_a_relay_has_so_many_hubs_and_streams(run: Running) -> None:
    _, port = await run(hubs=1, streams=1)
    hub, other = SmallHub(port), SmallHub(port)
    await hub.enter()
    assert lines.why_not(await other.enter()) == "busy"
    there = await reach(port, hub.id)
    assert there[0] == lines.YES
    assert lines.why_not((await reach(port, hub.id))[0]) == "busy"


async def test_a_household_has_its_rate_and_the_others_are_not_slowed(run: Running) -> None:
    _, port = await run(rate=1_000_000, burst=200_000)
    hub, other = SmallHub(port), SmallHub(port)
    await hub.enter()
    await other.enter()
    sent = os.urandom(1_500_000)

    began = time.monotonic()

    async def through(id: str, data: bytes) -> None:
        _, (reader, writer) = await reach(port, id)
        writer.write(data)
        assert await reader.readexactly(len(data)) == data

    slow = asyncio.create_task(through(hub.id, sent))
    await asyncio.sleep(0.2)
    await through(other.id, b"at once")
    assert not slow.done()
    await slow
    # 3 MB both ways at 1 MB/s, less the burst.
    assert time.monotonic() - began > 2.5
    await hub.leave()


async def test_a_slow_end_slows_the_other_one_and_costs_little(run: Running) -> None:
    _, port = await run(rate=1e9, burst=1e9)
    reading = asyncio.Event()

    async def lazy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reading.wait()
        await echo(reader, writer)

    hub = SmallHub(port, lazy)
    await hub.enter()
    _, (reader, writer) = await reach(port, hub.id)
    writer.write(b"x" * 30_000_000)
    await asyncio.sleep(0.5)
    ends = _ends()
    assert writer.transport.get_write_buffer_size() > 10_000_000, "it waits where it comes from"
    assert ends and max(ends) < 100_000
    reading.set()
    assert len(await reader.readexactly(30_000_000)) == 30_000_000
    await hub.leave()


def _ends() -> list[int]:
    """What waits in the relay for each end."""
    import gc

    from wayhome.relay.stream import End

    return [one.transport.get_write_buffer_size() for one in gc.get_objects() if isinstance(one, End)]


async def test_an_end_that_breaks_off_takes_the_other_with_it(run: Running) -> None:
    relay, port = await run()
    hub = SmallHub(port)
    await hub.enter()
    for _ in range(20):
        _, (reader, writer) = await reach(port, hub.id)
        writer.write(b"some")
        await reader.readexactly(4)
        writer.transport.abort()
    await until(lambda: relay.streams == 0)
    await hub.leave()
