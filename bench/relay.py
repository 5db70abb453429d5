"""A relay: what it adds to a round trip, what an idle stream costs, and how many of them one core serves. Beside it
haproxy, which forwards TCP for a living, and no relay at all."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from itertools import product
from pathlib import Path
from typing import Any

import uvloop
from tests.peers.hub import RunningHub
from tests.peers.program import Program, accepts, find, free_port
from tests.peers.relay import SmallHub, Stream, reach
from tests.peers.two_hubs import until, value
from websockets.asyncio.client import connect

from bench.rig.measure import CLIENT, SERVER, answer, at, cpu, load, memory, middle, note, on, quick
from wayhome.cli.relay import serve
from wayhome.relay import lines
from wayhome.relay.crew import Worker, crew, run
from wayhome.relay.limits import Limits

EACH, AT_ONCE = 60, 40
"""Streams of a hub; streams that are begun at once."""
A_TURN = 200
"""Wishes at a car that has just joined."""
HANDLES = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
"""File handles that a program may have here: a relay takes two for a stream."""
WORD = b"x" * 200
"""About what a wish takes, sealed."""
LAMP = "living-lamp/light.brightness"
TOLD_EVERY = 4.0
"""Two sites at rest say a word to each other so often, in s."""

type Pids = tuple[int, ...]
type Open = Callable[[int], Awaitable[Stream]]


class Echo(asyncio.Protocol):
    """Says back what it is told."""

    kept: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


async def echoing(port: int, relay: int, hubs: int) -> None:
    """The other end, in a process of its own: a server on ``port``, and hubs at a relay."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", port, backlog=1_024)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        transport = writer.transport
        echo = Echo()
        echo.transport, echo.kept = transport, writer  # a writer that nobody keeps closes its connection
        transport.set_protocol(echo)

    there = [SmallHub(relay, serve) for _ in range(hubs)]
    for hub in there:
        assert await hub.enter() == lines.YES
    print(json.dumps([hub.id for hub in there]), flush=True)
    await server.serve_forever()


async def one(port: int) -> Stream:
    return await asyncio.open_connection("127.0.0.1", port)


async def trips(open_: Open, count: int) -> list[float]:
    """Round trips of a word, one at a time, in ms."""
    reader, writer = await open_(0)
    took = []
    for number in range(count + 200):
        began = time.perf_counter()
        writer.write(WORD)
        await reader.readexactly(len(WORD))
        if number >= 200:
            took.append((time.perf_counter() - began) * 1_000)
    writer.close()
    return took


async def idle(open_: Open, count: int, pids: Pids) -> tuple[list[Stream], dict[str, float]]:
    """``count`` streams at rest: what each costs in memory; then a word in each: what that costs in CPU."""
    before, held = sum(map(memory, pids)), []
    for start in range(0, count, AT_ONCE):
        held += await asyncio.gather(*(open_(n) for n in range(start, min(count, start + AT_ONCE))))
    await asyncio.sleep(1)
    each = (sum(map(memory, pids)) - before) * 1_000 / count
    used = sum(map(cpu, pids))
    for reader, writer in held:
        writer.write(WORD)
        await reader.readexactly(len(WORD))
    word = (sum(map(cpu, pids)) - used) / count * 1e6
    return held, {"kB each": each, "streams a GB": 1e6 / each, "CPU of a word and its answer us": word}


