"""What a camera is to tell of that moves: nothing, unless an adult of the household wants it for this camera."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from wayhome.core.grant import Role
from wayhome.core.thing import ONLINE
from wayhome.errors import NotAllowed, NotFound
from wayhome.features.notices import arriving
from wayhome.features.notices.model import CAMERA
from wayhome.hub.operations import operation
from wayhome.hub.running import Hub
from wayhome.hub.session import Session

type When = Literal["never", "away", "always"]
"""``away``: while an alarm of the household is armed, or of all that tell where they are nobody is home."""
ADULTS: frozenset[Role | None] = frozenset({"owner", "member"})
HOME = "home"


class NoticesNothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class CameraNotices(msgspec.Struct):
    """A camera that notices what moves, and when that is told."""

    thing: str
    name: str
    motion: When


class CamerasNotices(msgspec.Struct):
    """The cameras that notice what moves. ``may``: whether you may choose. ``gate``: the camera that is offered in a
    car that comes home (its thing's id; null: none), ``gates``: those that could be, by id with their names.
    ``chosen``: somebody has chosen it."""

    cameras: list[CameraNotices]
    may: bool
    gate: str | None
    gates: dict[str, str]
    chosen: bool


class CameraWish(msgspec.Struct, forbid_unknown_fields=True):
    """When what moves before a camera (its thing's id) is told."""

    thing: Annotated[str, Meta(min_length=1, max_length=64)]
    motion: When


@operation("notices.cameras", reads=True)
async def cameras(session: Session, data: NoticesNothing) -> CamerasNotices:
    """When the cameras that you may see tell of what moves before them, and which a car is offered that comes home."""
    return _cameras(session)


def _cameras(session: Session) -> CamerasNotices:
    found = [
        CameraNotices(thing.id, thing.name, wanted(session.hub, thing.id))
        for thing in session.hub.household.house.things.values()
        if notices(session.hub, thing.id) and session.may("read", f"{thing.id}/camera.state")
    ]
    seen = {
        thing.id: thing.name
        for thing in session.hub.household.house.things.values()
        if arriving.is_camera(thing) and session.may("read", f"{thing.id}/camera.state")
    }
    gate = arriving.gate(session.hub)
    record = session.hub.household.house.record(arriving.GATE, arriving.GATE)
    return CamerasNotices(
        sorted(found, key=lambda one: one.name),
        session.identity.role in ADULTS,
        gate if gate in seen else None,
        seen,
        record is not None and not record.gone,
    )


@operation("notices.camera", parked=True)
async def camera(session: Session, data: CameraWish) -> CamerasNotices:
    """Choose when what moves before a camera is told, to everybody who may see it. For adults of the household."""
    if session.identity.role not in ADULTS:
        raise NotAllowed("what cameras tell is chosen by adults of the household")
    if not notices(session.hub, data.thing) or not session.may("read", f"{data.thing}/camera.state"):
        raise NotFound(f"{data.thing[:64]!r} is no camera that notices what moves")
    await session.hub.household.write(CAMERA, data.thing, {"motion": data.motion}, session.context())
    return _cameras(session)


class GateWish(msgspec.Struct, forbid_unknown_fields=True):
    """Which camera is offered in a car that comes home (its thing's id); "": none, null: the one in the room of a gate
    or garage door."""

    camera: Annotated[str, Meta(max_length=64)] | None


@operation("notices.gate", parked=True)
async def gate(session: Session, data: GateWish) -> CamerasNotices:
    """Choose which camera is offered in a car that comes home. For adults of the household."""
    if session.identity.role not in ADULTS:
        raise NotAllowed("which camera a car is offered is chosen by adults of the household")
    household = session.hub.household
    if data.camera is None:
        if arriving.GATE in household.records(arriving.GATE):
            await household.delete(arriving.GATE, arriving.GATE, session.context())
        return _cameras(session)
    known = arriving.is_camera(household.house.things.get(data.camera))
    if data.camera and not (known and session.may("read", f"{data.camera}/camera.state")):
        raise NotFound(f"{data.camera[:64]!r} is no camera")
    await household.write(arriving.GATE, arriving.GATE, {"camera": data.camera}, session.context())
    return _cameras(session)


def notices(hub: Hub, thing_id: str) -> bool:
    """Whether a thing is a camera that notices what moves."""
    thing = hub.household.house.things.get(thing_id)
    return thing is not None and any(f"camera.{one}" in thing.signals for one in ("motion", "person"))


def wanted(hub: Hub, thing_id: str) -> When:
    """When it is told what moves before a camera."""
    record = hub.household.house.record(CAMERA, thing_id)
    when = record.values().get("motion") if record is not None and not record.gone else None
    return when if when in ("away", "always") else "never"  # type: ignore[return-value]


def tells(hub: Hub, thing_id: str) -> bool:
    """Whether it is told now."""
    when = wanted(hub, thing_id)
    return when == "always" or (when == "away" and away(hub))


def away(hub: Hub) -> bool:
    """Whether an alarm is armed, or everybody who tells where they are is somewhere else. Where nobody tells, somebody
    may be home."""
    house = hub.household.house
    places: set[str] = set()
    for thing in house.things.values():
        armed = house.readings.get(f"{thing.id}/alarm.state")
        if armed is not None and armed.quality == "good" and str(armed.value).startswith("armed"):
            return True
        place = house.readings.get(f"{thing.id}/device_tracker.place")
        online = house.readings.get(f"{thing.id}/{ONLINE}")
        if place is not None and place.quality == "good" and thing.kind != "car":
            gone = online is not None and online.value is False
            places.add(HOME if gone else str(place.value))  # one that is not heard may be home
    return bool(places) and HOME not in places
