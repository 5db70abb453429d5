"""Sending push messages: one POST each, again where the push service says later, never in the hub's way."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from wayhome import log
from wayhome.errors import HubError, NotFound, Refused, Unreachable
from wayhome.features.notices.push import address
from wayhome.features.notices.push.encryption import Keys, encrypted
from wayhome.features.notices.push.vapid import Vapid
from wayhome.hub.ports import Clock, Ids

type Urgency = Literal["low", "normal", "high"]

AT_ONCE = 4
WAITING = 1_000
"""So many messages may be under way or wait; more are dropped, and that is logged."""
TIME = 15.0
TRIES = 6
FIRST = 5.0
LONGEST = 3_600.0
PAD = 512
"""Messages are padded to so many bytes: the length of most says nothing."""


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
        self._lanes = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._http = httpx.AsyncClient(
            verify=reach.trust if reach.trust is not None else True,
            trust_env=False,
            timeout=TIME,
            follow_redirects=False,
        )

    async def close(self) -> None:
        """What still waits is let go."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    def send(self, endpoint: str, keys: Keys, message: Message, still: Callable[[], bool]) -> None:
        """Send in the background. ``still``: whether the device may still get it, asked before each try."""
        if len(self._tasks) >= WAITING:
            log.get("notices").warning("too many push messages wait; one is dropped")
            return
        task = asyncio.create_task(self._deliver(endpoint, keys, message, still))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, endpoint: str, keys: Keys, message: Message, still: Callable[[], bool]) -> None:
        until = self._clock.steady() + message.ttl
        for tries in range(TRIES):
            if not still():
                return
            wait = self._first * 4**tries * (1 + self._ids.jitter())
            try:
                async with self._lanes:
                    await self.post(endpoint, keys, message)
                return
            except NotFound:
                self._gone(endpoint)
                return
            except Later as later:
                wait = max(wait, min(later.after, LONGEST))
                why = later.detail
            except HubError as error:
                if not isinstance(error, Unreachable):
                    log.get("notices").warning("a push service refused a message", detail=error.detail)
                    return
                why = error.detail
            except Exception:
                # Whatever it was, its text may name the endpoint: that must stay out of the log.
                log.get("notices").error("a push message could not be sent")
                return
            if tries + 1 == TRIES or self._clock.steady() + wait > until:
                log.get("notices").warning("a push message was given up", detail=why)
                return
            await asyncio.sleep(wait)

    async def post(self, endpoint: str, keys: Keys, message: Message) -> None:
        """Send once. Raises NotFound (the subscription is no more), Later, Refused, Unreachable, BadInput."""
        parts = urlsplit(address.checked(endpoint, private=self._reach.private))
        host, port = parts.hostname or "", parts.port or 443
        ip = await address.resolved(host, port, private=self._reach.private)
        headers = {
            "Host": parts.netloc,
            "Authorization": self._vapid.header(address.origin(endpoint), self._clock.now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(message.ttl),
            "Urgency": message.urgency,
            **({"Topic": message.topic} if message.topic else {}),
        }
        body = encrypted(message.body, keys, ec.generate_private_key(ec.SECP256R1()), os.urandom(16), PAD)
        url = httpx.URL(endpoint).copy_with(host=ip, port=port)
        request = self._http.build_request(
            "POST", url, headers=headers, content=body, extensions={"sni_hostname": host}
        )
        try:
            async with asyncio.timeout(TIME):
                answer = await self._http.send(request, stream=True)
                await answer.aclose()  # what it says is of no use, and might be endless
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            raise Unreachable(
                f"the push service does not answer ({type(error).__name__})", advice="See whether the hub has internet."
            ) from None
        _judge(answer.status_code, answer.headers.get("retry-after", ""))


class Later(Unreachable):
    """The push service is busy, and may say how long it wants to be left alone (s)."""

    after: float = 0.0


def _judge(status: int, retry_after: str) -> None:
    if 200 <= status < 300:
        return
    if status in (404, 410):
        raise NotFound("the push service no longer knows this device", advice="Turn push off and on again on it.")
    if status == 429 or status >= 500:
        later = Later(f"the push service answers {status}", advice="It is tried again by itself.")
        later.after = float(retry_after) if retry_after.isdigit() and len(retry_after) < 7 else 0.0
        raise later
    raise Refused(f"the push service answers {status}", advice="Turn push off and on again on this device.")
