"""The network between a screen and the hub, with a tunnel in it: what comes in is taken and goes nowhere."""

from __future__ import annotations

import asyncio
import contextlib


class Tunnel:
    """A relay on this machine. While it is ``shut`` nothing passes and nobody is told: that is how a tunnel is."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open = asyncio.Event()
        self._open.set()
        self._back = asyncio.Event()
        self._back.set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.url = ""

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://localhost:{self._server.sockets[0].getsockname()[1]}"

    def shut(self) -> None:
        self._open.clear()

    def hold_answers(self) -> None:
        """What a screen says comes to the hub; what the hub says stays on its way."""
        self._back.clear()

    def cut(self) -> None:
        """Connections break; nothing passes all the same, and new ones are taken and lead nowhere."""
        self.shut()
        self._abort()

    def open(self, *, lost: bool = True) -> None:
        """The road leads out again. What was on its way is lost, or arrives now: the network sends again what was not
        taken, for minutes."""
        if lost:
            self._abort()
        self._open.set()
        self._back.set()

    def _abort(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def close(self) -> None:
        self.open()
        for task in list(self._tasks):
            task.cancel()
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            await self._open.wait()
            with contextlib.suppress(OSError):
                up, down = await asyncio.open_connection("127.0.0.1", self._port)
                self._writers.add(down)
                try:
                    async with asyncio.TaskGroup() as both:
                        both.create_task(self._pass(reader, down, self._open))
                        both.create_task(self._pass(up, writer, self._back))
                finally:
                    self._writers.discard(down)
                    down.transport.abort()
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            writer.transport.abort()

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, way: asyncio.Event) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65_536):
                await self._open.wait()
                await way.wait()
                target.write(data)
                await target.drain()
        with contextlib.suppress(OSError, RuntimeError):
            target.close()
