"""Whose recordings they are: not of the household that comes after; and what goes wrong with one camera is not said of
another."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from tests.features.recordings.test_recordings_kept import Disk, ids, one
from tests.world import World
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.errors import StoreError
from wayhome.features.recordings import model
from wayhome.features.recordings.keeper import Keeper

pytestmark = pytest.mark.anyio


async def kept(world: World, folder: Path) -> Keeper:
    """As a hub that begins finds what lies on its disk."""
    keeper = Keeper(world.hub, Disk(folder))
    await keeper.shelf.open()
    world.hub.household.watchers.append(keeper)
    await keeper.turn()
    return keeper


async def lay(folder: Path, at: float) -> None:
    made = one("a", at - 60, kept=True)
    for name, content in ((made.card, msgspec.json.encode(made)), (made.film, b"film"), (made.still, b"still")):
        await Disk(folder).write(name, content)


def named(world: World, name: str, *before: str) -> World:
    world.hub.household.log_name, world.hub.household.log_names = name, [(one, 7) for one in before]
    return world


async def test_those_of_another_household_go_when_this_one_has_people(tmp_path: Path) -> None:
    async with World() as world:
        await lay(tmp_path, world.clock.now())
        assert ids((await kept(named(world, "first"), tmp_path)).shelf) == ["a"]  # of a version of before: ours
    async with World() as world:
        # A backup of the same household was put back, and one of it again.
        await world.person("anna", "owner")
        assert ids((await kept(named(world, "second", "first"), tmp_path)).shelf) == ["a"]
    async with World() as world:
        await world.person("anna", "owner")
        assert ids((await kept(named(world, "third", "first"), tmp_path)).shelf) == ["a"]
    async with World() as world:
        # Its disk was lost, and nobody lives here: they may come back.
        keeper = await kept(named(world, "fresh"), tmp_path)
        assert ids(keeper.shelf) == ["a"]
        # But it is others who do.
        await world.person("otto", "owner")
        await keeper.turn()
        assert ids(keeper.shelf) == []
    assert [path.name for path in tmp_path.iterdir()] == ["household.json"]
    async with World() as world:
        await world.person("otto", "owner")
        await lay(tmp_path, world.clock.now())
        assert ids((await kept(named(world, "fresh"), tmp_path)).shelf) == ["a"]


async def test_the_first_ring_of_a_camera_of_which_nobody_knew_that_it_rings_is_recorded(tmp_path: Path) -> None:
    async with World() as world:
        signals = {"camera.state": Refinement(), "camera.film": Refinement()}
        world.puppet.host.announce([Thing("yard", "Yard", "puppet", "camera", signals)])
        world.puppet.host.online(["yard"], True)
        await world.hub.household.write(model.COLLECTION, "camera:yard", {"on": True}, world.context())
        keeper = await kept(world, tmp_path)
        bell = {"event.at": Refinement(device_class="doorbell"), "event.type": Refinement(allowed=("ring",))}
        world.puppet.host.announce([Thing("yard", "Yard", "puppet", "camera", {**signals, **bell})])
        now = world.clock.now()
        rang = datetime.fromtimestamp(now, UTC).isoformat()
        world.puppet.host.report([Fact("yard/event.type", "ring", now), Fact("yard/event.at", rang, now)])
        happening = keeper._recorders["yard"].happening
        assert happening is not None and (happening.why, happening.by) == ("ring", "yard/event.at")
        # What a bell that is described anew said an hour ago is none.
        keeper._recorders["yard"].happening = None
        world.puppet.host.announce([Thing("gate", "Gate", "puppet", "event", bell, "Garden")])
        world.puppet.host.announce([Thing("yard", "Yard", "puppet", "camera", signals, "Garden")])
        old = now - 3_600
        rang = datetime.fromtimestamp(old, UTC).isoformat()
        world.puppet.host.report([Fact("gate/event.type", "ring", old), Fact("gate/event.at", rang, old)])
        await keeper.turn()
        assert keeper._recorders["yard"].happening is None


async def test_a_fault_is_of_its_own_camera(tmp_path: Path) -> None:
    async with World() as world:
        signals = {"camera.state": Refinement(), "camera.film": Refinement(), "camera.motion": Refinement()}
        things = [Thing(id, id.title(), "puppet", "camera", signals) for id in ("yard", "gate")]
        world.puppet.host.announce(things)
        world.puppet.host.online(["yard", "gate"], True)
        for id in ("yard", "gate"):
            context = world.context()
            await world.hub.household.write(model.COLLECTION, f"camera:{id}", {"on": True}, context)
        keeper = await kept(world, tmp_path)
        for recorder in keeper._recorders.values():
            recorder.state = lambda: "ready"  # type: ignore[method-assign]
        keeper._recorders["yard"]._over(None, StoreError("the film can't be written"))
        assert (keeper.state("yard"), keeper.state("gate")) == ("fault", "ready")
        assert keeper.why("yard") == "the film can't be written" and keeper.why("gate") is None
        assert keeper.finding().text == "Not recorded: Yard (the film can't be written)"
        keeper._recorders["gate"]._over(one("b", world.clock.now()), None)
        assert keeper.state("yard") == "fault", "that another one was kept mends nothing"
        keeper._recorders["yard"]._over(one("c", world.clock.now()), None)
        assert keeper.state("yard") == "ready" and keeper.finding().ok
