"""One running simulated household: lets the world's time pass, tells its facts, hands it wishes."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import anyio
import msgspec

from wayhome.core.command import Command
from wayhome.core.ids import slug, split_path
from wayhome.core.value import Fact, Value
from wayhome.errors import Asleep, AuthNeeded, BadInput, LinkError, NotFound, Refused, Unreachable
from wayhome.hub.link import LinkHost, Picture
from wayhome.links.sim import orders as sim_orders
from wayhome.links.sim.config import SimConfig
from wayhome.links.sim.faults import NONSENSE
from wayhome.links.sim.picture import cover, doorbell
from wayhome.links.sim.streets import Streets
from wayhome.links.sim.tell import Teller
from wayhome.links.sim.vss import WHERE_TO
from wayhome.links.sim.world import CAR, SimWorld

LIVELY, QUIET = 0.1, 0.5
"""Seconds between two looks at the world: while something moves, and else."""
HELD: dict[str, Callable[[], Exception]] = {
    "away": lambda: Unreachable("the demo's link is away by order"),
    "sleep": lambda: Asleep("the demo's link sleeps by order"),
    "refuse": lambda: Refused("the demo's link was refused by order"),
    "crash": lambda: RuntimeError("the demo's link crashes by order"),
}
"""How the whole link can fail for as long as it is ordered."""
LOOK = 1.0
"""Seconds between two looks at the household's maps."""
MOST = 2.0
"""Seconds that count at most between two looks: after the machine slept, the world goes on from there."""


