"""This hub among the devices of the house: who is there, connected, paired.

A stranger that we hear of is told that we are here, so that it connects to us: Python can't get the certificate of a
stranger that we connect to. A device that we know is connected to at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import ssl
from collections.abc import Callable, Coroutine, Mapping
from typing import Protocol

from wayhome import log
from wayhome.errors import Conflict, HubError, NotFound, Unreachable
from wayhome.links.kdeconnect import identity, lines, pairing, wire
from wayhome.links.kdeconnect.discovery import Ears, Pace, broadcasts, near
from wayhome.links.kdeconnect.identity import Own
from wayhome.links.kdeconnect.lines import Line, Strange
from wayhome.links.kdeconnect.names import Names
from wayhome.links.kdeconnect.pairing import Pairing, Step
from wayhome.links.kdeconnect.wire import Identity, Packet

ANNOUNCED_AT = (0.0, 1.0, 3.0)
"""After the start, in s. Never again by itself: each announcement has every device connect anew."""
REPLACED = 2.0
"""A line that another one took the place of is closed so many s later: else kdeconnectd ends the new one, too."""
MOST_STRANGERS, MOST_OF_ONE = 24, 4
"""Connections of unpaired devices, in all and of one address."""
MOST_HANDSHAKES = 16
MOST_HELD = 16
ANSWERED_EVERY = 1.0
CALLS = ((60.0, 1.0), (600.0, 5.0), (float("inf"), 15.0))
"""A paired device that is away is called: in its first minute each second, then more rarely."""


class Pin(Protocol):
    """What is known of a paired device: its certificate (DER), the protocol that it spoke, where it last was."""

    @property
    def certificate(self) -> bytes: ...
    @property
    def version(self) -> int: ...
    @property
    def address(self) -> str: ...


class Told(Protocol):
    """Who hears of it. ``pinned`` keeps a device that was paired just now, durable, or raises HubError; ``parted``
    forgets it."""

    def pins(self) -> Mapping[str, Pin]: ...
    async def pinned(self, device: Device) -> None: ...
    async def parted(self, id: str) -> None: ...
    def changed(self, device: Device) -> None: ...
    def packet(self, device: Device, packet: Packet) -> None: ...
    def other_key(self, id: str) -> None: ...


class Device:
    """One device that is connected, or paired, or both."""

    def __init__(self, id: str, paired: bool) -> None:
        self.id = id
        self.lines: list[Line] = []
        """Its connections, the newest last: where both sides connect at once, each keeps another one for a moment."""
        self.pairing = Pairing("paired" if paired else "stranger")
        self.away_since: float | None = None
        self.called = 0.0
        self.told_no = Pace(1.0, 1)
        self.held: dict[str, Packet] = {}
        """What it said between its yes and ours: its battery, once. The newest of each type."""
        self.anew = False
        """Just now a line has taken the place of one that stood for a while: it may have left without a word, and what
        both said since is lost."""

    @property
    def line(self) -> Line | None:
        return self.lines[-1] if self.lines else None

    @property
    def identity(self) -> Identity | None:
        return self.line.identity if self.line is not None else None

    def settle(self) -> None:
        """End every connection but the newest."""
        for line in self.lines[:-1]:
            line.close()

    @property
    def paired(self) -> bool:
        return self.pairing.state == "paired"


class Presence:
    """Runs until cancelled. ``devices``: who is there or paired, by id."""

    def __init__(self, own: Own, shown: Identity, told: Told, now: Callable[[], float], calls: list[str]) -> None:
        self._own, self._shown, self._told, self._now = own, shown, told, now
        self._calls = calls
        self._client = identity.client(own)
        self._ears = Ears(shown.id, self._heard)
        self._answers = Pace(ANSWERED_EVERY)
        self._dialling: set[str] = set()
        self._handshakes: list[str] = []
        """The addresses of those who are about to say who they are."""
        self._tasks: set[asyncio.Task[None]] = set()
        self.devices = {id: Device(id, True) for id in told.pins()}

    # Life

    async def run(self, ready: Callable[[], None]) -> None:
        """Be there. Raises Unreachable."""
        await self._ears.open()
        server = _listening()
        self._shown = _at(self._shown, server.getsockname()[1])
        try:
            self._spawn(Names(self._shown, self._seen, self._moved).run())
            self._spawn(self._accept(server))
            self._spawn(self._announce())
            ready()
            while True:
                self._moment()
                await asyncio.sleep(0.25)
        finally:
            server.close()
            self._ears.close()
            for task in list(self._tasks):
                task.cancel()
            for device in self.devices.values():
                for line in device.lines:
                    line.close()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _announce(self) -> None:
        for wait in (0.0, *(b - a for a, b in itertools.pairwise(ANNOUNCED_AT))):
            await asyncio.sleep(wait)
            # Who came to the first call is not called again: it would connect anew.
            if wait == 0:
                self.look()
            else:
                self._moved()

    def _moved(self) -> None:
        """There may be others who can hear us than before."""
        if not any(device.line for device in self.devices.values()):
            self.look()

    def look(self) -> None:
        """Tell everybody in the home's networks that we are here, and the addresses that we were given."""
        self._say([*sorted(broadcasts()), *self._calls])

    def call(self, address: str) -> None:
        """Tell one address that we are here: a device there connects to us."""
        self._say([address])

    def _say(self, addresses: list[str]) -> None:
        self._ears.send(wire.called(self._shown, self._now()), addresses)

    def _moment(self) -> None:
        steady = asyncio.get_running_loop().time()
        pins = self._told.pins()
        for device in list(self.devices.values()):
            if device.pairing.until is not None:
                self._spawn(self._passes(device))
            if device.paired and device.line is None and device.id in pins:
                since = device.away_since = device.away_since or steady
                every = next(each for until, each in CALLS if steady - since < until)
                if steady - device.called >= every and pins[device.id].address:
                    device.called = steady
                    self.call(pins[device.id].address)

    async def _passes(self, device: Device) -> None:
        """Time goes by. What follows is seen here, and not before: somebody may have let it in since."""
        await self._take(device, pairing.moment(device.pairing, self._now()))

    # Connections

    def _seen(self, id: str, address: str) -> None:
        """A device says by multicast DNS that it is at an address: a stranger is told that we are here, too."""
        device = self.devices.get(id)
        away = device is None or device.line is None
        if away and self._answers.may(address, asyncio.get_running_loop().time()):
            self.call(address)

    def _heard(self, who: Identity, address: str) -> None:
        pin = self._told.pins().get(who.id)
        if pin is None:
            if self._room(address) and self._answers.may(address, asyncio.get_running_loop().time()):
                self.call(address)
        elif who.id not in self._dialling and who.version >= pin.version:
            self._dialling.add(who.id)
            self._spawn(self._dial(who, address, pin.certificate))

    async def _dial(self, who: Identity, address: str, certificate: bytes) -> None:
        try:
            context = identity.server(self._own, certificate)
            line = await lines.dialled(who, address, self._shown, context, self._now)
        except (Strange, OSError, ssl.SSLError, TimeoutError) as error:
            log.get("links").info("a phone was not reached", device=who.id, why=str(error))
            # It may have another certificate by now: it shows it when it connects to us.
            self.call(address)
        else:
            self._came(line)
        finally:
            self._dialling.discard(who.id)

    async def _accept(self, server: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                made, (address, _) = await loop.sock_accept(server)
            except OSError:
                await asyncio.sleep(0.1)  # no files left, or who called is gone
                continue
            greeted = len(self._handshakes), self._handshakes.count(address)
            if not near(address) or greeted[0] >= MOST_HANDSHAKES or greeted[1] >= MOST_OF_ONE:
                made.close()
                continue
            self._handshakes.append(address)
            self._spawn(self._greet(made, address))

    async def _greet(self, made: socket.socket, address: str) -> None:
        try:
            with contextlib.suppress(Strange, OSError, ssl.SSLError, TimeoutError):
                made = lines.prepared(made)
                self._came(await lines.accepted(made, address, self._shown, self._client, self._now))
        finally:
            self._handshakes.remove(address)

    def _room(self, address: str) -> bool:
        strangers = [one.line.address for one in self.devices.values() if one.line is not None and not one.paired]
        return len(strangers) < MOST_STRANGERS and strangers.count(address) < MOST_OF_ONE

    def _came(self, line: Line) -> None:
        """A line is there: whose it is, its certificate says."""
        id, pin = line.identity.id, self._told.pins().get(line.identity.id)
        device = self.devices.get(id)
        if id == self._shown.id:
            line.close()
        elif pin is not None and pin.certificate != line.certificate:
            self._told.other_key(id)
            line.close()
        elif pin is not None and line.identity.version < pin.version:
            line.close()  # made to speak an older protocol by somebody in between
        elif device is not None and device.line is not None and device.line.certificate != line.certificate:
            line.close()  # there is one of that id; who is the right one, a stranger's word does not decide
        elif pin is None and not (device is not None and device.line is not None) and not self._room(line.address):
            line.close()
        else:
            device = self.devices.setdefault(id, Device(id, pin is not None))
            device.anew = device.line is not None and line.since - device.line.since > REPLACED
            device.lines.append(line)
            line.trust(device.paired)
            if len(device.lines) > MOST_OF_ONE:
                device.lines[0].close()
            device.away_since = None
            asyncio.get_running_loop().call_later(REPLACED, device.settle)
            self._spawn(self._serve(device, line))
            self._told.changed(device)
            device.anew = False

    async def _serve(self, device: Device, line: Line) -> None:
        try:
            async for packet in line.packets():
                if self.devices.get(device.id) is not device:
                    return
                if packet.at is not None:
                    line.ahead = packet.at - self._now()
                if packet.cut:
                    if device.paired:
                        log.get("links").info("a packet was too long", device=device.id, type=packet.type)
                        self._told.packet(device, packet)
                elif packet.type == wire.PAIR:
                    version, now = line.identity.version, self._now()
                    await self._take(device, pairing.heard(device.pairing, packet.body, version, now))
                elif device.paired:
                    self._told.packet(device, packet)
                elif device.pairing.theirs and len(device.held) < MOST_HELD:
                    device.held[packet.type] = packet
                elif device.pairing.state == "stranger" and device.told_no.may("", asyncio.get_running_loop().time()):
                    # It takes us for paired, and has to learn that we are not.
                    line.send(wire.PAIR, pairing.NO, self._now())
        finally:
            line.close()
            device.lines.remove(line)
            if not device.lines:
                device.called = asyncio.get_running_loop().time()  # it may be on its way back by itself
                device.pairing = pairing.lost(device.pairing).now
                if not device.paired:
                    self.devices.pop(device.id, None)
                self._told.changed(device)

    # Pairing

    def find(self, id: str) -> Device:
        """A device that is there. Raises NotFound."""
        device = self.devices.get(id)
        if device is None or device.line is None:
            raise NotFound("this phone is not near any more", advice="Open KDE Connect on it, and look again.")
        return device

    def key(self, device: Device) -> str | None:
        """What both sides show, while they pair."""
        if device.line is None or device.pairing.state not in ("asked", "asks"):
            return None
        mine = ssl.PEM_cert_to_DER_cert(self._own.certificate)
        try:
            return identity.shown_key(mine, device.line.certificate, device.pairing.timestamp)
        except ValueError:
            return None

    async def ask(self, id: str) -> None:
        """Ask a device to pair. Raises NotFound, Conflict, HubError."""
        device = self.find(id)
        assert device.line is not None
        if device.paired:
            raise Conflict("this phone is paired already")
        await self._take(device, pairing.ask(device.pairing, device.line.identity.version, self._now()), surely=True)

    async def confirm(self, id: str) -> None:
        """Somebody at the glass saw the same key on both. Raises NotFound, Conflict, HubError."""
        device = self.find(id)
        if device.pairing.state not in ("asks", "asked"):
            raise Conflict("nothing is to be confirmed any more", advice="Pair anew.")
        await self._take(device, pairing.confirm(device.pairing), surely=True)

    async def part(self, id: str) -> None:
        """Refuse, or be paired no longer; a device that is away learns it when it comes. Raises HubError: it is so, but
        not kept yet."""
        device = self.devices.get(id)
        if device is None:
            return
        try:
            await self._take(device, pairing.part(device.pairing), surely=True)
        finally:
            if device.line is None:
                self.devices.pop(id, None)

    async def _take(self, device: Device, step: Step, *, surely: bool = False) -> None:
        """Go a step. What is paired is kept before the other side is told."""
        before, says = device.pairing, step.says
        if step.now == before and not says:
            return
        device.pairing = now = step.now
        try:
            if device.paired and before.state != "paired":
                await self._told.pinned(device)
            elif before.state == "paired" and not device.paired:
                await self._told.parted(device.id)
        except HubError:
            device.pairing = now = Pairing(end="cancelled")
            says = (pairing.NO,)
            if surely:
                raise
        finally:
            for line in device.lines:
                line.trust(device.paired)
            # Somebody may have changed their mind while it was kept: then what was to be said is not so any more.
            if device.line is not None and device.pairing is now:
                for body in says:
                    device.line.send(wire.PAIR, body, self._now())
            self._told.changed(device)
            held, device.held = device.held, device.held if device.pairing.theirs else {}
            for packet in held.values() if device.paired else ():
                self._told.packet(device, packet)


def _listening() -> socket.socket:
    """The first free port for connections. Raises Unreachable."""
    for port in range(wire.PORT, wire.LAST_PORT + 1):
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(("", port))
            made.listen(32)
        except OSError:
            made.close()
            continue
        made.setblocking(False)
        return made
    raise Unreachable(f"the ports {wire.PORT} to {wire.LAST_PORT} of this machine are all taken")


def _at(shown: Identity, port: int) -> Identity:
    return Identity(shown.id, shown.name, shown.type, shown.version, shown.incoming, shown.outgoing, port)
