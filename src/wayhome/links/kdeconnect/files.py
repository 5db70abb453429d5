"""Files between a person and their phone. What the phone sends is kept as a file of theirs, piece by piece as it comes;
what is for the phone is offered to it, and fetched by it."""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
from collections import deque
from collections.abc import Callable

import msgspec

from wayhome import log
from wayhome.core.ids import legible
from wayhome.errors import HubError, Refused, TooMany, Unreachable
from wayhome.hub.parcels import Addressee, Coming, Handed, Sent
from wayhome.links.kdeconnect.bulk import Bulk
from wayhome.links.kdeconnect.payloads import PORTS
from wayhome.links.kdeconnect.phones import KINDS, Phone
from wayhome.links.kdeconnect.plugin import Plugin, Reach
from wayhome.links.kdeconnect.wire import SHARE, Packet, number

UPDATE = "kdeconnect.share.request.update"
PIECE = 4 * 1024 * 1024
"""So many bytes at a time, as the household keeps them."""
WAITING = 500
"""So many files that a phone has told of wait their turn: apps tell of the next when the one before is through."""
AT_ONCE = 4
"""Of all phones so many files come in at a time; of one phone one."""
FETCHED = 30.0
"""A phone that has not begun to fetch after so many s does not want it now."""
SETTLES = 3.0
"""A phone that comes is left alone for so long, in s: while it and we settle on one of several lines, kdeconnectd
crashes over a file."""
FOLLOWS = 2.0
"""So long, in s, it is seen whether more comes than was told."""
GONE_TOO = 2.0
"""A phone that hung up and is itself gone after so many s did not mean this file."""
TOLD_EVERY = 10.0
DESKTOPS = ("desktop", "laptop")
_LONGEST = 180


class Files(Plugin):
    """See the module. A ``Carrier``."""

    takes = frozenset({SHARE, UPDATE})
    sends = frozenset({SHARE})

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._waiting: dict[str, deque[Packet]] = {}
        self._working: dict[str, asyncio.Task[None]] = {}
        self._several: dict[str, tuple[int, int]] = {}
        """Of those that a phone sends at once: which one is on its way, and of how many."""
        self._there: set[str] = set()
        self._coming: dict[str, asyncio.TimerHandle] = {}
        self._places = asyncio.Semaphore(AT_ONCE)
        self._told: dict[str, float] = {}
        self._come: Callable[[str], None] = lambda thing: None

    async def run(self) -> None:
        """See Plugin."""
        try:
            with self._reach.host.carries(self) as self._come:
                await asyncio.Event().wait()
        finally:
            for task in self._working.values():
                task.cancel()
            for id in [*self._coming]:
                self._go(id)

    def came(self, phone: Phone) -> None:
        """See Plugin."""
        self._go(phone.id)
        self._coming[phone.id] = asyncio.get_running_loop().call_later(SETTLES, self._settled, phone.id)

    def _settled(self, id: str) -> None:
        del self._coming[id]
        phone = self._reach.phones().get(id)
        if phone is not None:
            self._there.add(id)
            self._come(phone.thing)

    def gone(self, phone: Phone) -> None:
        """See Plugin."""
        self._go(phone.id)

    def _go(self, id: str) -> None:
        self._there.discard(id)
        if id in self._coming:
            self._coming.pop(id).cancel()

    def forget(self, id: str) -> None:
        """See Plugin."""
        self._go(id)
        self._waiting.pop(id, None)
        self._several.pop(id, None)
        self._told.pop(id, None)
        if id in self._working:
            self._working[id].cancel()

    # In

    def heard(self, phone: Phone, packet: Packet) -> None:
        """A phone has a file for us, or more of them than it said."""
        if packet.type == UPDATE:
            now, of = self._several.get(phone.id, (0, 0))
            if of:
                self._several[phone.id] = now, max(of, _count(packet))
            return
        if not isinstance(packet.body.get("filename"), str):
            return  # a text or a link, which the clipboard takes
        waiting = self._waiting.setdefault(phone.id, deque())
        if len(waiting) >= WAITING:
            self._refused(phone, TooMany("too many files wait"))
            return
        waiting.append(packet)
        if phone.id not in self._working:
            task = self._working[phone.id] = asyncio.create_task(self._work(phone.id))
            task.add_done_callback(lambda _: self._working.pop(phone.id, None))

    async def _work(self, id: str) -> None:
        """Take what a phone sends, one file after the other."""
        while waiting := self._waiting.get(id):
            packet, phone = waiting.popleft(), self._reach.phones().get(id)
            if phone is None:
                return
            now, of = self._several.get(id, (0, 0))
            of = max(of, _count(packet)) if now < of else _count(packet)
            now = now + 1 if now < of and now else 1
            self._several[id] = now, of
            try:
                async with self._places:
                    await self._take(phone, packet, now, of)
            except HubError as error:
                self._several.pop(id, None)  # its app gives the others up, too
                self._refused(phone, error)

    async def _take(self, phone: Phone, packet: Packet, now: int, of: int) -> None:
        name = plain(packet.body["filename"])
        type = mimetypes.guess_type(name)[0] or ""
        sent = Sent(phone.owner or "", phone.thing, name, type, packet.size, now, of)
        async with contextlib.AsyncExitStack() as stack:
            pipe: Bulk | None = None
            if packet.port is not None:
                # Also where the file is not wanted: kdeconnectd sends no other one before somebody came for this.
                pipe = await stack.enter_async_context(self._reach.fetch_bulk(phone, packet))
            if not phone.shares or phone.owner is None:
                raise Refused("whose phone this is did not pair it, so it shares nothing")
            if packet.size < 0 or (packet.size > 0 and pipe is None):
                raise Refused("the phone does not say how long the file is")
            coming = await stack.enter_async_context(
                self._reach.host.parcel(sent, pipe.cut if pipe is not None else lambda: None)
            )
            if pipe is not None:
                await _read(pipe, coming, packet.size)
            await coming.whole()
        if packet.size == 0 and packet.port is None and phone.type in DESKTOPS:
            # kdeconnectd waits for ever that somebody fetches an empty file, without a word where: it is freed of it.
            with contextlib.suppress(HubError):
                async with self._reach.fetch_bulk(phone, msgspec.structs.replace(packet, port=PORTS[0])):
                    pass

    def _refused(self, phone: Phone, error: HubError) -> None:
        host = self._reach.host
        log.get("links").info("a phone's file was not kept", link=host.id, why=error.detail)
        if host.now() - self._told.get(phone.id, 0.0) >= TOLD_EVERY:
            self._told[phone.id] = host.now()
            host.happened("PhoneFileLost", phone.thing, {"name": phone.name, "why": error.code})

    # Out

    def addressees(self) -> list[Addressee]:
        """See Carrier."""
        return [
            Addressee(one.thing, one.name, KINDS.get(one.type, "phone"), one.owner, one.id in self._there)
            for one in self._reach.phones().values()
            if one.shares and one.owner is not None and SHARE in one.takes
        ]

    async def give(self, thing: str, file: Handed) -> None:
        """See Carrier."""
        phone = next((one for one in self._reach.phones().values() if one.thing == thing), None)
        if phone is None or phone.id not in self._there:
            raise Unreachable("the phone is not near")
        body = {"filename": plain(file.name), "numberOfFiles": 1, "totalPayloadSize": file.size}
        if not file.size:  # without a payload: of an empty one apps never come to the end
            self._say(phone, body, None)
            return
        async with self._reach.offer(phone) as offer:
            self._say(phone, body, (file.size, offer.port))
            try:
                async with offer.fetched_in_bulk(FETCHED) as pipe:
                    await _write(pipe, file)
            except Refused:
                await asyncio.sleep(GONE_TOO)
                if phone.id not in self._there:
                    raise Unreachable("the phone went before it had all of it") from None
                raise

    def _say(self, phone: Phone, body: dict[str, object], payload: tuple[int, int] | None) -> None:
        if not self._reach.send(phone.id, SHARE, body, payload=payload):
            raise Unreachable("the phone is not near")


