"""The car's doors."""

from __future__ import annotations

from homeassistant.components.lock import LockEntity

from .car import CarEntity


class CarLock(CarEntity, LockEntity):
    @property
    def is_locked(self) -> bool:
        return self.car.locked

    async def async_lock(self, **_: object) -> None:
        self.car.obey(locked=True)

    async def async_unlock(self, **_: object) -> None:
        self.car.obey(locked=False)


async def async_setup_entry(hass, entry, add) -> None:
    add([CarLock(entry.runtime_data, "doors", "Doors")])
