"""The car's hub of the demo: a process of its own, which ends when this one does, however that comes about."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec

from wayhome.config import LOCAL, Local
from wayhome.errors import BY_CODE, Refused, Unreachable

STARTS_WITHIN = 30.0
ENDS_WITHIN = 8.0
ANSWERS_WITHIN = 30.0


class CarHub:
    """``said``: called with what it says on its line, beside where it is. ``port``: of its page, on loopback."""

    def __init__(self, folder: Path, site: str, port: int, said: Callable[[dict[str, Any]], None]) -> None:
        self._folder = folder
        self._site = site
        self._said = said
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self.port = port
        self.ended = asyncio.Event()
        """Set while it does not run."""
        self.ended.set()

    @property
    def url(self) -> str:
        """Its page. Not by the name of the home's: cookies are the name's, whatever the port."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it; done when it serves. Raises Unreachable."""
        command = [sys.executable, "-m", "wayhome", "up", "--tethered", "--json", "--site", self._site]
        command += ["--data", str(self._folder), "--listen", f"127.0.0.1:{self.port}"]
        self._up.clear()
        # In a session of its own: Ctrl+C is for the hub that the person started, which then ends this one.
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, start_new_session=True)
        self._process = process
        self.ended.clear()
        self._reading = asyncio.create_task(self._read(process))
        up, ended = asyncio.create_task(self._up.wait()), asyncio.create_task(self.ended.wait())
        try:
            await asyncio.wait((up, ended), timeout=STARTS_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        finally:
            up.cancel()
            ended.cancel()
        if not self._up.is_set():
            raise Unreachable("the car's hub does not start")

    async def stop(self) -> None:
        """End it, by closing its line; one that does not end is ended."""
        process, reading = self._process, self._reading
        if process is None or reading is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(ENDS_WITHIN):
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        await reading
        self._process = None

    def tell(self, state: dict[str, Any]) -> None:
        """Say something on its line; where nobody listens any more it is lost."""
        if self._process is not None and self._process.stdin is not None and not self.ended.is_set():
            self._process.stdin.write(msgspec.json.encode(state) + b"\n")

    async def call(self, operation: str, data: dict[str, Any] | None = None) -> Any:
        """Call an operation as its machine's operator; without ``data`` one that reads. Raises what it answers,
        Unreachable."""
        local = msgspec.json.decode((self._folder / LOCAL).read_bytes(), type=Local)
        path, headers = f"/api/{operation.replace('.', '/')}", {"Authorization": f"Bearer {local.token}"}
        try:
            async with httpx.AsyncClient(base_url=local.url, trust_env=False, timeout=ANSWERS_WITHIN) as client:
                method = "GET" if data is None else "POST"
                answer = await client.request(method, path, json=data, headers=headers)
                told: Any = answer.json() if answer.content else {}
        except (httpx.HTTPError, ValueError) as error:
            raise Unreachable(f"the car's hub does not answer ({type(error).__name__})") from None
        if answer.is_success:
            return told
        raise BY_CODE.get(str(told.get("code")), Refused)(str(told.get("detail"))[:300])

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        try:
            async for line in process.stdout:
                with suppress(msgspec.DecodeError):
                    said = msgspec.json.decode(line, type=dict[str, Any])
                    if "url" in said:
                        self._up.set()
                    else:
                        self._said(said)
            await process.wait()
        finally:
            self.ended.set()
