"""Being reached through a relay: this hub calls out to it, and takes the streams of those who want to reach it."""

from __future__ import annotations

import asyncio
import ipaddress
from contextlib import suppress
from typing import Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wayhome import log
from wayhome.errors import BadInput, HubError, Refused, Unreachable
from wayhome.features.sites.ways import AtRelay, dial, host_and_port
from wayhome.hub.running import Hub
from wayhome.relay import lines

KEY, ADDRESS = "relay/key", "relay/address"
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""s between two calls: doubled each time, with jitter."""
SELDOM = 120.0
"""... and where the relay does not want this hub."""
SETTLED = 30.0
ANSWER_WITHIN = 10.0
SILENT = 45.0
"""The relay asks every 20 s whether we are there; one that does not for so long, in s, is not there itself."""
STREAMS = 128
"""So many streams may be on their way into the hub at once."""
_WHY = {
    "refused": "the relay does not let this hub be reached there",
    "busy": "the relay has no room for another hub",
    "replaced": "another hub with this one's key is connected to the relay",
}


class RelayStatus(msgspec.Struct, frozen=True):
    """How this hub is reached through a relay. ``relay``: its address, None: none is used. ``id``: what this hub is
    called there. ``url``: where browsers find it; None where the relay has no name, or nobody serves over TLS;
    ``trusted``: whether the hub's certificate vouches for that. ``code``, ``detail``: why it is not connected."""

    relay: str | None
    id: str
    state: Literal["off", "calling", "there"]
    since: float
    url: str | None = None
    trusted: bool = False
    code: str | None = None
    detail: str | None = None


