"""What lies at another site and is fetched when somebody wants to see it: a camera's picture, a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from wayhome.core.thing import Thing
from wayhome.errors import BY_CODE, HubError, NotFound, TooLarge, TooMany, Unreachable
from wayhome.hub.link import Picture
from wayhome.hub.ports import Blobs
from wayhome.hub.sites.frames import Fetch, Fetched, Frame

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

WITHIN = 20.0
"""So long an answer may take, in s: a camera has 10, and the road takes its time."""
AT_ONCE = 64
LARGEST = 2 * 1024 * 1024
PART = 32 * 1024
"""Bytes of one part: between two of them everything small has its turn."""


class Fetching:
    """Asking other sites, and answering them."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._open: dict[int, asyncio.Future[Fetched]] = {}
        self._parts: dict[int, list[bytes]] = {}
        self._count = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def picture(self, thing: Thing) -> Picture:
        """A picture of a thing of another site. Raises what its hub says, Unreachable."""
        found = await self._ask(thing.site, "picture", thing.id)
        return Picture(found.content, found.media_type or "application/octet-stream")

    async def blob(self, hash: str) -> bytes:
        """A file by its hash, from whichever site has it. Raises NotFound."""
        for site in list(self._hub.sites.present()):
            try:
                content = (await self._ask(site, "blob", hash)).content
            except HubError:
                continue
            if sha256(content).hexdigest() == hash:
                return content
        raise NotFound("this file lies at another site that is away, or is gone")

    def answered(self, answer: Fetched) -> None:
        """An answer has come."""
        if answer.id not in self._open:
            return
        parts = self._parts.setdefault(answer.id, [])
        parts.append(answer.content)
        if answer.more and sum(map(len, parts)) <= LARGEST:
            return
        waiting = self._open.pop(answer.id)
        if not waiting.done():
            waiting.set_result(msgspec.structs.replace(answer, content=b"".join(parts)))

    def asked(
        self, fetch: Fetch, bulk: Callable[[Sequence[Frame], int], bool], answer: Callable[[Fetched], None]
    ) -> None:
        """Another site asks. ``bulk``: takes an answer in parts, unless too much of that waits already."""
        if len(self._tasks) >= AT_ONCE:
            answer(Fetched(fetch.id, code=TooMany.code, detail="too much is asked for at once"))
            return
        task = asyncio.create_task(self._answer(fetch, bulk, answer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, site: str, what: str, about: str) -> Fetched:
        self._count += 1
        fetch = Fetch(self._count, what, about)
        future: asyncio.Future[Fetched] = asyncio.get_running_loop().create_future()
        self._open[fetch.id] = future
        try:
            self._hub.sites.post(site, fetch)
            async with asyncio.timeout(WITHIN):
                found = await future
        except TimeoutError:
            raise Unreachable(f"the site {site} does not answer") from None
        finally:
            self._open.pop(fetch.id, None)
            self._parts.pop(fetch.id, None)
        if found.code is not None:
            raise BY_CODE.get(found.code, Unreachable)(found.detail[:300])
        return found

    async def _answer(
        self, fetch: Fetch, bulk: Callable[[Sequence[Frame], int], bool], answer: Callable[[Fetched], None]
    ) -> None:
        try:
            media_type = ""
            if fetch.what == "picture":
                picture = await self._hub.links.picture(fetch.about)
                content, media_type = picture.content, picture.media_type
            elif fetch.what == "blob":
                content = await self._hub.ports.blobs.get(fetch.about)
            else:
                raise NotFound("this hub has nothing of that kind")
            if len(content) > LARGEST:
                raise TooLarge("it is too large to be sent")
            cuts = range(0, max(1, len(content)), PART)
            parts = [Fetched(fetch.id, content[at : at + PART], at + PART < len(content), media_type) for at in cuts]
            if not bulk(parts, len(content)):
                raise TooMany("too much is asked for at once")
        except HubError as error:
            answer(Fetched(fetch.id, code=error.code, detail=error.detail))
        except Exception as error:
            answer(Fetched(fetch.id, code="internal", detail=type(error).__name__))


class SharedBlobs:
    """The household's files: what is not here is fetched from another site, once."""

    def __init__(self, own: Blobs, fetch: Callable[[str], Awaitable[bytes]]) -> None:
        self._own = own
        self._fetch = fetch

    async def put(self, content: bytes) -> str:
        return await self._own.put(content)

    async def get(self, hash: str) -> bytes:
        try:
            return await self._own.get(hash)
        except NotFound:
            content = await self._fetch(hash)
            await self._own.put(content)
            return content

    async def delete(self, hash: str) -> None:
        await self._own.delete(hash)

    def hashes(self) -> AsyncIterator[str]:
        return self._own.hashes()
