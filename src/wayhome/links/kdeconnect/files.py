"""Files between a person and their phone. What the phone sends is kept as a file of theirs, piece by piece as it comes;
what is for the phone is offered to it, and fetched by it."""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
import socket
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from wayhome import log
from wayhome.core.ids import legible
from wayhome.errors import HubError, Refused, TooMany, Unreachable
from wayhome.hub.parcels import Addressee, Coming, Handed, Sent
from wayhome.links.kdeconnect.bulk import Bulk, reset
from wayhome.links.kdeconnect.payloads import PORTS
from wayhome.links.kdeconnect.phones import KINDS, Phone
from wayhome.links.kdeconnect.plugin import Plugin, Reach
from wayhome.links.kdeconnect.wire import SHARE, Packet, number

UPDATE = "kdeconnect.share.request.update"
PIECE = 4 * 1024 * 1024
"""So many bytes at a time, as the household keeps them."""
WAITING = 500
"""So many files that a phone has told of wait their turn: apps tell of the next when the one before is through."""
WAITING_UNSHARED = 4
"""Of a phone that shares nothing so many: they are only turned away."""
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
DEAD = 4
"""So many connections of a phone that vanished are kept, to be reset when it is back."""
BURIED = 1.0
"""So long, in s, an app is left alone with the word that a file has broken off, before the next one."""
TOLD_EVERY = 10.0
DESKTOPS = ("desktop", "laptop")
HANGS_UP, DESKTOP_HANGS_UP = 3.0, 0.2
"""So long, in s, it is waited for that an app hangs up when it has read all of a file. kdeconnectd does not: it waits
for the word that this is the end, and each file of many would take so long more."""
_LONGEST = 180
_READ = 4_096
"""So many letters of a name are looked at, the last ones."""


class _Told(NamedTuple):
    """A file that a phone has told of. No more of its packet is kept while it waits: that may have a megabyte."""

    name: str
    of: int
    size: int
    port: int | None

    def packet(self, port: int) -> Packet:
        """As what is fetched at that port."""
        return Packet(SHARE, {}, self.size, port)


