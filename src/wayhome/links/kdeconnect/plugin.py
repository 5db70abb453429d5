"""What phones and this hub speak of is in plugins, as in the apps: each takes and sends packets of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple

from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.hub.link import LinkHost, Picture
from wayhome.links.kdeconnect.bulk import Bulk
from wayhome.links.kdeconnect.payloads import Offer, Streams
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.wire import Packet

UNSURE = 40.0
"""What was said so shortly before a line ended, in s, may not have come: a phone that left without a word is noticed
within half a minute."""


class Reach(NamedTuple):
    """What a plugin is given. ``host``: the household, as this link may touch it. ``phones``: those that are paired, by
    id. ``send``: hand a packet to a phone, by its id; whether its line took it, though what it carries may still be
    lost. ``fetch``: the connection that a phone hands the payload of its packet over on; raises Unreachable. ``offer``:
    be ready to hand a payload to a phone; its packet then goes by ``send`` with the size and port of it. Raises
    Unreachable. ``whose``: the phone whose player or the like a thing is, of all plugins; None: of none.
    ``fetch_bulk``: as ``fetch``, for what is large. ``arrived``: whether a phone has all that was sent to it; what did
    not come there in time is lost, and its line with it. ``ahead``: so many s a phone's clock is ahead of ours."""

    host: LinkHost
    phones: Callable[[], Mapping[str, Phone]]
    send: Send
    fetch: Callable[[Phone, Packet], AbstractAsyncContextManager[Streams]]
    offer: Callable[[Phone], AbstractAsyncContextManager[Offer]]
    whose: Callable[[str], Phone | None]
    fetch_bulk: Callable[[Phone, Packet], AbstractAsyncContextManager[Bulk]]
    arrived: Callable[[str], Awaitable[bool]]
    ahead: Callable[[str], float]


class Send:
    """See Reach. ``payload``: how many bytes are offered along, and at which port."""

    def __init__(self, send: Callable[[str, str, Mapping[str, object], tuple[int, int] | None], bool]) -> None:
        self._send = send

    def __call__(
        self, id: str, type: str, body: Mapping[str, object], *, payload: tuple[int, int] | None = None
    ) -> bool:
        return self._send(id, type, body, payload)


class Plugin:
    """One of them; it does nothing by itself. ``takes``, ``sends``: the types of its packets. Nothing of it may block,
    and but for ``execute`` and ``picture`` nothing may raise."""

    takes: frozenset[str] = frozenset()
    sends: frozenset[str] = frozenset()

    async def run(self) -> None:
        """What it has to do besides, until cancelled."""

    def signals(self, phone: Phone) -> Mapping[str, Refinement]:
        """What of the phone's thing is its own, by what the phone takes and sends."""
        return {}

    def came(self, phone: Phone) -> None:
        """A phone is there, or there again: also by another line before it was noticed that the one before had ended.
        What was said on that one lately may be lost."""

    def gone(self, phone: Phone) -> None:
        """A phone's line has ended; it stays paired. What was said on it lately may be lost. May be said again."""

    def heard(self, phone: Phone, packet: Packet) -> None:
        """A phone sent a packet of a type that it takes."""

    def cut(self, phone: Phone, type: str) -> None:
        """A phone sent a packet of a type that it takes which was too long to be read."""

    def forget(self, id: str) -> None:
        """A phone is paired no longer."""

    def thing_of(self, thing: str) -> Phone | None:
        """The phone whose player or the like this thing is, which the plugin has announced by itself."""
        return None

    async def picture(self, thing: str) -> Picture | None:
        """The picture of a thing of its own; None: it is none of its own. Raises HubError."""
        return None

    async def execute(self, phone: Phone, signal: str, command: Command) -> bool:
        """Do a wish; False: the signal is none of its own. Raises HubError."""
        return False


def types(plugins: Iterable[Plugin]) -> tuple[frozenset[str], frozenset[str]]:
    """All that some plugins take and send: devices load only what both sides speak of."""
    several = [*plugins]
    return frozenset().union(*(one.takes for one in several)), frozenset().union(*(one.sends for one in several))
