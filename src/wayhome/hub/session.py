"""Sessions: the household as one actor sees it. There is no other way in.

A session checks, in this order and for every door: the grant, the driving restrictions, the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from wayhome.core import driving, glob
from wayhome.core.command import Command, time_to_live
from wayhome.core.driving import Restrictions, Seat
from wayhome.core.grant import Allowed, Role
from wayhome.core.ids import split_path
from wayhome.core.value import Context, Fact, Value
from wayhome.errors import (
    BadInput,
    Expired,
    FreshSignInNeeded,
    NotAllowed,
    NotFound,
    NotWhileDriving,
    PlanNeeded,
    SignInNeeded,
    TooMany,
)
from wayhome.hub.operations import Operation, convert

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

FRESH = 300.0
"""How long a sign-in counts as fresh, in s."""
RATE = 5_000.0
BURST = 10_000.0


class Identity(msgspec.Struct, frozen=True):
    """Who is behind a session: a person (or a thing, or a link) on a device."""

    actor: str
    """``person:mei``, ``device:…``, ``local:cli``."""
    role: Role | None
    person: str | None = None
    device: str | None = None
    seat: Seat = "elsewhere"
    car: str | None = None
    signed_in_at: float = 0.0
    carried: bool = False
    """A device of a link that people carry, as a phone: the driver's, while they drive."""
    key: str | None = None
    """The device's own key, where it came in by that: it is who it is as long as its record names this key."""


class Intent(msgspec.Struct, frozen=True):
    """What belongs to a wish and is written nowhere: who made it on which device, that it was held, what was typed."""

    identity: Identity
    held: bool
    code: str | None


class Rate:
    """How much one device may still ask for: RATE a second, BURST at once. All its sessions share it: a request of
    its own must not be a way around."""

    def __init__(self) -> None:
        self._left = BURST
        self._filled = 0.0

    def spend(self, now: float, cost: float) -> None:
        """Take ``cost`` at the steady time ``now``. Raises TooMany."""
        self._left = min(BURST, self._left + max(0.0, now - self._filled) * RATE)
        self._filled = now
        if self._left < cost:
            raise TooMany("too many requests from this device")
        self._left -= cost


