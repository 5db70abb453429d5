"""The live socket: ``/api/live``, spoken as ``wayhome.hub.frames`` says. A thin ASGI program, outside of the web
framework, so that one encoded frame can be written to all sockets of a view as it is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, MutableMapping
from typing import Any, cast

import msgspec
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.speedups import apply_mask

from wayhome import log
from wayhome.core.value import Value
from wayhome.errors import BadInput, HubError, SignInNeeded, TooMany
from wayhome.hub.frames import Auth, Do, Hello, Ping, Proof, Provide, Said, Who
from wayhome.hub.live import DRAIN, HIGH
from wayhome.hub.running import Hub
from wayhome.hub.session import Identity, Session
from wayhome.hub.view import Client
from wayhome.web import cross_origin
from wayhome.web.entry import caller
from wayhome.web.outlets import LET_GO, QueueOutlet, Receive, Scope, Send, WireOutlet
from wayhome.web.passes import Passes

TRANSPORT = "wayhome.transport"
MAX_MESSAGE = 1024 * 1024
FAIR = 16
"""After so many messages of one socket everybody else has a turn."""
IN_FLIGHT = 64
"""So many operations of one socket may run at once; more wait unread."""
AHEAD = 256
"""So many messages of one socket may wait to be read before nothing more is taken from its network."""
WHOLE = 65_536
"""Frames of at most so many bytes are waited for here until they have come whole."""
TEXT, BINARY, PING, PONG = 0x81, 0x82, 0x89, 0x8A
"""The first byte of whole frames."""
WAIT, ODD = -1, -2
SIGN_IN_WITHIN = 10.0
LAST_WORDS = 1.0
"""What is still queued for a socket, its ``bye`` at the end, has so many s to leave before it is closed."""

_json: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)
_msgpack: msgspec.msgpack.Decoder[Said] = msgspec.msgpack.Decoder(Said)


class SharedFrames(WebSocketsSansIOProtocol):
    """Uvicorn's WebSocket protocol with two short cuts. It shows its transport to the application: that is what lets a
    frame be encoded once and written to a thousand sockets. And it reads the common frame (whole, masked, of a sensible
    size) by itself; what is odd is left to the full parser, which costs several times as much for each message."""

    _rest = b""
    """The beginning of a frame that has not come whole."""
    _full = False
    """Something odd came (a fragment, a close, an error): from now on the full parser reads everything."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            cast("dict[str, object]", self.scope["extensions"])[TRANSPORT] = self.transport

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data, self._rest = self._rest + data, b""
        if self._full or not self.handshake_complete or self.close_sent:
            # What comes before the handshake was answered may lie half-read in the full parser: all to it, then.
            self._full = self._full or self.handshake_initiated
            super().data_received(data)
            return
        start, end = 0, len(data)
        while start < end:
            after = self._frame(data, start, end)
            if after == WAIT:
                self._rest = data[start:]
                return
            if after == ODD:
                self._full = True
                super().data_received(data[start:])
                return
            start = after

    def _frame(self, data: bytes, start: int, end: int) -> int:
        """Take the frame at ``start``; returns where it ends, or WAIT or ODD."""
        body = start + 6
        if end < body:
            return ODD if end > start + 1 and data[start + 1] < 0x80 else WAIT  # what is not masked is not waited for
        head, size = data[start], data[start + 1] - 0x80
        if size > 125:
            body += 2 if size == 126 else 8
            if end < body:
                return WAIT
            size = int.from_bytes(data[start + 2 : body - 4], "big")
        if size < 0 or size > self.config.ws_max_size or head not in (TEXT, BINARY, PING, PONG):
            return ODD
        after = body + size
        if end < after:
            # A long one in many small pieces is not put together anew with each of them: the full parser does better.
            return WAIT if size <= WHOLE else ODD
        if head in (PING, PONG):
            super().data_received(data[start:after])
            return after
        payload = apply_mask(data[body:after], data[body - 4 : body])
        if head == BINARY:
            self.queue.put_nowait({"type": "websocket.receive", "bytes": payload})
        else:
            try:
                self.queue.put_nowait({"type": "websocket.receive", "text": payload.decode()})
            except UnicodeDecodeError:
                return ODD
        # Not for each message, as uvicorn does it: that costs two system calls.
        if not self.read_paused and self.queue.qsize() > AHEAD:
            self.read_paused = True
            self.transport.pause_reading()
        return after


