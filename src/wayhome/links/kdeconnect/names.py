"""Being found by multicast DNS (`_kdeconnect._udp`), where broadcasts are kept back: whoever finds the other so
sends it a datagram, and all goes on as ever."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Callable

from zeroconf import Error, IPVersion, ServiceInfo, ServiceListener, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from wayhome import log
from wayhome.links.kdeconnect import wire
from wayhome.links.kdeconnect.discovery import addresses, near
from wayhome.links.kdeconnect.wire import Identity

SERVICE = "_kdeconnect._udp.local."
ASKED_MS = 2_000
MOST = 50
"""So many services are asked for their address at a time."""
CHECK = 5.0
"""Addresses of this machine come and go, as with a car's own Wi-Fi: they are looked at each so many s."""


AGAIN = 60.0
"""So long, in s, after it could not be opened it is tried again."""


def _here(known: list[str] | None) -> list[str]:
    """The addresses of this machine; those that were known where it does not tell."""
    try:
        return sorted(addresses())
    except OSError as error:
        log.get("links").info("no addresses of this machine", why=str(error))
        return known or []


class Names(ServiceListener):
    """``found`` gets the id and an address of each device that is seen; it decides what comes of it. ``moved`` is
    called when this machine has come to other addresses."""

    def __init__(self, shown: Identity, found: Callable[[str, str], None], moved: Callable[[], None]) -> None:
        self._shown = shown
        self._found = found
        self._moved = moved
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._asking: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Be found at whatever addresses this machine has, until cancelled; then others are told that we are gone. A
        machine whose network carries no multicast does without."""
        own: list[str] | None = None
        stands, tried = False, 0.0
        try:
            while True:
                now, steady = _here(own), asyncio.get_running_loop().time()
                came = now != own
                # An address may be there before its network is.
                if came or (now and not stands and steady - tried >= AGAIN):
                    await self._close()
                    stands, tried = bool(now) and await self._open(now), steady
                if came and own is not None:
                    self._moved()
                own = now
                await asyncio.sleep(CHECK)
        finally:
            await self._close()

    async def _open(self, own: list[str]) -> bool:
        """Whether it stands."""
        try:
            self._zeroconf = AsyncZeroconf(interfaces=own, ip_version=IPVersion.V4Only)
            info = ServiceInfo(
                SERVICE,
                f"{self._shown.id}.{SERVICE}",
                port=wire.PORT,
                properties={
                    "id": self._shown.id,
                    "name": self._shown.name,
                    "type": self._shown.type,
                    "protocol": str(self._shown.version),
                },
                parsed_addresses=own,
                server=f"{self._shown.id}.local.",
            )
            await self._zeroconf.async_register_service(info, allow_name_change=True)
            self._browser = AsyncServiceBrowser(self._zeroconf.zeroconf, SERVICE, listener=self)
            return True
        except (Error, OSError, RuntimeError) as error:
            log.get("links").info("no multicast DNS for phones", why=str(error))
            await self._close()
            return False

    async def _close(self) -> None:
        for task in list(self._asking):
            task.cancel()
        with contextlib.suppress(Error, OSError, RuntimeError):
            if self._browser is not None:
                await self._browser.async_cancel()
            if self._zeroconf is not None:
                await self._zeroconf.async_close()
        self._browser = self._zeroconf = None

    # ServiceListener

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        if len(self._asking) < MOST:
            task = asyncio.get_running_loop().create_task(self._ask(zc, name))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self.add_service(zc, type_, name)

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """That it is gone, its line says."""

    async def _ask(self, zc: Zeroconf, name: str) -> None:
        info = AsyncServiceInfo(SERVICE, name)
        with contextlib.suppress(Error, OSError, RuntimeError):
            if not await info.async_request(zc, ASKED_MS):
                return
            said = info.decoded_properties.get("id")
            id = said if wire.is_id(said) else name.removesuffix(f".{SERVICE}")
            if not isinstance(id, str) or not wire.is_id(id) or id == self._shown.id:
                return
            for address in info.parsed_addresses(IPVersion.V4Only)[:4]:
                if near(address) and not ipaddress.ip_address(address).is_loopback:
                    self._found(id, address)
