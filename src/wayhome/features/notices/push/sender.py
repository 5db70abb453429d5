"""Sending push messages: one POST each, again where the push service says later, never in the hub's way."""

from __future__ import annotations

import asyncio
import math
import os
import ssl
from collections import defaultdict
from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from wayhome import log
from wayhome.errors import HubError, NotFound, Unreachable
from wayhome.features.notices.push import address
from wayhome.features.notices.push.answers import Later, judge
from wayhome.features.notices.push.encryption import encrypted
from wayhome.features.notices.push.subscriptions import Subscription
from wayhome.features.notices.push.vapid import Vapid
from wayhome.hub.ports import Clock, Ids

type Urgency = Literal["low", "normal", "high"]

AT_ONCE = 4
"""So many messages of one person are under way at once: whoever's push service hangs holds up nobody else."""
WAITING = 20
"""So many messages wait for one device; more are dropped, and that is logged."""
TIME = 15.0
CONNECT = 5.0
ADDRESSES = 3
FIRST = 5.0
LONGEST = 900.0
LATER = 3_600.0
"""No push service can make the hub wait longer than that, in s."""
PAD = 1024
"""Messages are padded to a multiple of so many bytes: the length of nearly all says nothing."""


class Message(msgspec.Struct, frozen=True):
    """What goes to one device. ``topic``: a newer one of the same replaces it while it waits (32 base64url letters at
    most). ``ttl``: how long it is worth delivering, in s."""

    body: bytes
    ttl: int
    urgency: Urgency
    topic: str | None = None


class Reach(msgspec.Struct, frozen=True):
    """How far push may reach: ``private`` allows the home network (tests), ``trust`` other authorities."""

    private: bool = False
    trust: ssl.SSLContext | None = None


class _Waiting(msgspec.Struct, eq=False):
    """A message on its way. ``settled`` hears that nothing more will come of it."""

    message: Message
    settled: Callable[[], None]
    task: asyncio.Task[None] | None = None


class Sender:
    """Sends. ``gone`` hears of endpoints that are no more."""

    def __init__(
        self, vapid: Vapid, clock: Clock, ids: Ids, reach: Reach, gone: Callable[[str], None], first: float = FIRST
    ) -> None:
        self._vapid = vapid
        self._clock = clock
        self._ids = ids
        self._reach = reach
        self._gone = gone
        self._first = first
        self._lanes: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))
        self._waiting: defaultdict[str, list[_Waiting]] = defaultdict(list)
        """Messages on their way, by endpoint, the oldest first."""
        self._http = httpx.AsyncClient(
            verify=reach.trust if reach.trust is not None else True,
            trust_env=False,
            timeout=httpx.Timeout(TIME, connect=CONNECT),
            follow_redirects=False,
            # Connections go to addresses, not to names: one that was made for a name must not serve another.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    @property
    def under_way(self) -> int:
        """So many messages have been neither taken nor given up."""
        return sum(len(waiting) for waiting in self._waiting.values())

    async def close(self) -> None:
        """What still waits is let go."""
        tasks = [one.task for waiting in self._waiting.values() for one in waiting if one.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.aclose()

    def send(self, to: Subscription, message: Message, still: Callable[[], bool], settled: Callable[[], None]) -> None:
        """Send in the background. ``still``: whether the device should still get it, asked before each try.
        ``settled``: called once it was taken, refused, replaced or given up; not when the hub stops before that."""
        waiting = self._waiting[to.endpoint]
        for older in [one for one in waiting if message.topic is not None and one.message.topic == message.topic]:
            self._drop(to.endpoint, older)
        if len(waiting) >= WAITING:
            log.get("notices").warning("too many push messages wait for a device; one is dropped")
            lesser = next((one for one in waiting if one.message.urgency != "high"), waiting[0])
            if message.urgency != "high":
                settled()
                return
            self._drop(to.endpoint, lesser)
        one = _Waiting(message, settled)
        self._waiting[to.endpoint].append(one)
        one.task = asyncio.create_task(self._run(to, one, still))

    def _drop(self, endpoint: str, one: _Waiting) -> None:
        if one.task is not None:
            one.task.cancel()
        self._ended(endpoint, one)

    def _ended(self, endpoint: str, one: _Waiting) -> None:
        waiting = self._waiting.get(endpoint, [])
        if one in waiting:
            waiting.remove(one)
            if not waiting:
                self._waiting.pop(endpoint, None)
            one.settled()

    async def _run(self, to: Subscription, one: _Waiting, still: Callable[[], bool]) -> None:
        try:
            await self._deliver(to, one.message, still)
        except Exception:
            # Whatever it was, its text may name the endpoint: that must stay out of the log.
            log.get("notices").error("a push message could not be sent")
        self._ended(to.endpoint, one)

    async def _deliver(self, to: Subscription, message: Message, still: Callable[[], bool]) -> None:
        until = self._clock.steady() + message.ttl
        wait = self._first
        while True:
            pause = wait * (1 + self._ids.jitter())
            try:
                async with self._lanes[to.person]:
                    if not still():
                        return
                    left = until - self._clock.steady()
                    await self.post(to, msgspec.structs.replace(message, ttl=max(0, math.ceil(left))))
                return
            except NotFound:
                self._gone(to.endpoint)
                return
            except Later as later:
                pause = max(pause, min(later.after, LATER))
                why = later.detail
            except Unreachable as error:
                why = error.detail
            except HubError as error:
                log.get("notices").warning("a push service refused a message", detail=error.detail)
                return
            if self._clock.steady() + pause > until:
                log.get("notices").warning("a push message was given up", detail=why)
                return
            await asyncio.sleep(pause)
            wait = min(wait * 3, LONGEST)

    async def post(self, to: Subscription, message: Message) -> None:
        """Send once. Raises NotFound (the subscription is no more), Later, Refused, Unreachable, BadInput."""
        parts = urlsplit(address.checked(to.endpoint, private=self._reach.private))
        host, port = parts.hostname or "", parts.port or 443
        origin = address.origin(to.endpoint)
        headers = {
            "Host": parts.netloc,
            "Authorization": self._vapid.header(origin, self._clock.now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(message.ttl),
            "Urgency": message.urgency,
            **({"Topic": message.topic} if message.topic else {}),
        }
        body = encrypted(message.body, to.keys, ec.generate_private_key(ec.SECP256R1()), os.urandom(16), PAD)
        addresses = await address.resolved(host, port, private=self._reach.private)
        try:
            async with asyncio.timeout(TIME):
                answer = await self._call(addresses[:ADDRESSES], host, port, to.endpoint, headers, body)
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            raise Unreachable(
                f"the push service does not answer ({type(error).__name__})", advice="See whether the hub has internet."
            ) from None
        if answer.status_code in (401, 403):
            self._vapid.renew(origin)
        judge(answer.status_code, answer.headers.get("retry-after", ""), self._clock.now())

    async def _call(
        self, addresses: list[str], host: str, port: int, endpoint: str, headers: dict[str, str], body: bytes
    ) -> httpx.Response:
        """Ask the first of the addresses that takes a connection: where one kind of internet is broken, the other may
        do."""
        for tried, ip in enumerate(addresses, 1):
            url = httpx.URL(endpoint).copy_with(host=ip, port=port)
            request = self._http.build_request(
                "POST", url, headers=headers, content=body, extensions={"sni_hostname": host}
            )
            try:
                answer = await self._http.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if tried == len(addresses):
                    raise
                continue
            await answer.aclose()  # what it says is of no use, and might be endless
            return answer
        raise AssertionError("there is always an address")
