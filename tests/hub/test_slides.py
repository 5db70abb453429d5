"""Films of whole pictures: a source that sends nothing new is asked anew while somebody looks, and left then."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from tests.hub.two_sites import until
from wayhome.errors import HubError, Unreachable
from wayhome.hub import slides
from wayhome.hub.film import Film, Shot
from wayhome.hub.parts import Parts
from wayhome.hub.slides import OnNeed, Slides, follow

pytestmark = pytest.mark.anyio


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((64, 48), 60).save(file, "JPEG")
    return file.getvalue()


class Quiet:
    """A source that sends what it is told to once it is opened, and then nothing."""

    def __init__(self, sends: bytes, *, ends: bool = False) -> None:
        self.slides = Slides(lambda: 100.0, seldom=True)
        self.need = OnNeed(self.slides.reel, self._show)
        self.opened = 0
        self._sends = sends
        self._ends = ends

    def closed(self) -> bool:
        """Whether nobody looks and it has been left."""
        return self.need._task is None or self.need._task.done()

    async def _show(self) -> None:
        over = False
        while not over:
            self.opened += 1
            over = await follow(self.slides, Parts(b"x"), self._pieces())

    async def _pieces(self) -> AsyncIterator[bytes]:
        yield b"--x\r\nContent-Length: %d\r\n\r\n" % len(self._sends) + self._sends
        if not self._ends:
            await asyncio.Event().wait()


class Looker:
    def __init__(self) -> None:
        self.shots: list[Shot] = []
        self.ended: HubError | None = None

    def film(self, film: Film) -> None:
        assert film.seldom

    def shot(self, shot: Shot) -> None:
        self.shots.append(shot)

    def over(self, error: HubError) -> None:
        self.ended = error


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("LINGER", 0.5), ("QUIET", 0.2), ("HALF", 0.1), ("PAUSE", 0.05), ("LOOK", 0.02)):
        monkeypatch.setattr(slides, name, seconds)


@pytest.mark.parametrize("ends", [False, True])
async def test_it_is_asked_anew_while_somebody_looks_and_then_left(ends: bool) -> None:
    source, looker = Quiet(jpeg(), ends=ends), Looker()
    leave = source.need.enter(looker)
    await until(lambda: source.opened >= 3)
    assert len(looker.shots) == 1  # the same picture is none of now, however often it is sent
    leave()
    await until(source.closed)
    opened = source.opened
    await asyncio.sleep(0.5)
    assert source.opened == opened
    # Whoever comes later has it opened.
    again = Looker()
    source.need.enter(again)
    await until(lambda: again.shots)
    await source.need.end(Unreachable("the end"))
    assert again.ended is not None


@pytest.mark.parametrize("sends", [b"junk", jpeg()[:-100]])
async def test_what_brings_no_picture_is_said(sends: bytes) -> None:
    source, looker = Quiet(sends), Looker()
    source.need.enter(looker)
    await until(lambda: looker.ended is not None)
    assert isinstance(looker.ended, Unreachable)
    assert looker.shots == []


def drawn(shade: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (32, 32), shade).save(file, "JPEG")
    return file.getvalue()


def test_a_picture_that_a_source_repeats_keeps_its_time() -> None:
    now = 100.0
    film, looker = Slides(lambda: now, seldom=True), Looker()
    film.reel.enter(looker)
    assert film.took(drawn(0))
    assert [shot.at for shot in looker.shots] == [0.0], "what it sends first may be what it has had for days"
    looker.shots.clear()
    assert film.took(drawn(1))
    now = 103.0
    assert film.took(drawn(1))  # it is heard of, but three of these would look live
    assert [shot.at for shot in looker.shots] == [100.0]
    film.reel.close()
    now = 900.0
    assert film.took(drawn(1))  # opened anew it sends what it has, as Home Assistant does of a camera that is away
    assert [shot.at for shot in looker.shots] == [100.0, 100.0]
    assert film.took(drawn(2))
    assert looker.shots[-1].at == 900.0
    assert not film.took(b"rubbish")
