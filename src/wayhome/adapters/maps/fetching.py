"""Bringing an extract into the folder in which its map is made: copied, or fetched by HTTP and gone on with where it
broke off."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import httpx

from wayhome.adapters.durable_file import refused
from wayhome.adapters.maps import room
from wayhome.errors import BadInput, NotFound, Unreachable

PIECE = 1 << 20
QUIET = 60.0
"""Seconds without a byte after which a server is given up."""
TRIES = 4
"""So often in a row it may break off with less than a piece more."""
PAUSE = 1.0
"""Seconds before the second try; each pause is twice the one before."""
LARGEST = 200 * 2**30
"""Bytes: more than the whole world has."""
_RANGE = re.compile(r"bytes (\d{1,15})-\d{1,15}/(\d{1,15}|\*)")
_WHOLE = re.compile(r"bytes \*/(\d{1,15})")

type Heard = Callable[[float | None], None]


class _Broken(Exception):
    """It broke off, or the server was busy: another try may do."""


async def copied(source: Path, target: Path, heard: Heard) -> None:
    """Copy a file of this machine. Raises NotFound, BadInput, StoreError."""
    await asyncio.to_thread(need_file, source)
    done = 0
    try:
        with source.open("rb") as there, target.open("wb") as here:
            size = os.fstat(there.fileno()).st_size
            if size == 0:
                raise BadInput("this file is empty", advice="Fetch it again, or take another one.")
            room.need(target.parent, size)
            while piece := await room.undivided(partial(there.read, PIECE)):
                await room.undivided(partial(here.write, piece))
                done += len(piece)
                heard(min(1.0, done / size))
            await room.undivided(partial(_synced, here))
    except OSError as error:
        raise refused(source if error.filename == str(source) else target, error) from None


def need_file(path: Path) -> None:
    """Raises NotFound where a path leads to no file."""
    if not path.is_file():
        raise NotFound(f"there is no file {path}", advice="Give a file on the hub's own machine.")


def _synced(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


async def fetched(address: str, target: Path, heard: Heard) -> None:
    """Fetch a file by HTTP into ``target``; what of it is there already is not fetched again, unless it has changed on
    the server since (If-Range, RFC 9110, 13.1.5). Raises NotFound, Unreachable, BadInput, StoreError."""
    part, mark = target.with_suffix(".part"), target.with_suffix(".mark")
    tries = 0
    try:
        while True:
            before = _size(part)
            try:
                await _once(address, part, mark, heard)
                break
            except (httpx.HTTPError, _Broken) as error:
                tries = 0 if _size(part) - before >= PIECE else tries + 1
                if tries >= TRIES:
                    raise Unreachable(
                        f"fetching the map broke off ({str(error)[:120] or type(error).__name__})",
                        advice="Try again: it goes on where it was.",
                    ) from None
                await asyncio.sleep(PAUSE * 2**tries)
        part.replace(target)
        mark.unlink(missing_ok=True)
    except OSError as error:
        raise refused(part, error) from None


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


async def _once(address: str, part: Path, mark: Path, heard: Heard) -> None:
    """One try. What came of the file stays, with the mark of which version it is of."""
    there, headers = _begun(part, mark)
    timeout = httpx.Timeout(QUIET, connect=min(20.0, QUIET))
    async with (
        httpx.AsyncClient(timeout=timeout, follow_redirects=True, max_redirects=5) as client,
        client.stream("GET", address, headers=headers) as answer,
    ):
        there, size = _begins(answer, there, part)
        if there and there == size:
            return
        if size is not None:
            if size > LARGEST:
                raise BadInput("this is larger than a map of the whole world")
            room.need(part.parent, size - there)
        with part.open("r+b" if there else "wb") as file:
            file.seek(there)
            file.truncate()
            _note(mark, answer.headers)
            async for piece in answer.aiter_raw():
                await room.undivided(partial(file.write, piece))
                there += len(piece)
                if there > LARGEST:
                    raise BadInput("this is larger than a map of the whole world")
                if size is None:
                    room.need(part.parent)
                heard(min(1.0, there / size) if size else None)
            await room.undivided(partial(_synced, file))
    if there == 0:
        raise BadInput("the server sent an empty file", advice="Look at the address.")
    if size is not None and there != size:
        raise _Broken("it ended before its end")


def _begun(part: Path, mark: Path) -> tuple[int, dict[str, str]]:
    """How much of it came before, and what is asked for then."""
    there = _size(part) if mark.exists() else 0
    headers = {"Accept-Encoding": "identity"}
    if there:
        headers |= {"Range": f"bytes={there}-", "If-Range": mark.read_text("utf-8")}
    return there, headers


def _begins(answer: httpx.Response, there: int, part: Path) -> tuple[int, int | None]:
    """From which byte on an answer tells the file, and how long that is, if it says so; of what is there already all or
    nothing stays. Raises what ``fetched`` raises, _Broken."""
    status, host = answer.status_code, urlsplit(str(answer.url)).hostname
    told = answer.headers.get("content-length", "")
    length = int(told) if told.isdigit() and len(told) < 16 else None
    said = answer.headers.get("content-range", "")
    if status == 200:
        return 0, length
    if status == 206 and there and (found := _RANGE.fullmatch(said)) and int(found[1]) == there:
        whole = None if found[2] == "*" else int(found[2])
        return there, whole if whole is not None else None if length is None else there + length
    if status == 416 and there and (found := _WHOLE.fullmatch(said)) and int(found[1]) == there:
        return there, there  # all of it came before, and the program ended before it could say so
    if status in (206, 416):
        with suppress(FileNotFoundError):
            part.unlink()
        raise _Broken("the server gave another part than was asked for")
    if status in (404, 410):
        raise NotFound(f"{host} has no map at this address", advice="Look at the address.")
    if status in (408, 429) or status >= 500:
        raise _Broken(f"{host} says {status}")
    raise BadInput(f"{host} says {status} to this address", advice="Look at the address.")


def _note(mark: Path, headers: httpx.Headers) -> None:
    """Remember which version of the file this is, to go on with it; without one it begins anew."""
    tag = headers.get("etag")
    said = tag if tag and not tag.startswith("W/") else headers.get("last-modified")
    if said:
        mark.write_text(said, "utf-8")
    else:
        mark.unlink(missing_ok=True)
