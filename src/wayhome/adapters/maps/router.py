"""Asking Valhalla, in a program of its own that is started with the first question, and anew when it died or hangs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from wayhome import log
from wayhome.adapters.maps import programs, roads
from wayhome.errors import BadInput, HubError, NotFound, NoWay, TooMany, Unreachable

WITHIN = 20.0
"""Seconds for one answer; a way across a continent takes some."""
MOST = 64 * 2**20
WAITING = 32

_WORDS = {
    "No path could be found for input": "no road leads there",
    "No suitable edges near location": "there is no road near this place on the maps that are here",
    "Locations are in unconnected regions": "no road leads there",
    "Path distance exceeds the max distance limit": "this is too far",
    "Exceeded max locations": "these are too many stops",
    "Exact route match algorithm failed": "no roads fit this",
}
_NOWHERE = {"no road leads there", "there is no road near this place on the maps that are here"}


def installed() -> bool:
    """Whether Valhalla is there."""
    return find_spec("valhalla") is not None


class Router:
    """Valhalla on one set of road tiles, those in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._users = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self._process: asyncio.subprocess.Process | None = None

    @contextmanager
    def held(self) -> Iterator[Router]:
        """For several questions of one kind: its roads stay as long."""
        self._users += 1
        self._unused.clear()
        try:
            yield self
        finally:
            self._users -= 1
            if not self._users:
                self._unused.set()

    async def ask(self, action: str, request: dict[str, Any]) -> Any:
        """One answer. Raises NotFound in words, TooMany, Unreachable where it does not answer."""
        if self._waiting >= WAITING:
            raise TooMany("too many ways are being looked for at once")
        self._waiting += 1
        try:
            async with self._turn:
                said = await self._tried(action, request)
        finally:
            self._waiting -= 1
        if "error" in said:
            raise refusal(str(said["error"]))
        return said["answer"]

    async def _tried(self, action: str, request: dict[str, Any]) -> dict[str, Any]:
        """Ask; once more where the program died: it may not have been this question's fault."""
        fresh = self._process is None
        try:
            async with asyncio.timeout(WITHIN):
                try:
                    return await self._said(action, request)
                except (OSError, EOFError):
                    await self._end()
                    if fresh:
                        raise
                    return await self._said(action, request)
        except TimeoutError:
            await self._end()
            raise Unreachable("looking for the way took too long", advice="Choose a nearer place.") from None
        except (OSError, EOFError, ValueError) as error:
            await self._end()
            raise Unreachable(
                "the roads of the map could not be read", advice="Make the map anew: `wayhome map add`."
            ) from error
        except BaseException:
            # What is half read can't be gone on with, whoever gave up.
            await self._end()
            raise

    async def _said(self, action: str, request: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        if process is None:
            config = await asyncio.to_thread(roads.prepare, self._folder)
            process = self._process = await asyncio.create_subprocess_exec(
                *programs.own("router_process", str(config)), env=programs.environment(),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        text = json.dumps({"action": action, "request": request}).encode()
        process.stdin.write(len(text).to_bytes(4) + text)
        await process.stdin.drain()
        size = int.from_bytes(await process.stdout.readexactly(4))
        if size > MOST:
            raise ValueError(f"an answer of {size} bytes")
        found = json.loads(await process.stdout.readexactly(size))
        if not isinstance(found, dict) or not ("answer" in found or "error" in found):
            raise ValueError("no answer")
        return found

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def retire(self) -> None:
        """End the program once nobody asks it any more."""
        await self._unused.wait()
        await self.end()

    async def end(self) -> None:
        """End the program; the next question starts it anew."""
        async with self._turn:
            await self._end()


def refusal(said: str) -> HubError:
    """What Valhalla says against a question, in our words."""
    for theirs, ours in _WORDS.items():
        if said.startswith(theirs):
            return NoWay(ours) if ours in _NOWHERE else NotFound(ours, advice="Choose a nearer goal, or fewer stops.")
    log.get("maps").warning("a question that the roads have no answer to", said=said[:200])
    return BadInput("there is no way for this")
