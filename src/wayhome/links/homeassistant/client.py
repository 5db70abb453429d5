"""The connection to one Home Assistant: sign in, ask, subscribe, be told. Everything that can fail is a LinkError."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus, InvalidURI

from wayhome.core.value import Value
from wayhome.errors import AuthNeeded, LinkError, Refused, Unreachable
from wayhome.links.homeassistant.wire import Frame, Problem, frames, plain

MAX_MESSAGE = 64 * 2**20
"""Bytes of one message. The first of ``subscribe_entities`` holds every state: 3 MB for 5,000 entities, more where
an integration keeps forecasts or pictures in its attributes."""
CONNECT_TIME, ANSWER_TIME = 10.0, 30.0
HEARTBEAT, HEARTBEAT_TIME = 15.0, 10.0
MAX_OPEN = 512
"""So many questions at once without an answer."""

type Told = Callable[[Any], None]


class _Direct(connect):
    """A connection that follows no redirect: our sign-in goes to the address that a person gave, nowhere else."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


class Client:
    """One open, signed-in connection. ``serve`` must run for anything to be answered."""

    def __init__(self, socket: ClientConnection, version: str) -> None:
        self.version = version
        self._socket = socket
        self._last = 0
        self._open: dict[int, asyncio.Future[Frame]] = {}
        self._told: dict[int, Told] = {}
        self._first: dict[int, Callable[[Frame], None]] = {}

    async def serve(self) -> None:
        """Read until the connection ends; then raise why. Reads promptly: Home Assistant drops who lags behind."""
        silent = False

        async def beat_on() -> None:
            nonlocal silent
            await self._beat()
            silent = True
            self._socket.transport.abort()  # a half-closed connection never ends by itself

        beat = asyncio.create_task(beat_on())
        try:
            await self._read()
        except Unreachable:
            if silent:
                raise Unreachable("Home Assistant does not answer any more") from None
            raise
        finally:
            beat.cancel()
            self._fail(Unreachable("the connection to Home Assistant broke"))

    async def _read(self) -> None:
        try:
            while True:
                data = await self._socket.recv()
                batch = frames(data)
                # Results first: they say which contexts are ours, before the states that came of them.
                for frame in batch:
                    if frame.type in ("result", "pong") and frame.id is not None:
                        self._answer(frame.id, frame)
                for frame in batch:
                    if frame.type == "event" and frame.id is not None and frame.id in self._told:
                        self._told[frame.id](plain(frame.event))
        except ConnectionClosed as error:
            raise Unreachable(f"Home Assistant closed the connection ({_reason(error)})") from None

    async def _beat(self) -> None:
        """Ask whether it still lives, until it does not answer."""
        while True:
            await asyncio.sleep(HEARTBEAT)
            try:
                await self.ask("ping", within=HEARTBEAT_TIME)
            except LinkError:
                return

    def _answer(self, id: int, frame: Frame) -> None:
        first = self._first.pop(id, None)
        if first is not None and frame.success:
            first(frame)
        waiting = self._open.pop(id, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)

    def _fail(self, error: LinkError) -> None:
        for waiting in self._open.values():
            if not waiting.done():
                waiting.set_exception(error)
                waiting.exception()  # whoever asked may have gone; that is no fault
        self._open.clear()

    async def ask(
        self,
        type: str,
        *,
        within: float = ANSWER_TIME,
        first: Callable[[Frame], None] | None = None,
        told: Told | None = None,
        **data: Value,
    ) -> Any:
        """Ask and wait for the result. ``told`` gets the events of a subscription, ``first`` the result before
        anything of the same moment is handled. Raises Refused in Home Assistant's own words, Unreachable."""
        if len(self._open) >= MAX_OPEN:
            raise Unreachable("Home Assistant has not answered the questions before", advice="Wait a moment.")
        self._last += 1
        id = self._last
        waiting: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._open[id] = waiting
        if told is not None:
            self._told[id] = told
        if first is not None:
            self._first[id] = first
        try:
            async with asyncio.timeout(within):
                await self._socket.send(msgspec.json.encode({"id": id, "type": type, **data}), text=True)
                frame = await waiting
        except ConnectionClosed as error:
            raise Unreachable(f"Home Assistant closed the connection ({_reason(error)})") from None
        except TimeoutError:
            raise Unreachable(f"Home Assistant did not answer within {within:g} s") from None
        finally:
            self._open.pop(id, None)
            self._first.pop(id, None)
        if frame.type == "pong" or frame.success:
            return plain(frame.result)
        self._told.pop(id, None)
        raise refused(frame.error or Problem())


