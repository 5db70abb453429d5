"""Making scenes from what is, and changing them: when the car is parked, by members and owners."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from wayhome.core.event import Event
from wayhome.core.ids import record_path
from wayhome.core.thing import INFO
from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, NotFound, TooMany
from wayhome.features.scenes import model, ready, states, writing
from wayhome.features.scenes.model import (
    MAX_SCENES,
    MAX_STATES,
    PART,
    SCENE,
    Icon,
    Part,
    Scene,
    SceneId,
    ThingId,
)
from wayhome.features.scenes.runs import facts
from wayhome.features.scenes.writing import Wanted
from wayhome.hub.operations import operation
from wayhome.hub.session import Session


class Left(msgspec.Struct):
    """A state that was left out: ``guarded``, it is open and no scene opens it; ``code``, it asks for a code."""

    thing: str
    name: str
    signal: str
    why: states.Why


class Draft(msgspec.Struct):
    """Parts of a scene to look over before it is made."""

    parts: list[Part]
    left: list[Left] = []


class Capture(msgspec.Struct, forbid_unknown_fields=True):
    """Things and rooms, by ids and names; with commas between them."""

    things: str = ""
    rooms: str = ""


@operation("scenes.capture", reads=True, parked=True)
async def capture(session: Session, data: Capture) -> Draft:
    """The present states of things, and of all that stands in rooms, as a scene may hold them.

    What is open, unlocked or charging by a cable is not captured as such: a scene opens nothing.
    """
    household = session.hub.household
    ids = [one.strip() for one in data.things.split(",") if one.strip()]
    rooms = {one.strip() for one in data.rooms.split(",") if one.strip()}
    seen = {id: thing for id, thing in household.house.things.items() if session.may("read", f"{id}/{INFO}")}
    missing = next((one for one in ids if one not in seen), None)
    if missing is not None:
        raise NotFound(f"there is no thing {missing[:80]!r} for you")
    chosen = [thing for id, thing in seen.items() if id in ids or (thing.area or "") in rooms]
    if not chosen:
        raise BadInput("nothing to capture was chosen", advice="Give ids of things, or names of rooms.")
    draft = Draft([])
    for thing in sorted(chosen, key=lambda one: (one.name.casefold(), one.id)):
        found, left = states.captured(thing, household.house.catalog, facts(household, thing.id))
        found = {state: value for state, value in found.items() if session.may("read", f"{thing.id}/{state}")}
        left = {state: why for state, why in left.items() if session.may("read", f"{thing.id}/{state}")}
        allowed = {state: value for state, value in found.items() if writing.may(session, thing, state, value)}
        if allowed:
            draft.parts.append(Part(thing.id, thing.name, allowed))
        draft.left += [Left(thing.id, thing.name, state, why) for state, why in left.items()]
    return draft


class Which(msgspec.Struct, forbid_unknown_fields=True):
    """A ready-made scene."""

    kind: ready.Kind


@operation("scenes.propose", reads=True, parked=True)
async def propose(session: Session, data: Which) -> Draft:
    """What arriving, leaving or goodnight could be in this household. Nothing is switched or kept by asking."""
    household = session.hub.household
    seen = [thing for id, thing in household.house.things.items() if session.may("read", f"{id}/{INFO}")]

    def planned(car: str) -> bool:
        record = household.house.record("charging", car)
        return record is not None and record.values().get("on") is True

    return Draft(ready.proposed(data.kind, seen, household.house.catalog, lambda p: session.may("act", p), planned))


class Make(msgspec.Struct, forbid_unknown_fields=True):
    """A new scene. ``id``: of one that was deleted and comes back as it was."""

    name: str
    parts: list[Wanted]
    icon: Icon = "scene"
    id: SceneId | None = None


class Made(msgspec.Struct):
    """A scene and what is in it."""

    scene: Scene
    parts: list[Part]


@operation("scenes.make", parked=True)
async def make(session: Session, data: Make) -> Made:
    """Make a scene of wished states. Runs nothing."""
    household = session.hub.household
    others = model.scenes(household)
    id = session.hub.ids.ulid().lower() if data.id is None else data.id
    if id in others:
        raise BadInput("this scene is there already", advice="Change it instead.")
    if len(others) >= MAX_SCENES:
        raise TooMany(f"a household has at most {MAX_SCENES} scenes", advice="Delete one first.")
    parts = writing.checked(session, data.parts)
    if not parts:
        raise BadInput("a scene holds at least one state")
    writing.count(parts.values())
    name = model.clean(data.name, others)
    fields: dict[str, Value] = {"name": name, "icon": data.icon}
    await writing.write(session, id, "SceneMade", fields, parts, ())
    return _made(session, id)


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """What to change of a scene; what is left out stays. ``put``: things with all of their states, new ones or in place
    of those before. ``leave_out``: things by their ids."""

    scene: SceneId
    name: str | UnsetType = UNSET
    icon: Icon | UnsetType = UNSET
    put: list[Wanted] = []
    leave_out: Annotated[list[ThingId], Meta(max_length=MAX_STATES)] = []


@operation("scenes.change", parked=True)
async def change(session: Session, data: Change) -> Made:
    """Rename a scene, give it another picture, put things in it, leave things out."""
    household = session.hub.household
    scene = _scene(session, data.scene)
    before = model.parts(household, scene.id)
    put = writing.checked(session, data.put)
    after = {thing: part for thing, part in {**before, **put}.items() if thing not in data.leave_out or thing in put}
    if not after:
        raise BadInput("a scene holds at least one state", advice="Delete the scene instead.")
    writing.count(after.values())
    fields: dict[str, Value] = {}
    if data.name is not UNSET:
        fields["name"] = model.clean(data.name, model.scenes(household), but=scene.id)
    if data.icon is not UNSET:
        fields["icon"] = data.icon
    gone = before.keys() - after.keys()
    if fields or put or gone:
        await writing.write(session, scene.id, "SceneChanged", fields, put, gone)
    return _made(session, scene.id)


class Delete(msgspec.Struct, forbid_unknown_fields=True):
    """A scene."""

    scene: SceneId


@operation("scenes.delete", parked=True)
async def delete(session: Session, data: Delete) -> Made:
    """Delete a scene; the answer says what was in it, and ``scenes.make`` with its id brings it back. What it did
    stays as it is."""
    household = session.hub.household
    made = _made(session, _scene(session, data.scene).id)
    context = session.context()
    for part in made.parts:
        await household.delete(
            PART, f"{made.scene.id}:{part.thing}", Context(session.hub.ids.ulid(), context.actor, context.id)
        )
    await household.delete(SCENE, made.scene.id, Context(session.hub.ids.ulid(), context.actor, context.id))
    now = household.clock.now()
    await household.tell(
        Event("SceneDeleted", now, context, record_path(SCENE, made.scene.id), {"name": made.scene.name})
    )
    return made


def _scene(session: Session, id: str) -> Scene:
    scene = model.scenes(session.hub.household).get(id)
    if scene is None or not session.may("read", record_path(SCENE, id)):
        raise NotFound(f"there is no scene {id!r} for you")
    return scene


def _made(session: Session, id: str) -> Made:
    household = session.hub.household
    return Made(_scene(session, id), [*model.parts(household, id).values()])
