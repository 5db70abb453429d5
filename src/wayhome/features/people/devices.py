"""The devices that are signed in: letting one in, knowing it again, signing it out."""

from __future__ import annotations

import msgspec

from wayhome.core.value import Context, Value
from wayhome.errors import TooMany
from wayhome.features.people import model, rules, tokens
from wayhome.features.people.model import Device, DeviceKind, Terms
from wayhome.features.people.ports import Ports
from wayhome.hub.session import Identity

SEEN_EVERY = 600.0
"""``last_seen`` is written at most this often, in s."""
MAX_DEVICES = 100
VAULT = "device/"


class Devices:
    """Tokens are kept as hashes, in the vault: not in records, so no screen and no export ever holds one. The
    household's own sites tell each other the hashes."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._of_hash: dict[str, str] = {}

    async def open(self) -> None:
        """Read the hashes of all tokens. Those of devices that are gone are forgotten, unless another site may know
        more of them."""
        if self._ports.household.records("site"):
            await self.refresh()
            return
        known = self.all()
        for name in await self._ports.vault.names():
            if not name.startswith(VAULT):
                continue
            device = name.removeprefix(VAULT)
            kept = await self._ports.vault.secret(name)
            if device in known and kept is not None:
                self._of_hash[kept.decode()] = device
            else:
                await self._ports.vault.forget(name)

    async def refresh(self) -> None:
        """Read the hashes of all tokens anew, also of devices whose record has not come yet from another site."""
        names = [name for name in await self._ports.vault.names() if name.startswith(VAULT)]
        kept = {name.removeprefix(VAULT): await self._ports.vault.secret(name) for name in names}
        self._of_hash = {hashed.decode("ascii", "replace"): device for device, hashed in kept.items() if hashed}

    def known(self) -> int:
        """How many devices have a token that still counts."""
        return len(self._of_hash)

    def all(self) -> dict[str, Device]:
        return model.devices(self._ports.household.records(model.DEVICE))

    def find(self, token: str) -> Device | None:
        """The device that this token is of, if it may still come in."""
        if not token or len(token) > tokens.MAX_TOKEN:
            return None
        id = self._of_hash.get(tokens.digest(token))
        record = self._ports.household.records(model.DEVICE).get(id) if id is not None else None
        device = model.devices({record.id: record}).get(record.id) if record is not None else None
        if device is None or not rules.valid(device, self._ports.clock.now()):
            return None
        return device

    def identity(self, device: Device) -> Identity | None:
        """Who a device speaks for; None when its person is gone."""
        person = model.persons(self._ports.household.records(model.PERSON)).get(device.person)
        if person is None:
            return None
        return Identity(
            f"person:{person.id}",
            rules.lesser(person.role, device.role),
            person.id,
            device.id,
            device.seat,
            device.car,
            device.signed_in_at,
        )

    def unseen(self, device: Device) -> bool:
        """Whether it is news that the device is here."""
        return self._ports.clock.now() - device.last_seen > SEEN_EVERY

    async def seen(self, device: Device) -> None:
        """Write down that the device is here, unless that was done or it was signed out meanwhile."""
        known = self.all().get(device.id)
        if known is not None and self.unseen(known):
            context = self._ports.context(f"device:{device.id}")
            now = self._ports.clock.now()
            await self._ports.household.write(model.DEVICE, device.id, {"last_seen": now}, context)

    async def let_in(self, terms: Terms, name: str, kind: DeviceKind, by: str, context: Context) -> tuple[str, Device]:
        """A new device. Returns its token, which is never told again, and the device. Raises TooMany, StoreError."""
        if sum(device.person == terms.person for device in self.all().values()) >= MAX_DEVICES:
            raise TooMany("this person has too many devices", advice="Sign some of them out.")
        now = self._ports.clock.now()
        id = self._ports.ids.ulid().lower()
        device = Device(
            id,
            terms.person,
            name,
            kind,
            terms.role,
            added_at=now,
            signed_in_at=now,
            last_seen=now,
            seat=terms.seat,
            car=terms.car,
            until=terms.until,
            by=by,
            placed=terms.placed,
        )
        token = tokens.fresh(self._ports.ids)
        values = msgspec.to_builtins(device)
        del values["id"]
        await self._ports.household.write(model.DEVICE, id, values, context)
        await self._keep(id, token)
        return token, device

    async def renew(self, device: Device, context: Context) -> tuple[str, Device]:
        """The same person has signed in anew on this device: it gets another token, the old one is void."""
        token = tokens.fresh(self._ports.ids)
        now = self._ports.clock.now()
        # Who signs in anew says its key anew: one that somebody else may have said is void with the old token.
        values: dict[str, Value] = {"signed_in_at": now, "last_seen": now, "key": None}
        await self._ports.household.write(model.DEVICE, device.id, values, context)
        self._forget(device.id)
        await self._keep(device.id, token)
        return token, msgspec.structs.replace(device, signed_in_at=now, last_seen=now)

    async def sign_out(self, device: Device, context: Context) -> None:
        """The device's token is void at once; its record goes, and with it its sessions."""
        self._forget(device.id)
        await self._ports.vault.forget(VAULT + device.id)
        if device.id in self._ports.household.records(model.DEVICE):
            await self._ports.household.delete(model.DEVICE, device.id, context)

    async def sweep(self) -> list[Device]:
        """Sign out the devices whose time is over; returns them. To be called about once a minute."""
        now = self._ports.clock.now()
        over = [device for device in self.all().values() if not rules.valid(device, now)]
        for device in over:
            context = self._ports.context("hub")
            await self.sign_out(device, context)
            await self._ports.tell("DeviceSignedOut", context, f"@device/{device.id}", why="its time was over")
        for id, record in self._ports.household.records(model.DEVICE).items():
            # Signed out at one site while it was seen at another: what that wrote down of it is no device.
            if record.deleted is not None and "person" not in record.values():
                await self._ports.household.delete(model.DEVICE, id, self._ports.context("hub"))
        return over

    async def _keep(self, id: str, token: str) -> None:
        hashed = tokens.digest(token)
        await self._ports.vault.keep(VAULT + id, hashed.encode())
        self._of_hash[hashed] = id

    def _forget(self, id: str) -> None:
        self._of_hash = {hashed: device for hashed, device in self._of_hash.items() if device != id}