def refused(problem: Problem) -> LinkError:
    """Home Assistant's no, as our error: its own words stay."""
    words = (problem.message or problem.code or "it gave no reason").removeprefix("Validation error: ")[:300]
    # A service that the user may not call comes as home_assistant_error with this one word.
    match "unauthorized" if words == "Unauthorized" else problem.code:
        case "unauthorized":
            return Refused(
                f"Home Assistant does not let our user do this: {words}",
                advice="Give the user that Wayhome signs in with the right to it, in Home Assistant.",
            )
        case "not_found" | "unknown_command":
            return Refused(
                f"Home Assistant has no such function: {words}", advice="Update Home Assistant, or add the integration."
            )
        case "timeout":
            return Unreachable(f"Home Assistant says: {words}")
    return Refused(f"Home Assistant says: {words}")


@contextlib.asynccontextmanager
async def connected(url: str, token: str) -> AsyncIterator[Client]:
    """Connect to the Home Assistant at ``url`` (``http://host:8123``) and sign in.

    Raises AuthNeeded when it does not take the token, Unreachable when nothing or something else answers.
    """
    address = url.rstrip("/").replace("http", "ws", 1) + "/api/websocket"
    try:
        async with asyncio.timeout(CONNECT_TIME):
            # No compression: in a house it costs both sides more time than it saves.
            socket = await _Direct(
                address,
                max_size=MAX_MESSAGE,
                compression=None,
                ping_interval=None,
                open_timeout=None,
                close_timeout=1,
                proxy=None,
            )
    except InvalidStatus as error:
        raise Unreachable(
            f"there is no Home Assistant at {url} (it answered {error.response.status_code})",
            advice="Check the address under Settings, Links.",
        ) from None
    except (InvalidHandshake, InvalidMessage, InvalidURI, ConnectionClosed, ValueError) as error:
        raise Unreachable(f"there is no Home Assistant at {url} ({str(error)[:120]})") from None
    except TimeoutError:
        raise Unreachable(f"Home Assistant at {url} did not answer within {CONNECT_TIME:g} s") from None
    except ssl.SSLError as error:
        raise Unreachable(
            f"the certificate of {url} can't be trusted ({error.reason or error})",
            advice="Use a name that its certificate is for, or its http:// address inside your home.",
        ) from None
    except OSError as error:
        raise Unreachable(f"Home Assistant at {url} can't be reached ({error.strerror or error})") from None
    try:
        yield await _sign_in(socket, token)
    finally:
        with contextlib.suppress(Exception):
            await socket.close()


async def _sign_in(socket: ClientConnection, token: str) -> Client:
    try:
        async with asyncio.timeout(CONNECT_TIME):
            hello = frames(await socket.recv())[0]
            if hello.type != "auth_required":
                raise Unreachable("what answers there is not Home Assistant")
            await socket.send(msgspec.json.encode({"type": "auth", "access_token": token}), text=True)
            answer = frames(await socket.recv())[0]
            if answer.type == "auth_invalid":
                raise AuthNeeded(f"Home Assistant no longer takes our sign-in ({answer.message[:120]})")
            if answer.type != "auth_ok":
                raise Unreachable("what answers there is not Home Assistant")
            features = {"id": 1, "type": "supported_features", "features": {"coalesce_messages": 1}}
            await socket.send(msgspec.json.encode(features), text=True)
    except (ConnectionClosed, IndexError):
        raise Unreachable("Home Assistant closed the connection while we signed in") from None
    except TimeoutError:
        raise Unreachable(f"Home Assistant did not answer the sign-in within {CONNECT_TIME:g} s") from None
    client = Client(socket, answer.ha_version)
    client._last = 1
    return client


def _reason(error: ConnectionClosed) -> str:
    if error.rcvd is None:
        return "without a word"
    return error.rcvd.reason[:80] or f"code {error.rcvd.code}"
