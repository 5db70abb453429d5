"""What stays and what goes: days, the share of the disk, what is to stay, what is deleted; and sensors that belong to a
camera."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import TestClock
from wayhome.adapters.footage_disk import DiskFootage, DiskSpace
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.features.recordings import mending, model, mp4
from wayhome.features.recordings.model import CameraChoice, Recording, RecordingRules
from wayhome.features.recordings.sensors import chosen, sensors
from wayhome.features.recordings.shelf import DAY, Shelf
from wayhome.web.ranges import wanted

pytestmark = pytest.mark.anyio
MB = 10**6


class Disk(DiskFootage):
    """A folder that says of its disk what a test wants."""

    space = DiskSpace(1_000 * MB, 900 * MB)

    def disk(self) -> DiskSpace:
        return self.space


async def shelf(folder: Path, clock: TestClock, *made: Recording) -> Shelf:
    footage = Disk(folder)
    for one in made:
        await footage.write(one.card, msgspec.json.encode(one))
        await footage.write(one.film, b"film")
        await footage.write(one.still, b"still")
    found = Shelf(footage, clock)
    await found.open()
    return found


def one(id: str, start: float, size: int = 100 * MB, **more: object) -> Recording:
    made = Recording(id, "yard", "Yard", start, start, "motion", "x/y.z", end=start + 20, size=size)
    return msgspec.structs.replace(made, **more)


def ids(shelf: Shelf) -> list[str]:
    return [found.id for found in shelf.newest_first()]


async def test_the_oldest_go_and_what_is_to_stay_stays(tmp_path: Path) -> None:
    clock = TestClock(100 * DAY)
    now = clock.now()
    made = [one("a", now - 8 * DAY, kept=True), one("b", now - 8 * DAY), one("c", now - 3 * DAY), one("d", now - 60)]
    found = await shelf(tmp_path, clock, *made)
    await found.trim(RecordingRules(days=7, share=50))
    assert ids(found) == ["d", "c", "a"]
    # 300 MB are there, 200 may be.
    await found.trim(RecordingRules(days=7, share=20))
    assert ids(found) == ["d", "a"]
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{id}.{kind}" for id in "ad" for kind in ("mp4", "h264", "json")
    }


async def test_the_household_s_own_data_has_room_first(tmp_path: Path) -> None:
    clock = TestClock(100 * DAY)
    now = clock.now()
    found = await shelf(tmp_path, clock, one("a", now - 90, kept=True), one("b", now - 60), one("c", now - 30))
    footage = found.footage
    assert isinstance(footage, Disk)
    footage.space = DiskSpace(1_000 * MB, 0)  # 50 MB have to be free
    assert await found.room(RecordingRules()) is not None
    await found.trim(RecordingRules(share=80))
    assert ids(found) == ["c", "a"]
    footage.space = DiskSpace(1_000 * MB, 100 * MB)
    assert await found.room(RecordingRules()) is None
    # What stays takes all that recordings may: nothing more is begun, and that is said.
    assert await found.room(RecordingRules(share=10)) is not None


async def test_a_clock_that_is_set_costs_no_recording(tmp_path: Path) -> None:
    clock = TestClock(100 * DAY)
    found = await shelf(tmp_path, clock, one("a", clock.now() - 1 * DAY), one("b", clock.now() - 6 * DAY))
    rules = RecordingRules(days=7)
    await found.trim(rules)
    clock.at += 3650 * DAY
    await found.trim(rules)
    assert ids(found) == ["a", "b"]
    clock.at -= 3650 * DAY
    await found.trim(rules)
    clock.move(2 * DAY)
    await found.trim(rules)
    assert ids(found) == ["a"]


async def test_what_was_deleted_comes_back_for_a_minute(tmp_path: Path) -> None:
    clock = TestClock(100 * DAY)
    found = await shelf(tmp_path, clock, one("a", clock.now() - 60), one("b", clock.now() - 30))
    await found.delete([found.find("a"), found.find("b")])
    await found.trim(RecordingRules())
    assert ids(found) == []
    await found.put_back(["a"])
    assert ids(found) == ["a"]
    clock.move(model.UNDO + 1)
    await found.trim(RecordingRules())
    assert await found.put_back(["b"]) == []
    assert {path.name for path in tmp_path.iterdir()} == {"a.mp4", "a.h264", "a.json"}


SPS, PPS = bytes.fromhex("6742c01fd900a00b7602d4040405"), bytes.fromhex("68cb83cb20")


def _file(fragments: int) -> tuple[bytes, list[int]]:
    """A file that was not ended, and where each of its pieces ends."""
    key = b"\0\0\0\1".join((b"", SPS, PPS, b"\x65" + bytes(range(1, 200))))
    track = mp4.track(key, 640, 480, 1e9)
    assert track is not None
    content, ends, ticks = mp4.begin(track), [], 0
    for number in range(fragments):
        datas = [mp4.sample(key), mp4.sample(b"\0\0\1\x41" + bytes(range(1, 90 + number)))]
        samples = [mp4.Sample(len(data), 6_000, at == 0) for at, data in enumerate(datas)]
        content += mp4.fragment(number + 1, ticks, samples) + b"".join(datas)
        ticks += 12_000
        ends.append(len(content))
    return content, ends


@given(st.data())
async def test_a_file_that_broke_off_anywhere_is_whole_up_to_its_last_piece(data: st.DataObject) -> None:
    content, ends = _file(4)
    cut = content[: data.draw(st.integers(0, len(content)))] + data.draw(st.binary(max_size=40))

    async def read(at: int, size: int) -> bytes:
        return cut[at : at + size]

    found = await mending.look(read)
    whole = [end for end in ends if cut[:end] == content[:end]]
    assert found.ended is None
    assert len(found.chunks) == len(whole)
    assert found.size == (whole[-1] if whole else 0)


async def test_what_was_ended_needs_nothing() -> None:
    content, _ = _file(3)

    async def read(at: int, size: int) -> bytes:
        return ended[at : at + size]

    ended = content
    found = await mending.look(read)
    assert found.track is not None
    tail, head = mp4.end(found.track, found.chunks, len(content))
    ended = content + tail  # the hub died between the two
    assert (await mending.look(read)).size == len(content)
    ended = content[: len(mp4.FTYP)] + head + content[len(mp4.FTYP) + mp4.HEAD :] + tail
    assert (await mending.look(read)).ended == pytest.approx(0.4)


def thing(id: str, area: str | None, **signals: str | None) -> Thing:
    found = {name.replace("__", "."): Refinement(device_class=kind) for name, kind in signals.items()}
    return Thing(id, id.replace("-", " ").capitalize(), "link", "thing", found, area)


def test_what_belongs_to_a_camera() -> None:
    yard = thing("yard", "Garden", camera__film=None, camera__motion=None, camera__sound=None, event__at="doorbell")
    things = [
        yard,
        thing("gate", "Garden", camera__film=None, camera__motion=None),
        thing("pir", "Garden", binary_sensor__on="motion"),
        thing("shed-door", "Garden", binary_sensor__on="door"),
        thing("hall-pir", "Hall", binary_sensor__on="motion"),
        thing("smoke", "Garden", binary_sensor__on="smoke"),
    ]
    found = sensors(yard, things)
    assert [one.path for one in chosen(CameraChoice(True), found)] == [
        "yard/camera.motion", "yard/event.at", "pir/binary_sensor.on",
    ]  # fmt: skip
    assert [one.why for one in found if one.usual] == ["motion", "ring", "motion"]
    assert "smoke/binary_sensor.on" not in {one.path for one in found}
    by_hand = CameraChoice(True, ("hall-pir/binary_sensor.on", "gone/binary_sensor.on"))
    assert [one.path for one in chosen(by_hand, found)] == ["hall-pir/binary_sensor.on"]
    # A camera in no room has its own only.
    alone = thing("door", None, camera__film=None)
    assert chosen(CameraChoice(True), sensors(alone, [alone, thing("pir", None, binary_sensor__on="motion")])) == []


@pytest.mark.parametrize(
    ("header", "range"),
    [
        (None, (0, 100)), ("bytes=0-0", (0, 1)), ("bytes=90-", (90, 100)), ("bytes=90-900", (90, 100)),
        ("bytes=-10", (90, 100)), ("bytes=-900", (0, 100)), ("bytes=100-", None), ("bytes=-0", None),
        ("bytes=5-4", (0, 100)), ("bytes=0-1,5-6", (0, 100)), ("lines=0-1", (0, 100)), ("bytes=-", (0, 100)),
    ],
)  # fmt: skip
def test_ranges(header: str | None, range: tuple[int, int] | None) -> None:
    assert wanted(header, 100) == range
