"""What is written of scenes: looked over first, then all of it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec

from wayhome.core.event import Event
from wayhome.core.ids import record_path
from wayhome.core.record import Record
from wayhome.core.thing import INFO, Thing
from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, NotAllowed, NotFound
from wayhome.features.scenes import model, states
from wayhome.features.scenes.model import MAX_STATES, PART, SCENE, Part, States, ThingId
from wayhome.hub.session import Session

WHYS = {
    "cannot": "can't be told that by a scene",
    "guarded": "is not opened, unlocked or let go by a scene",
    "code": "asks for a code, which no scene knows",
    "value": "does not take that value",
}


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """The wished states of one thing, by signal: ``{"light.on": true, "light.brightness": 40}``."""

    thing: ThingId
    states: States


def may(session: Session, thing: Thing, state: str, value: Value) -> bool:
    told = states.wish(thing, session.hub.household.house.catalog, state, value)
    return isinstance(told, tuple) and session.may("act", f"{thing.id}/{told[0].path}")


def checked(session: Session, wanted: list[Wanted]) -> dict[str, Part]:
    """The parts as they are kept. Raises BadInput, NotFound, NotAllowed, TooMany."""
    if sum(len(one.states) for one in wanted) > MAX_STATES or len(wanted) > MAX_STATES:
        raise _too_many(sum(len(one.states) for one in wanted))
    household = session.hub.household
    found: dict[str, Part] = {}
    for one in wanted:
        thing = household.house.things.get(one.thing)
        if thing is None or not session.may("read", f"{one.thing}/{INFO}"):
            raise NotFound(f"there is no thing {one.thing[:80]!r} for you")
        if not one.states or one.thing in found:
            raise BadInput(f"the states of {thing.name} are given once, and there is at least one")
        for state, value in one.states.items():
            told = states.wish(thing, household.house.catalog, state, value)
            if not isinstance(told, tuple):
                raise BadInput(f"{thing.name}: {state[:80]} {WHYS[told]}", advice="Leave it out of the scene.")
            if not session.may("act", f"{thing.id}/{told[0].path}"):
                raise NotAllowed(f"you may not change {state} of {thing.name}")
        kept = {state: one.states[state] for state in sorted(one.states, key=states.order)}
        found[thing.id] = Part(thing.id, thing.name, kept)
    return found


def count(parts: Iterable[Part]) -> None:
    count = sum(len(part.states) for part in parts)
    if count > MAX_STATES:
        raise _too_many(count)


def _too_many(count: int) -> BadInput:
    return BadInput(
        f"a scene holds at most {MAX_STATES} states, and this would be {count}", advice="Make two scenes of it."
    )


async def write(
    session: Session, id: str, happened: str, fields: dict[str, Value], put: dict[str, Part], gone: Iterable[str]
) -> None:
    """Write a scene and its parts, decided at once; done when all of it is on the disk. The scene itself is written at
    every change: that tells screens, and brings it back if another site deleted it meanwhile."""
    household, loop, cause = session.hub.household, asyncio.get_running_loop(), session.context()
    after = {**model.parts(household, id), **put}
    after = {thing: part for thing, part in after.items() if thing not in set(gone)}
    scene = model.scenes(household).get(id)
    whole: dict[str, Value] = {"name": scene.name, "icon": scene.icon} if scene is not None else {}
    whole |= {**fields, **_about(session, after.values()), "written": cause.id}

    def context() -> Context:
        return Context(session.hub.ids.ulid(), cause.actor, cause.id)

    writes = [household.write(PART, f"{id}:{thing}", model.written(part), context()) for thing, part in put.items()]
    drops = [household.delete(PART, f"{id}:{thing}", context()) for thing in gone]
    tasks: list[asyncio.Task[Record] | asyncio.Task[None]] = [
        *(asyncio.Task(one, loop=loop, eager_start=True) for one in writes),
        *(asyncio.Task(one, loop=loop, eager_start=True) for one in drops),
        asyncio.Task(household.write(SCENE, id, whole, context()), loop=loop, eager_start=True),
    ]
    for done in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(done, BaseException):
            raise done
    name = str(whole.get("name"))
    await household.tell(Event(happened, household.clock.now(), cause, record_path(SCENE, id), {"name": name}))


def _about(session: Session, parts: Iterable[Part]) -> dict[str, Value]:
    """What anybody who may run a scene may know of it."""
    house = session.hub.household.house
    traits: set[str] = set()
    holds, count = False, 0
    for part in parts:
        count += 1
        thing = house.things.get(part.thing)
        for state, value in part.states.items():
            traits.add(state.partition(".")[0])
            told = states.wish(thing, house.catalog, state, value) if thing is not None else None
            holds = holds or (isinstance(told, tuple) and told[0].risky)
    listed: list[Value] = [*sorted(traits)]
    return {"things": count, "traits": listed, "holds": holds}
