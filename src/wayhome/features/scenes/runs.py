"""Running a scene, and undoing it.

Each wish goes through the session of whoever runs it, with their rights and driving restrictions, and names the run
as its cause. One that is refused stops none of the others. What stood before is kept with the run, so that it can be
put back, also at another site and after a restart; what somebody else changed meanwhile stays as they left it.
"""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import msgspec

from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.ids import record_path
from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.errors import HubError
from wayhome.features.scenes import states
from wayhome.features.scenes.model import RUN, SCENE, UNDO, Part, Run, Scene, States, last
from wayhome.hub.ends import Ends
from wayhome.hub.household import Household
from wayhome.hub.session import Session

WITHIN = 1.5
"""How long the devices' reports are waited for before an answer is given, in s; the rest goes on."""
MAX_RUN = 60_000
"""Bytes of a run with what stood before; one that is larger has no way back."""

type State = Literal["done", "same", "sent", "waits", "failed", "changed"]
"""``same``: it was so already. ``sent``: not reported yet. ``waits``: for the way to the site of its thing. ``failed``:
``code`` and ``why`` say the reason. ``changed`` (undoing): somebody changed it since, so it was left."""


class Outcome(msgspec.Struct, omit_defaults=True):
    """What came of one state of one thing."""

    thing: str
    name: str
    signal: str
    value: Any
    state: State
    code: str | None = None
    why: str | None = None


class Asked(msgspec.Struct, frozen=True):
    """How the wishes of a run are made."""

    context: str
    """Their cause."""
    keys: str
    """What their keys begin with."""
    until: float | None = None
    held: bool = False


def facts(household: Household, thing: str) -> states.Facts:
    """What is known of a thing now."""

    def fact(signal: str) -> Value:
        reading = household.house.readings.get(f"{thing}/{signal}")
        return reading.value if reading is not None and reading.quality == "good" else None

    return fact


async def run(session: Session, scene: Scene, parts: dict[str, Part], key: str | None, until: float | None,
              held: bool) -> tuple[Run, list[Outcome]]:  # fmt: skip
    """Run a scene. Raises StoreError when not even the run can be kept."""
    household = session.hub.household
    context = session.context()
    wanted = {thing: part.states for thing, part in parts.items()}
    made = Run(
        context.id, context.id, household.clock.now(), session.identity.actor, key, wanted,
        _before(household, scene.id, wanted),
    )  # fmt: skip
    if len(msgspec.json.encode(made)) > MAX_RUN:
        made = msgspec.structs.replace(made, before={})
    event = Event("SceneRan", made.at, context, record_path(SCENE, scene.id), {"name": scene.name})
    await _keep(session, scene.id, msgspec.to_builtins(made), event)
    names = {thing: part.name for thing, part in parts.items()}
    found = await _wish(session, wanted, names, Asked(context.id, made.run, until, held))
    refused: dict[str, Value] = {f"{o.thing}/{o.signal}": [o.code, o.why] for o in found if o.state == "failed"}
    if refused and (now := last(household, scene.id)) is not None and now.run == made.run:
        await household.write(RUN, scene.id, {"refused": refused}, session.context(context.id))
    return made, found


async def _keep(session: Session, scene: str, fields: dict[str, Value], event: Event) -> None:
    """Keep what is known of a run, decided at once: of two at the same moment each sees the other's."""
    household, context, loop = session.hub.household, session.context(event.context.id), asyncio.get_running_loop()
    writing = asyncio.Task(household.write(RUN, scene, fields, context), loop=loop, eager_start=True)
    await asyncio.gather(writing, household.tell(event))


async def undo(
    session: Session, scene: Scene, made: Run, key: str | None, until: float | None, held: bool
) -> list[Outcome]:
    """Put back what is still as the run left it. Raises StoreError."""
    household = session.hub.household
    house = household.house
    context = session.context(made.context)
    back: dict[str, States] = {}
    left: list[Outcome] = []
    for thing_id, before in made.before.items():
        thing = house.things.get(thing_id)
        wanted = made.states.get(thing_id, {})
        if thing is None or not session.may("read", f"{thing_id}/thing.info"):
            continue
        for group in sorted({states.group(state) for state in wanted}):
            its = {state: value for state, value in before.items() if states.group(state) == group}
            if _still(household, made, thing, group):
                back.setdefault(thing_id, {}).update(its)
            elif not _is(household, thing, its):
                left += [
                    Outcome(thing_id, thing.name, state, value, "changed")
                    for state, value in its.items()
                    if session.may("read", f"{thing_id}/{state}")
                ]
    event = Event("SceneUndone", household.clock.now(), context, record_path(SCENE, scene.id), {"name": scene.name})
    await _keep(session, scene.id, {"undone": event.at, "undo_key": key, "undo_by": session.identity.actor}, event)
    names = {thing: house.things[thing].name for thing in back}
    return [*await _wish(session, back, names, Asked(context.id, context.id, until, held)), *left]


def undoable(made: Run | None, now: float) -> bool:
    """Whether a run may still be undone."""
    return made is not None and made.undone is None and bool(made.before) and 0 <= now - made.at < UNDO


