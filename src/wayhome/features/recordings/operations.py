"""What can be done with recordings."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from wayhome.core.event import Event
from wayhome.core.value import Value
from wayhome.errors import BadInput, NotFound
from wayhome.features.recordings import finding, model
from wayhome.features.recordings.keeper import Keeper, keeper_of
from wayhome.features.recordings.model import Recording, RecordingRules, State
from wayhome.features.recordings.sensors import RecordingSensor
from wayhome.hub.link import Picture
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

MOST = 500


class RecordingsAsked(msgspec.Struct, forbid_unknown_fields=True):
    """``day``: of this day, ``2026-11-26`` by the household's time; nothing: of the newest that has any. ``camera``: of
    this one only. ``limit``: 1 to 500."""

    day: str | None = None
    camera: str | None = None
    limit: int = MOST


class RecordedCamera(msgspec.Struct):
    """A camera that may be recorded, or was. ``state``: what becomes of its film now; ``why``: in words, where that is
    nothing."""

    id: str
    name: str
    on: bool
    state: State
    why: str | None = None


class RecordedDay(msgspec.Struct):
    """A day with so many recordings."""

    day: str
    recordings: int


class RecordingsRoom(msgspec.Struct):
    """What recordings take on the hub's disk, what they may at most, and how much of it is free, in bytes; all 0 where
    no camera is seen."""

    taken: int
    most: int
    free: int


class RecordingsListed(msgspec.Struct):
    """A day's recordings, the newest first. ``start``, ``end``: of that day, s since 1970. ``more``: there are more of
    them than were asked for. ``days``: those that have any, the newest first. ``running``: those that go on now."""

    day: str
    start: float
    end: float
    recordings: list[Recording]
    more: bool
    days: list[RecordedDay]
    running: list[Recording]
    cameras: list[RecordedCamera]
    rules: RecordingRules
    room: RecordingsRoom
    undo: float = model.UNDO


def _cameras(session: Session, keeper: Keeper, recordings: list[Recording]) -> list[RecordedCamera]:
    found: dict[str, RecordedCamera] = {}
    for one in recordings:
        found.setdefault(one.camera, RecordedCamera(one.camera, one.name, False, "off"))
    for thing in keeper.cameras():
        if finding.may_see(session, thing.id):
            state, why = keeper.state(thing.id), keeper.why(thing.id)
            found[thing.id] = RecordedCamera(thing.id, thing.name, keeper.choice(thing.id).on, state, why)
    return sorted(found.values(), key=lambda one: (one.name, one.id))


@operation("recordings.list", reads=True, parked=True)
async def list_(session: Session, data: RecordingsAsked) -> RecordingsListed:
    """What was recorded on a day, which days have anything, and what becomes of each camera's film now.

    The film of each is at `/api/recordings/film/<id>`, by ranges as players ask for it; with `?save=1` as a download.
    """
    if not 0 < data.limit <= MOST:
        raise BadInput(f"the limit is 1 to {MOST}")
    keeper, zone = keeper_of(session), session.hub.zone
    everything = finding.seen(session)
    found = [one for one in everything if data.camera is None or one.camera == data.camera]
    counts: dict[str, int] = {}
    for one in found:
        day = f"{datetime.fromtimestamp(one.start, zone):%Y-%m-%d}"
        counts[day] = counts.get(day, 0) + 1
    wanted = data.day or next(iter(counts), f"{datetime.fromtimestamp(session.hub.ports.clock.now(), zone):%Y-%m-%d}")
    try:
        begin = datetime.strptime(wanted, "%Y-%m-%d").replace(tzinfo=zone)
        after = (begin + timedelta(days=1)).replace(tzinfo=zone)
        start, end = begin.timestamp(), after.timestamp()
    except (ValueError, OverflowError):
        raise BadInput("a day is as 2026-11-26") from None
    of_day = [one for one in found if start <= one.start < end]
    rules = keeper.rules
    cameras = _cameras(session, keeper, everything)
    room = RecordingsRoom(0, 0, 0)
    if cameras:  # how much there is grows when somebody is recorded, which is nobody's business who sees none of it
        disk = keeper.shelf.footage.disk()
        room = RecordingsRoom(keeper.shelf.size(), disk.size * rules.share // 100, disk.free)
    return RecordingsListed(
        wanted,
        start,
        end,
        of_day[: data.limit],
        len(of_day) > data.limit,
        [RecordedDay(day, count) for day, count in counts.items()],
        [one for one in keeper.running() if finding.may_see(session, one.camera)],
        cameras,
        rules,
        room,
    )


class RecordingNamed(msgspec.Struct, forbid_unknown_fields=True):
    """A recording's id."""

    id: str


@operation("recordings.still", reads=True, parked=True)
async def still(session: Session, data: RecordingNamed) -> Picture:
    """A picture of a recording, from when it happened, as the camera coded it: a key picture in H.264."""
    recording = finding.find(session, data.id)
    footage = keeper_of(session).shelf.footage
    content = await footage.read(recording.still, 0, await footage.size(recording.still))
    return Picture(content, "video/h264", recording.start)


class RecordingKept(msgspec.Struct, forbid_unknown_fields=True):
    """``on``: it stays until somebody deletes it; off: it goes when its time is over."""

    id: str
    on: bool


@operation("recordings.keep", parked=True)
async def keep(session: Session, data: RecordingKept) -> Recording:
    """Let a recording stay beyond its time, or no more."""
    return await keeper_of(session).shelf.keep(finding.find(session, data.id).id, data.on)