class Relayed:
    """Keeps the hub reachable at one relay."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._key: Ed25519PrivateKey
        self._at: tuple[str, int] | None = None
        self._task: asyncio.Task[None] | None = None
        self._taking: set[asyncio.Task[None]] = set()
        self._there = False
        self._since = hub.household.clock.now()
        self._trouble: HubError | None = None
        self.id = ""
        self._one_at_a_time = asyncio.Lock()
        """Two calls under one key would take the hub's place from each other, for ever."""

    async def open(self) -> None:
        """Go on as it was settled. The key is made the first time."""
        vault = self._hub.vault
        kept = await vault.secret(KEY)
        if kept is None:
            kept = Ed25519PrivateKey.generate().private_bytes_raw()
            await vault.keep(KEY, kept)
        self._key = Ed25519PrivateKey.from_private_bytes(kept)
        self.id = lines.id_of(self._key.public_key().public_bytes_raw())
        address = await vault.secret(ADDRESS)
        if address is not None:
            with suppress(BadInput):  # chosen when anything was taken for an address
                self._begin(address.decode())

    async def close(self) -> None:
        """Call no more."""
        tasks = [*self._taking, *([self._task] if self._task is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._task = None

    async def use(self, address: str) -> None:
        """Be reached at the relay with this address (HOST:PORT), or at none (""). Raises BadInput."""
        if address:
            host_and_port(address)
            if self._hub.reach.take is None:
                raise BadInput(
                    "this hub is for its own machine only, without TLS",
                    advice="Open it to the house first: in its settings, or with --listen 0.0.0.0:8300.",
                )
        async with self._one_at_a_time:
            await self._use(address)

    async def _use(self, address: str) -> None:
        if address:
            await self._hub.vault.keep(ADDRESS, address.encode())
        else:
            await self._hub.vault.forget(ADDRESS)
        await self.close()
        self._at, self._trouble = None, None
        self._change(there=False)
        if address:
            self._begin(address)
        else:
            self._named()

    def ways(self) -> list[str]:
        """How this hub is reached by others of the household: its addresses, itself at a relay, and its doors."""
        relays = [] if self._at is None else [str(AtRelay(*self._at, self.id))]
        return [*self._hub.reach.addresses(), *relays, *self.doors()]

    def doors(self) -> list[str]:
        """Where browsers find this hub, and its certificate is good: in the house, and through the relay."""
        found = self._hub.reach.shown()
        name = self._name() if self._at is not None else None
        if name is not None and self._hub.reach.vouches(name):
            found.append(self._url() or "")
        return found

    def status(self) -> RelayStatus:
        """How it is going."""
        if self._at is None:
            return RelayStatus(None, self.id, "off", self._since)
        host, port = self._at
        name = self._name()
        return RelayStatus(
            f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            self.id,
            "there" if self._there else "calling",
            self._since,
            self._url(),
            name is not None and self._hub.reach.vouches(name),
            self._trouble.code if self._trouble is not None and not self._there else None,
            self._trouble.detail if self._trouble is not None and not self._there else None,
        )

    def _begin(self, address: str) -> None:
        self._at = host_and_port(address)
        self._named()
        self._task = asyncio.create_task(self._keep_calling(*self._at), name="relay")

    def _name(self) -> str | None:
        """Under which browsers reach this hub; None where the relay is known by its number only."""
        assert self._at is not None
        with suppress(ValueError):
            ipaddress.ip_address(self._at[0])
            return None
        return f"{self.id}.{self._at[0]}"

    def _url(self) -> str | None:
        name = self._name()
        assert self._at is not None
        return f"https://{name}{'' if self._at[1] == 443 else f':{self._at[1]}'}" if name is not None else None

    def _named(self) -> None:
        name = self._name() if self._at is not None else None
        self._hub.reach.names = [name] if name is not None else []
        self._hub.reach.renamed()

    def _change(self, *, there: bool) -> None:
        if there != self._there:
            self._since = self._hub.household.clock.now()
        self._there = there

    # Calling

    async def _keep_calling(self, host: str, port: int) -> None:
        wait = FIRST_WAIT
        while True:
            began = self._hub.household.clock.steady()
            refused = False
            try:
                await self._be_there(host, port)
            except Refused as error:
                refused, self._trouble = True, error
            except HubError as error:
                self._trouble = error
            except Exception as error:
                log.get("sites").exception("calling the relay crashed")
                self._trouble = HubError(type(error).__name__)
            self._change(there=False)
            if self._hub.household.clock.steady() - began > SETTLED:
                wait = FIRST_WAIT
            pause = SELDOM if refused else wait
            await asyncio.sleep(pause * (0.7 + 0.6 * self._hub.ids.jitter()))
            wait = min(LONGEST_WAIT, 2 * wait)

    async def _be_there(self, host: str, port: int) -> None:
        """Be reachable until the connection ends. Raises Unreachable, Refused, BadInput."""
        connection = await dial(host, port)
        reader, writer = await asyncio.open_connection(sock=connection, limit=4 * lines.MAX_LINE)
        try:
            writer.write(lines.hub_calls(self._key.public_key().public_bytes_raw()))
            nonce = lines.nonce_of(await _line(reader, ANSWER_WITHIN))
            writer.write(lines.signed(self._key, nonce))
            _yes(await _line(reader, ANSWER_WITHIN))
            self._trouble = None
            self._change(there=True)
            while True:
                line = await _line(reader, SILENT)
                if line == lines.PING:
                    writer.write(lines.PONG)
                    # A relay that asks and does not listen is none.
                    async with asyncio.timeout(ANSWER_WITHIN):
                        await writer.drain()
                    continue
                if lines.why_not(line) is not None:
                    _yes(line)
                self._take(host, port, lines.token_of(line))
        except OSError as error:  # TimeoutError, too
            raise Unreachable(f"the relay is gone ({type(error).__name__})") from None
        finally:
            writer.transport.abort()

    def _take(self, host: str, port: int, token: bytes) -> None:
        if len(self._taking) >= STREAMS:
            return  # the relay tells whoever waits
        task = asyncio.create_task(self._stream(host, port, token))
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)

    async def _stream(self, host: str, port: int, token: bytes) -> None:
        take = self._hub.reach.take
        if take is None:
            return
        try:
            connection = await dial(host, port)
        except Unreachable:
            return
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await asyncio.get_running_loop().sock_sendall(connection, lines.take(token))
        except BaseException as error:
            connection.close()
            if isinstance(error, (OSError, TimeoutError)):
                return
            raise
        await take(connection)


async def _line(reader: asyncio.StreamReader, within: float) -> bytes:
    """The relay's next line. Raises Unreachable, BadInput."""
    try:
        async with asyncio.timeout(within):
            return await reader.readuntil(b"\n")
    except TimeoutError:
        raise Unreachable("the relay fell silent") from None
    except asyncio.IncompleteReadError as error:
        if lines.why_not(error.partial):
            return error.partial
        raise Unreachable("the relay ended the connection") from None
    except asyncio.LimitOverrunError:
        raise BadInput("what answers is no relay") from None


def _yes(line: bytes) -> None:
    """Raises Refused where the relay says no."""
    if line == lines.YES:
        return
    why = lines.why_not(line)
    if why is None:
        raise BadInput("what answers is no relay")
    raise Refused(_WHY.get(why, "the relay does not want this hub"), advice="Ask whoever runs the relay.")
