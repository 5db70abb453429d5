"""Scenes as the household keeps them: three collections of records.

``scene/<id>``: what it is called, its picture, and what anybody who may run it may know of it.
``scene_part/<id>:<thing>``: the states of one thing. Each thing has a record of its own, so two sites that edit one
scene apart both have their way, unless it is the same thing. ``scene_run/<id>``: its last run, and what stood before
it.

A scene's id is made by chance, so that two sites which make one apart never make the same. One without a name is
gone: all that is left of it is what another site wrote while it was deleted here.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from wayhome.core.ids import legible
from wayhome.core.record import Record
from wayhome.core.value import Value
from wayhome.errors import BadInput, NotFound
from wayhome.hub.household import Household

SCENE, PART, RUN = "scene", "scene_part", "scene_run"
MAX_SCENES = 100
MAX_STATES = 200
MAX_NAME = 60
MAX_TEXT = 200
UNDO = 600.0
"""How long a run may be undone, in s."""

type Icon = Literal[
    "scene", "home", "leave", "night", "morning", "film", "meal", "read", "work", "party", "guest", "car"
]  # fmt: skip
type SceneId = Annotated[str, Meta(pattern=r"^[a-z0-9]{8,40}$")]
type ThingId = Annotated[str, Meta(min_length=1, max_length=64)]
type States = dict[str, bool | float | str]
"""Wished states by signal: ``{"light.on": true, "light.brightness": 40}``."""


class Scene(msgspec.Struct, frozen=True):
    """What it is called, its picture, how many things are in it, their ``traits``. ``holds``: it locks or closes
    something, so who drives presses and holds."""

    id: str
    name: str
    icon: str = "scene"
    things: int = 0
    traits: list[str] = []
    holds: bool = False


class Part(msgspec.Struct, frozen=True):
    """One thing of a scene, as it was called when it was put in."""

    thing: str
    name: str
    states: States


class Run(msgspec.Struct, frozen=True):
    """A scene's last run: the wished states and those before it, by thing. ``key``: whose request it was.
    ``undone``: when it was undone (s since 1970)."""

    run: str
    context: str
    at: float
    by: str
    key: str | None = None
    states: dict[str, States] = {}
    before: dict[str, States] = {}
    refused: dict[str, tuple[str, str | None]] = {}
    """Why what was refused was, by path: a code, and words."""
    undone: float | None = None
    undo_key: str | None = None
    undo_by: str | None = None


def scenes(household: Household) -> dict[str, Scene]:
    """All scenes by id."""
    found = (scene_of(record) for record in household.records(SCENE).values())
    return {scene.id: scene for scene in found if scene is not None}


def scene_of(record: Record) -> Scene | None:
    """The scene in a record; None: half of one, as when it was deleted here and edited elsewhere."""
    try:
        return msgspec.convert({"id": record.id, **record.values()}, Scene)
    except msgspec.ValidationError:
        return None


def parts(household: Household, scene: str) -> dict[str, Part]:
    """A scene's things by their ids, in the order of their names."""
    found: dict[str, Part] = {}
    for record in household.records(PART).values():
        of, _, thing = record.id.partition(":")
        if of != scene:
            continue
        try:
            part = msgspec.convert({"thing": thing, **record.values()}, Part)
        except msgspec.ValidationError:
            continue
        found[thing] = part
    return dict(sorted(found.items(), key=lambda item: (item[1].name.casefold(), item[0])))


def last(household: Household, scene: str) -> Run | None:
    """A scene's last run, if any is known."""
    record = household.house.record(RUN, scene)
    try:
        return msgspec.convert(record.values(), Run) if record is not None and not record.gone else None
    except msgspec.ValidationError:
        return None


def clean(name: str, others: dict[str, Scene], but: str | None = None) -> str:
    """A scene's name as it is kept: one line, no sign that turns it round. Raises BadInput, also for one that another
    scene has: nobody could tell which of the two would run."""
    plain = " ".join(legible(name).split())
    if not plain or len(plain) > MAX_NAME:
        raise BadInput(f"a scene's name has 1 to {MAX_NAME} visible characters")
    if any(scene.name.casefold() == plain.casefold() and scene.id != but for scene in others.values()):
        raise BadInput(f"there is a scene {plain!r} already", advice="Choose another name, or change that one.")
    return plain


def named(household: Household, name: str) -> Scene:
    """The scene of that id, or called so. Raises NotFound, BadInput where two are called so."""
    every = scenes(household)
    if name in every:
        return every[name]
    found = [scene for scene in every.values() if scene.name.casefold() == name.strip().casefold()]
    if not found:
        raise NotFound(f"there is no scene {name[:80]!r} for you", advice="See `wayhome scene list`.")
    if len(found) > 1:
        raise BadInput(f"{len(found)} scenes are called {name[:80]!r}", advice="Give its id, or rename one.")
    return found[0]


def written(part: Part) -> dict[str, Value]:
    """A part's fields."""
    states: dict[str, Value] = {**part.states}
    return {"name": part.name, "states": states}