class RecordingsNamed(msgspec.Struct, forbid_unknown_fields=True):
    """The ids of recordings, 1 to 500."""

    ids: list[str]


def _check(ids: list[str]) -> None:
    if not 0 < len(ids) <= MOST:
        raise BadInput(f"1 to {MOST} recordings at once")


@operation("recordings.delete", parked=True)
async def delete(session: Session, data: RecordingsNamed) -> None:
    """Delete recordings. For a minute they can be put back."""
    _check(data.ids)
    keeper = keeper_of(session)
    found = [finding.find(session, id) for id in dict.fromkeys(data.ids)]
    await keeper.shelf.delete(found)
    keeper.tell()
    household, context = session.hub.household, session.context()
    for camera in {one.camera for one in found}:
        told: dict[str, Value] = {"count": sum(one.camera == camera for one in found)}
        event = Event("RecordingsDeleted", household.clock.now(), context, f"{camera}/camera.film", told)
        await household.tell(event)


@operation("recordings.put_back", parked=True)
async def put_back(session: Session, data: RecordingsNamed) -> None:
    """Put back what was deleted within the last minute."""
    _check(data.ids)
    keeper = keeper_of(session)
    found = [one for id in data.ids if (one := keeper.shelf.deleted(id)) is not None]
    if not found or not all(finding.may_see(session, one.camera) for one in found):
        raise NotFound("there is nothing to be put back", advice="It can be done for a minute.")
    back = await keeper.shelf.put_back([one.id for one in found])
    keeper.tell()
    if not back:
        raise NotFound("there is nothing to be put back", advice="It can be done for a minute.")


class CameraNamed(msgspec.Struct, forbid_unknown_fields=True):
    """A camera's id."""

    camera: str


class CameraRecorded(msgspec.Struct):
    """What is chosen for a camera. ``all``: what may be chosen, the nearest first; ``chosen``: the paths of those that
    count. ``usual``: nobody has chosen any."""

    camera: str
    on: bool
    state: State
    usual: bool
    chosen: list[str]
    all: list[RecordingSensor]


def _recorded(session: Session, camera: str) -> CameraRecorded:
    keeper = keeper_of(session)
    thing = next((one for one in keeper.cameras() if one.id == camera), None)
    if thing is None or not finding.may_see(session, camera):
        raise NotFound(f"there is no camera {camera[:64]!r} for you that can be recorded")
    choice = keeper.choice(camera)
    found = [one for one in keeper.sensors(thing) if session.may("read", one.path)]
    chosen = [one.path for one in keeper.chosen(thing)]
    return CameraRecorded(camera, choice.on, keeper.state(camera), choice.sensors is None, chosen, found)


@operation("recordings.camera", reads=True, parked=True)
async def camera(session: Session, data: CameraNamed) -> CameraRecorded:
    """Whether a camera is recorded when something happens, and which sensors say so."""
    return _recorded(session, data.camera)


class CameraChosen(msgspec.Struct, forbid_unknown_fields=True):
    """``on``: whether it is recorded. ``sensors``: the paths of those that count, at most 20; null: its own, and those
    in the same room. What is not sent stays."""

    camera: str
    on: bool | msgspec.UnsetType = msgspec.UNSET
    sensors: list[str] | msgspec.UnsetType | None = msgspec.UNSET


@operation("recordings.choose", parked=True)
async def choose(session: Session, data: CameraChosen) -> CameraRecorded:
    """Choose whether a camera is recorded when something happens, and which sensors say so."""
    known = {one.path for one in _recorded(session, data.camera).all}
    values: dict[str, Value] = {}
    if data.on is not msgspec.UNSET:
        values["on"] = data.on
    if data.sensors is None:
        values["sensors"] = None
    elif data.sensors is not msgspec.UNSET:
        if len(data.sensors) > model.MOST_SENSORS:
            raise BadInput(f"a camera has at most {model.MOST_SENSORS} sensors")
        strange = next((one for one in data.sensors if one not in known), None)
        if strange is not None:
            raise BadInput(f"{strange[:80]!r} is no sensor that can be chosen")
        values["sensors"] = [*data.sensors]
    if values:
        await session.hub.household.write(model.COLLECTION, f"camera:{data.camera}", values, session.context())
        await keeper_of(session).turn()
    return _recorded(session, data.camera)


class RulesChosen(msgspec.Struct, forbid_unknown_fields=True):
    """``days``: 1 to 365. ``share``: percent of the disk, 1 to 80. ``after``: 1 to 60 s. What is not sent stays."""

    days: int | msgspec.UnsetType = msgspec.UNSET
    share: int | msgspec.UnsetType = msgspec.UNSET
    after: int | msgspec.UnsetType = msgspec.UNSET


@operation("recordings.rules", parked=True)
async def rules(session: Session, data: RulesChosen) -> RecordingRules:
    """Choose how long recordings stay, how much of the disk they take, and how long is recorded after it is over.

    The oldest go first.
    """
    values: dict[str, Value] = {}
    for name, value, most in (("days", data.days, 365), ("share", data.share, 80), ("after", data.after, 60)):
        if value is not msgspec.UNSET:
            if not 1 <= value <= most:
                raise BadInput(f"{name} is 1 to {most}")
            values[name] = value
    if values:
        await session.hub.household.write(model.COLLECTION, "all", values, session.context())
    return keeper_of(session).rules
