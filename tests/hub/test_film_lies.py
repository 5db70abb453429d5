"""Films between sites, when the other hub lies, floods, or reads nothing: memory ends, and so does the line."""

from __future__ import annotations

import asyncio
import struct
import tracemalloc
from typing import Any

import pytest

from tests.hub.film_lines import End, Glass, camera, show
from tests.hub.test_films_of_sites import look, met, patient
from tests.hub.two_sites import Two, until
from wayhome.errors import BadInput, Refused
from wayhome.hub.link import Picture
from wayhome.hub.sites import showing
from wayhome.hub.sites.film_frames import LAST, MAX_PICTURE, MORE, Kind, Pieces, packed, told

pytestmark = pytest.mark.anyio
__all__ = ["patient"]


async def ends(glass: Glass) -> str:
    await until(lambda: glass.ended is not None)
    assert glass.ended is not None
    return glass.ended.code


async def test_who_asks_without_end_is_let_go(two: Two) -> None:
    reel, lines = await met(two)
    for word in ('{"t":"ask","at":1}', '{"t":"who","who":[{"id":%d,"actor":"person:anna"}]}'):
        glass, _ = look(two)
        await until(lambda: len(reel) == 1)
        show(two, reel, 2)
        await until(lambda glass=glass: len(glass.shots) == 2)  # type: ignore[misc]
        far, home = lines.made[-1]
        read, unread = far.queue, asyncio.Queue[Any]()
        far.queue = unread  # the other hub reads nothing any more
        for n in range(3_000):
            home.queue.put_nowait(word % n if "%" in word else word)
        await until(lambda: len(reel) == 0)
        assert home.closed and unread.qsize() < 1.2 * showing.WORDS, "what nobody reads is piled up"
        read.put_nowait(None)
        await ends(glass)


async def test_numbers_that_go_back_and_round_break_nothing(two: Two) -> None:
    reel, lines = await met(two)
    glass, _ = look(two)
    await until(lambda: len(reel) == 1)
    show(two, reel, 2)
    await until(lambda: len(glass.shots) == 2)
    await asyncio.sleep(0.3)  # until it is told that those came, and were seen
    numbers = [9, 9, 4, 2**32 - 1, 0, 9, 3]
    for number in numbers:
        lines.made[-1][0].queue.put_nowait(LAST + struct.pack(">BId", 1, number, two.home.clock.now()) + b"picture")
    await until(lambda: glass.numbers[2:] == numbers)
    await asyncio.sleep(0.3)
    show(two, reel, 3)
    await until(lambda: len(glass.shots) == 12)
    assert glass.ended is None and len(two.car.hub.sites.films._far["yard"]._came) < 12


async def test_a_busy_but_honest_hub_is_not_let_go(two: Two) -> None:
    reel, lines = await met(two)
    glass, _ = look(two)
    await until(lambda: len(reel) == 1)
    # What a road held back for 15 s comes at once: 20 words a second, and the screens that came and went.
    for n in range(300):
        lines.made[-1][1].queue.put_nowait(f'{{"t":"come","n":{n}}}')
    await until(lambda: lines.made[-1][1].queue.empty())
    show(two, reel, 2)
    await until(lambda: len(glass.shots) == 2)
    assert glass.ended is None


def test_a_picture_in_countless_pieces_takes_what_it_has_and_no_more() -> None:
    pieces = Pieces()
    tracemalloc.start()
    for n in range(200_000):
        assert pieces.take(MORE + n.to_bytes(4)) is None
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * 2**20, most
    with pytest.raises(BadInput):
        for _ in range(MAX_PICTURE // 2**15):
            pieces.take(MORE + bytes(2**15))
    with pytest.raises(BadInput):
        Pieces().take(MORE)  # nothing, for ever


@pytest.mark.parametrize(
    "kind",
    [("image/svg+xml", 640, 480), ("avc1.42c01f", 640, 0), ("avc1.42c01f", 10**12, 480), ("x" * 60_000, 640, 480)],
)
def test_a_kind_of_film_that_is_none_reaches_no_screen(kind: tuple[str, int, int]) -> None:
    with pytest.raises(BadInput):
        told(packed(Kind(*kind)).payload.decode())


async def test_a_line_that_comes_when_nobody_waits_any_more_is_closed(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, lines = await met(two)
    films = two.home.hub.sites.films

    async def asked(site: str, id: str) -> None:
        return

    monkeypatch.setattr(two.home.hub.sites.fetching, "film", asked)
    task = asyncio.create_task(films._line("car"))  # the car calls: it is asked for a line
    await until(lambda: films._wanted)
    [(_, come)] = films._wanted.values()
    line = End(lines)
    line.other = End(lines)
    come.set_result(line)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert line.closed and task.cancelled() and not films._wanted


async def test_many_openings_and_closings_leave_nothing_behind(two: Two) -> None:
    reel, lines = await met(two)
    dash = camera(two, "dash", at_home=False)
    await until(lambda: two.home.hub.household.house.things.get("dash") is not None)
    tasks, sessions = len(asyncio.all_tasks()), len(two.home.hub.sessions._open)
    for n in range(30):
        glass, leave = look(two)
        other, end = look(two, in_car=False, thing="dash")
        if n % 3:
            await until(lambda: len(reel) == 1 and len(dash) == 1)
        leave()
        end()
        if n % 5 == 0 and lines.made:
            lines.cut()
        assert glass.ended is None or glass.ended.code
        assert other.ended is None or other.ended.code
    for films in (two.home.hub.sites.films, two.car.hub.sites.films):
        for far in list(films._far.values()):
            await far.close()
    await until(lambda: len(reel) == 0 and len(dash) == 0)
    await until(lambda: len(asyncio.all_tasks()) <= tasks + 2)
    assert len(two.home.hub.sessions._open) == sessions
    assert not [one for site in two.home.hub.sites.films._showing.values() for one in site]


@pytest.mark.parametrize(
    ("kind", "at", "sound"),
    [
        ("image/jpeg", 5.0, True), ("video/h264", 0.0, True), ("image/webp", None, True),
        ("text/html", 5.0, False), ("image/svg+xml", 5.0, False), ("", 5.0, False), ("image/png", float("nan"), False),
    ],
)  # fmt: skip
async def test_what_another_site_calls_a_picture_is_one(two: Two, kind: str, at: float | None, sound: bool) -> None:
    await met(two)

    async def picture(thing: str) -> Picture:
        return Picture(b"<script>", kind, at)

    two.home.puppet.picture = picture  # type: ignore[assignment,method-assign]
    yard = two.car.hub.household.house.things["yard"]
    if sound:
        assert (await two.car.hub.sites.fetching.picture(yard)).media_type == kind
        return
    with pytest.raises(Refused):
        await two.car.hub.sites.fetching.picture(yard)
