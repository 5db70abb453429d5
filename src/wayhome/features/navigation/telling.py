"""Telling how cars are led: the signal, the record, the events, and the files of their ways."""

from __future__ import annotations

import msgspec

from wayhome.core.event import Event
from wayhome.core.ids import record_path
from wayhome.core.value import Context, Value
from wayhome.errors import HubError
from wayhome.features.navigation import energy, keeping, looking
from wayhome.features.navigation.leading import Leading
from wayhome.features.navigation.model import COLLECTION, NOW, Guidance, Journey, Led, journey, plain
from wayhome.hub.running import Hub

ACTOR = "hub:navigation"
SHOWN_EVERY, CLOCK_EVERY = 0.5, 10.0
"""s: what is told anew while a car moves, and while nothing changes but the time of arrival."""


class Telling:
    """What one hub tells of them."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._files: dict[str, str] = {}
        """The file of each car's way as this hub knows it, also of cars of other sites."""
        self._shown: dict[str, tuple[float, Guidance]] = {}
        self._eaten: dict[str, energy.Consumption] = {}

    def show(self, leading: Leading, *, anew: bool = False) -> Guidance:
        """Show how a car is led, unless that was shown just now; ``anew``: at any rate."""
        household, car = self._hub.household, leading.car
        steady = household.clock.steady()
        if car not in self._eaten:
            self._eaten[car] = energy.consumption(household.records(energy.DRIVE).values(), car)
        battery = looking.battery(household.house, car)
        guidance = leading.guidance(household.clock.now(), battery, self._eaten[car])
        at, before = self._shown.get(car, (-CLOCK_EVERY, None))
        same = before is not None and msgspec.structs.replace(guidance, eta=before.eta, time=before.time) == before
        if anew or steady - at >= (CLOCK_EVERY if same else SHOWN_EVERY):
            self._shown[car] = (steady, guidance)
            household.own(f"{car}/{NOW}", guidance.told())
        return guidance

    def forget(self, car: str) -> None:
        """It is led no more."""
        self._shown.pop(car, None)

    def drove(self) -> None:
        """A drive was kept: the averages are others."""
        self._eaten.clear()

    def names(self, car: str, wanted: Journey | None) -> None:
        """A journey's record names this file now; the one of before is of no use any more."""
        file = wanted.file if wanted is not None else None
        before = self._files.pop(car, None)
        if file is not None:
            self._files[car] = file
        if before is not None and before != file:
            self._hub.soon_run(self.let_go(before))

    async def let_go(self, file: str) -> None:
        """Delete a way's file, unless it is somebody's, or is none."""
        if file in self._files.values() or not keeping.is_file(file):
            return
        try:
            content = await self._hub.ports.blobs.get(file)
        except HubError:
            return  # it is not here
        if content.startswith(keeping.MARK):
            await self._hub.blobs.delete(file)

    async def write(self, leading: Leading, context: Context) -> bool:
        """Keep how far it has come. A journey that was taken back meanwhile does not come back by that: then it is
        False. Raises StoreError."""
        record = self._hub.household.house.record(COLLECTION, leading.car)
        standing = journey(record)
        if standing is None or standing.start != leading.journey.start:
            return False
        passed = len(leading.journey.stops) if leading.arrived is not None else leading.passed
        led = Led(leading.journey.start, leading.file, passed, tuple(sorted(leading.announced)))
        leading.journey = msgspec.structs.replace(leading.journey, led=led)
        await self._hub.household.write(COLLECTION, leading.car, {"led": plain(led)}, context)
        return True

    async def tell(self, name: str, leading: Leading, context: Context) -> None:
        """Something happened on a journey. Raises StoreError."""
        stop = leading.journey.stops[max(0, leading.passed - 1)] if name == "StopReached" else leading.goal
        data: dict[str, Value] = {"car": leading.car, "goal": stop.name}
        if stop.place is not None:
            data["place"] = stop.place
        await self.event(name, leading.car, data, context)

    async def event(self, name: str, car: str, data: dict[str, Value], context: Context) -> None:
        """The same in other words. It is about the record, not the car: who may know of a car may not know where it
        goes."""
        household = self._hub.household
        await household.tell(Event(name, household.clock.now(), context, record_path(COLLECTION, car), data))
