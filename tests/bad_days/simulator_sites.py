"""Records written on three sites with clocks that differ, over a network that loses, doubles and re-orders, while the
home's hub crashes and its disk stalls: whoever heard everything holds the same."""

from __future__ import annotations

import asyncio
import random

from tests.bad_days.disk import CrashingStore, Platter
from tests.bad_days.simulator import SkewedClock, Wrong
from tests.world import SeededIds
from wayhome.core import decide
from wayhome.core.catalog import Catalog
from wayhome.core.house import House, evolve
from wayhome.core.record import Record, merge
from wayhome.core.value import Context, Value
from wayhome.errors import HubError, NotFound, StoreError
from wayhome.hub.household import Household

CONTEXT = Context("c", "site:test")
ITEMS = ("a", "b")
FIELDS = ("title", "text", "tone")


class Sites:
    """One seed's sites: ``home`` is a running household, the others are houses of their own."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._chance = random.Random(seed)
        self._platter = Platter()
        self._clocks = {site: SkewedClock() for site in ("home", "car", "lodge")}
        self._away = {site: House(Catalog([]), site) for site in ("car", "lodge")}
        self._acknowledged: list[Record] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._starts = 0
        self._count = 0
        self._home: Household
        self._store: CrashingStore

    async def live(self, steps: int) -> None:
        """Bad hours, then an exchange of everything."""
        chance = self._chance
        for clock in self._clocks.values():
            clock.off = chance.uniform(-25.0, 25.0)
        await self._start()
        for _ in range(steps):
            site, item = chance.choice(list(self._clocks)), chance.choice(ITEMS)
            match chance.randint(0, 19):
                case luck if luck < 8:
                    self._count += 1
                    value = None if chance.random() < 0.15 else f"{site} {self._count}"
                    self._write(site, item, {chance.choice(FIELDS): value})
                case luck if luck < 10:
                    self._delete(site, item)
                case luck if luck < 16:
                    self._send(site, item)
                case 16:
                    self._store.stalled_until = asyncio.get_running_loop().time() + chance.choice((0.1, 1.0))
                case 17:
                    self._store.full_until = asyncio.get_running_loop().time() + chance.choice((0.05, 0.3))
                case 18:
                    self._clocks[site].off = chance.uniform(-25.0, 25.0)
                case _:
                    await self._crash()
                    await self._start()
            self._check()
            await asyncio.sleep(chance.choice((0.0, 0.001, 0.05, 0.3)))
        await self._settle()

    # Sites

    async def _start(self) -> None:
        self._starts += 1
        number = self._seed * 1_000 + self._starts
        self._store = CrashingStore(self._platter, random.Random(number))
        self._home = Household(Catalog([]), self._store, self._clocks["home"], SeededIds(number))
        await self._home.open()

    async def _crash(self) -> None:
        self._store.crash()
        left = list(self._under_way)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _write(self, site: str, item: str, values: dict[str, Value]) -> None:
        if site == "home":
            self._go(self._home_does(self._home.write("note", item, values, CONTEXT)))
        else:
            for change in decide.write(self._away[site], "note", item, values, self._clocks[site].now()):
                evolve(self._away[site], change)
            held = self._held(site)[item].values()
            if any(held.get(name) != value for name, value in values.items()):
                raise Wrong(f"{site} wrote {values} last, and holds {held}")

    def _delete(self, site: str, item: str) -> None:
        if site == "home":
            self._go(self._home_does(self._home.delete("note", item, CONTEXT)))
            return
        try:
            changes = decide.delete(self._away[site], "note", item, self._clocks[site].now())
        except NotFound:
            return
        for change in changes:
            evolve(self._away[site], change)

    async def _home_does(self, work: object) -> None:
        try:
            done = await work  # type: ignore[misc]
        except (StoreError, NotFound):
            return
        if isinstance(done, Record):
            self._acknowledged.append(done)

    def _go(self, work: object) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)  # type: ignore[arg-type]
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        if self._chance.random() < 0.1:
            asyncio.get_running_loop().call_later(self._chance.uniform(0.0, 0.02), task.cancel)

    # Between them

    def _send(self, site: str, item: str) -> None:
        """A record on its way to the others: perhaps lost, perhaps twice, later than what is sent after it."""
        record = self._held(site).get(item)
        for to in self._clocks.keys() - {site} if record is not None else ():
            for _ in range(self._chance.choice((0, 1, 1, 2))):
                asyncio.get_running_loop().call_later(self._chance.expovariate(4.0), self._take, to, record)

    def _take(self, site: str, record: Record) -> None:
        if site == "home":
            self._go(self._home_does(self._home.receive(record, CONTEXT)))
            return
        for change in decide.receive(self._away[site], record, self._clocks[site].now()):
            evolve(self._away[site], change)

    def _held(self, site: str) -> dict[str, Record]:
        if site != "home":
            return self._away[site].records.get("note", {})
        # Only what is on the disk is told to others.
        return {record.id: record for record in self._durable().values()}

    def _durable(self) -> dict[str, Record]:
        found: dict[str, Record] = {}
        for row in self._platter.rows:
            record = getattr(row, "record", None)
            if isinstance(record, Record):
                found[record.path] = record
        return found

    # What must hold

    def _check(self) -> None:
        durable = self._durable()
        for record in self._acknowledged:
            held = durable.get(record.path)
            if held is None or merge(held, record) != held:
                raise Wrong(f"{record} was acknowledged, the disk holds {held}")

    async def _settle(self) -> None:
        self._store.stalled_until = self._store.full_until = 0.0
        await asyncio.sleep(20.0)
        self._check()
        for _ in range(2):
            for site in self._clocks:
                for record in list(self._held(site).values()):
                    for to in self._clocks.keys() - {site}:
                        try:
                            self._take(to, record)
                        except HubError as error:
                            raise Wrong(f"{to} refuses {record}: {error}") from None
            await asyncio.sleep(5.0)
        self._check()
        held = [{r.path: r for r in self._held(site).values()} for site in self._clocks]
        memory = {r.path: r for r in self._home.house.records.get("note", {}).values()}
        if not held[0] == held[1] == held[2] == memory:
            raise Wrong(f"the sites differ: {held}, {memory}")
        shown = {s.path: s.fact[0] for s in self._home.published.snapshot(lambda path: True) if s.fact is not None}
        if shown != {path: record.values() for path, record in memory.items() if not record.gone}:
            raise Wrong(f"shown is {shown}, held {memory}")
