"""Seeing, running and undoing scenes."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from wayhome.core.ids import record_path
from wayhome.core.thing import INFO
from wayhome.errors import Conflict, Expired, NotAllowed, NotFound
from wayhome.features.scenes import model, runs
from wayhome.features.scenes.model import SCENE, UNDO, Run, Scene, States
from wayhome.features.scenes.runs import Outcome
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

type Key = Annotated[str, Meta(min_length=8, max_length=64)]


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class Scenes(msgspec.Struct):
    """The household's scenes, by name; ``most`` is how many there may be, ``states`` how many states one may hold."""

    scenes: list[Scene]
    most: int = model.MAX_SCENES
    states: int = model.MAX_STATES


@operation("scenes.list", reads=True)
async def list_(session: Session, data: Nothing) -> Scenes:
    """The household's scenes. Those of Home Assistant are things with the trait ``scene``."""
    found = [s for s in model.scenes(session.hub.household).values() if session.may("read", record_path(SCENE, s.id))]
    return Scenes(sorted(found, key=lambda scene: (scene.name.casefold(), scene.id)))


class Named(msgspec.Struct, forbid_unknown_fields=True):
    """A scene, by its id or its name."""

    scene: str


class InScene(msgspec.Struct):
    """A thing of a scene. ``there``: false when it is gone since."""

    thing: str
    name: str
    states: States
    there: bool


class LastRun(msgspec.Struct):
    """A scene's last run: when, by whom, what came of it by now, and until when it may be undone (s since 1970)."""

    run: str
    at: float
    by: str
    outcomes: list[Outcome]
    undone: float | None = None
    undo_until: float | None = None


class SceneShown(msgspec.Struct):
    """A scene with what is in it, as far as you may see it, and its last run."""

    scene: Scene
    parts: list[InScene]
    last: LastRun | None = None


@operation("scenes.show", reads=True)
async def show(session: Session, data: Named) -> SceneShown:
    """What is in a scene, and what came of its last run."""
    household = session.hub.household
    scene = _scene(session, data.scene)
    parts: list[InScene] = []
    for part in model.parts(household, scene.id).values():
        thing = household.house.things.get(part.thing)
        seen = {state: value for state, value in part.states.items() if session.may("read", f"{part.thing}/{state}")}
        if seen and session.may("read", f"{part.thing}/{INFO}"):
            parts.append(InScene(part.thing, thing.name if thing else part.name, seen, thing is not None))
    made = model.last(household, scene.id)
    return SceneShown(scene, parts, await _last(session, made) if made is not None else None)


async def _last(session: Session, made: Run) -> LastRun:
    until = made.at + UNDO if runs.undoable(made, session.hub.household.clock.now()) else None
    by = made.by.partition(":")[2] or made.by
    record = session.hub.household.house.record("person", by)
    by = str(record.values().get("name") or by) if record is not None else by
    return LastRun(made.run, made.at, by, await runs.outcomes(session, made), made.undone, until)


class RunIt(msgspec.Struct, forbid_unknown_fields=True):
    """A scene, by its id or its name. ``key`` (8 to 64 characters): asked again with it, the same run is meant.
    ``until`` (s since 1970 by the hub's clock), ``ttl`` (s from now): not later than that. ``held``: the person pressed
    and held, which who drives does for what locks or closes."""

    scene: str
    key: Key | None = None
    ttl: float | None = None
    until: float | None = None
    held: bool = False


class Ran(msgspec.Struct):
    """What came of a run so far: each state that is done, was so already, was sent, waits for another site, or failed
    and why. ``undo_until``: until when it may be undone (s since 1970)."""

    scene: Scene
    run: str
    outcomes: list[Outcome]
    undo_until: float | None = None


@operation("scenes.run")
async def run(session: Session, data: RunIt) -> Ran:
    """Run a scene: each of its states is wished with your rights. What is refused stops none of the others.

    Answered when all devices have reported, or after a moment; what is not done then goes on.
    """
    household = session.hub.household
    scene = _scene(session, data.scene)
    parts = model.parts(household, scene.id)
    earlier = model.last(household, scene.id)
    if data.key is not None and earlier is not None and (earlier.key, earlier.by) == (data.key, session.identity.actor):
        made, outcomes = earlier, await runs.outcomes(session, earlier)
    else:
        until = _until(session, data)
        _check(session, scene, {thing: part.states for thing, part in parts.items()})
        made, outcomes = await runs.run(session, scene, parts, data.key, until, data.held)
    undo_until = made.at + UNDO if runs.undoable(made, household.clock.now()) else None
    return Ran(scene, made.run, outcomes, undo_until)


class UndoRun(msgspec.Struct, forbid_unknown_fields=True):
    """A scene, and which of its runs (none: the last). ``key``, ``ttl``, ``until`` and ``held`` as for running it."""

    scene: str
    run: str | None = None
    key: Key | None = None
    ttl: float | None = None
    until: float | None = None
    held: bool = False


class Undone(msgspec.Struct):
    """What was put back; what somebody changed since then was left (``changed``)."""

    scene: Scene
    outcomes: list[Outcome]


@operation("scenes.undo")
async def undo(session: Session, data: UndoRun) -> Undone:
    """Put back what stood before a scene ran, where it is still as the scene left it. Nothing is opened or unlocked by
    that. Offered for ten minutes."""
    household = session.hub.household
    scene = _scene(session, data.scene)
    made = model.last(household, scene.id)
    if made is None or (data.run is not None and data.run != made.run):
        raise Conflict("this run is not the scene's last one", advice="Look at the scene; only its last run is undone.")
    until = _until(session, data)
    if (
        made.undone is not None
        and data.key is not None
        and (made.undo_key, made.undo_by) == (data.key, session.identity.actor)
    ):
        return Undone(scene, [])  # its answer got lost
    if made.undone is not None:
        raise Conflict("this run was undone already")
    if not runs.undoable(made, household.clock.now()):
        raise Conflict(
            "this run is too long ago to be undone, or left nothing to put back", advice="Set what you want."
        )
    _check(session, scene, made.before)
    return Undone(scene, await runs.undo(session, scene, made, data.key, until, data.held))


def _check(session: Session, scene: Scene, wanted: dict[str, States]) -> None:
    """Whether there is anything for this session to do: who may do none of it shall not use up its way back. Each wish
    counts as one. Raises NotAllowed, TooMany."""
    wished = [f"{thing}/{state}" for thing, its in wanted.items() for state in its]
    session.spend(len(wished))
    if not any(session.may("act", path) for path in wished):
        raise NotAllowed(f"nothing in {scene.name} is for you")


def _until(session: Session, data: RunIt | UndoRun) -> float | None:
    """Until when it is worth it (s since 1970). Raises Expired."""
    now = session.hub.household.clock.now()
    ends = [end for end in (data.until, None if data.ttl is None else now + data.ttl) if end is not None]
    if ends and min(ends) <= now:
        raise Expired("this was asked for too late")
    return min(ends, default=None)


def _scene(session: Session, name: str) -> Scene:
    """The scene of that id or name that this session sees. Raises NotFound, BadInput."""
    scene = model.named(session.hub.household, name)
    if not session.may("read", record_path(SCENE, scene.id)):
        raise NotFound(f"there is no scene {name[:80]!r} for you")
    return scene
