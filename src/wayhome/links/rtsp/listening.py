"""Listening to what a camera notices: a pull point of its ONVIF service, subscribed to anew whenever it breaks. Nothing
that goes wrong here is the film's trouble: a camera that notices nothing is a camera."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from wayhome import log
from wayhome.errors import AuthNeeded, LinkError, Refused, Unreachable
from wayhome.links.rtsp import onvif, onvif_events
from wayhome.links.rtsp.noticing import Change, Noticing
from wayhome.links.rtsp.onvif import Node
from wayhome.links.rtsp.onvif_client import WITHIN, Services, choose
from wayhome.links.rtsp.onvif_events import Reference

TERM = 60
"""A subscription is asked for so many s, and renewed at half of what the camera gives."""
SHORTEST, LONGEST = 3.0, 600.0
PULL = 20
"""A question waits at the camera for so many s until there is something to tell."""
SLACK = 8.0
"""How much later than that an answer may come."""
PACE, IDLE = 0.2, 1.0
"""Questions follow each other no faster than so many s; where a camera does not wait and has nothing to tell, this."""
START = 20.0
FIRST, AWAY, REFUSED = 1.0, 30.0, 600.0
"""After so many s it is tried again, each time twice as long up to the second; the third where it says no."""
LEAVE = 2.0
"""How long a good-bye may take, in s."""
TICK = 0.5


class Ears(Protocol):
    """Who is told what a camera notices."""

    def offered(self, what: frozenset[str]) -> None:
        """What it could tell, of NOTICED and RING."""

    def changed(self, changes: list[Change]) -> None:
        """What has changed."""

    def lost(self, told: dict[str, bool]) -> None:
        """Nothing is heard any more; what was told last."""


async def listen(url: str, user: str | None, password: str | None, profile: str | None, ears: Ears) -> None:
    """Listen until cancelled. ``url``: of the camera's device service; ``profile``: which of its films."""
    wait, loop, known = FIRST, asyncio.get_running_loop(), False
    while True:
        began, least = loop.time(), FIRST
        try:
            async with httpx.AsyncClient(trust_env=False, follow_redirects=False) as http:
                point = _PullPoint(Services(http, url, user, password or ""), url, profile, ears)
                try:
                    await point.run()
                finally:
                    known = known or point.subscribed
        except Unreachable:
            pass
        except LinkError as error:
            # It has no events, or not for this user. One that had some may have forgotten, or talks nonsense.
            least = FIRST if known and not isinstance(error, AuthNeeded) else TERM
            log.get("rtsp").info("a camera tells nothing that it notices", host=_host(url), detail=error.detail)
        except Exception:
            least = REFUSED
            log.get("rtsp").exception("listening to a camera failed", host=_host(url))
        if loop.time() - began > TERM:
            wait = FIRST
        wait = max(wait, least)
        await asyncio.sleep(wait)
        wait = min(wait * 2, AWAY if least == FIRST else REFUSED)