class SimRun:
    """The link's run. ``steady``: s that only go forward; ``pause``: lets so many seconds pass (None: real ones,
    cut short when a wish comes)."""

    def __init__(
        self,
        host: LinkHost,
        config: SimConfig,
        *,
        steady: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        self._host = host
        self._steady = steady
        self._pause = pause or self._wait
        self._woken = anyio.Event()
        self._factor = config.factor
        self._zone = _zone(config.zone)
        self._down: LinkError | None = None
        self._held: Exception | None = None
        """What every try to connect ends with, until somebody orders ``clear``."""
        self.world = SimWorld(config, host.now())
        self._streets = Streets(host, self.world, lambda: self._ids.get(CAR, CAR))
        self._turn = anyio.Lock()
        self._here = {key: device for key, device in self.world.devices.items() if _of(config.part, key)}
        self._tellers = {key: Teller(device) for key, device in self._here.items()}
        self._ids = {key: key for key in self._here}
        self._keys = dict(self._ids)
        self._away: set[str] = set()

    async def run(self) -> None:
        """Live until cancelled. Raises what an order said (``link``)."""
        if self._held is not None:
            raise self._held
        if CAR in self._here:
            await self._streets.look()
        self._announce()
        self._away = {key for key in self._ids if not self.world.faults.online(key, self.world.now)}
        self._host.online([self._ids[key] for key in self._ids if key not in self._away], True)
        for teller in self._tellers.values():
            teller.forget()
        last = looked = self._steady()
        self._tell(last)
        self._host.ready()
        while True:
            await self._pause(self._until_next())
            if self._down is not None:
                down, self._down = self._down, None
                raise down
            if self._held is not None:
                raise self._held
            now = self._steady()
            await self._advance(max(0.0, min(MOST, now - last)) * self._factor)
            last = now
            if now - looked >= LOOK and CAR in self._here:
                looked = now
                if await self._streets.look():
                    self._announce()
            self._tell(now)

    async def execute(self, command: Command) -> None:
        """Hand the wish to its device, which acts a little later, by its own ways. Raises Refused, Unreachable,
        Asleep."""
        thing_id, signal = split_path(command.path)
        key = self._keys.get(thing_id)
        if key is None:
            raise Unreachable(f"the demo has no {thing_id}")
        if self.world.faults.kind(key) == "stuck":
            await anyio.sleep_forever()
        if key == CAR and signal in WHERE_TO:
            await self._streets.check(signal, command.target)
        self.world.ask(key, signal, command.target, command.key)
        self._woken.set()

    async def picture(self, thing_id: str) -> Picture:
        """The doorbell's picture, drawn anew, or the cover of what the television plays. Raises NotFound,
        Unreachable."""
        key = self._keys.get(thing_id)
        home = self.world.home
        if key is None or key not in (home.doorbell.key, home.television.key):
            raise NotFound(f"{thing_id} has no picture")
        if self.world.faults.mute(key, self.world.now):
            raise Unreachable("the camera does not answer")
        if key == home.television.key:
            if not home.television.music:
                raise NotFound("the television plays nothing that has a picture")
            return Picture(cover(home.television.index), "image/png")
        return Picture(doorbell(self.world, datetime.fromtimestamp(self.world.now, self._zone)), "image/png")

    async def steer(self, orders: dict[str, Value]) -> dict[str, Value]:
        """Steer the world while it runs (``wayhome.links.sim.orders.Orders`` says how); what it is like after that.
        Raises BadInput, NotFound."""
        read = sim_orders.read(orders)
        rang = self.world.home.doorbell.recording > 0
        sim_orders.carry_out(self.world, read)
        await self._streets.answer()
        if CAR in self._here and (read.homewards is not msgspec.UNSET or read.on_the_road is not msgspec.UNSET):
            # It is elsewhere: whoever asks for a way from now on has to know.
            self._tellers[CAR].forget()
            self._tell(self._steady())
        if read.miss:
            await self._streets.miss()
        if read.skip and self.world.streets is not None:
            await self._advance(read.skip)
        if read.time_factor is not msgspec.UNSET:
            self._factor = read.time_factor
        if read.ring and not rang and self.world.home.doorbell.key in self._ids:
            self._host.happened("DoorbellRang", about=self._ids[self.world.home.doorbell.key])
        if read.link == "drop":
            self._down = Unreachable("the demo's link was dropped by order")
        elif read.link == "auth":
            self._down = AuthNeeded("the demo's sign-in ended by order")
        elif read.link is not None:
            self._held = HELD[read.link]()
        elif read.clear is True:
            self._held = None
        self._woken.set()
        return {**self.world.state(), "time_factor": self._factor}

    async def _advance(self, seconds: float) -> None:
        """Let simulated time pass; where the car has to know a way, time stands until it does."""
        async with self._turn:
            end = self.world.now + seconds
            self.world.advance(seconds)
            while self.world.now < end - 1e-6:
                await self._streets.answer()
                self.world.advance(end - self.world.now)

    def _until_next(self) -> float:
        """Real seconds until the world is looked at again."""
        world = self.world
        if world.busy or world.rolling:
            most = LIVELY
        elif world.faults.standing() or world.car.charging or world.car.cabin.on:
            most = 2 * LIVELY
        else:
            most = QUIET
        due = world.due
        return most if due is None else max(0.005, min(most, (due - world.now) / self._factor + 0.001))

    async def _wait(self, seconds: float) -> None:
        with anyio.move_on_after(seconds):
            await self._woken.wait()
            self._woken = anyio.Event()

    def _announce(self) -> None:
        """Announce the things; one whose usual id another link has taken, gets the next free one."""
        others = self._host.taken() - self._host.things().keys()
        for key in self._here:
            self._ids[key] = slug(key, others)
        self._keys = {thing_id: key for key, thing_id in self._ids.items()}
        self._host.announce(device.thing(self._ids[key], self._host.id) for key, device in self._here.items())

    def _tell(self, steady: float) -> None:
        by_cause: dict[str | None, list[Fact]] = {}
        for key, teller in self._tellers.items():
            device = self.world.devices[key]
            if not self._answers(key, teller):
                continue
            caused, own = teller.news(steady)
            if caused:
                by_cause.setdefault(device.cause, []).extend(self._facts(key, caused))
            if own:
                by_cause.setdefault(None, []).extend(self._facts(key, own))
            if device.cause is not None and not device.busy and not device.waiting:
                device.cause = None
        for cause, facts in by_cause.items():
            self._host.report(facts, cause)

    def _answers(self, key: str, teller: Teller) -> bool:
        """Whether the device may speak now; tells the household when it goes away or comes back."""
        faults, now = self.world.faults, self.world.now
        online = faults.online(key, now)
        if online == (key in self._away):
            self._host.online([self._ids[key]], online)
            (self._away.discard if online else self._away.add)(key)
            teller.forget()
        return not faults.mute(key, now)

    def _facts(self, key: str, said: dict[str, Value]) -> list[Fact]:
        faults, device, thing_id = self.world.faults, self.world.devices[key], self._ids[key]
        kind = faults.kind(key)
        if kind is None:
            return [Fact(f"{thing_id}/{signal}", value) for signal, value in said.items()]
        facts = [
            Fact(f"{thing_id}/{signal}", faults.told(key, signal, value, device.signals.get(signal)))
            for signal, value in said.items()
        ]
        if kind == "garbage":
            facts.append(Fact(f"{thing_id}/{NONSENSE}", "?"))
        return facts


def _of(part: str, key: str) -> bool:
    """Whether a device is of that part of the household."""
    return part == "all" or (key == CAR) == (part == "car")


def _zone(name: str) -> tzinfo | None:
    """The time zone of that name; None: the machine's own. Raises BadInput."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadInput(f"there is no time zone {name[:80]!r}", advice="As Europe/Zurich or Asia/Shanghai.") from error
