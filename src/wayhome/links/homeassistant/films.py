"""Films of cameras: Home Assistant sends each as Motion JPEG, whatever the camera itself sends. One answer without end,
however many look."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

import httpx

from wayhome.errors import NotFound, Refused, Unreachable
from wayhome.hub.parts import Parts, boundary
from wayhome.hub.slides import OnNeed, Slides, follow
from wayhome.links.homeassistant.login import Access

TIME = httpx.Timeout(10.0, read=15.0)
"""In s. Home Assistant itself waits 10 s for a camera."""
OF_STILLS = "?interval=1"
"""Has Home Assistant make a film of stills, one in a second: for cameras of which it has no film."""


class EntityFilm:
    """The film of one camera. ``base``: Home Assistant's address. ``now``: the hub's time."""

    def __init__(
        self, http: httpx.AsyncClient, access: Access, base: str, entity: str, now: Callable[[], float]
    ) -> None:
        self._http = http
        self._access = access
        self._url = f"{base}/api/camera_proxy_stream/{entity}"
        self._entity = entity
        # It sends nothing new of a camera whose picture does not change, and of some a picture in ten seconds.
        self.slides = Slides(now, seldom=True)
        self.need = OnNeed(self.slides.reel, self._show)

    async def _show(self) -> None:
        over = False
        while not over:
            async with self._opened() as (parts, pieces):
                over = await follow(self.slides, parts, pieces)

    @contextlib.asynccontextmanager
    async def _opened(self) -> AsyncIterator[tuple[Parts, AsyncIterator[bytes]]]:
        """Raises NotFound, Unreachable, Refused, AuthNeeded."""
        query, fresh = "", False
        while True:
            headers = {"Authorization": f"Bearer {await self._access.token()}", "Accept-Encoding": "identity"}
            try:
                async with self._http.stream(
                    "GET", self._url + query, headers=headers, timeout=TIME, follow_redirects=False
                ) as answer:
                    mark = boundary(answer.headers.get("content-type", ""))
                    if answer.status_code == 200 and mark is not None:
                        yield Parts(mark), _pieces(answer)
                        return
                    status = answer.status_code
            except httpx.HTTPError as error:
                raise Unreachable(f"Home Assistant does not answer ({type(error).__name__})") from None
            if status == 401 and not fresh:
                self._access.forget()  # its time may have run out by Home Assistant's clock
                fresh = True
            elif status == 404:
                raise NotFound(f"Home Assistant has no {self._entity}")
            elif status == 503:
                raise Unreachable("the camera is switched off", advice="Switch it on in Home Assistant.")
            elif query:
                raise Refused(f"Home Assistant has no picture of it ({status})", advice="See it in Home Assistant.")
            else:
                query = OF_STILLS


async def _pieces(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw():  # never unpacked: a kilobyte may become gigabytes
            yield piece
    except httpx.ReadTimeout:
        raise Unreachable("Home Assistant sent nothing more of it") from None
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise Unreachable(f"Home Assistant broke off ({type(error).__name__})") from None