class _PullPoint:
    """One subscription."""

    def __init__(self, services: Services, url: str, profile: str | None, ears: Ears) -> None:
        self._services = services
        self._url = url
        self._profile = profile
        self._ears = ears
        self._noticing = Noticing()
        self._foreign: frozenset[str] = frozenset()
        self._absolute = False
        """Whether this camera wants a time, and no duration."""
        self.subscribed = False

    async def run(self) -> None:
        """Subscribe and listen. Raises LinkError when it is over."""
        try:
            async with asyncio.timeout(START):
                reference = await self._subscribe()
        except TimeoutError:
            raise Unreachable("the camera does not answer") from None
        at = self._services.here(reference.address)
        self.subscribed = True
        try:
            await self._pull(at, reference)
        finally:
            self._ears.lost(self._noticing.lost())
            with contextlib.suppress(LinkError, TimeoutError):
                async with asyncio.timeout(LEAVE):
                    await self._say(
                        at, onvif_events.NOTIFICATION, onvif_events.UNSUBSCRIBE, "<Unsubscribe/>", reference
                    )

    async def _subscribe(self) -> Reference:
        services = self._services
        await services.set_clock()
        ability = "<GetCapabilities><Category>{}</Category></GetCapabilities>"
        found = await services.ask(self._url, onvif.DEVICE, ability.format("Events"))
        told = found.said("Events", "XAddr")
        if not told:
            raise Refused("the camera has no events")
        events = services.here(told)
        media = await services.ask(self._url, onvif.DEVICE, ability.format("Media"))
        films = await services.ask(
            services.here(media.said("Media", "XAddr") or self._url), onvif.MEDIA, "<GetProfiles/>"
        )
        self._foreign = onvif_events.others(films, choose(onvif.profiles(films), self._profile).token)
        with contextlib.suppress(Refused):
            about = await self._say(events, onvif_events.EVENTS, onvif_events.PROPERTIES, "<GetEventProperties/>")
            self._ears.offered(onvif_events.offered(about))
        answer = await self._term(events, onvif_events.EVENTS, onvif_events.CREATE, onvif_events.create)
        reference = onvif_events.reference(answer)
        if reference is None:
            raise Refused("the camera tells no address of its events")
        return reference

    async def _pull(self, at: str, reference: Reference) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(Refused):
            await self._say(at, onvif_events.EVENTS, onvif_events.SYNCHRONIZE, "<SetSynchronizationPoint/>", reference)
        lasts = _within(reference.lasts)
        renew = loop.time() + lasts / 2
        while True:
            if loop.time() >= renew:
                # Where it can't be renewed, it ends by a refusal, and another is asked for.
                with contextlib.suppress(Refused):
                    lasts = _within(
                        onvif_events.lasts(
                            await self._term(
                                at, onvif_events.NOTIFICATION, onvif_events.RENEW, onvif_events.renew, reference
                            )
                        )
                    )
                renew = loop.time() + lasts / 2
            began, wait = loop.time(), max(1, min(PULL, int(lasts / 3)))
            messages = onvif_events.noticed(await self._ask(at, reference, wait), self._foreign)
            self._tell(self._noticing.take(messages, loop.time()))
            idle = not messages and loop.time() - began < wait / 2
            await self._rest((IDLE if idle else PACE) - (loop.time() - began))

    async def _ask(self, at: str, reference: Reference, wait: int) -> Node:
        """Ask for messages; meanwhile what time alone ends is told. Raises LinkError."""
        asked = asyncio.create_task(
            self._say(at, onvif_events.EVENTS, onvif_events.PULL, onvif_events.pull(wait), reference, wait + SLACK)
        )
        loop = asyncio.get_running_loop()
        until = loop.time() + wait + SLACK
        try:
            while not asked.done():
                if loop.time() > until:
                    raise Unreachable("the camera does not answer")
                await asyncio.wait((asked,), timeout=TICK)
                self._tell(self._noticing.past(loop.time()))
            return await asked
        finally:
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)

    async def _rest(self, seconds: float) -> None:
        if seconds > 0:
            await asyncio.sleep(seconds)
        self._tell(self._noticing.past(asyncio.get_running_loop().time()))

    def _tell(self, changes: list[Change]) -> None:
        if changes:
            self._ears.changed(changes)

    async def _term(
        self, at: str, space: str, action: str, body: onvif_events.Body, reference: Reference | None = None
    ) -> Node:
        """Ask for time: a duration, and where the camera does not take it, a time by its own clock."""
        if not self._absolute:
            try:
                return await self._say(at, space, action, body(f"PT{TERM}S"), reference)
            except Refused:
                self._absolute = True
        end = datetime.fromtimestamp(self._services.now(), UTC) + timedelta(seconds=TERM)
        return await self._say(at, space, action, body(end.strftime("%Y-%m-%dT%H:%M:%SZ")), reference)

    async def _say(
        self,
        at: str,
        space: str,
        action: str,
        body: str,
        reference: Reference | None = None,
        within: float = WITHIN,
    ) -> Node:
        head = onvif_events.header(action, at, str(uuid.uuid4()), reference.along if reference is not None else "")
        return await self._services.ask(at, space, body, head, within)


def _within(lasts: float | None) -> float:
    """How long a subscription lasts, as far as that can be believed, in s."""
    return TERM if lasts is None or lasts <= 0 else min(max(lasts, SHORTEST), LONGEST)


def _host(url: str) -> str | None:
    """Of an address that may hold a password, what may stand in the log."""
    return urlsplit(url).hostname
