"""One running link to phones: this hub as a device among them, and each paired phone as a thing."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress

import msgspec

from wayhome import log
from wayhome.core.command import Command
from wayhome.core.ids import slug, split_path
from wayhome.core.thing import Thing
from wayhome.errors import BadInput, HubError, NotFound, Unreachable
from wayhome.hub.link import LinkHost, Near, Picture
from wayhome.links.kdeconnect import identity, pairing, payloads, phones, plugin, wire
from wayhome.links.kdeconnect.basics import Basics
from wayhome.links.kdeconnect.bulk import Bulk
from wayhome.links.kdeconnect.calls import Calls
from wayhome.links.kdeconnect.clipboard import Clipboards
from wayhome.links.kdeconnect.commands import Commands
from wayhome.links.kdeconnect.contacts import Contacts
from wayhome.links.kdeconnect.discovery import near as is_near
from wayhome.links.kdeconnect.files import Files
from wayhome.links.kdeconnect.identity import Own
from wayhome.links.kdeconnect.keeping import keep_up
from wayhome.links.kdeconnect.lines import Line
from wayhome.links.kdeconnect.media import Media
from wayhome.links.kdeconnect.messages import Messages
from wayhome.links.kdeconnect.notices import Notices
from wayhome.links.kdeconnect.notifications import Notifications
from wayhome.links.kdeconnect.offered import Offered
from wayhome.links.kdeconnect.payloads import Offer, Streams
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import Plugin, Reach, Send
from wayhome.links.kdeconnect.presence import Device, Presence
from wayhome.links.kdeconnect.settings import Settings, address_of
from wayhome.links.kdeconnect.volume import Volume
from wayhome.links.kdeconnect.wire import Identity, Packet

PLUGINS: tuple[Callable[[Reach], Plugin], ...] = (
    *(Basics, Clipboards, Files, Notifications, Notices, Calls, Messages, Contacts),
    *(Media, Offered, Volume, Commands),
)
"""What is spoken of with phones."""
_OWN, _PHONES = "identity", "phones"
ENDED_FOR = 60.0
"""What a pairing came to is told for so long, in s."""
LEAVES_WITHIN = 3.0
"""A link that is removed waits so long, in s, for its phones, to tell them."""


class KdeConnectRun:
    """A LinkRun. It is among the devices as long as it runs; phones come and go."""

    def __init__(self, host: LinkHost, settings: Settings) -> None:
        self._host = host
        self._settings = settings
        self._phones: dict[str, Phone] = {}
        self._presence: Presence | None = None
        self._owners: dict[str, tuple[str | None, bool]] = {}
        """Whose a device is that is being paired, by its id; and whether they said so themselves."""
        self._own: Own | None = None
        reach = Reach(
            host, lambda: self._phones, Send(self._send), self._fetch, self._offer, self._whose, self._fetch_bulk,
            self._arrived, lambda id: line.ahead if (line := self._line(id)) is not None else 0.0,
        )  # fmt: skip
        self._plugins = [open_plugin(reach) for open_plugin in PLUGINS]
        self._takes, self._sends = plugin.types(self._plugins)
        self._ended: dict[str, tuple[pairing.End, float]] = {}
        self._other_keys: set[str] = set()
        self._here: set[str] = set()
        """Of which phones the plugins know that they are there."""
        self._asking: tuple[str, str, str] | None = None
        self._moved = asyncio.Event()

    # Life

    async def run(self) -> None:
        """See LinkRun."""
        host = self._host
        own = identity.read(await host.secret(_OWN) or "")
        if own is None:
            own = await asyncio.to_thread(identity.fresh, host.now())
            await host.keep_secret(_OWN, identity.kept(own))
            await host.keep_secret(_PHONES, None)  # they know another one
        self._own = own
        self._here.clear()
        self._phones = phones.read(await host.secret(_PHONES))
        name = wire.plain_name(self._settings.shown or host.name)
        shown = Identity(own.id, name, self._settings.type, wire.VERSION, self._takes, self._sends)
        host.withdraw(set(host.things()) - {phone.thing for phone in self._phones.values()})
        host.announce(self._thing(phone) for phone in self._phones.values())
        host.online([phone.thing for phone in self._phones.values()], False)
        presence = self._presence = Presence(own, shown, self, host.now, list(self._settings.addresses))
        kept = keep_up(self._moved, self._keep, self._host.id)
        keeping = [asyncio.create_task(work) for work in (kept, *map(self._work, self._plugins))]
        try:
            await presence.run(host.ready)
        finally:
            for task in keeping:
                task.cancel()
            self._presence = None
            self._ask_nobody()

    async def leave(self) -> None:
        """The link is removed: what is paired learns it, as far as it is there. It is, for a moment, once more."""
        running = asyncio.create_task(self.run())
        try:
            for _ in range(round(LEAVES_WITHIN / 0.1)):
                await asyncio.sleep(0.1)
                if all(one.online for one in self._seen() if one.state == "paired"):
                    break
            for id in list(self._phones) if self._presence is not None else ():
                with suppress(HubError):
                    await self._there().part(id)
            await asyncio.sleep(0.1)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    def _seen(self) -> list[Near]:
        return self.near() if self._presence is not None else [Near("", "", "phone", "paired", False)]

    async def _keep(self) -> None:
        """Keep where phones were last, and how they are called."""
        await self._host.keep_secret(_PHONES, phones.kept(self._phones))

    async def _work(self, one: Plugin) -> None:
        """What a plugin does besides. A fault of one is not to silence it for ever, nor the others at all."""
        while True:
            try:
                return await one.run()
            except Exception as error:
                log.get("links").error(
                    "a part failed", link=self._host.id, part=type(one).__name__, why=log.fault(error)
                )
                await asyncio.sleep(1)

    def _thing(self, phone: Phone) -> Thing:
        signals = {signal: how for one in self._plugins for signal, how in one.signals(phone).items()}
        return phones.thing(phone, self._host.id, signals)

    # Told

    def pins(self) -> Mapping[str, Phone]:
        """See Told."""
        return self._phones

    async def pinned(self, device: Device) -> None:
        """See Told."""
        line = device.line
        if line is None:
            raise Unreachable("the phone is not near any more")
        if len(self._phones) >= phones.MOST:
            raise BadInput(f"at most {phones.MOST} phones are paired", advice="Remove one first.")
        taken = self._host.taken()
        said = line.identity
        phone = Phone(
            said.id, said.name, said.type, said.version, base64.b64encode(line.certificate).decode(), line.address,
            slug(said.name, taken, fallback="phone"), *self._owners.pop(said.id, (None, False)),
        )  # fmt: skip
        # At once, or another one that comes or goes while the vault writes would be lost, or come back.
        self._phones[said.id] = phones.now_known(phone, said, line.address, self._takes, self._sends)
        try:
            await self._host.keep_secret(_PHONES, phones.kept(self._phones))
        except BaseException:
            self._phones.pop(said.id, None)
            if phone.thing in self._host.things():
                self._host.withdraw([phone.thing])
            raise
        if said.id in self._phones:  # and was not parted with meanwhile
            self._host.happened("PhonePaired", phone.thing, {"name": said.name, "person": phone.owner or ""})

    async def parted(self, id: str) -> None:
        """See Told."""
        phone = self._phones.pop(id, None)
        self._other_keys.discard(id)
        self._here.discard(id)
        for one in self._plugins:
            one.forget(id)
        if phone is not None:
            self._host.withdraw([phone.thing])
            self._host.happened("PhoneParted", phone.thing, {"name": phone.name})
            self._moved.set()  # tried again where it is not kept now
            await self._host.keep_secret(_PHONES, phones.kept(self._phones))

    def changed(self, device: Device) -> None:
        """See Told."""
        phone, line = self._phones.get(device.id), device.line
        if device.pairing.end is not None:
            self._ended[device.id] = device.pairing.end, self._host.now()
        elif device.pairing.state != "stranger":
            self._ended.pop(device.id, None)
        if device.pairing.state == "stranger":
            self._owners.pop(device.id, None)  # whoever is called by this id next is another one
        if phone is not None and device.paired:
            if line is not None:
                self._other_keys.discard(device.id)
                known = phones.now_known(phone, line.identity, line.address, self._takes, self._sends)
                if known != phone or phone.thing not in self._host.things():
                    self._phones[device.id] = known
                    self._host.announce([self._thing(known)])
                    self._moved.set()
            self._host.online([phone.thing], line is not None)
            now = self._phones[device.id]
            comes = line is not None and (device.anew or device.id not in self._here)
            (self._here.discard if line is None else self._here.add)(device.id)
            for one in self._plugins:
                if line is None:
                    one.gone(now)
                elif comes:
                    one.came(now)
        self._ask()

    def packet(self, device: Device, packet: Packet) -> None:
        """See Told."""
        phone = self._phones.get(device.id)
        if phone is None:
            return
        for one in self._plugins:
            if packet.type in one.takes:
                try:
                    one.cut(phone, packet.type) if packet.cut else one.heard(phone, packet)
                except Exception as error:  # a phone's word must not cost it its line
                    log.get("links").error(
                        "a packet failed", link=self._host.id, type=packet.type, why=log.fault(error)
                    )

    def other_key(self, id: str) -> None:
        """See Told."""
        if id not in self._other_keys:
            self._other_keys.add(id)
            log.get("links").warning("a phone shows another key", link=self._host.id, device=id)

    def _ask(self) -> None:
        """Tell people which device asks to be let in, if one does: the first, until it is answered."""
        presence = self._presence
        asking = [d for d in presence.devices.values() if d.pairing.state == "asks"] if presence is not None else []
        if not asking or presence is None:
            self._ask_nobody()
            return
        current = self._asking[0] if self._asking is not None else None
        device = next((one for one in asking if one.id == current), asking[0])
        named = device.identity
        asked = device.id, named.name if named is not None else device.id[:8], presence.key(device) or ""
        if asked != self._asking:
            self._asking = asked
            self._host.asked(*asked)

    def _ask_nobody(self) -> None:
        if self._asking is not None:
            self._asking = None
            self._host.asked(None)

    # Pairs

    def near(self) -> list[Near]:
        """See Pairs."""
        presence = self._there()
        found = []
        for id, device in presence.devices.items():
            phone, who = self._phones.get(id), device.identity
            if phone is None and who is None:
                continue
            ended = self._ended.get(id)
            told = ended is not None and self._host.now() - ended[1] < ENDED_FOR
            assert phone is not None or who is not None
            found.append(
                Near(
                    id,
                    who.name if who is not None else phone.name if phone is not None else "",
                    who.type if who is not None else phone.type if phone is not None else "phone",
                    device.pairing.state,
                    online=who is not None,
                    key=presence.key(device),
                    until=device.pairing.until,
                    theirs=device.pairing.theirs,
                    end=ended[0] if told and ended is not None else None,
                    other_key=id in self._other_keys,
                    thing=phone.thing if phone is not None else None,
                    owner=phone.owner if phone is not None else self._owners.get(id, (None, False))[0],
                    address=device.line.address if device.line is not None else None,
                )
            )
        return sorted(found, key=lambda one: (one.state != "paired", one.name, one.id))

    async def call(self, address: str | None) -> None:
        """See Pairs."""
        presence = self._there()
        if address is None:
            presence.look()
            return
        try:
            there = address_of(address)
        except ValueError as error:
            raise BadInput(str(error)) from None
        if not is_near(there):
            raise BadInput("this address is not of a home's network", advice="Phones speak in the home's network only.")
        presence.call(there)
        if there not in self._settings.addresses:
            kept = (*self._settings.addresses, there)[-16:]
            self._settings = msgspec.structs.replace(self._settings, addresses=kept)
            await self._host.remember({"addresses": [*kept]})

    async def pair(self, device: str, owner: str | None, shares: bool) -> None:
        """See Pairs."""
        self._ended.pop(device, None)
        await self._there().ask(device)
        self._owners[device] = owner, shares

    async def confirm(self, device: str, owner: str | None, shares: bool) -> None:
        """See Pairs."""
        presence = self._there()
        presence.find(device)
        if owner is not None or device not in self._owners:
            self._owners[device] = owner, shares
        try:
            await presence.confirm(device)
        except HubError:
            self._owners.pop(device, None)
            raise

    async def part(self, device: str) -> None:
        """See Pairs."""
        self._owners.pop(device, None)
        await self._there().part(device)

    def _there(self) -> Presence:
        if self._presence is None:
            raise Unreachable("the link to phones is not running")
        return self._presence

    # Reach

    def _send(self, id: str, packet: str, body: Mapping[str, object], payload: tuple[int, int] | None = None) -> bool:
        line = self._line(id)
        return line is not None and line.send(packet, body, self._host.now(), payload)

    def _line(self, id: str) -> Line | None:
        device = self._presence.devices.get(id) if self._presence is not None else None
        return device.line if device is not None and device.paired else None

    async def _arrived(self, id: str) -> bool:
        line = self._line(id)
        return line is not None and await line.arrived()

    def _fetch(self, phone: Phone, packet: Packet) -> AbstractAsyncContextManager[Streams]:
        assert self._own is not None
        return payloads.fetching(self._own, phone.certificate, phone.address, packet.port)

    def _fetch_bulk(self, phone: Phone, packet: Packet) -> AbstractAsyncContextManager[Bulk]:
        assert self._own is not None
        return payloads.fetching_in_bulk(self._own, phone.certificate, phone.address, packet.port)

    def _offer(self, phone: Phone) -> AbstractAsyncContextManager[Offer]:
        assert self._own is not None
        return payloads.offering(self._own, phone.certificate, phone.address)

    def _whose(self, thing: str) -> Phone | None:
        return next((it for one in self._plugins if (it := one.thing_of(thing)) is not None), None)

    # Wishes

    async def execute(self, command: Command) -> None:
        """See LinkRun."""
        thing_id, signal = split_path(command.path)
        phone = next((one for one in self._phones.values() if one.thing == thing_id), None)
        phone = phone or self._whose(thing_id)
        if phone is None:
            raise NotFound(f"{thing_id} is not paired any more")
        for one in self._plugins:
            if await one.execute(phone, signal, command):
                if not await self._arrived(phone.id):
                    raise Unreachable(f"{phone.name} does not answer", advice="It has to be in the same network.")
                return
        raise BadInput(f"{phone.name} takes no {signal}")

    async def picture(self, thing_id: str) -> Picture:
        """See LinkRun."""
        for one in self._plugins:
            found = await one.picture(thing_id)
            if found is not None:
                return found
        raise NotFound(f"{thing_id} has no picture")


def open_run(host: LinkHost, settings: msgspec.Struct) -> KdeConnectRun:
    """Make a run, without I/O."""
    assert isinstance(settings, Settings)
    return KdeConnectRun(host, settings)
