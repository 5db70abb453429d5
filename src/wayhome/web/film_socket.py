"""Where a screen sees a camera's film: ``/api/film?thing=yard``. A socket of its own, beside the live one, so that no
picture stands in the way of a lamp.

The hub says ``{"t": "film", "codec": …, "width": …, "height": …}`` (and ``"seldom": true``, see ``Film``), then
pictures in binary frames (see ``wayhome.hub.film.Shot.frame``), and ``{"t": "bye", "code": …, "detail": …,
"advice": …}`` at the end. The screen says ``{"t": "seen", "n": 123}``, the number of the last picture that it has
drawn, a few times a second: whoever falls behind goes on at the next key picture. Over a road that may cost it says
``{"t": "stay"}`` when somebody touches it. Who signs in by a word says ``{"t": "auth", "token": …}`` first.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from urllib.parse import parse_qs

import msgspec

from wayhome.errors import BadInput, HubError, Resting, SignInNeeded, TooMany, Unreachable
from wayhome.hub import film
from wayhome.hub.following import Following
from wayhome.hub.frames import Auth, Frame
from wayhome.hub.running import Hub
from wayhome.hub.session import Session
from wayhome.web import cross_origin
from wayhome.web.entry import caller
from wayhome.web.live_socket import LAST_WORDS, SIGN_IN_WITHIN, TRANSPORT
from wayhome.web.outlets import LET_GO, QueueOutlet, Receive, Scope, Send, WireOutlet
from wayhome.web.passes import Passes

FILM = "/api/film"
MOST, MOST_OF_ONE = 64, 16
"""So many films are shown at once, and of them to one device: it takes nobody else's."""
FIRST_WITHIN = 15.0
"""So long, in s, a camera may take to show something."""
PATIENCE = 20.0
"""One that draws nothing for so many s is let go."""
LOOK = 0.5


class Seen(msgspec.Struct, tag_field="t", tag="seen", forbid_unknown_fields=True):
    """I have drawn the picture of this number."""

    n: int


class Stay(msgspec.Struct, tag_field="t", tag="stay", forbid_unknown_fields=True):
    """Somebody has touched the screen: they look."""


_said: msgspec.json.Decoder[Auth | Seen | Stay] = msgspec.json.Decoder(Auth | Seen | Stay)