async def outcomes(session: Session, made: Run) -> list[Outcome]:
    """What has come of a run's wishes by now, as far as the session may know."""
    household = session.hub.household
    found: list[Outcome] = []
    for thing_id, state, value, key in _steps(made.states, made.run):
        thing = household.house.things.get(thing_id)
        if not session.may("read", f"{thing_id}/{state}"):
            continue
        command = await household.wishes.told(key)
        name = thing.name if thing is not None else thing_id
        outcome = Outcome(thing_id, name, state, value, "sent")
        refused = made.refused.get(f"{thing_id}/{state}")
        if command is not None:
            _told(session, outcome, command)
        elif refused is not None:
            outcome.state, (outcome.code, outcome.why) = "failed", refused
        elif thing is not None and _is(household, thing, {state: value}):
            outcome.state = "same"
        found.append(outcome)
    return found


def _steps(wanted: dict[str, States], keys: str) -> list[tuple[str, str, bool | float | str, str]]:
    """Each wish of a run with its key, the same however often it is asked for."""
    every = [
        (thing, state, wanted[thing][state])
        for thing in sorted(wanted)
        for state in sorted(wanted[thing], key=states.order)
    ]
    return [(thing, state, value, f"{keys}.{number}") for number, (thing, state, value) in enumerate(every)]


async def _wish(session: Session, wanted: dict[str, States], names: dict[str, str], asked: Asked) -> list[Outcome]:
    household = session.hub.household
    by_thing: dict[str, list[tuple[Outcome, str]]] = {}
    for thing, state, value, key in _steps(wanted, asked.keys):
        if session.may("read", f"{thing}/{state}"):
            outcome = Outcome(thing, names.get(thing, thing), state, value, "sent")
            by_thing.setdefault(thing, []).append((outcome, key))
    every = [step for steps in by_thing.values() for step in steps]
    with Ends(household) as ends:
        await asyncio.gather(*(_of_thing(session, steps, asked) for steps in by_thing.values()))
        over = await ends.wait([key for outcome, key in every if outcome.state == "sent"], WITHIN)
    for outcome, key in every:
        if outcome.state == "sent" and key in over:
            _told(session, outcome, over[key])
    return [outcome for outcome, _ in every]


async def _of_thing(session: Session, steps: list[tuple[Outcome, str]], asked: Asked) -> None:
    """Wish the states of one thing, one after another: it takes them in that order."""
    household = session.hub.household
    for outcome, key in steps:
        thing = household.house.things.get(outcome.thing)
        try:
            if thing is None:
                outcome.state, outcome.code, outcome.why = "failed", "not_found", "it is not there any more"
                continue
            told = states.wish(thing, household.house.catalog, outcome.signal, outcome.value)
            if not isinstance(told, tuple):
                outcome.state, outcome.code = "failed", "bad_input"
                outcome.why = f"{thing.name} is not brought to that by a scene"
                continue
            signal, target = told
            path = f"{thing.id}/{signal.path}"
            # Of another site's thing not even the last word need have come yet.
            settled = path not in household.house.wishes and household.house.foreign(thing.id) is None
            if settled and _is(household, thing, {outcome.signal: outcome.value}):
                outcome.state = "same"
                continue
            command = await session.act(path, target, key=key, until=asked.until, held=asked.held, parent=asked.context)
            _told(session, outcome, command)
        except HubError as error:
            outcome.state, outcome.code, outcome.why = "failed", error.code, error.detail


def _told(session: Session, outcome: Outcome, command: Command) -> None:
    """The outcome, as the wish stands."""
    if command.open:
        thing = session.hub.household.house.foreign(outcome.thing)
        away = thing is not None and not session.hub.sites.here(thing.site)
        outcome.state = "waits" if away else "sent"
    elif command.state == "done":
        outcome.state = "done"
    else:
        outcome.state, outcome.code, outcome.why = "failed", command.code or command.state, command.why


def _is(household: Household, thing: Thing, wanted: States) -> bool:
    """Whether the thing is in these states, by what it has reported."""
    fact, catalog = facts(household, thing.id), household.house.catalog
    return all(states.fulfilled(thing, catalog, state, value, fact(state)) for state, value in wanted.items())


def _still(household: Household, made: Run, thing: Thing, group: str) -> bool:
    """Whether nobody has changed what the run wished of one group of a thing: each state is as it was wished, or is on
    its way there by the run's own wish."""
    house = household.house
    own = {(its, state): key for its, state, _, key in _steps(made.states, made.run)}
    for state, value in made.states.get(thing.id, {}).items():
        if states.group(state) != group or _is(household, thing, {state: value}):
            continue
        told = states.wish(thing, house.catalog, state, value)
        under_way = house.wishes.get(f"{thing.id}/{told[0].path}") if isinstance(told, tuple) else None
        if under_way is None or under_way.key != own[thing.id, state]:
            return False
    return True


def _before(household: Household, scene: str, wanted: dict[str, States]) -> dict[str, States]:
    """What stands before a run, for each group of states that it touches. Where the run before may still be undone and
    still stands, its own: who taps twice gets back what was there before the first."""
    house = household.house
    earlier = last(household, scene)
    found: dict[str, States] = {}
    for thing_id, its in wanted.items():
        thing = house.things.get(thing_id)
        if thing is None:
            continue
        now = states.standing(thing, house.catalog, facts(household, thing_id))
        for group in {states.group(state) for state in its}:
            source = now
            if earlier is not None and undoable(earlier, household.clock.now()) and thing_id in earlier.before:
                wished = {s: v for s, v in earlier.states.get(thing_id, {}).items() if states.group(s) == group}
                if wished and _still(household, earlier, thing, group):
                    source = earlier.before[thing_id]
            kept = {state: value for state, value in source.items() if states.group(state) == group}
            if kept:
                found.setdefault(thing_id, {}).update(kept)
    return found
