"""How pictures become recordings: films by FFmpeg's x264, read back by FFmpeg, without waiting for a clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import av
import pytest

from tests.features.recordings.yard import decoded
from tests.world import World
from wayhome.adapters.footage_disk import DiskFootage
from wayhome.errors import HubError, StoreError, Unreachable
from wayhome.features.recordings import model, taking
from wayhome.features.recordings.model import Recording
from wayhome.features.recordings.recorder import AGAIN, Recorder
from wayhome.hub.film import Film, Shot

pytestmark = pytest.mark.anyio
RATE = 5


class Full(DiskFootage):
    """A folder whose disk is full after so many bytes."""

    left = 10**9

    async def append(self, name: str, piece: bytes) -> None:
        self.left -= len(piece)
        if self.left < 0:
            raise StoreError("the disk is full")
        await super().append(name, piece)


def coded(seconds: int, size: tuple[int, int] = (320, 240), start: float = 1e9) -> Iterator[Shot]:
    """A film of so many s, a key picture each two, as cameras code it."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = size
    encoder.pix_fmt, encoder.framerate, encoder.gop_size = "yuv420p", RATE, 2 * RATE
    encoder.options = {"tune": "zerolatency", "preset": "ultrafast", "x264-params": "annexb=1:repeat-headers=1"}
    number = 0
    for at in range(seconds * RATE):
        frame = av.VideoFrame(*size, "yuv420p")
        for plane, value in zip(frame.planes, (at % 200 + 16, 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts = at
        for packet in encoder.encode(frame):
            number += 1
            yield Shot(number, packet.is_keyframe, start + number / RATE, bytes(packet))


@asynccontextmanager
async def recording(
    folder: Path,
) -> AsyncIterator[tuple[World, Recorder, list[tuple[Recording | None, HubError | None]]]]:
    over: list[tuple[Recording | None, HubError | None]] = []
    async with World() as world:
        footage = Full(folder)
        recorder = Recorder(world.hub, footage, "yard", lambda made, fault: over.append((made, fault)))
        recorder.after = 10.0
        yield world, recorder, over
        recorder.close()


async def closed(recorder: Recorder) -> None:
    await asyncio.gather(*(take.task for take in recorder.takes))


async def show(recorder: Recorder, shots: Iterator[Shot], size: tuple[int, int] = (320, 240)) -> float:
    last = 0.0
    for shot in shots:
        if shot.number == 1 and shot.at != 1e9 + 10 + 1 / RATE:
            recorder.film(Film("avc1.42c00c", *size))
        recorder.shot(shot)
        last = shot.at
        await asyncio.sleep(0)
    return last


async def test_what_lasts_goes_on_in_another_without_a_gap(tmp_path: Path) -> None:
    async with recording(tmp_path) as (world, recorder, over):
        await show(recorder, coded(10))
        recorder.happens("motion", "pir/binary_sensor.on", True)
        recorder.turn(True)
        first = recorder.takes[0].recording
        # What was before: five seconds, and what is missing to a key picture.
        assert 1e9 + 10 - model.BEFORE - 2.5 < first.start < 1e9 + 10 - model.BEFORE + 0.5
        end = await show(recorder, coded(300, start=1e9 + 10))
        recorder.happens("motion", "pir/binary_sensor.on", False)
        world.clock.move(recorder.after - 1)
        recorder.turn(True)
        async with asyncio.timeout(30):  # the disk takes its time
            while recorder.state() == "opening":
                await asyncio.sleep(0.01)
        assert recorder.state() == "recording"
        world.clock.move(2)
        recorder.turn(True)
        await closed(recorder)
        assert [fault for _, fault in over] == [None] * 3
        made = sorted((one for one, _ in over if one is not None), key=lambda one: one.start)
        assert [one.part for one in made] == [False, True, True]
        for one, after in pairwise(made):
            assert one.end is not None
            assert model.LONGEST <= one.end - one.start < model.LONGEST + 2.5
            assert abs(after.start - one.end) < 1 / RATE
        times = [decoded((tmp_path / one.film).read_bytes())[0] for one in made]
        assert sum(map(len, times)) == round((end - made[0].start) * RATE) + 1
        assert made[-1].end == pytest.approx(end, abs=1 / RATE)


async def test_another_size_is_another_recording(tmp_path: Path) -> None:
    async with recording(tmp_path) as (_, recorder, over):
        await show(recorder, coded(4))
        recorder.happens("ring", "bell/event.at", None)
        recorder.turn(True)
        await show(recorder, coded(4, (640, 480), 1e9 + 4), (640, 480))
        recorder.close()
        await closed(recorder)
        made = sorted((one for one, _ in over if one is not None), key=lambda one: one.start)
        assert [(one.width, one.height) for one in made] == [(320, 240), (640, 480)]
        for one in made:
            assert len(decoded((tmp_path / one.film).read_bytes())[0]) == 4 * RATE


async def test_a_sensor_that_is_stuck_is_not_believed_for_ever(tmp_path: Path) -> None:
    async with recording(tmp_path) as (world, recorder, _):
        await show(recorder, coded(2))
        recorder.happens("motion", "pir/binary_sensor.on", True)
        world.clock.move(model.STUCK - 1)
        recorder.turn(True)
        assert recorder.happening is not None
        world.clock.move(2)
        recorder.turn(True)
        assert recorder.happening is None


async def test_a_disk_that_is_full_leaves_what_was_written(tmp_path: Path) -> None:
    async with recording(tmp_path) as (world, recorder, over):
        await show(recorder, coded(10))
        footage = recorder._footage
        assert isinstance(footage, Full)
        footage.left = 3_000
        recorder.happens("motion", "pir/binary_sensor.on", True)
        recorder.turn(True)
        await closed(recorder)
        made, fault = over[0]
        assert isinstance(fault, StoreError)
        assert (recorder.recording, recorder.takes) == (None, [])
        # It is tried again, but not without a pause.
        recorder.turn(True)
        assert recorder.takes == []
        world.clock.move(AGAIN)
        recorder.turn(True)
        assert len(recorder.takes) == 1
        # It can be played as far as it goes, although its end could not be written.
        assert made is not None
        assert made.cut
        assert 0 < len(decoded((tmp_path / made.film).read_bytes())[0]) < 10 * RATE


async def test_a_disk_that_can_t_follow_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "BACKLOG", 2_000)
    async with recording(tmp_path) as (_, recorder, over):
        await show(recorder, coded(10))
        recorder.happens("motion", "pir/binary_sensor.on", True)
        recorder.turn(True)
        await closed(recorder)
        [(_, fault)] = over
        assert fault is not None
        assert "follow" in fault.detail


async def test_a_film_that_ends_ends_its_recording(tmp_path: Path) -> None:
    async with recording(tmp_path) as (_, recorder, over):
        await show(recorder, coded(4))
        recorder.happens("motion", "pir/binary_sensor.on", True)
        recorder.turn(True)
        recorder.over(Unreachable("the camera does not answer"))
        await closed(recorder)
        [(made, fault)] = over
        assert (made is not None and made.cut, fault) == (True, None)
        assert recorder.state() == "opening"


async def test_what_came_unevenly_plays_as_it_was_taken(tmp_path: Path) -> None:
    async with recording(tmp_path) as (_, recorder, over):
        # A network that gives five pictures at once, and a counter that goes round.
        shots = [
            Shot(
                shot.number,
                shot.key,
                1e9 + (shot.number + 4) // 5 * 5 / RATE,
                shot.data,
                (shot.number * 18_000) - 90_000 & 0xFFFFFFFF,
            )
            for shot in coded(20)
        ]
        await show(recorder, iter(shots))
        recorder.happens("motion", "pir/binary_sensor.on", True)
        recorder.turn(True)
        recorder.close()
        await closed(recorder)
        [(made, _)] = over
        assert made is not None
        times, _ = decoded((tmp_path / made.film).read_bytes())
        assert [round(later - one, 4) for one, later in pairwise(times)] == [1 / RATE] * (len(times) - 1)


async def test_a_film_that_is_no_h264_is_let_go_and_said(tmp_path: Path) -> None:
    async with recording(tmp_path) as (_, recorder, over):
        recorder.film(Film("image/jpeg", 320, 240))
        recorder.shot(Shot(1, True, 1e9, b"jpeg"))
        recorder.happens("motion", "pir/binary_sensor.on", True)
        recorder.turn(True)
        assert (recorder.state(), recorder.takes, over) == ("unfit", [], [])
        # It was set to H.264 meanwhile.
        await show(recorder, coded(2))
        recorder.turn(True)
        assert len(recorder.takes) == 1