class Session:
    """One actor's view of the household. Made by ``Sessions.open`` only."""

    def __init__(self, hub: Hub, id: str, identity: Identity, allowed: Allowed, rate: Rate) -> None:
        self._hub = hub
        self.rate = rate
        self.id = id
        self.identity = identity
        self.allowed = allowed
        self.conditional = True
        """Whether what it may do can change by time, place or driving alone."""
        self.closed: str | None = None
        self.again = False
        """Whether who had it may come back at once, since it was closed for that."""
        self.on_change: Callable[[], None] | None = None
        """Called when what this session may do has changed, and when it was closed."""

    # Checks

    def _alive(self) -> None:
        if self.closed is not None:
            raise SignInNeeded(self.closed)

    def may(self, verb: str, path: str) -> bool:
        """Whether this session may read, act on, provide or share the path."""
        return self.closed is None and self.allowed.may(verb, path)  # type: ignore[arg-type]

    def _need(self, verb: str, path: str) -> None:
        self._alive()
        if not self.may(verb, path):
            # What may not be read must look like what is not there.
            if verb != "read" and self.may("read", path):
                raise NotAllowed(f"you may see {path}, but not change it")
            raise NotFound(f"there is nothing at {path[:80]!r} for you")

    def spend(self, cost: float = 1.0) -> None:
        """Count a request against the rate limit. Raises TooMany."""
        self.rate.spend(self._hub.household.clock.steady(), cost)

    def restrictions(self) -> Restrictions:
        """What the driving state leaves open to this session now."""
        seat, car = self._hub.drivers.seat(self.identity)
        return driving.restrictions(self._driving(seat, car), seat, self._hub.household.market)

    def limits(self) -> dict[str, Value]:
        """The same as screens are told it, with ``seat``, ``car`` and the ``state`` that they follow from, and whether
        it is known where the screen is (``placed``)."""
        seat, car = self._hub.drivers.seat(self.identity)
        state = self._driving(seat, car)
        placed = not self._hub.drivers.unplaced(self.identity)
        shown: dict[str, Value] = {"seat": seat, "car": car, "placed": placed, "state": state}
        return shown | driving.shown(state, self._hub.household.market, seat)

    def _driving(self, seat: Seat, car: str | None) -> driving.State:
        return "parked" if seat != "driver" or car is None else self._hub.drivers.state(car)

    # Reading

    def sees(self, path: str) -> bool:
        return self.may("read", path)

    def read(self, wanted: Iterable[str]) -> dict[str, list[Value]]:
        """The facts at these paths or globs, as far as this session may see them: ``{path: [value, at, …]}``.
        Raises BadInput, TooMany."""
        self._alive()
        wanted = list(wanted)
        fits = glob.matcher(wanted)
        published = self._hub.household.published
        if any("*" in path for path in wanted):
            # A walk over everything that is shown costs by how much that is.
            self.spend(len(published) / 1_000)
            found = published.snapshot(lambda path: fits(path) and self.sees(path))
        else:
            asked = (published.find(path) for path in wanted if self.sees(path))
            found = (shown for shown in asked if shown is not None)
        return {shown.path: shown.fact for shown in found if shown.fact is not None}

    # Acting

    def context(self, parent: str | None = None) -> Context:
        """A fresh context: what follows was caused by this session."""
        return Context(self._hub.ids.ulid(), self.identity.actor, parent, f"session:{self.id}")

    async def act(
        self,
        path: str,
        target: Value,
        *,
        key: str | None = None,
        ttl: float | None = None,
        until: float | None = None,
        held: bool = False,
        code: str | None = None,
        parent: str | None = None,
    ) -> Command:
        """Wish that ``path`` becomes ``target``. Returns the command once it is durable (or as it stands under the
        same key). ``until``: by the hub's clock (s since 1970), what comes later is refused: it lay somewhere on
        its way, and nobody waits for it any more. ``held``: the person pressed and held. ``code``: what the thing asks
        for (an alarm's PIN); it goes to the link and is kept nowhere. ``parent``: the id of the context that led to it.
        Raises BadInput, NotFound, NotAllowed, NotWhileDriving, Conflict, TooMany, Expired, StoreError."""
        thing, name = split_path(path)
        self._need("act", path)
        household = self._hub.household
        signal = household.house.signal(path)
        why = driving.barred(name, self._hub.drivers.state(thing)) if name.startswith("Vehicle.") else None
        if why is not None:
            raise NotWhileDriving(why, advice="Use the car's own controls, or park first.")
        if name in ("camera.turn", "camera.preset") and not self.restrictions().video:
            raise NotWhileDriving("a camera is turned when the car is parked")
        if signal.risky and not held and self.restrictions().hold:
            raise NotWhileDriving("opening and unlocking ask for press-and-hold while driving")
        if code is not None and not self.restrictions().keyboard:
            raise NotWhileDriving("a code is typed when the car is parked")
        if code is not None and not 1 <= len(code) <= 64:
            raise BadInput("a code has 1 to 64 characters")
        if key is not None and not 8 <= len(key) <= 64:
            raise BadInput("a key has 8 to 64 characters", advice="A ULID or UUID is a good key.")
        ttl = time_to_live(signal) if ttl is None else ttl
        if until is not None and (key is None or key not in household.wishes.keys):
            left = until - household.clock.now()
            if not left > 0:
                raise Expired("the wish came too late to be fulfilled")
            ttl = min(ttl, left)
        counted = self.allowed.spends("act", path)
        command = Command(
            key or self._hub.ids.ulid(),
            path,
            target,
            household.clock.now(),
            ttl,
            self.context(parent),
        )
        foreign = household.house.foreign(thing) is not None
        codes = self._hub.links.codes
        if command.key not in household.wishes.keys:
            if foreign:
                self._hub.sites.intend(command.key, Intent(self.identity, held, code))
            elif code is not None:
                codes[command.key] = code
        try:
            # What may be done so often only is counted by the site that owns the thing.
            if counted is None or foreign or command.key in household.wishes.keys:
                stands = await household.wishes.ask(command)
                self._hub.live.follow(stands, self.id)
                return stands
            return await self._hub.sessions.spend(counted, command)
        finally:
            if command.key not in household.house.open:
                codes.pop(command.key, None)
                self._hub.sites.forget(command.key)

    async def provide(self, values: Mapping[str, Value | list[Value]]) -> list[str]:
        """Report readings of things that are this actor's own: ``{path: value}`` or ``{path: [value, source_at]}``.
        Returns a sentence for each that was refused. Waits while the disk can't follow."""
        facts = []
        for path, value in values.items():
            split_path(path)
            self._need("provide", path)
            if isinstance(value, list) and len(value) == 2 and isinstance(value[1], int | float):
                facts.append(Fact(path, value[0], float(value[1])))
            else:
                facts.append(Fact(path, value))
        household = self._hub.household
        link = self.identity.actor
        return household.report(link, facts, actor=self.identity.actor)

    # Operations

    async def call(self, name: str, data: object = None, *, text: bool = False) -> Any:
        """Call an operation with plain data. Raises what the operation raises, NotFound, NotAllowed, BadInput."""
        operation = self._hub.operations.find(name)
        self.check(operation)
        return await operation.run(self, convert(operation, data, text=text))

    def check(self, operation: Operation) -> None:
        """Whether this session may call the operation now. Raises NotAllowed, NotWhileDriving, PlanNeeded."""
        self.spend()
        self.recheck(operation)

    def recheck(self, operation: Operation) -> None:
        """The same without counting it: rights may have gone while a request's body was on its way."""
        self._alive()
        if not self.may("act", operation.path):
            raise NotAllowed(f"{operation.name} is not allowed for you")
        if operation.parked and not self.restrictions().setup:
            raise NotWhileDriving()
        plan = self._hub.plan_of(operation)
        if plan is not None and plan not in self._hub.plans:
            raise PlanNeeded(f"{operation.name} needs the bundle {plan}")
        # A sign-in in the future tells of a clock that was set back: it counts as old, not as fresh for hours.
        if operation.fresh and abs(self._hub.household.clock.now() - self.identity.signed_in_at) > FRESH:
            raise FreshSignInNeeded()

    @property
    def hub(self) -> Hub:
        """The running hub, for operations: the grant for calling them was checked before they run."""
        return self._hub
