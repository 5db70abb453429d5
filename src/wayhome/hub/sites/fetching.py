"""What lies at another site and is fetched when somebody wants to see it: a camera's picture, a file."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from wayhome.core.thing import Thing
from wayhome.errors import BY_CODE, HubError, NotFound, Refused, TooLarge, TooMany, Unreachable
from wayhome.hub.link import Picture
from wayhome.hub.ports import Blobs
from wayhome.hub.sites import spans
from wayhome.hub.sites.frames import Fetch, Fetched, Frame
from wayhome.hub.sites.spans import Points, Span

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

WITHIN = 20.0
"""So long an answer may keep us waiting, in s: a camera has 10, and the road takes its time. Each part that comes has
as long again."""
LONGEST = 90.0
"""... and all of it, in s."""
AT_ONCE = 64
SPANS = 4
"""So many spans of a drive log are read for other sites at once: each may be a hundred thousand points."""
LARGEST = 2 * 1024 * 1024
_PICTURE = re.compile(r"image/(?!svg)[a-z0-9.-]{1,40}|video/h264")
PART = 32 * 1024
"""Bytes of one part: between two of them everything small has its turn."""


class _Waiting(msgspec.Struct):
    """Who waits for an answer of ``site``, and what came of it so far. ``until``: all of it, by the loop's clock."""

    site: str
    answer: asyncio.Future[Fetched]
    timeout: asyncio.Timeout
    until: float
    parts: list[bytes] = []


async def _nothing(site: str, request: str) -> bytes:
    raise NotFound("this hub vouches for nobody")


async def _no_part(about: str) -> bytes:
    raise NotFound("this hub keeps no files")