class LiveSocket:
    """One connection."""

    def __init__(self, hub: Hub, passes: Passes, scope: Scope, receive: Receive, send: Send) -> None:
        self._hub = hub
        self._passes = passes
        self._pass: str | None = None
        self._scope = scope
        self._receive = receive
        self._send = send
        self._ending: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: Client | None = None

    async def run(self) -> None:
        """Serve until either side ends."""
        who = caller(self._scope["scheme"], self._scope["headers"], self._scope.get("client"))
        message = await self._receive()
        if message["type"] != "websocket.connect":
            return
        whose = "own" if who.bearer is not None else cross_origin.comes(who, self._hub.reach)
        door = f"{who.scheme}://{who.host.lower()}"
        if whose == "stranger" or (whose == "other" and not cross_origin.is_own(door, self._hub.reach)):
            await self._send({"type": "websocket.close", "code": 4403})
            return
        await self._send({"type": "websocket.accept"})
        transport = self._scope.get("extensions", {}).get(TRANSPORT)
        outlet = WireOutlet(transport, self._end) if transport is not None else QueueOutlet(self._send, self._end)
        session: Session | None = None
        try:
            session = await (self._sign_in(who.token) if whose == "own" else self._prove(door))
            if session is not None:
                await self._serve(Client(session, outlet))
        finally:
            if self._pass is not None:
                self._passes.void(self._pass)
            for task in self._tasks:
                task.cancel()
            if self._client is not None:
                self._hub.live.leave(self._client)
            if session is not None:
                self._hub.sessions.close(session, "disconnected")
            if isinstance(outlet, QueueOutlet):
                outlet.task.cancel()

    def _end(self, code: int, reason: str) -> None:
        if not self._ending.done():
            self._ending.set_result((code, reason))

    async def _first_words(self) -> Said | None:
        message = await self._receive()
        return self._decode(message) if message["type"] == "websocket.receive" else None

    async def _sign_in(self, token: str | None) -> Session | None:
        """Somebody with a token: a cookie's, a header's, or in a first word."""

        async def identity() -> Identity | None:
            said = await self._first_words() if token is None else None
            known = said.token if isinstance(said, Auth) else token
            return self._passes.identify(known) if known is not None else None

        return await self._let_in(identity())

    async def _prove(self, door: str) -> Session | None:
        """A screen whose page is of another door of the household."""

        async def ask(text: MutableMapping[str, Any]) -> Said | None:
            await self._send({"type": "websocket.send", "text": cross_origin.frame(text)})
            return await self._first_words()

        async def identity() -> Identity | None:
            return await cross_origin.proven(await self._first_words(), door, self._passes, ask)

        session = await self._let_in(identity())
        if session is not None and session.identity.device is not None and session.identity.key is not None:
            self._pass = self._passes.issue(session.identity.device, session.identity.key)
            try:
                text = cross_origin.frame({"t": "pass", "pass": self._pass})
                await self._send({"type": "websocket.send", "text": text})
            except BaseException:
                self._hub.sessions.close(session, "disconnected")
                raise
        return session

    async def _let_in(self, identity: Awaitable[Identity | None]) -> Session | None:
        try:
            async with asyncio.timeout(SIGN_IN_WITHIN):
                found = await identity
            if found is None:
                raise SignInNeeded()
            return self._hub.open_session(found)
        except (HubError, TimeoutError) as error:
            problem = error if isinstance(error, HubError) else SignInNeeded()
            text = msgspec.json.encode({"t": "bye", "code": problem.code, "detail": problem.detail})
            await self._send({"type": "websocket.send", "text": text.decode()})
            # 4401 tells a page that nobody is signed in on it any more: nothing else may look like that.
            code = 4400 if isinstance(problem, TooMany) else 4401
            await self._send({"type": "websocket.close", "code": code, "reason": problem.detail[:100]})
            return None

    async def _serve(self, client: Client) -> None:
        self._client = client
        self._hub.live.attend(client)
        reader = asyncio.create_task(self._read(client))
        await asyncio.wait((reader, self._ending), return_when=asyncio.FIRST_COMPLETED)
        if self._ending.done():
            reader.cancel()
            code, reason = self._ending.result()
            if isinstance(client.outlet, QueueOutlet):
                await asyncio.wait((client.outlet.task,), timeout=LAST_WORDS)
            with contextlib.suppress(Exception):  # TimeoutError too
                async with asyncio.timeout(LET_GO):
                    await self._send({"type": "websocket.close", "code": code, "reason": reason})
            if isinstance(client.outlet, WireOutlet):
                client.outlet.cut()
        with contextlib.suppress(asyncio.CancelledError):
            await reader

    async def _read(self, client: Client) -> None:
        wrong = heard = 0
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            while client.outlet.backlog() > HIGH:  # noqa: ASYNC110 - transports tell of no moment to wait for
                # Who asks without taking the answers is not listened to meanwhile.
                await asyncio.sleep(DRAIN)
            try:
                client.session.spend()
                heard += 1
                if heard % FAIR == 0:
                    await asyncio.sleep(0)  # what is queued already must not keep all others waiting
                said = self._decode(message)
                await self._hear(client, said)
            except HubError as error:
                wrong += 1
                client.send({"t": "error", **_error(error)})
                if wrong > 100:
                    self._hub.live.bye(client, 4400, "bad_input", "too many wrong messages")
                if isinstance(error, TooMany):
                    await asyncio.sleep(0.5)

    def _decode(self, message: MutableMapping[str, Any]) -> Said:
        text = message.get("text")
        data: str | bytes = text if text is not None else message.get("bytes") or b""
        if len(data) > MAX_MESSAGE:
            raise BadInput(f"a message has at most {MAX_MESSAGE} bytes")
        try:
            return _json.decode(data) if isinstance(data, str) else _msgpack.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadInput(f"cannot read this message: {error}"[:300]) from None

    async def _hear(self, client: Client, said: Said) -> None:
        match said:
            case Do():
                await self._room.acquire()
                # Begun at once: what needs no waiting is answered in this turn of the loop.
                task = asyncio.Task(self._do(client, said), loop=asyncio.get_running_loop(), eager_start=True)
                if task.done():
                    self._room.release()
                else:
                    self._tasks.add(task)
                    task.add_done_callback(self._done)
            case Provide():
                await self._provide(client, said)
            case Hello():
                # A snapshot costs by what it holds: asking for one over and over is asking for much.
                client.session.spend(len(self._hub.household.published) / 100)
                rate = said.rate
                if rate is not None and not 0.01 <= rate <= 1000:
                    raise BadInput("a rate is from 0.01 to 1000 a second")
                if said.format not in ("json", "msgpack"):
                    raise BadInput("the formats are json and msgpack")
                want = frozenset(said.want)
                client.hears_limits = said.limits
                self._hub.live.join(client, want, rate, said.format, said.epoch, said.rev)
            case Ping():
                client.send({"t": "pong", "now": self._hub.household.clock.now()})
            case Auth() | Who() | Proof():
                raise BadInput("already signed in")

    async def _provide(self, client: Client, said: Provide) -> None:
        try:
            refused = await client.session.provide(said.set)
        except HubError as error:
            if said.id is None:
                raise
            client.send({"t": "error", "id": said.id, **_error(error)})
            return
        if said.id is not None:
            client.send({"t": "ok", "id": said.id, "data": {"refused": refused}})
        elif refused:
            client.send({"t": "error", **_error(BadInput("; ".join(refused)[:500]))})

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._room.release()

    async def _do(self, client: Client, said: Do) -> None:
        try:
            data = said.data
            beside = {"key": said.key, "ttl": said.ttl, "until": said.until}
            named = {name: value for name, value in beside.items() if value is not None}
            if named:
                if data is not None and not isinstance(data, dict):
                    raise BadInput("data is an object")
                data = {**(data or {}), **named}
            answer: Value = await client.session.call(said.op, data)
        except HubError as error:
            client.send({"t": "error", "id": said.id, **_error(error)})
        except Exception:
            log.get("live").exception("operation crashed", op=said.op)
            client.send({"t": "error", "id": said.id, **_error(HubError("something went wrong inside the hub"))})
        else:
            client.send({"t": "ok", "id": said.id, "data": answer})


def _error(error: HubError) -> dict[str, str]:
    return {"code": error.code, "detail": error.detail, "advice": error.hint}
