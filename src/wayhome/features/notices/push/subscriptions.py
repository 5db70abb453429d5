"""Which devices get push messages: one subscription a device, sealed in the vault. Whoever knows an endpoint can send
to the device, so it is in no record and no log."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Literal

import msgspec

from wayhome.core.record import Record
from wayhome.errors import TooMany
from wayhome.features.notices.model import Kind
from wayhome.features.notices.push.encryption import Keys
from wayhome.hub.ports import Vault

PREFIX = "notices/push/"
OF_PERSON = 20
OF_HOUSEHOLD = 200
type Language = Literal["en", "zh"]


class Subscription(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a device is reached. ``language``: of its texts; ``details``: whether the lock screen shows what happened;
    ``kinds``: what this device is for, None: all that its person wants."""

    device: str
    person: str
    endpoint: str
    keys: Keys
    language: Language = "en"
    details: bool = True
    kinds: tuple[Kind, ...] | None = None


class Subscriptions:
    """All subscriptions of a household, by device."""

    def __init__(self, vault: Vault, run: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        self._vault = vault
        self._run = run
        self._all: dict[str, Subscription] = {}

    async def open(self, devices: set[str]) -> None:
        """Read those of the devices that are still signed in; the others are forgotten."""
        for name in await self._vault.names():
            if not name.startswith(PREFIX):
                continue
            kept = await self._vault.secret(name)
            try:
                found = msgspec.json.decode(kept or b"", type=Subscription)
            except (msgspec.DecodeError, UnicodeDecodeError):
                found = None
            if found is not None and found.device in devices:
                self._all[found.device] = found
            else:
                await self._vault.forget(name)

    def among(self, devices: Iterable[str]) -> list[Subscription]:
        return [one for device in devices if (one := self._all.get(device)) is not None]

    def all(self) -> list[Subscription]:
        return list(self._all.values())

    def of(self, device: str | None) -> Subscription | None:
        return self._all.get(device or "")

    async def keep(self, new: Subscription) -> None:
        """A device's subscription, instead of its old one; done once durable. Raises TooMany."""
        others = [one for one in self._all.values() if one.device != new.device]
        if len(others) >= OF_HOUSEHOLD or sum(one.person == new.person for one in others) >= OF_PERSON:
            raise TooMany("too many devices get push messages", advice="Turn push off on those you no longer use.")
        for other in others:
            if other.endpoint == new.endpoint:  # the same browser, paired anew: it must not be told twice
                await self.forget(other.device)
        self._all[new.device] = new
        await self._vault.keep(PREFIX + new.device, msgspec.json.encode(new))
        if self._all.get(new.device) is not new:  # signed out meanwhile
            await self._vault.forget(PREFIX + new.device)

    async def forget(self, device: str) -> None:
        if self._all.pop(device, None) is not None:
            await self._vault.forget(PREFIX + device)

    def lost(self, endpoint: str) -> None:
        """The push service no longer knows it."""
        for one in [one for one in self._all.values() if one.endpoint == endpoint]:
            self._drop(one.device)

    def recorded(self, record: Record) -> None:
        """A device that was signed out gets nothing from this moment on; nor do those of a person who is gone."""
        if not record.gone:
            return
        if record.collection == "device":
            self._drop(record.id)
        elif record.collection == "person":
            for one in [one for one in self._all.values() if one.person == record.id]:
                self._drop(one.device)

    def _drop(self, device: str) -> None:
        if self._all.pop(device, None) is not None:
            self._run(self._vault.forget(PREFIX + device))