class FilmSocket:
    """One screen that looks at one camera. ``showing``: all that do at this hub."""

    def __init__(
        self, hub: Hub, passes: Passes, showing: set[FilmSocket], scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._hub = hub
        self._passes = passes
        self._showing = showing
        self._scope = scope
        self._receive = receive
        self._send = send
        self._ending: asyncio.Future[HubError] = asyncio.get_running_loop().create_future()
        self._whose: tuple[str, str | None] | None = None
        """The actor and the device that it is shown to."""
        self._touched = asyncio.get_running_loop().time()

    async def run(self) -> None:
        """Serve until either side ends."""
        who = caller(self._scope["scheme"], self._scope["headers"], self._scope.get("client"))
        if (await self._receive())["type"] != "websocket.connect":
            return
        whose = "own" if who.bearer is not None else cross_origin.comes(who, self._hub.reach)
        if whose == "stranger":
            await self._send({"type": "websocket.close", "code": 4403})
            return
        await self._send({"type": "websocket.accept"})
        transport = self._scope.get("extensions", {}).get(TRANSPORT)
        outlet = WireOutlet(transport, self._closed) if transport is not None else QueueOutlet(self._send, self._closed)
        session: Session | None = None
        try:
            # At another door no cookie counts: its page says the pass that it has there.
            session = await self._let_in(who.token if whose == "own" else None)
            await self._show(session, outlet)
        except HubError as error:
            await self._bye(outlet, error)
        finally:
            if session is not None:
                session.on_change = None
                self._hub.sessions.close(session, "disconnected")
            if isinstance(outlet, QueueOutlet):
                outlet.task.cancel()

    def _closed(self, code: int, reason: str) -> None:
        return

    def _end(self, error: HubError) -> None:
        if not self._ending.done():
            self._ending.set_result(error)

    async def _let_in(self, token: str | None) -> Session:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SIGN_IN_WITHIN):
                said = await self._hear() if token is None else None
                known = said.token if isinstance(said, Auth) else token
                identity = self._passes.identify(known) if known is not None else None
                if identity is not None:
                    return self._hub.open_session(identity)
        raise SignInNeeded()

    async def _hear(self) -> Auth | Seen | Stay | None:
        """What the screen says next; None: it is gone."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return None
        try:
            return _said.decode(message.get("text") or message.get("bytes") or b"")
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"cannot read this message: {error}"[:300]) from None

    async def _show(self, session: Session, outlet: WireOutlet | QueueOutlet) -> None:
        thing_id = next(iter(parse_qs(self._scope["query_string"].decode("latin-1")).get("thing", [])), "")
        session.spend(20)
        film.check(self._hub, session, thing_id)
        self._whose = session.identity.actor, session.identity.device
        if len(self._showing) >= MOST:
            raise TooMany(f"{MOST} films are shown at once")
        if sum(one._whose == self._whose for one in self._showing) >= MOST_OF_ONE:
            raise TooMany(f"{MOST_OF_ONE} films are shown at once on one screen")

        def again() -> None:
            try:
                film.check(self._hub, session, thing_id)
            except HubError as error:
                self._end(error)

        screen = Following(outlet, self._end)
        session.on_change = again
        self._hub.drivers.told.add(again)
        self._showing.add(self)
        leave: Callable[[], None] | None = None
        reader = asyncio.create_task(self._read(session, screen))
        try:
            leave = film.watch(self._hub, thing_id, screen, session.identity)
            await self._follow(screen, reader, again)
        finally:
            self._showing.discard(self)
            if leave is not None:
                leave()
            self._hub.drivers.told.discard(again)
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _follow(self, screen: Following, reader: asyncio.Task[None], again: Callable[[], None]) -> None:
        """Until one of both ends it. Raises what it ends with; returns when the screen is gone."""
        loop = asyncio.get_running_loop()
        until = loop.time() + FIRST_WITHIN
        while True:
            await asyncio.wait((reader, self._ending), timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
            if self._ending.done():
                raise self._ending.result()
            if reader.done():
                return reader.result()
            if not screen.shown and loop.time() > until:
                raise Unreachable("the camera shows nothing")
            if screen.behind > PATIENCE:
                raise TooMany("this screen could not follow")
            if screen.kind is not None and 0 < screen.kind.rests < loop.time() - self._touched:
                raise Resting(f"nobody touched this screen for {screen.kind.rests:g} s, and the film's road may cost")
            again()  # what time alone changes: a car that is away counts as parked after a while

    async def _read(self, session: Session, screen: Following) -> None:
        while (said := await self._hear()) is not None:
            session.spend()
            if isinstance(said, Seen):
                screen.seen(said.n)
            elif isinstance(said, Stay):
                self._touched = asyncio.get_running_loop().time()

    async def _bye(self, outlet: WireOutlet | QueueOutlet, error: HubError) -> None:
        said = {"t": "bye", "code": error.code, "detail": error.detail, "advice": error.hint}
        outlet.write(Frame(msgspec.json.encode(said)))
        if isinstance(outlet, QueueOutlet):
            outlet.close(4400, error.code)
            await asyncio.wait((outlet.task,), timeout=LAST_WORDS)
        code = 4401 if isinstance(error, SignInNeeded) else 4400
        with contextlib.suppress(Exception):  # TimeoutError too
            async with asyncio.timeout(LET_GO):
                await self._send({"type": "websocket.close", "code": code, "reason": error.code})
        if isinstance(outlet, WireOutlet):
            outlet.cut()
