"""The connection to one camera: ask what it sends, have it play over the same connection, hand its packets on.
Everything that can fail is a LinkError."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from typing import cast

import msgspec

from wayhome.errors import AuthNeeded, LinkError, Refused, Unreachable
from wayhome.links.rtsp import digest, sdp
from wayhome.links.rtsp.onvif_client import FILMS as TAKEN
from wayhome.links.rtsp.onvif_client import Where, find_film
from wayhome.links.rtsp.sdp import Track
from wayhome.links.rtsp.settings import Settings
from wayhome.links.rtsp.wire import Answer, Asked, Reader, Rubbish, number, request

CONNECT_TIME, ANSWER_TIME, FIND_TIME = 5.0, 5.0, 15.0
LONGEST_KEEP = 60.0
UNHEARD = 65_536
"""Bytes of answers that a camera may leave lying."""
AGENT = "Wayhome"
FILMS = {"H265": "H.265", "HEVC": "H.265", "MP4V-ES": "MPEG-4"}
"""How the kinds that browsers don't take from us are called."""


class Connection(asyncio.Protocol):
    """One open connection. ``told``: gets each packet of the film; what it raises ends the connection."""

    def __init__(self, settings: Settings, password: str | None) -> None:
        self._settings = settings
        self._password = password or ""
        self._reader = Reader()
        self._transport: asyncio.Transport | None = None
        self._number = 0
        self._answer: asyncio.Future[Answer] | None = None
        self._challenge: digest.Challenge | None = None
        self._session = ""
        self._keep = LONGEST_KEEP
        self._told: Callable[[bytes], None] = lambda data: None
        self.over: asyncio.Future[LinkError] = asyncio.get_running_loop().create_future()
        """What it ended with."""

    # asyncio's

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        try:
            for event in self._reader.take(data):
                if isinstance(event, tuple):
                    if event[0] == 0:
                        self._told(event[1])
                elif isinstance(event, Asked):
                    if self._transport is not None and self._transport.get_write_buffer_size() > UNHEARD:
                        raise Rubbish("it asks and does not listen")
                    self._say(f"RTSP/1.0 200 OK\r\nCSeq: {event.number}\r\n\r\n".encode())
                elif self._answer is not None and not self._answer.done():
                    self._answer.set_result(event)
        except Rubbish as rubbish:
            self._end(Refused(f"this is no camera's address: {rubbish}", advice="See its address in its manual."))
        except LinkError as error:
            self._end(error)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(Unreachable("the camera closed the connection"))

    def _end(self, error: LinkError) -> None:
        if not self.over.done():
            self.over.set_result(error)
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
        if self._transport is not None:
            self._transport.abort()

    def _say(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    # Asking

    async def _ask(self, method: str, url: str, **headers: str) -> Answer:
        """One question; signs in where the camera wants that. Raises LinkError."""
        for again in (False, True, True):
            answer = await self._ask_once(method, url, headers)
            if answer.status != 401:
                return answer
            if not self._settings.user:
                raise AuthNeeded("the camera asks for a user and a password")
            offered = digest.challenge(answer.headers.get("www-authenticate", []))
            if offered is None:
                raise Refused("the camera asks for a login of a kind that we don't know")
            if again and not offered.stale:
                break
            self._challenge = offered
        raise AuthNeeded("the camera does not take this user and password")

    async def _ask_once(self, method: str, url: str, headers: dict[str, str]) -> Answer:
        if self.over.done():
            raise self.over.result()
        self._number += 1
        sent = {**headers, "User-Agent": AGENT}
        if self._session:
            sent["Session"] = self._session
        if self._challenge is not None:
            user = self._settings.user or ""
            sent["Authorization"] = self._challenge.answer(method, url, user, self._password, secrets.token_hex(8))
        self._answer = asyncio.get_running_loop().create_future()
        self._say(request(method, url, self._number, sent))
        try:
            async with asyncio.timeout(ANSWER_TIME):
                while True:
                    answer = await self._answer
                    if answer.header("cseq") in ("", str(self._number)) and answer.status >= 200:
                        return answer
                    self._answer = asyncio.get_running_loop().create_future()
        except TimeoutError:
            raise Unreachable(f"the camera did not answer {method} within {ANSWER_TIME:g} s") from None
        finally:
            self._answer = None

    async def describe(self) -> Track:
        """The film that it offers. Raises LinkError: Refused where it is of a kind that can't be passed on."""
        url = self._settings.url
        answer = await self._ask("DESCRIBE", url, Accept="application/sdp")
        if answer.status in (404, 454):
            raise Refused("the camera has no film at this address", advice="See the path of its film in its manual.")
        if answer.status != 200:
            raise Refused(f"the camera says {answer.status} {answer.reason}".strip())
        base = answer.header("content-base") or answer.header("content-location") or url
        offered = sdp.tracks(answer.body.decode("utf-8", "replace"), sdp.absolute(url, base))
        track = next((one for kind in TAKEN for one in offered if one.codec == kind), None)
        if track is None:
            kinds = ", ".join(FILMS.get(one.codec, one.codec[:20]) for one in offered)
            detail = f"the camera sends {kinds}, not H.264" if kinds else "the camera sends no film"
            raise Refused(detail, advice="Set its film to H.264, or give the address of its second film.")
        return track

    async def play(self, track: Track, told: Callable[[bytes], None]) -> None:
        """Have it play; ``told`` gets each packet from now on. Raises LinkError."""
        transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
        answer = await self._ask("SETUP", track.control, Transport=transport)
        if answer.status == 461:
            raise Refused("the camera does not send its film over TCP")
        if answer.status != 200:
            raise Refused(f"the camera says {answer.status} {answer.reason}".strip())
        self._session, _, rest = answer.header("session").partition(";")
        timeout = number(rest.partition("timeout=")[2].partition(";")[0].strip())
        if timeout is not None:
            self._keep = min(max(float(timeout), 4.0), LONGEST_KEEP)
        self._told = told
        answer = await self._ask("PLAY", self._settings.url, Range="npt=0.000-")
        if answer.status != 200:
            raise Refused(f"the camera does not play: {answer.status} {answer.reason}".strip())

    async def keep(self) -> None:
        """Keep it playing: it forgets whoever says nothing. Until cancelled."""
        while True:
            await asyncio.sleep(self._keep / 2)
            # Cameras that know no GET_PARAMETER say so, or say nothing; that they heard it is all it is for. Whether
            # the film goes on is told by its pictures.
            with contextlib.suppress(LinkError):
                await self._ask("GET_PARAMETER", self._settings.url)

    def leave(self) -> None:
        """Say good-bye, without waiting for the answer, and close."""
        if self._session and self._transport is not None and not self.over.done():
            self._number += 1
            sent = {"Session": self._session, "User-Agent": AGENT}
            if self._challenge is not None:
                answer = self._challenge.answer(
                    "TEARDOWN", self._settings.url, self._settings.user or "", self._password, secrets.token_hex(8)
                )
                sent["Authorization"] = answer
            self._say(request("TEARDOWN", self._settings.url, self._number, sent))
            self._told = lambda data: None
            self._transport.close()
        elif self._transport is not None:
            self._transport.abort()


async def film_of(settings: Settings, password: str | None) -> tuple[Settings, Where | None]:
    """The settings with the address of the film itself: a camera that is known by its ONVIF service is asked for it,
    as it may move. With what the camera says that it is. Raises LinkError."""
    if not settings.asks:
        return settings, None
    try:
        # Its answers may come byte by byte: then each single one is in time, and all of them never.
        async with asyncio.timeout(FIND_TIME):
            where = await find_film(settings.url, settings.user, password, settings.profile)
    except TimeoutError:
        raise Unreachable(f"the camera did not say within {FIND_TIME:g} s where its film is") from None
    try:
        return msgspec.structs.replace(settings, url=where.url), where
    except ValueError:
        raise Refused(f"the camera tells an address that is none: {where.url[:80]!r}") from None


@contextlib.asynccontextmanager
async def connected(settings: Settings, password: str | None) -> AsyncIterator[Connection]:
    """Connect to a camera. Raises Unreachable."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_TIME):
            transport, connection = await loop.create_connection(
                lambda: Connection(settings, password), settings.host, settings.port
            )
    except TimeoutError:
        raise Unreachable(f"nobody answers at {settings.host} within {CONNECT_TIME:g} s") from None
    except OSError as error:
        raise Unreachable(f"nobody answers at {settings.host}:{settings.port} ({error.strerror or error})") from None
    found = transport.get_extra_info("socket")
    if found is not None:
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        yield connection
    finally:
        connection.leave()
