"""The two hubs of ``simulator_two_hubs``, with a tablet that both of their links see and that is moved to and fro, at
either hub, also while they are apart. In the end both say where it is and how it stands, and no wish was fulfilled
at both."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.bad_days.simulator_two_hubs import ANNA, CONTEXT, Device, Place, TwoHubs
from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.core.thing import Thing
from wayhome.core.value import Fact, Value
from wayhome.errors import HubError
from wayhome.hub.link import LinkHost, Picture

DIM = "light.brightness"
NAMES = {"home": "tablet", "car": "tablet-2"}
"""What each site's link calls it."""
PATH = f"tablet/{DIM}"


class Tablet:
    """The one tablet there is."""

    def __init__(self) -> None:
        self.dimmed: Value = 10.0
        self.seen: dict[str, SeesIt] = {}
        """The links that see it, by site."""
        self.done: dict[str, str] = {}
        """Which site's link was handed each wish, by key."""

    def dims(self, value: Value) -> None:
        self.dimmed = value
        for eye in list(self.seen.values()):
            eye.host.report([Fact(f"{NAMES[eye.site]}/{DIM}", value)])


class SeesIt(Device):
    """A site's link."""

    def __init__(self, host: LinkHost, place: Seeing) -> None:
        super().__init__(host, place)
        self.site = place.name
        self.tablet = place.tablet

    async def run(self) -> None:
        id = NAMES[self.site]
        signals = {DIM: Refinement()}
        self.host.announce([Thing(id, "Tablet", self.host.id, "light", signals, marks=("mac|1",))])
        self.host.online([id], True)
        self.host.report([Fact(f"{id}/{DIM}", self.tablet.dimmed)])
        self.tablet.seen[self.site] = self
        await super().run()

    async def execute(self, command: Command) -> None:
        if not command.path.startswith("tablet"):
            await super().execute(command)
            return
        self._site.fulfil(command)
        self.tablet.dims(command.target)

    async def picture(self, thing_id: str) -> Picture:
        return await super().picture(thing_id)


class Seeing(Place):
    """A site whose link sees the tablet."""

    device_kind = SeesIt
    tablet: Tablet

    async def crash(self) -> None:
        self.tablet.seen.pop(self.name, None)
        await super().crash()

    def fulfil(self, command: Command) -> None:
        super().fulfil(command)
        if not command.path.startswith("tablet"):
            return
        del self.state[command.path]  # the tablet keeps that itself
        # A hub that stopped in the midst of it may send it again: dimming twice does no harm.
        if self.tablet.done.setdefault(command.key, self.name) != self.name:
            self._wrong.append(f"{command.key} was fulfilled at both")


class Moving(TwoHubs):
    """One seed."""

    place_kind = Seeing
    only_asks = True
    """A screen that comes to the other hub only asks there what came of a wish for what has moved."""

    def __init__(self, seed: int, spoil: Any = None) -> None:
        super().__init__(seed, spoil)
        self.tablet = Tablet()
        for place in self.places.values():
            place.tablet = self.tablet  # type: ignore[attr-defined]
        self._where: dict[str, Place] = {}
        """The hub that each wish for the tablet was asked at."""

    async def _step(self) -> None:
        chance = self.chance
        place = chance.choice(list(self.places.values()))
        match chance.randint(0, 99):
            case luck if luck < 12:
                self._move(place, chance.choice(("home", "car")))
            case luck if luck < 22:
                self.tablet.dims(float(chance.randint(0, 50)))
            case luck if luck < 40:
                self._dim(place)
            case luck if luck < 43:
                self._takes_out()
            case _:
                await super()._step()

    def _move(self, place: Place, to: str) -> None:
        async def move() -> None:
            try:
                assert place.hub is not None
                await place.hub.moves.move("tablet", to, None, CONTEXT)
            except HubError:
                return

        if place.hub is not None:
            place.tasks.add(asyncio.create_task(move()))

    def _takes_out(self) -> None:
        """The home takes the car's hub out of the household, and in again."""
        hub = self.places["home"].hub

        async def out_and_in() -> None:
            try:
                assert hub is not None
                await hub.household.delete("site", "car", CONTEXT)
                await asyncio.sleep(self.chance.choice((0.0, 0.1, 3.0)))
                await hub.household.write("site", "car", {"name": "car"}, CONTEXT)
                await self._meet()
            except HubError:
                return

        if hub is not None:
            self.places["home"].tasks.add(asyncio.create_task(out_and_in()))

    def _dim(self, place: Place) -> None:
        chance = self.chance
        self._count += 1
        key = f"wish-{self._count:04}"
        target, ttl = float(chance.randint(51, 99)), chance.choice((1.0, 5.0, 30.0))
        self._soon(self._ask(place, PATH, target, key, ttl))
        if chance.random() < 0.6:
            other = self.places["car" if place.name == "home" else "home"]
            later = chance.choice((0.0, 0.2, 4.0, 10.0))
            self._soon(self._after(other, target, key, later, self._moved(place)))

    @staticmethod
    def _moved(place: Place) -> bool:
        thing = None if place.hub is None else place.hub.household.house.things.get("tablet")
        return thing is not None and thing.moved

    def _soon(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._asks.add(task)
        task.add_done_callback(self._asks.discard)

    async def _after(self, place: Place, target: Value, key: str, later: float, moved: bool) -> None:
        """The screen comes to the other hub, and brings its wish along. ``moved``: the hub before knew that the tablet
        ever moved."""
        await asyncio.sleep(later)
        hub = place.hub
        if hub is None:
            return
        moved = self.only_asks and (moved or self._moved(place))
        left = self.asked.get(key, 0.0) - asyncio.get_running_loop().time()
        if not moved and left <= 0:
            return
        try:
            until = 0.0 if moved else None
            await hub.open_session(ANNA).act(PATH, target, key=key, ttl=max(left, 0.1), until=until, held=True)
        except HubError:
            return

    def _same(self) -> None:
        hubs = [place.hub for place in self.places.values()]
        assert all(hub is not None for hub in hubs)
        houses = [hub.household.house for hub in hubs if hub is not None]
        sites = {house.things["tablet"].site if "tablet" in house.things else None for house in houses}
        if len(sites) != 1 or None in sites:
            self.wrong.append(f"the tablet is at {sites}")
        shown = [house.readings[PATH].value if PATH in house.readings else None for house in houses]
        if set(shown) != {self.tablet.dimmed}:
            self.wrong.append(f"the tablet is at {self.tablet.dimmed}, shown as {shown}, by {sites}")
        twice = [house.site for house in houses if "tablet-2" in house.things and sites == {"car"}]
        if twice:
            self.wrong.append(f"the tablet is shown twice, {twice}")
        super()._same()
