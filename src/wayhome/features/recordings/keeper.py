"""Recording: listens to what sensors say, holds the films of the cameras that are to be recorded, and keeps room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from wayhome import log
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.thing import INFO, ONLINE, Thing
from wayhome.core.value import Value
from wayhome.errors import HubError, NotFound, StoreError
from wayhome.features.recordings import model, sensors
from wayhome.features.recordings.model import Recording, State
from wayhome.features.recordings.recorder import Recorder
from wayhome.features.recordings.sensors import RecordingSensor
from wayhome.features.recordings.shelf import Shelf
from wayhome.hub.ports import Finding, Footage
from wayhome.hub.running import Hub
from wayhome.hub.session import Session

NAME = "recordings"
MOMENT = 0.5
KEPT = "H.264"
"""What cameras say of films that can be kept."""
TRIM = 60.0
ROOM = 2.0
"""So often, in s, it is looked whether there is room, while anything is recorded."""
FULL = f"{model.RIGHT}full"
"""Where it is told that nothing is recorded, as there is no room."""
NEWS = 60.0
"""A ring that a device dates further back is no news any more, in s."""


class Keeper:
    """One household's recordings. A watcher of it."""

    def __init__(self, hub: Hub, footage: Footage) -> None:
        self.hub = hub
        self.shelf = Shelf(footage, hub.household.clock)
        self.full: HubError | None = None
        """Why nothing is recorded: there is no room."""
        self.unread: HubError | None = None
        """Why nobody knows what is kept: it can't be read."""
        self.faults: dict[str, HubError] = {}
        """What went wrong with the last recording of each camera."""
        self._footage = footage
        self._recorders: dict[str, Recorder] = {}
        self._paths: dict[str, list[tuple[Recorder, RecordingSensor]]] = {}
        self._on: dict[str, bool] = {}
        """What sensors said last."""
        self._rang: dict[str, Value] = {}
        """When bells rang last, as they say it."""
        self._described = True
        self._told: dict[str, object] = {}
        self._looked = self._trimmed = float("-inf")
        self._looking = asyncio.Lock()
        self._settled = False
        """Whether it is known that what is kept is of this household."""

    # What people chose

    @property
    def rules(self) -> model.RecordingRules:
        return model.rules_of(self.hub.household.records(model.COLLECTION))

    def choice(self, camera: str) -> model.CameraChoice:
        return model.choice_of(self.hub.household.records(model.COLLECTION), camera)

    def cameras(self) -> list[Thing]:
        """The cameras of this site that can be recorded, as far as is known, and those that somebody chose."""
        house = self.hub.household.house
        own = [one for one in house.things.values() if sensors.is_camera(one) and house.foreign(one.id) is None]
        return [one for one in own if self._fits(one.id) or self.choice(one.id).on]

    def _fits(self, camera: str) -> bool:
        """Whether a camera's film is of a kind that can be kept, or not known yet."""
        said = self.hub.household.house.readings.get(f"{camera}/camera.film")
        return said is None or not isinstance(said.value, str) or said.value.startswith(KEPT)

    def sensors(self, camera: Thing) -> list[RecordingSensor]:
        """All that may be chosen for it."""
        return sensors.sensors(camera, self.hub.household.house.things.values())

    def chosen(self, camera: Thing) -> list[RecordingSensor]:
        """Those that count for it."""
        return sensors.chosen(self.choice(camera.id), self.sensors(camera))

    # Watching

    def published(self, shown: Shown, state: bool) -> None:
        if shown.part == "wish":
            return
        if shown.path.endswith(f"/{INFO}"):
            self._described = True
        elif shown.path in self._paths:
            self._said(shown.path)
        elif self._described and shown.path.endswith("/event.at"):
            # That a camera is a doorbell some say by ringing: described anew, and rung in the same moment.
            self._rang.setdefault(shown.path, "")
            self._describe()
            if shown.path in self._paths:
                self._said(shown.path)
        elif shown.path.endswith(f"/{ONLINE}"):
            thing = shown.path.partition("/")[0]
            for path in [path for path in self._paths if path.partition("/")[0] == thing]:
                self._said(path)

    def commanded(self, command: Command) -> None:
        return

    def recorded(self, record: Record) -> None:
        if record.collection == model.COLLECTION:
            self._described = True
            self._trimmed = float("-inf")
        elif record.collection == "person" and not self._settled:
            self._trimmed = float("-inf")

    def happened(self, event: Event) -> None:
        return

    def _value(self, path: str) -> Value:
        """What a sensor says, where that may be relied on."""
        house = self.hub.household.house
        reading = house.readings.get(path)
        online = house.readings.get(f"{path.partition('/')[0]}/{ONLINE}")
        if reading is None or reading.quality != "good" or (online is not None and online.value is False):
            return None
        return reading.value

    def _said(self, path: str) -> None:
        value = self._value(path)
        if path.endswith("/event.at"):
            if self._is_news(path, value):
                for recorder, _ in self._paths[path]:
                    recorder.happens("ring", path, None)
            return
        for recorder, sensor in self._paths[path]:
            if value is True and self._on.get(path) is False:
                recorder.happens(sensor.why, path, None if sensor.why == "ring" else True)
            elif value is not True:
                recorder.happens(sensor.why, path, False)
        if isinstance(value, bool):
            self._on[path] = value
        elif value is None and self._on.get(path):
            self._on[path] = False  # it has gone: when it comes back it may say that somebody moves

    def _is_news(self, path: str, value: Value) -> bool:
        """Whether a bell has rung just now. It tells when it did last: what was there when we came is old."""
        if not isinstance(value, str):
            return False
        before, self._rang[path] = self._rang.get(path), value
        reading = self.hub.household.house.readings[path]
        when = reading.source_at
        fresh = when is None or abs(self.hub.household.clock.now() - when) < NEWS
        return fresh and before not in (None, value)

    def _describe(self) -> None:
        """Cameras, sensors or choices have changed."""
        self._described = False
        wanted = {one.id: one for one in self.cameras() if self.choice(one.id).on}
        for id in [id for id in self._recorders if id not in wanted]:
            self._recorders.pop(id).close()
            self.faults.pop(id, None)
        self._paths = {}
        for id, camera in wanted.items():
            recorder = self._recorders.get(id)
            if recorder is None:
                recorder = self._recorders[id] = Recorder(self.hub, self._footage, id, partial(self._over, id))
            recorder.after = float(self.rules.after)
            for sensor in self.chosen(camera):
                self._paths.setdefault(sensor.path, []).append((recorder, sensor))
        for path in self._paths:
            # What it said when we came is where it stood: only what it says from now on happens.
            value = self._value(path)
            self._on.setdefault(path, value if isinstance(value, bool) else False)
            self._rang.setdefault(path, value if isinstance(value, str) else "")

    # Over and over

    async def turn(self) -> None:
        """Follow the cameras, begin and end what is to be recorded, keep room, and tell."""
        if self._described:
            self._describe()
        steady = self.hub.household.clock.steady()
        if steady - self._trimmed >= TRIM:
            self._trimmed = steady
            await self._keep_room()
        elif steady - self._looked >= ROOM and (self.full is not None or self._happens()):
            await self._look()
        readings = self.hub.household.house.readings
        for id, recorder in self._recorders.items():
            online = readings.get(f"{id}/{ONLINE}")
            recorder.follow(online is not None and online.value is True)
            recorder.turn(self.full is None)
        self.tell()

    def _happens(self) -> bool:
        return any(one.happening is not None for one in self._recorders.values())

    async def _look(self) -> None:
        """See whether there is room: the oldest give way to it."""
        async with self._looking:
            self._looked = self.hub.household.clock.steady()
            full = await self.shelf.room(self.rules)
            if full is not None:
                with suppress(StoreError):  # then nothing gives way, and it stays full
                    await self.shelf.trim(self.rules)
                full = await self.shelf.room(self.rules)
            if (full is None) != (self.full is None):
                log.get("recordings").warning(
                    "recording stops" if full else "recording goes on", detail=str(full or "")
                )
            self.full = full

    async def _keep_room(self) -> None:
        async with self._looking:
            with suppress(StoreError):  # then it is looked again in a minute
                await self._settle()
            try:
                await self.shelf.trim(self.rules)
            except StoreError as error:
                log.get("recordings").warning("what is to go can't be deleted", detail=error.detail)
        await self._look()

    async def _settle(self) -> None:
        """See whose it is what is kept: where another household was put in the place of that of before, its people
        shall not see what the others did. While nobody lives here, it may be theirs who come back. Raises
        StoreError."""
        household = self.hub.household
        names = {household.log_name, *(name for name, _ in household.log_names)} - {""}
        if self._settled or not names:
            return
        before = await self.shelf.whose()
        if before and not before & names:
            if not household.records("person"):
                return
            log.get("recordings").warning("the recordings of the household that was here before are deleted")
            await self.shelf.forget_all()
            before = set()
        if not names <= before:
            await self.shelf.belong(before | names)
        self._settled = True

    def _over(self, camera: str, recording: Recording | None, fault: HubError | None) -> None:
        if recording is not None:
            self.shelf.put(recording)
        self.faults.pop(camera, None)
        if fault is None:
            self.unread = None
        else:
            self.faults[camera] = fault
            log.get("recordings").warning("a recording broke off", camera=camera, detail=fault.detail)
            self._looked = float("-inf")
        self.tell()

    # Telling

    def state(self, camera: str) -> State:
        recorder = self._recorders.get(camera)
        if recorder is None:
            return "off"
        state = recorder.state()
        if self.full is not None and state in ("ready", "opening", "away"):
            return "full"
        return "fault" if self._fault(camera) is not None and state in ("ready", "opening") else state

    def _fault(self, camera: str) -> HubError | None:
        return self.unread or self.faults.get(camera)

    def why(self, camera: str) -> str | None:
        """Why nothing is recorded, in words."""
        state = self.state(camera)
        why = self.full if state == "full" else self._fault(camera) if state == "fault" else None
        return why.detail if why is not None else None

    def running(self) -> list[Recording]:
        """Those that go on now, as far as pictures of them are on the disk."""
        return [one for recorder in self._recorders.values() if (one := recorder.recording) is not None]

    def tell(self) -> None:
        """Publish what becomes of each camera's film, where that has changed."""
        full = self.full is not None and bool(self._recorders)
        if self._told.get(FULL) != full:
            self._told[FULL] = full
            self.hub.household.own(FULL, full)
        now = {one.id for one in self.cameras()}
        for id in now:
            said: dict[str, Value] = {"state": self.state(id), "kept": self.shelf.changed, "why": self.why(id)}
            if self._told.get(id) != said:
                self._told[id] = said
                self.hub.household.own(f"{id}/{model.NOW}", said)
        gone = [id for id in self._told if id not in now and id != FULL]
        for id in gone:
            del self._told[id]
        self.hub.household.vanish([f"{id}/{model.NOW}" for id in gone])

    def finding(self) -> Finding:
        """What the doctor says of it."""
        why = self.full or self.unread
        if why is not None:
            return Finding("recordings", False, f"Nothing is recorded: {why.detail}", why.hint)
        fault = next(iter(self.faults.values()), None)
        if fault is not None:
            some = ", ".join(sorted(self._name(id) for id in self.faults))
            return Finding("recordings", False, f"Not recorded: {some} ({fault.detail})", fault.hint)
        on = len(self._recorders)
        return Finding("recordings", True, f"Cameras that are recorded when something happens: {on}.")

    def _name(self, camera: str) -> str:
        thing = self.hub.household.house.things.get(camera)
        return camera if thing is None else thing.name

    async def run(self) -> None:
        """Until the hub stops, whatever goes wrong."""
        while True:
            try:
                await self.turn()
            except HubError as error:
                log.get("recordings").warning("recordings can't be kept", detail=error.detail)
            except Exception:
                log.get("recordings").exception("what is done over and over failed")
            await asyncio.sleep(MOMENT)

    async def close(self) -> None:
        """End what is being recorded."""
        takes = [take for recorder in self._recorders.values() for take in recorder.takes]
        for recorder in self._recorders.values():
            recorder.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.gather(*(take.task for take in takes), return_exceptions=True)


def keeper_of(session: Session) -> Keeper:
    """The running keeper of the session's household. Raises NotFound where the hub keeps nothing on a disk."""
    keeper = session.hub.extra.get(NAME)
    if not isinstance(keeper, Keeper):
        raise NotFound("this hub keeps nothing on a disk of its own")
    return keeper


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """The feature's life: from the household's opening to its end."""
    footage = hub.ports.footage
    if footage is None:
        yield
        return
    keeper = Keeper(hub, footage)
    hub.extra[NAME] = keeper
    try:
        await keeper.shelf.open()
    except HubError as error:
        log.get("recordings").error("recordings can't be read", detail=error.detail)
        keeper.unread = error
    hub.household.watchers.append(keeper)
    hub.checks.append(keeper.finding)
    task = asyncio.create_task(keeper.run())
    try:
        yield
    finally:
        hub.household.watchers.remove(keeper)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await keeper.close()
