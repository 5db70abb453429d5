"""A home and a car that do not meet for long: two days here, a month with WAYHOME_SOAK=1, on virtual time."""

from __future__ import annotations

import asyncio

import pytest

from tests.bad_days import virtual_time
from tests.bad_days.simulator_two_hubs import CONTEXT, OWN, End, Place, TwoHubs
from tests.bad_days.test_simulator import quick

__all__ = ["quick"]


class Apart(TwoHubs):
    """Every hour each site's things change, people write the same records at both, and wish for things of the other.
    Every day both hubs die, and their clocks go a little wrong."""

    sent = 0

    async def be_apart(self, days: int) -> None:
        for place in self.places.values():
            place.clock.off = self.chance.uniform(-20.0, 20.0)
            await self._start(place)
        home = self.places["home"].hub
        assert home is not None
        await home.household.write("person", "anna", {"name": "Anna", "role": "owner"}, CONTEXT)
        for name in self.places:
            await home.household.write("site", name, {"name": name}, CONTEXT)
        await self._meet()
        await asyncio.sleep(10)
        await self._part()
        for hour in range(24 * days):
            for place in self.places.values():
                self._hour(place, hour)
            await asyncio.sleep(3_600)
            if hour % 24 == 23:
                for place in self.places.values():
                    place.clock.off += self.chance.uniform(-5.0, 5.0)
                    await place.crash()
                    await self._start(place)

    def _hour(self, place: Place, hour: int) -> None:
        for path in OWN[place.name]:
            place.changes(path, hour % 2 == 0 if path.endswith(("IsLocked", "light.on")) else float(hour % 50))
        self._wish(place)
        self._write(place, self.chance.choice("abcdef"), {"title": f"{place.name} {hour}", f"of {place.name}": hour})

    async def meet_again(self) -> float:
        """How long until both know the same, in s."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self._meet()
        assert self.road is not None
        for end in self.road.ends:
            self._count_what_passes(end)
        while True:
            self.wrong.clear()
            try:
                self._same()
                return loop.time() - began
            except AssertionError:
                assert loop.time() - began < 60, "; ".join(self.wrong[:3])
                await asyncio.sleep(0.05)

    def _count_what_passes(self, end: End) -> None:
        passes = end.send

        async def counted(data: bytes) -> None:
            self.sent += len(data)
            await passes(data)

        end.send = counted  # type: ignore[method-assign]


@pytest.mark.timeout(1_200)
def test_what_was_done_apart_is_one_again(soak: bool) -> None:
    days = 30 if soak else 2

    async def live() -> None:
        two = Apart(7)
        await two.be_apart(days)
        done = {name: list(place.done) for name, place in two.places.items()}
        assert await two.meet_again() < 1, "once they are in touch it is a second"
        assert two.sent < 5_000 * days
        assert {name: list(place.done) for name, place in two.places.items()} == done, "a wish of before was done"
        await two._part()

    virtual_time.run(live())
