"""The hub's name in the house without a DNS server: `wayhome.local` by multicast DNS (RFC 6762), and the services
that apps look for (`_wayhome._tcp`, `_https._tcp`)."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Iterable

import ifaddr

# Documented, but not in the package's __all__.
from zeroconf import (  # type: ignore[attr-defined]
    AddressResolver,
    DNSAddress,
    Error,
    IPVersion,
    RecordUpdate,
    RecordUpdateListener,
    ServiceInfo,
    Zeroconf,
)
from zeroconf.asyncio import AsyncZeroconf

from wayhome import log
from wayhome.errors import Unreachable

WANTED = "wayhome"
SPARE = 5
"""How many names are tried: wayhome, wayhome-2, … wayhome-5. The household's root vouches for all of them."""
LISTEN_MS = 1_000
CHECK = 15.0
_VIRTUAL = ("docker", "br-", "veth", "virbr", "podman", "cni", "lxc", "tun", "tap")


def names(wanted: str = WANTED) -> list[str]:
    """All names that the hub may come to have."""
    return [f"{wanted}.local", *(f"{wanted}-{n}.local" for n in range(2, SPARE + 1))]


def addresses() -> list[str]:
    """This machine's addresses that others in the house can reach, the IPv4 ones first."""
    found: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = []
    for adapter in ifaddr.get_adapters():
        if str(adapter.nice_name).startswith(_VIRTUAL):
            continue
        for one in adapter.ips:
            text = one.ip if isinstance(one.ip, str) else one.ip[0]
            address = ipaddress.ip_address(text.partition("%")[0])
            if not (address.is_loopback or (address.version == 6 and address.is_link_local)):
                found.append(address)
    return [str(address) for address in sorted(set(found), key=lambda a: (a.version, a.packed))]