async def bulk(open_: Open, size: int, pids: Pids) -> float:
    """MB/s of one stream there and back, per second of CPU."""
    reader, writer = await open_(0)
    used, piece = sum(map(cpu, pids)), b"x" * 262_144

    async def send() -> None:
        for _ in range(size // len(piece)):
            writer.write(piece)
            await writer.drain()

    sending = asyncio.create_task(send())
    await reader.readexactly(size // len(piece) * len(piece))
    await sending
    writer.close()
    return 2 * size / 1e6 / (sum(map(cpu, pids)) - used)


async def fulfilled(url: str, token: str, count: int) -> list[float]:
    """Wishes at the car for a lamp of the house, until the lamp's own word is there, one at a time, in ms."""
    headers = {"Authorization": f"Bearer {token}"}
    took = []
    async with connect(f"{url.replace('http', 'ws')}/api/live", additional_headers=headers, proxy=None) as socket:
        await socket.send(json.dumps({"t": "hello", "want": [LAMP], "rate": 1_000}))
        for number in range(count + 20):
            wanted = float(10 + number % 80)
            wish = {"t": "do", "id": number, "op": "home.set", "data": {"path": LAMP, "target": wanted}}
            began = time.perf_counter()
            await socket.send(json.dumps(wish))
            async with asyncio.timeout(30):
                while True:
                    shown = json.loads(await socket.recv()).get("set", {}).get(LAMP)
                    if shown is not None and shown[0] == wanted:
                        break
            if number >= 20:
                took.append((time.perf_counter() - began) * 1_000)
    return took


async def far(folder: Path, port: int, count: int) -> list[dict[str, Any]]:
    """Two hubs as processes, over TLS: a car's joins straight, then another one through the relay, in turns: one that
    has learned the house's own addresses leaves the relay after some 20 s."""
    home = RunningHub(folder / "home", listen="0.0.0.0")
    found: dict[str, list[float]] = {}
    try:
        home.start()
        home.cli("link", "add", "sim", "--set", "part=home", "--set", "delay=0")
        home.cli("site", "relay", f"127.0.0.1:{port}")
        until(lambda: json.loads(home.cli("site", "relay", "--json"))["state"] == "there")
        for turn, name in product(range(max(1, count // A_TURN)), ("direct", "relay")):
            site = f"{name}-{turn}"
            car = RunningHub(folder / site, "--site", site)
            car.start()
            link = json.loads(home.cli("site", "invite", "--json"))["link"]
            # Where nobody answers there is only the relay, until the car has learned the house's own addresses.
            nowhere = f"127.0.0.1:{home.port if name == 'direct' else 1}"
            car.cli("site", "join", link.replace(f"wayhome.local:{home.port}", nowhere))
            until(lambda car=car: value(car, LAMP))
            found.setdefault(name, []).extend(await fulfilled(car.url, car.token, min(count, A_TURN)))
            sites = json.loads(car.cli("site", "list", "--json"))["others"]
            by = next(site["by"] for site in sites if site["id"] == "home")
            assert by == name, f"it went {by}"
            car.stop()
    finally:
        home.stop()
    straight = found["direct"]
    return [
        {
            "way": name, "p50 ms": middle(took), "p99 ms": at(took, 0.99),
            "added p50 ms": middle(took) - middle(straight), "added p99 ms": at(took, 0.99) - at(straight, 0.99),
        }
        for name, took in found.items()
    ]  # fmt: skip


class Running:
    """A relay of some processes on one core, and an echo on the other with hubs at it. ``there``: hubs by number."""

    def __init__(self, folder: Path, processes: int, hubs: int) -> None:
        path = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        self._relay, self.port = _started(folder, path, "--relay", str(processes))
        self.straight = free_port()
        self._echo, self.there = _started(folder, path, "--echo", str(self.straight), str(self.port), str(hubs))
        children = Path(f"/proc/{self._relay.pid}/task/{self._relay.pid}/children").read_text().split()
        self.pids: Pids = (self._relay.pid, *map(int, children))

    async def reach(self, number: int) -> Stream:
        said, stream = await reach(self.port, self.there[number // EACH])
        assert said == lines.YES, said
        return stream

    def end(self) -> None:
        self._echo.kill()
        self._relay.terminate()


def _started(folder: Path, path: dict[str, str], *words: str) -> tuple[subprocess.Popen[str], Any]:
    """A part of this bench in a process of its own, and what it says first."""
    with on(SERVER if words[0] == "--relay" else CLIENT):
        command = [sys.executable, __file__, *words]
        started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder, env=path)
    assert started.stdout is not None
    return started, json.loads(started.stdout.readline())


async def measure(folder: Path, counts: tuple[int, int], words: int) -> dict[str, Any]:
    """``counts``: of streams of one process, and of two."""
    relay, crew = (Running(folder, n + 1, count // EACH + 2) for n, count in enumerate(counts))
    proxy_port = free_port()
    config = folder / "haproxy.cfg"
    config.write_text(
        f"global\n  maxconn {HANDLES // 2 - 500}\n  nbthread 1\ndefaults\n  mode tcp\n  timeout client 1h\n"
        f"  timeout server 1h\n  timeout connect 5s\nlisten l\n  bind 127.0.0.1:{proxy_port}\n"
        f"  server s 127.0.0.1:{relay.straight}\n"
    )
    haproxy = Program("haproxy", [find("haproxy"), "-db", "-f", str(config)], folder)
    with on(SERVER):
        haproxy.start(lambda: accepts(proxy_port))
    try:
        ways: dict[str, tuple[Open, Pids, int]] = {
            "none": (lambda _: one(relay.straight), (), 0),
            "wayhome relay": (relay.reach, relay.pids, counts[0]),
            "wayhome relay, two processes": (crew.reach, crew.pids, counts[1]),
            "haproxy": (lambda _: one(proxy_port), (haproxy.pid,), counts[0]),
        }
        wished = await far(folder, relay.port, 100 if counts[0] <= 1_000 else 1_000)
        found: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(3):
            for name, (open_, _, _) in ways.items():
                found[name] += await trips(open_, words)
        plain = found["none"]
        latency = [
            {
                "between": name, "p50 ms": middle(took), "p99 ms": at(took, 0.99),
                "added p50 ms": middle(took) - middle(plain), "added p99 ms": at(took, 0.99) - at(plain, 0.99),
            }
            for name, took in found.items()
        ]  # fmt: skip
        rest: dict[str, dict[str, Any]] = {}
        many = []
        for name, (open_, pids, count) in ways.items():
            if not pids:
                continue
            note(f"{count} idle streams through {name}")
            held, cost = await idle(open_, count, pids)

            def more(_: int, open_: Open = open_, count: int = count) -> Awaitable[Stream]:
                return open_(count)

            rate = await bulk(more, 200_000_000 if count > 1_000 else 20_000_000, pids)
            busy = await trips(more, words)
            cost["streams a core"] = TOLD_EVERY * 1e6 / cost["CPU of a word and its answer us"]
            rest[name] = {"between": name, "idle streams": len(held), **cost, "MB a CPU s": rate}
            many.append({"between": name, "idle streams": len(held), "p50 ms": middle(busy), "p99 ms": at(busy, 0.99)})
            for _, writer in held:
                writer.transport.abort()
        own, peer = rest["wayhome relay"], rest["haproxy"]
        ratio = {
            "memory of an idle stream": own["kB each"] / peer["kB each"],
            "CPU of a word": own["CPU of a word and its answer us"] / peer["CPU of a word and its answer us"],
            "round trip p50": middle(found["wayhome relay"]) / middle(found["haproxy"]),
        }
        return {"wished": wished, "latency": latency, "rest": [*rest.values()], "many": many, "ratio": ratio}
    finally:
        relay.end()
        crew.end()
        haproxy.kill()


def serving(processes: int) -> None:
    """A relay as `wayhome relay` runs it, but one address may have it all."""
    limits = Limits(hubs=300, share=1.0, calls=300, rate=4e9, burst=4e9)
    listening = socket.create_server(("127.0.0.1", 0))
    print(json.dumps(listening.getsockname()[1]), flush=True)

    def work(worker: Worker | None) -> None:
        uvloop.run(serve(listening, limits, frozenset(), True, worker))

    if processes == 1:
        work(None)
    else:
        run(crew(processes), work)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (HANDLES, HANDLES))
    one_process = min(10_000, HANDLES // 2 - 600)
    counts, words = ((500, 500), 300) if quick() else ((one_process, min(10_000, 2 * one_process)), 2_000)
    with tempfile.TemporaryDirectory() as folder:
        found = uvloop.run(measure(Path(folder), counts, words))
    answer(
        title="A relay",
        about=(
            "Round trips of 200 bytes on loopback, one at a time: straight, through the relay, through haproxy. Then"
            f" {counts[0]:,} streams at rest (of two processes {counts[1]:,}), of hubs with {EACH} each: memory of the"
            " processes for each of them, and their CPU time for a word in each and the answer. Two sites at rest say a"
            " word to each other every 4 s: so many of those one core serves. The relays and haproxy run on one core,"
            " both ends on the other. And a wish at a car's hub for a lamp of the house, until the lamp's own word is"
            " shown at the car: straight, and through the relay."
        ),
        goal=["added latency p99 < 5 ms", "10,000 idle streams"],
        latency=found["latency"],
        **{
            "wishes at the car for a lamp at home": found["wished"],
            "streams at rest": found["rest"],
            "round trips beside them": found["many"],
            "ratio to haproxy": [found["ratio"]],
            "load of the machine": load(),
        },
    )


if __name__ == "__main__":
    if "--echo" in sys.argv:
        uvloop.run(echoing(*map(int, sys.argv[2:5])))
    elif "--relay" in sys.argv:
        serving(int(sys.argv[2]))
    else:
        main()
