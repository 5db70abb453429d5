"""Several processes that are one relay: each has a core and file handles of its own. All listen at one port; a
connection that another one's hub is meant by is handed to it, with what it said, before a word is answered."""

from __future__ import annotations

import asyncio
import mmap
import os
import secrets
import signal
import socket
import time
import zlib
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from wayhome import log
from wayhome.relay import lines

MOST = 64
"""Processes."""
HELD = 2**20
"""So many bytes of connections may wait for a process, if the system allows; more are cut off."""
LONGEST = 66 * 1024
"""Bytes that a connection may have said before it is handed on."""

AGAIN = 1.0
"""A process that ended within so many s of its beginning is begun again so late."""


class Worker(NamedTuple):
    """One of them. ``counts``: hubs of each process, one after the other, in memory that all share. ``life``: can be
    read once the process is gone that began them all."""

    place: int
    of: int
    ears: socket.socket
    mouths: tuple[socket.socket, ...]
    counts: memoryview
    life: socket.socket
    alive: socket.socket

    def holds(self, id: str) -> int:
        """In which process the hub ``id`` is reached."""
        return zlib.crc32(id.encode()) % self.of

    def token(self) -> bytes:
        """A new token, of which the others can tell that it is from here."""
        return bytes([self.place]) + secrets.token_bytes(lines.TOKEN - 1)

    def issued(self, token: bytes) -> int:
        """In which process a token was made, if it was."""
        return token[0] % self.of

    def tell(self, hubs: int) -> None:
        """So many hubs are here."""
        self.counts[self.place] = hubs

    @property
    def elsewhere(self) -> int:
        """How many hubs are in the other processes."""
        return sum(self.counts) - self.counts[self.place]

    def hand(self, to: int, connection: int, said: bytes) -> bool:
        """Hand over a connection (its file handle stays open here); whether there was room for it."""
        try:
            socket.send_fds(self.mouths[to], [said], [connection])
        except OSError:
            return False
        return True

    def listen(self, made: Callable[[bytes], asyncio.Protocol]) -> None:
        """Take what the others hand over: ``made`` gets what the connection has said. Until the loop ends."""
        loop = asyncio.get_running_loop()
        tasks: set[asyncio.Task[object]] = set()

        def heard() -> None:
            try:
                said, handles, _, _ = socket.recv_fds(self.ears, LONGEST, 1)
            except OSError:  # nothing there after all, or no handles left: who called calls again
                return
            for handle in handles:
                connection = socket.socket(fileno=handle)
                connection.setblocking(False)
                adopted = loop.connect_accepted_socket(lambda: made(said), connection)
                task = loop.create_task(_quietly(adopted))
                tasks.add(task)
                task.add_done_callback(tasks.discard)

        loop.add_reader(self.ears, heard)


async def _quietly(adopted: Awaitable[object]) -> None:
    try:
        await adopted
    except OSError:
        return  # it is gone already


def crew(of: int) -> list[Worker]:
    """As many as are asked for, at most MOST. To be made before the processes part."""
    pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(of)]
    for ears, mouth in pairs:
        ears.setblocking(False)
        mouth.setblocking(False)
        mouth.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, HELD)
    life, alive = socket.socketpair()
    counts = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("q")[:of]
    mouths = tuple(mouth for _, mouth in pairs)
    return [Worker(place, of, ears, mouths, counts, life, alive) for place, (ears, _) in enumerate(pairs)]


def run(workers: list[Worker], work: Callable[[Worker], None]) -> None:
    """Let each do its work in a process of its own, until this one is asked to end. One that dies is begun anew: its
    hubs call again."""
    leaving = False
    running: dict[int, tuple[Worker, float]] = {}

    def leave(*_: object) -> None:
        nonlocal leaving
        leaving = True
        for pid in running:
            os.kill(pid, signal.SIGTERM)

    def start(worker: Worker) -> None:
        worker.tell(0)
        pid = os.fork()
        if pid == 0:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            worker.alive.close()
            result = 1
            try:
                work(worker)
                result = 0
            finally:
                os._exit(result)
        running[pid] = worker, time.monotonic()

    for worker in workers:
        start(worker)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    while running:
        pid, status = os.wait()
        worker, began = running.pop(pid)
        if not leaving:
            log.get("relay").error("a process ended, and is begun anew", place=worker.place, status=status)
            if time.monotonic() - began < AGAIN:
                time.sleep(AGAIN)
        if not leaving:
            start(worker)