class Files(Plugin):
    """See the module. A ``Carrier``."""

    takes = frozenset({SHARE, UPDATE})
    sends = frozenset({SHARE, UPDATE})

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._waiting: dict[str, deque[_Told]] = {}
        self._working: dict[str, asyncio.Task[None]] = {}
        self._several: dict[str, tuple[int, int]] = {}
        """Of those that a phone sends at once: which one is on its way, and of how many."""
        self._there: set[str] = set()
        self._coming: dict[str, asyncio.TimerHandle] = {}
        self._places = asyncio.Semaphore(AT_ONCE)
        self._told: dict[str, float] = {}
        self._come: Callable[[str], None] = lambda thing: None
        self._dead: dict[str, deque[socket.socket]] = {}

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
            for id in [*self._dead]:
                self._bury(id)

    def came(self, phone: Phone) -> None:
        """See Plugin."""
        self._go(phone.id)
        self._bury(phone.id)
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

    def _bury(self, id: str) -> None:
        """What was on its way to a phone as it vanished is over. It can't know that by itself: kdeconnectd would wait
        for ever for the rest, with a part of the file under its name, and take no other before."""
        for made in self._dead.pop(id, ()):
            reset(made)

    def forget(self, id: str) -> None:
        """See Plugin."""
        self._go(id)
        self._bury(id)
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
        name = packet.body.get("filename")
        if not isinstance(name, str):
            return  # a text or a link, which the clipboard takes
        waiting = self._waiting.setdefault(phone.id, deque())
        if len(waiting) >= (WAITING if phone.shares else WAITING_UNSHARED):
            self._refused(phone, TooMany("too many files wait"))
            return
        waiting.append(_Told(plain(name), _count(packet), packet.size, packet.port))
        if phone.id not in self._working:
            task = self._working[phone.id] = asyncio.create_task(self._work(phone.id))
            task.add_done_callback(lambda _: self._working.pop(phone.id, None))

    async def _work(self, id: str) -> None:
        """Take what a phone sends, one file after the other."""
        while waiting := self._waiting.get(id):
            told, phone = waiting.popleft(), self._reach.phones().get(id)
            if phone is None:
                return
            now, of = self._several.get(id, (0, 0))
            of = max(of, told.of) if now < of else told.of
            now = now + 1 if now < of and now else 1
            self._several[id] = now, of
            try:
                async with self._places:
                    await self._take(phone, told, now, of)
            except HubError as error:
                self._several.pop(id, None)  # its app gives the others up, too
                self._refused(phone, error)

    async def _take(self, phone: Phone, told: _Told, now: int, of: int) -> None:
        type = mimetypes.guess_type(told.name)[0] or ""
        sent = Sent(phone.owner or "", phone.thing, told.name, type, told.size, now, of)
        async with contextlib.AsyncExitStack() as stack:
            pipe: Bulk | None = None
            if told.port is not None:
                # Also where the file is not wanted: kdeconnectd sends no other one before somebody came for this.
                pipe = await stack.enter_async_context(self._reach.fetch_bulk(phone, told.packet(told.port)))
            if not phone.shares or phone.owner is None:
                raise Refused("whose phone this is did not pair it, so it shares nothing")
            if told.size < 0 or (told.size > 0 and pipe is None):
                raise Refused("the phone does not say how long the file is")
            coming = await stack.enter_async_context(
                self._reach.host.parcel(sent, pipe.cut if pipe is not None else lambda: None)
            )
            if pipe is not None:
                await _read(pipe, coming, told.size)
            await coming.whole()
        if told.size == 0 and told.port is None and phone.type in DESKTOPS:
            # kdeconnectd waits for ever that somebody fetches an empty file, without a word where: it is freed of it.
            with contextlib.suppress(HubError):
                async with self._reach.fetch_bulk(phone, told.packet(PORTS[0])):
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
        if phone.id in self._dead:  # while its line stood
            self.more(thing, file.of, file.total)
            if not await self._reach.arrived(phone.id):
                raise Unreachable("the phone does not answer")
            self._bury(phone.id)
            await asyncio.sleep(BURIED)
        body = {"filename": plain(file.name), "numberOfFiles": file.of, "totalPayloadSize": file.total}
        if not file.size:  # without a payload: of an empty one apps never come to the end
            self._say(phone, body, None)
            if not await self._reach.arrived(phone.id):
                raise Unreachable("the phone went before it had it")
            return
        async with self._reach.offer(phone) as offer:
            self._say(phone, body, (file.size, offer.port))
            try:
                async with offer.fetched_in_bulk(FETCHED) as pipe:
                    try:
                        await _write(pipe, file, DESKTOP_HANGS_UP if phone.type in DESKTOPS else HANGS_UP)
                    except BaseException:
                        dead = self._dead.setdefault(phone.id, deque())
                        dead.append(pipe.held())
                        if len(dead) > DEAD:
                            reset(dead.popleft())
                        raise
            except Refused:
                await asyncio.sleep(GONE_TOO)
                if phone.id not in self._there:
                    raise Unreachable("the phone went before it had all of it") from None
                raise

    def more(self, thing: str, of: int, total: int) -> None:
        """See Carrier."""
        for phone in self._reach.phones().values():
            if phone.thing == thing and UPDATE in phone.takes:
                self._reach.send(phone.id, UPDATE, {"numberOfFiles": of, "totalPayloadSize": total})

    def _say(self, phone: Phone, body: dict[str, object], payload: tuple[int, int] | None) -> None:
        if not self._reach.send(phone.id, SHARE, body, payload=payload):
            raise Unreachable("the phone is not near")


async def _read(pipe: Bulk, coming: Coming, size: int) -> None:
    """All of a file: while one piece is kept the next ones are read."""
    async with contextlib.aclosing(pipe.pieces(size, PIECE)) as pieces:
        async for content in pieces:
            await coming.put(content)
    if not await pipe.ended(FOLLOWS):
        raise Refused("more came of the file than the phone had said")


async def _write(pipe: Bulk, file: Handed, hangs_up: float) -> None:
    loop, before = asyncio.get_running_loop(), 0

    def gone(size: int, start: int) -> None:
        loop.call_soon_threadsafe(file.gone, start + size)

    pieces = file.pieces()
    async with contextlib.aclosing(pieces):  # type: ignore[type-var]
        async for content in pieces:
            await pipe.write(content, lambda size, start=before: gone(size, start))  # type: ignore[misc]
            before += len(content)
    await pipe.taken(hangs_up)


def plain(name: str) -> str:
    """A file's name that leads nowhere: the last part of it, in one line, and not too long, with its ending."""
    last = legible(name[-_READ:].replace("\\", "/").rstrip("/").rpartition("/")[2].replace("\0", "")).lstrip(".")
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