class Names(RecordUpdateListener):
    """Holds one name of the hub, with what it stands for, while ``run`` runs.

    ``on_change`` hears the host name and addresses whenever they change. When somebody else has the name, the next
    one is taken. ``also``: further names of this hub, which nobody else may have; after they changed, ``stir``.
    """

    def __init__(
        self,
        port: int,
        household: str,
        on_change: Callable[[str, list[str]], None],
        *,
        wanted: str = WANTED,
        own: Callable[[], list[str]] = addresses,
        also: Callable[[], list[str]] = list,
    ) -> None:
        self._port = port
        self._household = household
        self._on_change = on_change
        self._wanted = wanted
        self._own = own
        self._also = also
        self._told: list[str] = []
        self._zeroconf: AsyncZeroconf | None = None
        self._services: list[ServiceInfo] = []
        self._addresses: list[str] = []
        self._rivals: set[str] = set()
        self._stir = asyncio.Event()
        self.name: str | None = None
        """The host name held at the moment: ``wayhome.local``."""

    async def open(self) -> str:
        """Take a name; returns it. Raises Unreachable when this machine has no network, or all names are taken."""
        self._addresses = self._own()
        if not self._addresses:
            raise Unreachable("this machine has no network address", advice="Connect it to the house's network.")
        try:
            self._zeroconf = AsyncZeroconf(interfaces=list(self._addresses), ip_version=self._version())
            await self._zeroconf.zeroconf.async_wait_for_start()
        except (OSError, Error) as error:
            raise Unreachable(f"multicast DNS does not work here: {error}", advice="Set mdns = false.") from error
        self._zeroconf.zeroconf.async_add_listener(self, None)
        return await self._claim()

    async def run(self) -> None:
        """Follow changes of addresses, and give way or insist when somebody else takes the name. Until cancelled."""
        while True:
            try:
                async with asyncio.timeout(CHECK):
                    await self._stir.wait()
            except TimeoutError:
                pass
            self._stir.clear()
            try:
                await self._look_around()
            except (OSError, Error, Unreachable) as error:
                log.get("mdns").warning("cannot hold the name", detail=str(error))

    def stir(self) -> None:
        """Look around at once."""
        self._stir.set()

    async def close(self) -> None:
        """Say goodbye: other devices forget the name at once."""
        if self._zeroconf is not None:
            await self._zeroconf.async_close()
            self._zeroconf = None

    # Inside

    async def _look_around(self) -> None:
        assert self._zeroconf is not None
        if (now := self._own()) and now != self._addresses:
            self._addresses = now
            await self._zeroconf.async_update_interfaces(list(now), self._version())
            await self._withdraw()
            await self._claim()
        elif self._also() != self._told and self.name is not None:
            await self._withdraw()
            await self._announce(self.name)
        rivals = self._rivals - self._mine()
        self._rivals.clear()
        if rivals and max(map(_order, rivals)) > max(map(_order, self._addresses)):
            # RFC 6762, 8.2: of two who came at the same time the greater data keeps the name.
            log.get("mdns").warning("somebody else has our name", name=self.name, who=sorted(rivals))
            await self._withdraw()
            await self._claim()

    def _version(self) -> IPVersion:
        return IPVersion.All if any(":" in address for address in self._addresses) else IPVersion.V4Only

    async def _claim(self) -> str:
        for name in names(self._wanted):
            if await self._free(name):
                await self._announce(name)
                changed, self.name = name != self.name, name
                log.get("mdns").info("the hub's name", name=name, addresses=self._addresses, new=changed)
                self._on_change(name, list(self._addresses))
                return name
        raise Unreachable(f"the names {names(self._wanted)[0]} to {names(self._wanted)[-1]} are all taken")

    async def _free(self, name: str) -> bool:
        """Whether nobody but ourselves answers for the name (RFC 6762, 8.1)."""
        assert self._zeroconf is not None
        resolver = AddressResolver(f"{name}.")
        await resolver.async_request(self._zeroconf.zeroconf, LISTEN_MS)
        return set(resolver.parsed_addresses()) <= self._mine()

    async def _announce(self, name: str) -> None:
        assert self._zeroconf is not None
        instance = self._household.replace(".", " ").strip()[:40] or "Wayhome"
        for kind in ("_wayhome._tcp.local.", "_https._tcp.local."):
            service = ServiceInfo(
                kind,
                f"{instance}.{kind}",
                port=self._port,
                properties={"path": "/"},
                server=f"{name}.",
                parsed_addresses=self._addresses,
            )
            # The household's title may be there twice; the service gets a number then.
            await self._zeroconf.async_register_service(service, allow_name_change=True)
            self._services.append(service)
        self._told = self._also()
        for other in self._told:
            service = ServiceInfo(
                "_wayhome._tcp.local.",
                f"{other.replace('.', ' ')}._wayhome._tcp.local.",
                port=self._port,
                properties={"path": "/"},
                server=f"{other}.",
                parsed_addresses=self._addresses,
            )
            await self._zeroconf.async_register_service(service, allow_name_change=True)
            self._services.append(service)

    async def _withdraw(self) -> None:
        assert self._zeroconf is not None
        for service in self._services:
            await (await self._zeroconf.async_unregister_service(service))
        self._services = []

    def _mine(self) -> set[str]:
        return {*self._addresses, *self._all()}

    @staticmethod
    def _all() -> Iterable[str]:
        """Every address of this machine: another program on it that answers for the name is no rival."""
        for adapter in ifaddr.get_adapters():
            for one in adapter.ips:
                yield (one.ip if isinstance(one.ip, str) else one.ip[0]).partition("%")[0]

    def async_update_records(self, zc: Zeroconf, now: float, records: list[RecordUpdate]) -> None:
        """What others say; part of zeroconf's listener."""
        for update in records:
            record = update.new
            if isinstance(record, DNSAddress) and self.name and record.key == f"{self.name}.".lower():
                address = str(ipaddress.ip_address(record.address))
                if address not in self._addresses and record.ttl > 0:
                    self._rivals.add(address)
                    self._stir.set()


def _order(address: str) -> tuple[int, bytes]:
    parsed = ipaddress.ip_address(address)
    return -parsed.version, parsed.packed
