"""Running a program that makes a part of a map, and hearing how far it is."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress

from wayhome.adapters.maps.writing import one_line
from wayhome.errors import StoreError

LAST = 12
"""So many of its last lines are kept, to say why it failed."""
LONGEST = 65_536
NO_EXTRACT = 3
"""The exit code of our own programs for what is no extract; their last line says why."""
MOST_NUMBER = 2**34
"""Beyond, and below 1, what makes the tiles breaks off."""
NO_NUMBERS = "its numbers are none of OpenStreetMap's"
RENUMBER = f"{NO_NUMBERS}; `osmium renumber` mends that"
NO_POSITIONS = "its positions are no degrees of WGS 84"
_TOOK = re.compile(r"\(\d+ ms\)")
_NEEDED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH")


class Failed(Exception):
    """A program ended with ``code`` (negative: by that signal); ``said``: its last lines."""

    def __init__(self, code: int, said: Sequence[str]) -> None:
        super().__init__(f"exit code {code}")
        self.code = code
        self.said = tuple(said)

    def words(self) -> str:
        """Its last line that says anything: how long something took says nothing of why it failed. One that broke off
        says why only if it was C++ that gave up."""
        said = [line.strip()[:300] for line in reversed(self.said)]
        if self.code < 0:
            broken = f"its program broke off ({signal.strsignal(-self.code)})"
            return next((line for line in said if "what():" in line), broken)
        return next((line for line in said if line and not _TOOK.fullmatch(line)), f"exit code {self.code}")


def own(name: str, *words: str) -> list[str]:
    """The command for a program of this folder."""
    return [sys.executable, "-m", f"wayhome.adapters.maps.{name}", *words]


def unread(error: Exception) -> str:
    """What is wrong with an extract, by what osmium says of it."""
    said = one_line(str(error))[:120]
    if isinstance(error, ValueError):
        # Of numbers that no number holds, osmium itself makes nothing: it can't mend them either.
        return NO_NUMBERS if said.startswith("illegal id") else f"something in it makes no sense ({said})"
    return said


def environment() -> dict[str, str]:
    """What these programs are told of the hub's environment: nothing that is secret. They read what strangers wrote."""
    return {name: os.environ[name] for name in _NEEDED if name in os.environ}


async def run(command: Sequence[str], heard: Callable[[str], None]) -> None:
    """Run a program to its end; ``heard`` gets each line that it prints, those that it writes over one another too. It
    runs behind everything else of the machine, and ends with whoever waits for it. Raises Failed, StoreError where it
    can't be started."""
    try:
        process = await asyncio.create_subprocess_exec(
            *own("behind_process", str(os.getpid()), *command), stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
            env=environment(),
        )  # fmt: skip
    except OSError as error:
        raise StoreError(f"{command[0]} can't be started: {error.strerror}") from None
    last: list[str] = []
    try:
        assert process.stdout is not None
        async for line in _lines(process.stdout):
            last = [*last[1 - LAST :], line]
            heard(line)
        code = await process.wait()
    finally:
        if process.returncode is None:
            # Its own children, too.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if code != 0:
        raise Failed(code, last)


async def _lines(source: asyncio.StreamReader) -> AsyncIterator[str]:
    """Lines that end in a newline or are written over by the next."""
    rest = b""
    while piece := await source.read(LONGEST):
        *lines, rest = (rest + piece).replace(b"\r", b"\n").split(b"\n")
        rest = rest[-LONGEST:]
        for line in lines:
            if line.strip():
                yield line.decode("utf-8", "replace")
    if rest.strip():
        yield rest.decode("utf-8", "replace")
