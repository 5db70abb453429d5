"""Turning a camera: while somebody holds, and not a moment longer. Whoever holds says so over and over; who is not
heard any more has let go, whatever the reason, and the camera is told until it has heard it."""

from __future__ import annotations

import asyncio
import contextlib

import httpx

from wayhome import log
from wayhome.errors import LinkError, Refused, Unreachable
from wayhome.links.rtsp import onvif, onvif_ptz
from wayhome.links.rtsp.onvif_client import Services, choose
from wayhome.links.rtsp.onvif_ptz import PTZ, Turnable

HELD = 1.0
"""Who holds and is not heard for so long, in s, has let go."""
NUDGE = 0.5
LEAST = 2
"""The camera itself is to stop after so many s without a word, should the hub die; not all heed it."""
RESAY = 1.0
"""So often, in s, a turn that goes on is said again."""
LEAVE = 3.0
"""So long, in s, is waited for a camera that turns when its link is stopped."""
STOPS, STOP_AGAIN = 10, 0.5
"""A stop that was not heard is said again, so often, each so many s later."""

type Speeds = tuple[float, float, float]
STILL: Speeds = (0.0, 0.0, 0.0)


class Turning:
    """One camera's. ``url``: of its device service."""

    def __init__(self, url: str, user: str | None, password: str | None, profile: str | None) -> None:
        self._url = url
        self._user = user
        self._password = password or ""
        self._profile = profile
        self._http: httpx.AsyncClient | None = None
        self._services: Services | None = None
        self._wanted: Speeds = STILL
        self._until = 0.0
        self._changed = asyncio.Event()
        self._mover: asyncio.Task[None] | None = None
        self._wrong: LinkError | None = None
        self.can: Turnable | None = None

    async def learn(self) -> Turnable | None:
        """What of it can be turned; None: nothing. Raises LinkError."""
        services = self._open()
        await services.set_clock()
        ability = "<GetCapabilities><Category>{}</Category></GetCapabilities>"
        media = await services.ask(self._url, onvif.DEVICE, ability.format("Media"))
        try:
            told = (await services.ask(self._url, onvif.DEVICE, ability.format("PTZ"))).said("PTZ", "XAddr")
        except Refused:
            told = ""
        if not told:
            return None
        films = await services.ask(
            services.here(media.said("Media", "XAddr") or self._url), onvif.MEDIA, "<GetProfiles/>"
        )
        token = choose(onvif.profiles(films), self._profile).token
        node = onvif_ptz.node(films, token)
        if node is None:
            return None
        url = services.here(told)
        pans, zooms = onvif_ptz.moves(await services.ask(url, PTZ, onvif_ptz.get_node(node)))
        presets = {}
        with contextlib.suppress(Refused):
            presets = onvif_ptz.presets(await services.ask(url, PTZ, onvif_ptz.get_presets(token)))
        if not pans and not zooms and not presets:
            return None
        self.can = Turnable(url, token, pans, zooms, presets)
        return self.can

    def hold(self, speeds: Speeds, seconds: float = HELD) -> None:
        """Turn with these speeds (-1 to 1) for the next ``seconds``, unless it is held on. Raises LinkError: what went
        wrong since it was held last."""
        wrong, self._wrong = self._wrong, None
        if wrong is not None and speeds != STILL:
            raise wrong
        self._wanted = speeds
        self._until = asyncio.get_running_loop().time() + (seconds if speeds != STILL else 0.0)
        self._changed.set()
        if speeds != STILL and (self._mover is None or self._mover.done()):
            self._mover = asyncio.create_task(self._move())

    async def go_to(self, name: str) -> None:
        """Turn to a position by its name. Raises LinkError."""
        can = self.can
        token = can.presets.get(name) if can is not None else None
        if can is None or token is None:
            raise Refused(f"the camera has no position {name[:60]!r}")
        self.hold(STILL)
        if self._mover is not None:
            await asyncio.wait((self._mover,), timeout=STOPS)
        await self._open().ask(can.url, PTZ, onvif_ptz.go_to(can, token))

    async def close(self) -> None:
        """Nobody turns it any more."""
        self.hold(STILL)
        if self._mover is not None:
            await asyncio.wait((self._mover,), timeout=LEAVE)
        if self._http is not None:
            await self._http.aclose()
            self._http = self._services = None

    def _open(self) -> Services:
        if self._services is None:
            self._http = httpx.AsyncClient(trust_env=False, follow_redirects=False)
            self._services = Services(self._http, self._url, self._user, self._password)
        return self._services

    async def _move(self) -> None:
        """Say what is wanted as long as it is, and stop. A stop ends it, unless it is held again meanwhile."""
        can = self.can
        assert can is not None
        while self._held():
            try:
                await self._follow(can)
            except LinkError as error:
                self._wrong, self._wanted = error, STILL
            finally:
                # It may have heard the turn and not been able to say so: it is stopped all the same.
                await asyncio.shield(asyncio.ensure_future(self._stop(can)))

    def _held(self) -> bool:
        return self._wanted != STILL and asyncio.get_running_loop().time() < self._until

    async def _follow(self, can: Turnable) -> None:
        loop = asyncio.get_running_loop()
        said, again = STILL, 0.0
        while self._held():
            self._changed.clear()
            if self._wanted != said or loop.time() >= again:
                said, again = self._wanted, loop.time() + RESAY
                try:
                    async with asyncio.timeout(HELD):
                        await self._open().ask(can.url, PTZ, onvif_ptz.move(can, *said, LEAST))
                except TimeoutError:
                    raise Unreachable("the camera does not answer") from None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, min(self._until, again) - loop.time())):
                    await self._changed.wait()

    async def _stop(self, can: Turnable) -> None:
        for n in range(STOPS):
            try:
                async with asyncio.timeout(HELD * 2):
                    try:
                        await self._open().ask(can.url, PTZ, onvif_ptz.stop(can))
                    except Refused:
                        # One that knows no stop takes a turn at no speed. Who is busy takes neither, and turns on.
                        await self._open().ask(can.url, PTZ, onvif_ptz.move(can, *STILL, LEAST))
                return
            except (LinkError, TimeoutError) as error:
                why = error if isinstance(error, LinkError) else Unreachable("the camera does not answer")
                if n == 0:
                    log.get("rtsp").warning("a camera did not hear the stop", url=self._url, detail=why.detail)
            await asyncio.sleep(STOP_AGAIN)