class Fetching:
    """Asking other sites, and answering them. ``issue``: makes a certificate for a site that asks for one by a signing
    request; who vouches sets it. ``part``: a part of a file that lies here; who keeps files sets it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._waiting: dict[int, _Waiting] = {}
        self._count = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._spans = 0
        self.issue: Callable[[str, str], Awaitable[bytes]] = _nothing
        self.part: Callable[[str], Awaitable[bytes]] = _no_part

    async def certificate(self, site: str, request: str) -> bytes:
        """Have the household's authority, which lies at a site, vouch for this hub. ``request``: a signing request, as
        PEM; the answer is a chain, as PEM. Raises what its hub says, Unreachable."""
        return (await self._ask(site, "certificate", request)).content

    async def picture(self, thing: Thing) -> Picture:
        """A picture of a thing of another site. Raises what its hub says, Unreachable, Refused for what is none: it
        goes to browsers as what it is said to be."""
        found = await self._ask(thing.site, "picture", thing.id)
        if _PICTURE.fullmatch(found.media_type) is None or (found.at is not None and not math.isfinite(found.at)):
            raise Refused("what the other site sent is no picture")
        at = found.at + self._hub.sites.offset(thing.site) if found.at else found.at  # 0: nobody knows
        return Picture(found.content, found.media_type, at)

    async def film(self, site: str, line: str) -> None:
        """Have a site that calls this hub make a line for a film, called ``line``. Raises what its hub says,
        Unreachable."""
        await self._ask(site, "film", line)

    async def file_part(self, site: str, about: str) -> bytes:
        """A part of a file that lies at another site. Raises what its hub says, Unreachable."""
        return (await self._ask(site, "file", about)).content

    async def samples(self, thing: Thing, path: str, start: float, end: float, limit: int) -> Points:
        """The drive log of a thing of another site, as ``Store.samples`` has it of the things here; times by this
        hub's clock. Raises what its hub says, Unreachable, Refused."""
        offset = self._hub.sites.offset(thing.site)
        span = Span(start - offset, end - offset, limit)
        found = await self._ask(thing.site, "samples", path, span)
        return await asyncio.to_thread(spans.unpacked, found.content, span, offset)

    async def blob(self, hash: str) -> bytes:
        """A file by its hash, from whichever site has it. Raises NotFound when none has, Unreachable when one that may
        have it is away, and what a site says that can't send it."""
        sites = self._hub.sites
        trouble: HubError | None = None
        for site in sorted(sites.all(), key=sites.here, reverse=True):
            try:
                content = (await self._ask(site, "blob", hash)).content
            except NotFound:
                continue
            except HubError as error:
                trouble = error
                continue
            if sha256(content).hexdigest() == hash:
                return content
        raise trouble or NotFound("this file is gone")

    def answered(self, site: str, answer: Fetched) -> None:
        """An answer of a site has come, or a part of it."""
        one = self._waiting.get(answer.id)
        if one is None or one.site != site or one.answer.done():
            return
        one.parts.append(answer.content)
        if answer.more and sum(map(len, one.parts)) <= LARGEST:
            one.timeout.reschedule(min(asyncio.get_running_loop().time() + WITHIN, one.until))
            return
        one.answer.set_result(msgspec.structs.replace(answer, content=b"".join(one.parts), more=False))

    def parted(self, site: str) -> None:
        """The connection to a site has ended: what was asked of it is not answered any more."""
        for one in self._waiting.values():
            if one.site == site and not one.answer.done():
                one.answer.set_exception(self._hub.sites.away(site))

    def asked(
        self, site: str, fetch: Fetch, bulk: Callable[[Sequence[Frame], int], bool], answer: Callable[[Fetched], None]
    ) -> None:
        """Another site asks. ``bulk``: takes an answer in parts, unless too much of that waits already."""
        if len(self._tasks) >= AT_ONCE:
            answer(Fetched(fetch.id, code=TooMany.code, detail="too much is asked for at once"))
            return
        task = asyncio.create_task(self._answer(site, fetch, bulk, answer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, site: str, what: str, about: str, span: Span | None = None) -> Fetched:
        if len(self._waiting) >= AT_ONCE:
            raise TooMany("too much is asked of other sites at once")
        self._count += 1
        id, loop = self._count, asyncio.get_running_loop()
        try:
            async with asyncio.timeout(WITHIN) as timeout:
                one = _Waiting(site, loop.create_future(), timeout, loop.time() + LONGEST)
                self._waiting[id] = one
                self._hub.sites.post(site, Fetch(id, what, about, span))
                found = await one.answer
        except TimeoutError:
            raise Unreachable(f"the site {site} does not answer", advice="Look again in a moment.") from None
        finally:
            self._waiting.pop(id, None)
        if found.code is not None:
            raise BY_CODE.get(found.code, Unreachable)(found.detail[:300])
        return found

    async def _answer(
        self, site: str, fetch: Fetch, bulk: Callable[[Sequence[Frame], int], bool], answer: Callable[[Fetched], None]
    ) -> None:
        try:
            media_type, at, content = "", None, b""
            if fetch.what == "picture":
                picture = await self._hub.links.picture(fetch.about)
                content, media_type, at = picture.content, picture.media_type, picture.at
                at = self._hub.household.clock.now() if at is None else at
            elif fetch.what == "film":
                await self._hub.sites.films.make(site, fetch.about)
            elif fetch.what == "blob":
                content = await self._hub.ports.blobs.get(fetch.about)
            elif fetch.what == "file":
                content = await self.part(fetch.about)
            elif fetch.what == "certificate":
                content = await self.issue(site, fetch.about)
            elif fetch.what == "samples" and fetch.span is not None:
                content = await self._samples(fetch.about, fetch.span)
            else:
                raise NotFound("this hub has nothing of that kind")
            if len(content) > LARGEST:
                raise TooLarge("it is too large to be sent")
            cuts = range(0, max(1, len(content)), PART)
            parts = [Fetched(fetch.id, content[n : n + PART], n + PART < len(content), media_type, at=at) for n in cuts]
            if not bulk(parts, len(content)):
                raise TooMany("too much is asked for at once")
        except HubError as error:
            answer(Fetched(fetch.id, code=error.code, detail=error.detail))
        except Exception as error:
            answer(Fetched(fetch.id, code="internal", detail=type(error).__name__))

    async def _samples(self, path: str, span: Span) -> bytes:
        if self._spans >= SPANS:
            raise TooMany("too much of the drive log is asked for at once")
        self._spans += 1
        try:
            return await spans.packed(self._hub.household, path, span)
        finally:
            self._spans -= 1


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
