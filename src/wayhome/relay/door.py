"""A connection to a relay until it is known what it wants, and a hub's own connection."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from collections.abc import Callable

from wayhome.errors import BadInput
from wayhome.relay import lines
from wayhome.relay.client_hello import HANDSHAKE, server_name
from wayhome.relay.lines import HubCalls, Reach, Take, Why
from wayhome.relay.relay import Reached, Relay
from wayhome.relay.stream import prepare

WITHIN = 10.0
"""Who has not said what it wants after so many s is cut off."""
EARLY_WORDS = 64 * 1024
"""So many bytes may come before a hub has taken the stream."""
PING = 20.0
"""A hub is asked so often, in s, whether it is there: a mobile network forgets a silent connection after some 30."""
SILENT = 50.0
"""A hub that has not answered for so long, in s, is not there any more."""


def whose(peer: tuple[object, ...] | None) -> str:
    """Whom a connection counts for: its address; of IPv6 the network, for who has one address there has them all."""
    try:
        address = ipaddress.ip_address(str(peer[0]).partition("%")[0]) if peer else None
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


class Greeting(asyncio.Protocol):
    """A fresh connection. ``said``: what it told another process, which handed it to this one."""

    transport: asyncio.Transport

    def __init__(self, relay: Relay, said: bytes = b"") -> None:
        self._relay = relay
        self._handed = said
        self._data = b""
        self._peer = ""
        self._address: str | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self._peer = whose(transport.get_extra_info("peername"))
        if not self._relay.greets(self._peer):
            transport.abort()
            return
        self._address = self._peer
        prepare(transport)
        self._timer = asyncio.get_running_loop().call_later(WITHIN, transport.abort)
        if self._handed:
            self.data_received(self._handed)

    def connection_lost(self, exc: Exception | None) -> None:
        self._known()

    def data_received(self, data: bytes) -> None:
        self._data += data
        try:
            if len(self._data) > EARLY_WORDS:
                raise BadInput("so much is said once somebody listens")
            if self._data[0] == HANDSHAKE:
                name = server_name(self._data)
                if name is not None:
                    id = name.partition(".")[0]
                    if not self._elsewhere(self._relay.place_of(lines.Reach(id))):
                        self._reach(id, sealed=True)
                return
            line, end, rest = self._data.partition(b"\n")
            if len(line) > lines.MAX_LINE or not line.startswith(lines.WORD[: len(line)]):
                raise BadInput("this is nothing that a relay is told")
            if end:
                wanted = lines.wanted(line)
                if not self._elsewhere(self._relay.place_of(wanted)):
                    self._data = rest
                    self._wanted(wanted)
        except BadInput:
            self.transport.abort()

    def _elsewhere(self, place: int | None) -> bool:
        """Whether it is for another process, to which it is handed then; or to nobody, where that one is flooded."""
        worker = self._relay.worker
        if worker is None or place is None or place == worker.place or self._handed:
            return False
        self.transport.pause_reading()
        worker.hand(place, self.transport.get_extra_info("socket").fileno(), self._data)
        self.transport.abort()  # this process's handle of it; the connection lives on where it was handed to
        return True

    def _wanted(self, wanted: lines.Wanted) -> None:
        if isinstance(wanted, HubCalls):
            if self._data:
                raise BadInput("a hub waits for the relay's word")
            if self._timer is not None:
                self._timer.cancel()
            if not self._relay.calls(self._peer):
                self.transport.abort()
                return
            own = Own(self._relay, self.transport, self._peer, wanted.key, self._known)
            self.transport.set_protocol(own)
        elif isinstance(wanted, Reach):
            self._reach(wanted.id, sealed=False)
        elif isinstance(wanted, Take):
            end = self._relay.take(wanted.token, self.transport)
            if end is None:
                self.transport.abort()
                return
            self._known()
            self.transport.set_protocol(end)
            if self._data:
                end.passes(self._data)

    def _reach(self, id: str, *, sealed: bool) -> None:
        """``sealed``: it speaks TLS already, and could not read an answer of ours."""

        def welcome() -> None:
            self._known()
            if not sealed:
                self.transport.write(lines.YES)

        def refuse(why: Why) -> None:
            if not sealed:
                self.transport.write(lines.no(why))
            self.transport.close()

        if not lines.is_id(id):
            raise BadInput("nobody is called that")
        if self._timer is not None:
            self._timer.cancel()
        first, self._data = self._data, b""
        end = self._relay.wish(id, self._peer, self.transport, first, welcome, refuse, self._known)
        if end is not None:
            self.transport.set_protocol(end)

    def _known(self) -> None:
        """It has come to something, or is gone."""
        if self._timer is not None:
            self._timer.cancel()
        if self._address is not None:
            self._relay.greeted(self._address)
            self._address = None


class Own(asyncio.Protocol):
    """A hub's own connection: it proves its key, then is told who wants to reach it."""

    def __init__(
        self, relay: Relay, transport: asyncio.Transport, address: str, key: bytes, known: Callable[[], None]
    ) -> None:
        self._relay = relay
        self._address = address
        self._asked = 0
        """PINGs that it has not answered."""
        self._transport = transport
        self._key = key
        self._nonce = secrets.token_bytes(lines.NONCE)
        self._known: Callable[[], None] | None = known
        self._data = b""
        self._hub: Reached | None = None
        self._loop = asyncio.get_running_loop()
        self._heard = self._loop.time()
        self._timer = self._loop.call_later(WITHIN, transport.abort)
        transport.write(lines.nonce(self._nonce))

    def data_received(self, data: bytes) -> None:
        *whole, self._data = (self._data + data).split(b"\n")
        try:
            if len(self._data) > lines.MAX_LINE:
                raise BadInput("this is nothing that a relay is told")
            for line in whole:
                if self._transport.is_closing():
                    return
                self._line(line)
        except BadInput:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        self._relay.called_off(self._address)
        self._came_to_something()
        if self._hub is not None:
            self._relay.leave(self._hub)

    def _line(self, line: bytes) -> None:
        self._heard = self._loop.time()
        if self._hub is not None:
            if line != lines.PONG.rstrip() or self._asked == 0:
                raise BadInput("a hub only answers here")
            self._asked -= 1
            return
        if self._transport.is_closing():
            return
        id = lines.id_of(self._key)
        why: Why | None = self._relay.admits(id) if lines.is_signed(line, self._key, self._nonce) else "refused"
        if why is not None:
            self._end(why)
            return
        self._timer.cancel()
        self._timer = self._loop.call_later(PING, self._ping)
        self._came_to_something()
        # Counted before it hears of it: the next may call another process at once, and be judged by this count.
        self._hub = self._relay.enter(id, self._tell, self._end)
        self._transport.write(lines.YES)

    def _tell(self, line: bytes) -> None:
        self._transport.write(line)
        if self._transport.get_write_buffer_size() > 64 * 1024:
            self._transport.abort()  # it takes nothing: it is not there any more

    def _end(self, why: Why) -> None:
        self._transport.write(lines.no(why))
        self._transport.close()
        self._loop.call_later(WITHIN, self._transport.abort)

    def _ping(self) -> None:
        if self._loop.time() - self._heard > SILENT:
            self._transport.abort()
            return
        self._asked += 1
        self._tell(lines.PING)
        self._timer = self._loop.call_later(PING, self._ping)

    def _came_to_something(self) -> None:
        known, self._known = self._known, None
        if known is not None:
            known()
