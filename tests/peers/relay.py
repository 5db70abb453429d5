"""A relay as people run it, and small hubs and callers that speak to it by the byte."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.peers.program import Program, free_port
from wayhome.relay import lines

type Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class RunningRelay:
    """``wayhome relay`` in a process of its own; ``before`` stands before the command (``ip netns exec …``)."""

    def __init__(self, folder: Path, *options: str, listen: str = "127.0.0.1:0", before: Sequence[str] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if listen.endswith(":0"):  # the same one again when it is started again
            listen = f"{listen.removesuffix('0')}{free_port()}"
        self._program = Program(
            "relay",
            [
                *before,
                sys.executable,
                "-m",
                "wayhome",
                "relay",
                "--json",
                "--listen",
                listen,
                *(options or ("--anyone",)),
            ],
            folder,
            {"LANG": "C.UTF-8"},
        )
        self.port = 0

    @property
    def address(self) -> str:
        return f"localhost:{self.port}"

    @property
    def pid(self) -> int:
        return self._program.pid

    @property
    def log(self) -> str:
        return self._program.log.read_text()

    @property
    def program(self) -> Program:
        return self._program

    def start(self) -> None:
        before = len(self.log) if self._program.log.exists() else 0

        def ready() -> bool:
            for line in self.log[before:].splitlines(keepends=True):
                if line.startswith('{"host"') and line.endswith("\n"):
                    self.port = int(json.loads(line)["port"])
                    return True
            return False

        self._program.start(ready, seconds=60)

    def kill(self) -> None:
        self._program.kill()

    def stop(self) -> None:
        if self._program.running:
            self._program.stop()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say back what comes, until it ends."""
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


class SmallHub:
    """A hub as a relay sees it. ``serve`` is what it does with a stream; None: it takes none."""

    def __init__(self, port: int, serve: Callable[..., Awaitable[None]] | None = echo) -> None:
        self.port = port
        self.serve = serve
        self.key = Ed25519PrivateKey.generate()
        self.id = lines.id_of(self.key.public_key().public_bytes_raw())
        self.said: list[bytes] = []
        self.tokens: list[bytes] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.writer: asyncio.StreamWriter

    async def enter(self, *, key: Ed25519PrivateKey | None = None) -> bytes:
        """Call the relay; its answer to the signature. ``key``: sign with another one."""
        reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(lines.hub_calls(self.key.public_key().public_bytes_raw()))
        nonce = lines.nonce_of(await reader.readline())
        self.writer.write(lines.signed(key or self.key, nonce))
        answer = await reader.readline()
        if answer == lines.YES:
            self._tasks.append(asyncio.create_task(self._listen(reader)))
        return answer

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            self.said.append(line)
            if line == lines.PING:
                self.writer.write(lines.PONG)
            elif line.startswith(b"OPEN"):
                self.tokens.append(lines.token_of(line))
                if self.serve is not None:
                    self._tasks.append(asyncio.create_task(self._take(self.tokens[-1])))

    async def _take(self, token: bytes) -> None:
        assert self.serve is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(lines.take(token))
        try:
            await self.serve(reader, writer)
        except ConnectionError:
            writer.transport.abort()

    async def leave(self) -> None:
        self.writer.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def reach(port: int, id: str) -> tuple[bytes, Stream]:
    """Want to reach a hub: what the relay answers, and the stream."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(lines.reach(id))
    return await reader.readline(), (reader, writer)
