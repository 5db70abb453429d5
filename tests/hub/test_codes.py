"""Codes that people type along with a wish: they reach the link that carries it out, and nothing else."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from tests.world import Puppet, World
from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.core.thing import Thing
from wayhome.errors import BadInput, NotWhileDriving, Refused, Unreachable

pytestmark = pytest.mark.anyio
CODE = "7391-secret"


def panel() -> Thing:
    signals = {"alarm.state": Refinement(), "alarm.mode": Refinement(code="number")}
    return Thing("alarm", "Alarm", "puppet", "alarm", signals)


async def turn(times: int = 6) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


def listening(puppet: Puppet) -> list[str | None]:
    """The codes that the link sees while it carries out wishes."""
    heard: list[str | None] = []
    execute = puppet.execute

    async def listen(command: Command) -> None:
        heard.append(puppet.host.code(command.key))
        await execute(command)

    puppet.execute = listen  # type: ignore[method-assign]
    return heard


async def test_a_code_reaches_the_link_once_and_is_kept_nowhere() -> None:
    disk: list[object] = []
    async with World(disk=disk) as world:  # type: ignore[arg-type]
        world.puppet.host.announce([panel()])
        heard = listening(world.puppet)
        session = await world.session()
        command = await session.act("alarm/alarm.mode", "disarmed", held=True, code=CODE)
        await turn()
        assert heard == [CODE]
        assert world.hub.links.codes == {}
        assert CODE not in repr(command) + repr(world.hub.household.house.open)
        written = b"".join(msgspec.json.encode(row) for row in disk)
        assert command.key.encode() in written and CODE.encode() not in written
        await session.act("alarm/alarm.mode", "armed_home", held=True)
        await turn()
        assert heard == [CODE, None]


@pytest.mark.parametrize("trouble", [Refused("wrong code"), Unreachable("gone"), ValueError("bug")])
async def test_a_code_is_gone_also_when_the_wish_fails(trouble: Exception) -> None:
    async with World() as world:
        world.puppet.host.announce([panel()])
        world.puppet.on_execute = [trouble]
        session = await world.session()
        await session.act("alarm/alarm.mode", "disarmed", code=CODE)
        await turn()
        with pytest.raises(BadInput):
            await session.act("alarm/alarm.mode", "no such mode", code=CODE)
        with pytest.raises(BadInput):
            await session.act("alarm/alarm.mode", "disarmed", code="x" * 65)
        assert world.hub.links.codes == {}


async def test_who_drives_types_no_code() -> None:
    async with World() as world:
        world.puppet.host.announce([panel()])
        driver = await world.session(seat="driver", car="elsewhere")
        with pytest.raises(NotWhileDriving):
            await driver.act("alarm/alarm.mode", "disarmed", held=True, code=CODE)
        assert world.hub.links.codes == {}
