"""Who drives which car, and so whose screens are the driver's: restrictions are worked out for each session."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wayhome.core import driving
from wayhome.core.command import Command
from wayhome.core.driving import STATE, Seat, State
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.errors import NotWhileDriving

if TYPE_CHECKING:
    from wayhome.hub.running import Hub
    from wayhome.hub.session import Identity, Session

DRIVER = "driver"
"""Records of who was said to drive: one for each car, with the field ``person``."""
SAID_COUNTS = 3_600.0
"""What a car's hub said last, before it was out of reach, counts so long, in s."""
STILL_EVERY = 5.0
"""The driver gets one still picture in so many s."""
CARRIED = ("phone", "watch")
"""Kinds of devices that people carry: what is in the driver's hand is the driver's screen."""


class Drivers:
    """Knows who is at the wheel. A watcher of the household."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._passengers: set[tuple[str, str]] = set()
        """Who said that they do not drive, until that car is parked: the car, and the person with what they carry, or
        the screen that it was said on."""
        self._dirty = False
        self.told: set[Callable[[], None]] = set()
        """Called when a session's restrictions may have changed, by who must not wait to be asked."""
        self._stills: dict[str, float] = {}

    def of(self, car: str) -> str | None:
        """The person who drives this car, as far as anybody knows: where nobody said it, the only adult."""
        house = self._hub.household
        record = house.house.record(DRIVER, car)
        said = record.values().get("person") if record is not None else None
        if not isinstance(said, str) or said not in house.records("person"):
            said = None
        devices = (device.values() for device in house.records("device").values())
        screens = [str(d.get("person")) for d in devices if d.get("seat") == "driver" and d.get("car") == car]
        people = house.records("person").items()
        adults = [id for id, person in people if person.values().get("role") in ("owner", "member")]
        return driving.driver(said, screens or adults)

    def state(self, car: str) -> State:
        """What a car is doing. What cannot be known counts as moving; a car that tells nothing of its motion as
        parked, for its maker's own service judges."""
        thing = self._hub.household.house.things.get(car)
        if thing is not None and driving.SPEED not in thing.signals:
            return "parked"
        reading = self._hub.household.house.readings.get(f"{car}/{STATE}")
        if thing is not None and thing.site != self._hub.household.house.site and not self._hub.sites.here(thing.site):
            # Its own hub is away: what it said last counts for a while. A car that was parked is, as far as anybody
            # knows; nobody's phone is limited for days because a hub in a garage is off.
            now = self._hub.household.clock.now()
            if reading is None or abs(now - reading.at) > SAID_COUNTS:
                return "parked"
        state = reading.value if reading is not None else "moving"
        return state if state in ("parked", "idling", "moving") else "moving"  # type: ignore[return-value]

    def seat(self, identity: Identity) -> tuple[Seat, str | None]:
        """Where this identity's device is now: the seat that it was paired for; else the driver's, while a car is not
        parked: for a phone or a watch of whoever drives it; for a screen of which nobody said where it is, unless
        somebody else is known to drive. With the car."""
        taken = [car for car in self._taken(identity) if (car, self._who(identity)) not in self._passengers]
        return ("driver", taken[0]) if taken else (identity.seat, identity.car)

    def _taken(self, identity: Identity) -> list[str]:
        """The cars on the road that this identity's device may be in its driver's sight in."""
        unplaced = self.unplaced(identity)
        if identity.seat != "elsewhere" or identity.person is None or not (unplaced or self._carried(identity)):
            return []
        drivers = (identity.person, None) if unplaced else (identity.person,)
        return [car for car in self._hub.cars() if self.state(car) != "parked" and self.of(car) in drivers]

    def _who(self, identity: Identity) -> str:
        return f"device:{identity.device}" if self.unplaced(identity) else str(identity.person)

    def unplaced(self, identity: Identity) -> bool:
        """Whether nobody said where this identity's screen is, and it may be one that is built into a car."""
        device = self._hub.household.house.record("device", identity.device) if identity.device is not None else None
        if device is None:
            return False
        values = device.values()
        return values.get("kind") not in (*CARRIED, "tv") and not values.get("placed") and identity.seat == "elsewhere"

    def rides_along(self, identity: Identity) -> list[str]:
        """Somebody says on this device that they do not drive: until it is parked, no car takes them for its driver by
        what they carry; on a screen of which nobody said where it is, by this screen. Returns the cars that did."""
        cars = self._taken(identity)
        self._passengers.update((car, self._who(identity)) for car in cars)
        self._soon()
        return cars

    def _carried(self, identity: Identity) -> bool:
        device = self._hub.household.house.record("device", identity.device) if identity.device is not None else None
        return identity.carried or (device is not None and device.values().get("kind") in CARRIED)

    def still(self, session: Session) -> None:
        """Somebody asks for a still picture. Who may see no film gets one now and then: many of them are one. Raises
        NotWhileDriving."""
        if session.restrictions().video:
            return
        who, now = self._who(session.identity), self._hub.household.clock.steady()
        if len(self._stills) > 1_000:
            self._stills = {one: at for one, at in self._stills.items() if now - at < STILL_EVERY}
        if now - self._stills.get(who, -STILL_EVERY) < STILL_EVERY:
            raise NotWhileDriving(f"the driver gets one picture in {STILL_EVERY:g} s", advice="Wait a moment.")
        self._stills[who] = now

    # Watching

    def published(self, shown: Shown, state: bool) -> None:
        if shown.path.endswith("/" + STATE):
            car = shown.path.partition("/")[0]
            if self.state(car) == "parked":
                self._passengers = {said for said in self._passengers if said[0] != car}
            self._soon()

    def commanded(self, command: Command) -> None:
        return

    def recorded(self, record: Record) -> None:
        if record.collection in (DRIVER, "device", "person"):
            self._soon()

    def happened(self, event: Event) -> None:
        return

    def _soon(self) -> None:
        if not self._dirty:
            self._dirty = True
            self._hub.soon(self._tell)

    def _tell(self) -> None:
        self._dirty = False
        self._hub.live.tell_limits()
        for told in tuple(self.told):
            told()
