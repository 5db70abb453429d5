"""The live socket: ``/api/live``, spoken as ``wayhome.hub.frames`` says. A thin ASGI program, outside of the web
framework, so that one encoded frame can be written to all sockets of a view as it is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

import msgspec
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from wayhome import log
from wayhome.core.value import Value
from wayhome.errors import BadInput, HubError, SignInNeeded, TooMany
from wayhome.hub.frames import Auth, Do, Frame, Hello, Ping, Provide, Said
from wayhome.hub.live import Client
from wayhome.hub.running import Hub
from wayhome.hub.session import Session
from wayhome.web.entry import Doorkeeper, caller, check_origin

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TRANSPORT = "wayhome.transport"
MAX_MESSAGE = 1024 * 1024
IN_FLIGHT = 64
"""So many operations of one socket may run at once; more wait unread."""
SIGN_IN_WITHIN = 10.0

_json: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)
_msgpack: msgspec.msgpack.Decoder[Said] = msgspec.msgpack.Decoder(Said)


class SharedFrames(WebSocketsSansIOProtocol):
    """Uvicorn's WebSocket protocol, which also shows its transport to the application: that is what lets a frame be
    encoded once and written to a thousand sockets."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            cast("dict[str, object]", self.scope["extensions"])[TRANSPORT] = self.transport


class WireOutlet:
    """Writes ready frames straight to the transport."""

    def __init__(self, transport: asyncio.Transport, close: Callable[[int, str], None]) -> None:
        self._transport = transport
        self._close = close
        self._closed = False

    def write(self, frame: Frame) -> None:
        if not self._closed and not self._transport.is_closing():
            self._transport.write(frame.wire)

    def backlog(self) -> int:
        return self._transport.get_write_buffer_size()

    def close(self, code: int, reason: str) -> None:
        if not self._closed:
            self._closed = True
            self._close(code, reason)


class QueueOutlet:
    """For servers that don't show their transport: a queue, sent by a task of its own."""

    def __init__(self, send: Send, close: Callable[[int, str], None]) -> None:
        self._send = send
        self._close = close
        self._frames: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._bytes = 0
        self.task = asyncio.create_task(self._run())

    def write(self, frame: Frame) -> None:
        self._bytes += len(frame.payload)
        self._frames.put_nowait(frame)

    def backlog(self) -> int:
        return self._bytes

    def close(self, code: int, reason: str) -> None:
        self._frames.put_nowait(None)
        self._close(code, reason)

    async def _run(self) -> None:
        while (frame := await self._frames.get()) is not None:
            message: dict[str, Any] = {"type": "websocket.send"}
            message |= {"bytes": frame.payload} if frame.binary else {"text": frame.payload.decode()}
            await self._send(message)
            self._bytes -= len(frame.payload)


class LiveSocket:
    """One connection."""

    def __init__(self, hub: Hub, doors: Doorkeeper, scope: Scope, receive: Receive, send: Send) -> None:
        self._hub = hub
        self._doors = doors
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
        try:
            check_origin(who)
        except HubError:
            await self._send({"type": "websocket.close", "code": 4403})
            return
        await self._send({"type": "websocket.accept"})
        transport = self._scope.get("extensions", {}).get(TRANSPORT)
        outlet = WireOutlet(transport, self._end) if transport is not None else QueueOutlet(self._send, self._end)
        session: Session | None = None
        try:
            session = await self._sign_in(who.token, outlet)
            if session is not None:
                await self._serve(Client(session, outlet))
        finally:
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

    async def _sign_in(self, token: str | None, outlet: WireOutlet | QueueOutlet) -> Session | None:
        try:
            if token is None:
                async with asyncio.timeout(SIGN_IN_WITHIN):
                    message = await self._receive()
                said = self._decode(message) if message["type"] == "websocket.receive" else None
                token = said.token if isinstance(said, Auth) else None
            identity = self._doors.identify(token) if token is not None else None
            if identity is None:
                raise SignInNeeded()
            return self._hub.open_session(identity)
        except (HubError, TimeoutError) as error:
            problem = error if isinstance(error, HubError) else SignInNeeded()
            text = msgspec.json.encode({"t": "bye", "code": problem.code, "detail": problem.detail})
            await self._send({"type": "websocket.send", "text": text.decode()})
            await self._send({"type": "websocket.close", "code": 4401, "reason": problem.detail[:100]})
            return None

    async def _serve(self, client: Client) -> None:
        self._client = client
        reader = asyncio.create_task(self._read(client))
        await asyncio.wait((reader, self._ending), return_when=asyncio.FIRST_COMPLETED)
        if self._ending.done():
            reader.cancel()
            code, reason = self._ending.result()
            with contextlib.suppress(Exception):
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        with contextlib.suppress(asyncio.CancelledError):
            await reader

    async def _read(self, client: Client) -> None:
        wrong = 0
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            try:
                client.session.spend()
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
                task = asyncio.create_task(self._do(client, said))
                self._tasks.add(task)
                task.add_done_callback(self._done)
            case Provide():
                refused = await client.session.provide(said.set)
                if said.id is not None:
                    client.send({"t": "ok", "id": said.id, "data": {"refused": refused}})
                elif refused:
                    client.send({"t": "error", **_error(BadInput("; ".join(refused)[:500]))})
            case Hello():
                rate = said.rate
                if rate is not None and not 0.01 <= rate <= 1000:
                    raise BadInput("a rate is from 0.01 to 1000 a second")
                if said.format not in ("json", "msgpack"):
                    raise BadInput("the formats are json and msgpack")
                want = frozenset(said.want)
                self._hub.live.join(client, want, rate, said.format, said.epoch, said.rev)
            case Ping():
                client.send({"t": "pong", "now": self._hub.household.clock.now()})
            case Auth():
                raise BadInput("already signed in")

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._room.release()

    async def _do(self, client: Client, said: Do) -> None:
        try:
            data = said.data
            if said.key is not None or said.ttl is not None:
                if data is not None and not isinstance(data, dict):
                    raise BadInput("data is an object")
                data = dict(data or {})
                if said.key is not None:
                    data["key"] = said.key
                if said.ttl is not None:
                    data["ttl"] = said.ttl
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
