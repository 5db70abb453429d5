"""Keeping the schedules: looks at the cars, tells them what follows, and says why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec

from wayhome import log
from wayhome.core import driving
from wayhome.core.command import Command, time_to_live
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.errors import HubError
from wayhome.features.charging import model, rules
from wayhome.features.charging.model import ACTOR, COLLECTION, START_STOP, Plan, Seen, Standing, Step
from wayhome.hub.running import Hub

EVERY = 5.0
"""s between two looks when nothing happens."""
NEWS = (model.CHARGING, model.CABLE, model.LIMIT, *model.LEVELS)


class Keeper:
    """The watcher of one hub's charging. All that must outlast it stands in the records ``@charging/<car>``."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        self._hands: dict[str, Command] = {}
        """The newest start or stop of a person, by car, not yet taken in."""
        self._refused: dict[str, str] = {}
        """What a car said to the hub's own telling, by car."""

    # Being told

    def published(self, shown: Shown, state: bool) -> None:
        if state and shown.path.endswith(NEWS):
            self._news.set()

    def commanded(self, command: Command) -> None:
        car, _, name = command.path.partition("/")
        if name != START_STOP:
            return
        if command.context.actor != ACTOR:
            if command.state == "sent":
                self._hands[car] = command
            elif command.state in ("failed", "expired") and self._hands.get(car, command).key == command.key:
                self._hands.pop(car, None)
        elif command.state in ("failed", "expired"):
            self._refused[car] = command.why or command.code or command.state
        self._news.set()

    def recorded(self, record: Record) -> None:
        if record.collection == COLLECTION:
            self._news.set()

    def happened(self, event: Event) -> None:
        return

    # Acting

    async def run(self) -> None:
        """Look whenever something changed, and every few seconds."""
        while True:
            self._news.clear()
            try:
                await self.look()
            except HubError as error:
                # What could not be kept is looked at again; the disk may have room by then.
                log.get("charging").warning("cannot keep the schedule", why=error.detail)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._news.wait()

    async def look(self) -> None:
        """Look at every car with a schedule and do what follows. Raises StoreError."""
        async with self._turn:
            for car, record in list(self._hub.household.records(COLLECTION).items()):
                if self.offers(car) and self._hub.household.house.foreign(car) is None:
                    await self._look_at(car, record.values())

    async def change(self, car: str, values: dict[str, Value], context: Context, *, anew: bool = False) -> None:
        """Write fields of a car's plan; ``anew``: what a person wanted of the car meanwhile is over. What follows is
        done at once. Raises BadInput, TooMany, StoreError."""
        household = self._hub.household
        async with self._turn:
            record = household.house.record(COLLECTION, car)
            before = record.values() if record is not None else {}
            standing = model.standing(before)
            if anew:
                self._hands.pop(car, None)
                standing = rules.follow_plan(standing)
            else:
                standing = msgspec.structs.replace(standing, tries=0, again=0.0, trouble=None)
            fields: dict[str, Value] = {**values, "standing": msgspec.to_builtins(standing), "cause": context.id}
            await household.write(COLLECTION, car, fields, context)
        await self.look()

    def offers(self, car: str) -> bool:
        """Whether a schedule can be kept for the car: it says whether it charges, and can be told to start and stop."""
        thing = self._hub.household.house.things.get(car)
        if thing is None or model.CHARGING not in thing.signals:
            return False
        told = thing.signals.get(START_STOP)
        return told is not None and not told.fixed

    def seen(self, car: str, plan: Plan) -> Seen:
        """What the car tells now."""
        thing = self._hub.household.house.things[car]
        level = next((x for name in model.LEVELS if (x := self._number(car, name)) is not None), None)
        keeps = model.LIMIT in thing.signals
        charging = self._flag(car, model.CHARGING)
        cable = self._flag(car, model.CABLE)
        if self._value(car, driving.STATE) == "moving" or (cable is None and model.CABLE in thing.signals):
            charging = None  # it is on the road, or has not yet said whether its cable is in
        return Seen(
            cable=cable,
            charging=charging,
            level=level,
            limit=self._number(car, model.LIMIT) if keeps else plan.limit,
            keeps_limit=keeps or plan.limit is None,
            left=self._number(car, model.LEFT),
        )

    async def _look_at(self, car: str, values: dict[str, Value]) -> None:
        hub, now = self._hub, self._hub.household.clock.now()
        plan, before = model.plan(values), model.standing(values)
        standing = before
        hand = self._hands.pop(car, None)
        if hand is not None:
            way = hand.target
            if way in ("START", "STOP"):
                standing = rules.by_hand(standing, "START" if way == "START" else "STOP", hand.context.actor, now)
        refused = self._refused.pop(car, None)
        if refused is not None and standing.asked is not None and not standing.obeyed:
            standing = msgspec.structs.replace(standing, trouble=refused[:200])
        step = rules.step(plan, standing, self.seen(car, plan), now, hub.zone)
        cause = values.get("cause")
        context = Context(hub.ids.ulid(), ACTOR, cause if isinstance(cause, str) else None)
        told: dict[str, Value] = {
            "standing": msgspec.to_builtins(step.standing), "doing": step.doing, "begins": step.begins,
        }  # fmt: skip
        if any(values.get(name) != value for name, value in told.items()):
            # Before the car is told: after a crash in between it is told again, and nobody's hand is suspected.
            await hub.household.write(COLLECTION, car, told, context)
        if step.tell is not None:
            await self._tell(car, step, context)

    async def _tell(self, car: str, step: Step, context: Context) -> None:
        household = self._hub.household
        path = f"{car}/{START_STOP}"
        name = "ChargingStartedByPlan" if step.tell == "START" else "ChargingStoppedByPlan"
        now = household.clock.now()
        await household.tell(Event(name, now, context, path, {"because": step.standing.because}))
        own = Context(self._hub.ids.ulid(), ACTOR, context.id)
        ttl = time_to_live(household.house.signal(path))
        try:
            await household.wishes.ask(Command(self._hub.ids.ulid(), path, step.tell, now, ttl, own))
        except HubError as error:
            self._refused[car] = error.detail

    def _value(self, car: str, name: str) -> Value:
        reading = self._hub.household.house.readings.get(f"{car}/{name}")
        return reading.value if reading is not None and reading.quality == "good" else None

    def _flag(self, car: str, name: str) -> bool | None:
        value = self._value(car, name)
        return value if isinstance(value, bool) else None

    def _number(self, car: str, name: str) -> float | None:
        value = self._value(car, name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def standing(self, car: str) -> tuple[Plan, Standing, dict[str, Value]]:
        """A car's plan, where the hub stands with it, and all fields of its record."""
        record = self._hub.household.house.record(COLLECTION, car)
        values = record.values() if record is not None else {}
        return model.plan(values), model.standing(values), values


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """Keep the schedules as long as the hub runs."""
    keeper = Keeper(hub)
    hub.extra["charging"] = keeper
    hub.household.watchers.append(keeper)
    task = asyncio.create_task(_kept_up(keeper))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        hub.household.watchers.remove(keeper)


async def _kept_up(keeper: Keeper) -> None:
    """One look that goes wrong must not be the last."""
    while True:
        try:
            await keeper.run()
        except Exception:
            log.get("charging").exception("looking at the cars failed")
            await asyncio.sleep(EVERY)


def keeper_of(hub: Hub) -> Keeper:
    """The keeper of a running hub."""
    keeper = hub.extra["charging"]
    assert isinstance(keeper, Keeper)
    return keeper