async def _read(pipe: Bulk, coming: Coming, size: int) -> None:
    """All of a file: while one piece is kept the next is read."""
    left, ahead = size, asyncio.create_task(pipe.read(min(PIECE, size), max(0, size - PIECE)))
    try:
        while left:
            content = await ahead
            left -= len(content)
            if left:
                ahead = asyncio.create_task(pipe.read(min(PIECE, left), max(0, left - PIECE)))
            await coming.put(content)
        if not await pipe.ended(FOLLOWS):
            raise Refused("more came of the file than the phone had said")
    finally:
        ahead.cancel()


async def _write(pipe: Bulk, file: Handed) -> None:
    loop, before = asyncio.get_running_loop(), 0

    def gone(size: int, start: int) -> None:
        loop.call_soon_threadsafe(file.gone, start + size)

    pieces = file.pieces()
    async with contextlib.aclosing(pieces):  # type: ignore[type-var]
        async for content in pieces:
            await pipe.write(content, lambda size, start=before: gone(size, start))  # type: ignore[misc]
            before += len(content)
    await pipe.taken()


def plain(name: str) -> str:
    """A file's name that leads nowhere: the last part of it, in one line, and not too long, with its ending."""
    last = legible(name.replace("\\", "/").rstrip("/").rpartition("/")[2].replace("\0", "")).lstrip(".")
    stem, dot, ending = last.rpartition(".")
    if not dot or len(ending) > 12:
        stem, dot, ending = last, "", ""
    room = _LONGEST - len((dot + ending).encode())
    stem = stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore").strip()
    return f"{stem}{dot}{ending}" if stem else f"file{dot}{ending}"


def _count(packet: Packet) -> int:
    """Of how many files a packet says that it is one."""
    of = number(packet.body.get("numberOfFiles"))
    return int(of) if of is not None and 1 <= of <= 10_000 else 1
