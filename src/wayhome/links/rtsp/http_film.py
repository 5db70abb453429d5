"""Cameras that send their pictures over http: as Motion JPEG in an answer without end, or one for each question."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import httpx

from wayhome.core.image import MAX_BYTES
from wayhome.errors import AuthNeeded, LinkError, Refused, Unreachable
from wayhome.hub.parts import Parts, boundary
from wayhome.links.rtsp import digest
from wayhome.links.rtsp.settings import Settings

ANSWER_TIME = 5.0
TIME = httpx.Timeout(ANSWER_TIME, read=15.0)
"""In s. Of a film the pictures are watched, not the bytes."""
EVERY = 1.0
"""A camera with stills only is asked for one so often, in s."""


class HttpFilm:
    """A film over http. ``told``: gets what should be a picture; what it raises ends the film."""

    def __init__(self, http: httpx.AsyncClient, settings: Settings, password: str | None) -> None:
        self._http = http
        self._settings = settings
        self._password = password or ""
        self._challenge: digest.Challenge | None = None
        self._reading: asyncio.Task[None] | None = None
        self.packets = 0
        """Pieces of pictures that have come."""
        self.over: asyncio.Future[LinkError] = asyncio.get_running_loop().create_future()
        """What it ended with."""

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[httpx.Response]:
        """The answer, signed in where the camera wants that. Raises LinkError."""
        url = self._settings.url
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            for _ in range(3):
                headers = {"Accept-Encoding": "identity"}
                if self._challenge is not None:
                    user = self._settings.user or ""
                    word = self._challenge.answer("GET", path, user, self._password, secrets.token_hex(8))
                    headers["Authorization"] = word
                async with self._http.stream("GET", url, headers=headers, timeout=TIME) as answer:
                    if answer.status_code != 401:
                        yield answer
                        return
                    offered = digest.challenge(answer.headers.get_list("www-authenticate"))
                if not self._settings.user:
                    raise AuthNeeded("the camera asks for a user and a password")
                if offered is None:
                    raise Refused("the camera asks for a login of a kind that we don't know")
                if self._challenge is not None and not offered.stale:
                    break
                self._challenge = offered
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"the camera does not answer ({type(error).__name__})") from None
        raise AuthNeeded("the camera does not take this user and password")

    def play(self, answer: httpx.Response, told: Callable[[bytes], None]) -> None:
        """Have it show; ``told`` gets each picture from now on."""
        self._reading = asyncio.create_task(self._read(answer, told))

    async def _read(self, answer: httpx.Response, told: Callable[[bytes], None]) -> None:
        end: LinkError = Unreachable("the camera ended its film")
        try:
            mark = boundary(answer.headers.get("content-type", ""))
            if mark is not None:
                parts = Parts(mark)
                async for piece in answer.aiter_raw():  # never unpacked: a kilobyte may become gigabytes
                    self.packets += 1
                    for body in parts.take(piece):
                        told(body)
            else:
                await self._stills(answer, told)
        except LinkError as error:
            end = error
        except (httpx.HTTPError, httpx.StreamError) as error:
            end = Unreachable(f"the camera broke off ({type(error).__name__})")
        finally:
            if not self.over.done():
                self.over.set_result(end)

    async def _stills(self, first: httpx.Response, told: Callable[[bytes], None]) -> None:
        loop = asyncio.get_running_loop()
        told(await self._whole(first))
        while True:
            asked = loop.time()
            async with self.opened() as answer:
                if answer.status_code != 200:
                    raise Unreachable(f"the camera sends no picture (it answered {answer.status_code})")
                told(await self._whole(answer))
            await asyncio.sleep(max(0.0, EVERY - (loop.time() - asked)))

    async def _whole(self, answer: httpx.Response) -> bytes:
        data = bytearray()
        async for piece in answer.aiter_raw():  # never unpacked: a kilobyte may become gigabytes
            self.packets += 1
            data += piece
            if len(data) > MAX_BYTES:
                raise Refused(f"a picture of more than {MAX_BYTES >> 20} MB")
        return bytes(data)

    async def leave(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)


@contextlib.asynccontextmanager
async def filmed(
    settings: Settings, password: str | None, told: Callable[[bytes], None]
) -> AsyncIterator[HttpFilm | None]:
    """A film over http, at the settings' address; None: what answers there sends no pictures, and may be an ONVIF
    service. Raises LinkError."""
    if not settings.asks or "onvif" in settings.url.lower():
        yield None
        return
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False) as http, contextlib.AsyncExitStack() as stack:
        film = HttpFilm(http, settings, password)
        try:
            async with asyncio.timeout(ANSWER_TIME):
                answer = await stack.enter_async_context(film.opened())
        except (Unreachable, TimeoutError):
            yield None  # by ONVIF it is said what is wrong
            return
        kind = answer.headers.get("content-type", "").lower()
        if answer.status_code != 200 or not kind.startswith(("multipart/", "image/")):
            await stack.aclose()
            yield None
            return
        film.play(answer, told)
        try:
            yield film
        finally:
            await film.leave()
