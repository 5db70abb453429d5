"""The same bad hours, with an eye on what came of each wish: nothing is called done that was not, no permission gives
more than it says, and a restart finds what the running hub knows."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.bad_days.devices import CATALOG, Wire
from tests.bad_days.simulator import Simulator, Wrong
from tests.world import MemoryStore, PuppetConfig
from wayhome.core.catalog import same
from wayhome.core.command import Command
from wayhome.hub.household import Household
from wayhome.hub.ports import RecordRow
from wayhome.hub.running import Hub

USES = 2
"""How often each permission to ring lets the guest ring."""
BELL = "bell/button.press"
ENDS = {"done", "failed", "expired"}


class Outcomes(Simulator):
    """A simulated household whose wishes are followed to their ends."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, self._attend)
        self.handed: set[str] = set()
        """The keys of wishes that were given to the link."""
        self.lost_rows = False
        """Whether the disk ever refused what nobody waited for."""
        self.refused: set[str] = set()
        """The keys that the disk refused: they are free again, and may end anew."""
        self._household: Household

    def _attend(self, hub: Hub) -> None:
        self._household = hub.household
        failed = hub.household.keeping._failed

        def noted(*said: Any) -> None:
            self.lost_rows = True
            failed(*said)

        hub.household.keeping._failed = noted  # type: ignore[method-assign]
        asked = hub.household.wishes._asked

        def answered(command: Command, going: Any, error: BaseException | None) -> None:
            if error is not None:
                self.refused.add(command.key)
            asked(command, going, error)

        hub.household.wishes._asked = answered  # type: ignore[method-assign]

    def _wire(self, host: Any, config: PuppetConfig) -> Wire:
        wire = super()._wire(host, config)
        execute = wire.execute

        async def noted(command: Command) -> None:
            self.handed.add(command.key)
            await execute(command)

        wire.execute = noted  # type: ignore[method-assign]
        return wire

    def commanded(self, command: Command) -> None:
        super().commanded(command)
        if command.state != "done":
            return
        house = self._household.house
        thing, _, name = command.path.partition("/")
        signal, reading = CATALOG.signal(name), house.readings.get(command.path)
        if signal.press:
            if command.key not in self.handed:
                self._wrong(f"{command.path} is called done, but was never handed over")
        elif (
            reading is None
            or reading.quality != "good"
            or not same(signal, command.target, reading.value, house.things[thing].signals.get(name))
        ):
            self._wrong(f"{command.path} is called done, but its device says {reading}")

    async def crash(self) -> None:
        self._told()
        for screen in self.screens:
            screen.heard.clear()  # an end that was not yet on the disk is lost, and its key may be asked again
        await super().crash()

    async def calm(self) -> None:
        await super().calm()
        self._household.keeping.flush()
        await asyncio.sleep(1.0)
        self._told()
        self._counted()
        if not self.lost_rows:
            await self._kept()

    def _told(self) -> None:
        """Each screen heard at most one end of each wish, and nothing after it."""
        for screen in self.screens:
            for key, states in screen.heard.items():
                if key not in self.refused and any(state in ENDS for state in states[:-1]):
                    raise Wrong(f"{screen.name} was told of {key}: {states}")

    def _counted(self) -> None:
        """The guest rang at most as often as the permissions that were ever given say."""
        given = sum(
            1
            for row in self.platter.rows
            if isinstance(row, RecordRow)
            and row.record.collection == "grant"
            and row.record.values().get("uses") == USES
        )
        rung = [
            key
            for key in self.devices.done
            if (command := self.platter.commands.get(key)) is not None
            and command.path == BELL
            and command.context.actor == "person:noor"
        ]
        if len(rung) > given * USES:
            raise Wrong(f"the guest rang {len(rung)} times, with {given} permissions for {USES}")

    async def _kept(self) -> None:
        """What a restart would find is what the hub knows now."""
        house, saved = self._household.house, await MemoryStore(self.platter.rows).load()
        if saved.open_commands:
            raise Wrong(f"open on the disk only: {saved.open_commands}")
        if {thing.id: thing for thing in saved.things} != house.things:
            raise Wrong("the things on the disk are others")
        known = {r.path: r for collection in house.records.values() for r in collection.values()}
        if {record.path: record for record in saved.records} != known:
            raise Wrong("the records on the disk are others")
        for reading in saved.readings:
            now = house.readings.get(reading.path)
            if now is not None and now.quality == "good" and reading.value != now.value:
                raise Wrong(f"the disk says {reading}, the house {now}")
