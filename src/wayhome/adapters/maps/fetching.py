"""Bringing an extract into the folder in which its map is made: copied, or fetched by HTTP and gone on with where it
broke off."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import httpx

from wayhome.adapters.durable_file import refused
from wayhome.errors import BadInput, HubError, NotFound, Unreachable

PIECE = 1 << 20
QUIET = 60.0
"""Seconds without a byte after which a server is given up."""
TRIES = 4
LARGEST = 200 * 2**30
"""Bytes: more than the whole world has."""

type Heard = Callable[[float | None], None]


async def copied(source: Path, target: Path, heard: Heard) -> None:
    """Copy a file of this machine. Raises NotFound, BadInput, StoreError."""
    if not source.is_file():
        raise NotFound(f"there is no file {source}", advice="Give a file on the hub's own machine.")
    await asyncio.to_thread(_copy, source, target, heard)


def _copy(source: Path, target: Path, heard: Heard) -> None:
    done = 0
    try:
        with source.open("rb") as there, target.open("wb") as here:
            size = max(1, os.fstat(there.fileno()).st_size)
            while piece := there.read(PIECE):
                here.write(piece)
                done += len(piece)
                heard(done / size)
            here.flush()
            os.fsync(here.fileno())
    except OSError as error:
        raise refused(target if error.filename != str(source) else source, error) from None


async def fetched(address: str, target: Path, heard: Heard) -> None:
    """Fetch a file by HTTP into ``target``; what of it is there already is not fetched again, unless it has changed on
    the server since (If-Range, RFC 9110, 13.1.5). Raises NotFound, Unreachable, BadInput, StoreError."""
    part, mark = target.with_suffix(".part"), target.with_suffix(".mark")
    for turn in range(TRIES):
        try:
            await _once(address, part, mark, heard)
            break
        except HubError:
            raise
        except OSError as error:
            raise refused(part, error) from None
        except httpx.HTTPError as error:
            if turn == TRIES - 1:
                raise Unreachable(
                    f"fetching the map broke off ({type(error).__name__})",
                    advice="Try again: it goes on where it was.",
                ) from None
            await asyncio.sleep(min(8.0, 2.0**turn))
    try:
        part.replace(target)
        mark.unlink(missing_ok=True)
    except OSError as error:
        raise refused(target, error) from None


async def _once(address: str, part: Path, mark: Path, heard: Heard) -> None:
    there = part.stat().st_size if part.exists() and mark.exists() else 0
    headers = {"Range": f"bytes={there}-", "If-Range": mark.read_text("utf-8")} if there else {}
    timeout = httpx.Timeout(QUIET, connect=20.0)
    async with (
        httpx.AsyncClient(timeout=timeout, follow_redirects=True, max_redirects=5) as client,
        client.stream("GET", address, headers={**headers, "Accept-Encoding": "identity"}) as answer,
    ):
        if answer.status_code == 416 and there:
            # All of it was here already, or what is here is longer than what is there now.
            part.unlink()
            raise httpx.ReadError("the file has changed")
        if answer.status_code in (404, 410):
            raise NotFound(f"there is no map at {address[:120]}", advice="Look at the address.")
        if answer.status_code not in (200, 206):
            raise BadInput(f"the server says {answer.status_code} to {address[:120]}")
        if answer.status_code == 200:
            there = 0
        size = there + int(answer.headers.get("content-length") or 0)
        if size > LARGEST:
            raise BadInput("this is larger than a map of the whole world")
        _note(mark, answer.headers)
        with part.open("r+b" if there else "wb") as file:
            file.seek(there)
            file.truncate()
            async for piece in answer.aiter_bytes(PIECE):
                file.write(piece)
                there += len(piece)
                if there > LARGEST:
                    raise BadInput("this is larger than a map of the whole world")
                heard(there / size if size else None)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        if answer.headers.get("content-length") and there < size:
            raise httpx.ReadError("cut short")


def _note(mark: Path, headers: httpx.Headers) -> None:
    """Remember which version of the file this is, to go on with it; without one it begins anew."""
    tag = headers.get("etag")
    said = tag if tag and not tag.startswith("W/") else headers.get("last-modified")
    if said:
        mark.write_text(said, "utf-8")
    else:
        mark.unlink(missing_ok=True)
