"""Films of whole pictures (JPEG, PNG): of a source that is opened while somebody looks, one for all who do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from wayhome import log
from wayhome.core.image import Image, image
from wayhome.errors import HubError, Unreachable
from wayhome.hub.film import Film, Reel, Viewer
from wayhome.hub.link import Picture
from wayhome.hub.parts import Parts

LINGER = 15.0
"""A film that nobody looks at stays open for so long, in s."""
HALF = 5.0
"""A picture that has begun and of which nothing more comes for so long, in s, will not come whole."""
QUIET = 10.0
"""No whole picture for so long, in s: it is opened anew. Whoever sends the same picture once only sends it again then,
and whoever is away does not."""
PAUSE = 1.0
"""From one opening to the next at least, in s."""
LOOK = 0.5


class Sameness:
    """Since when a source sends the same picture, to the last bit. No lens sees that twice: that it was sent again does
    not make it one of now, also not after the source was closed and opened."""

    def __init__(self) -> None:
        self._last: tuple[int, int, float] | None = None

    def since(self, data: bytes, now: float) -> float:
        """When this picture came first; 0, nobody knows, for the very first one: what a source sends to who has just
        begun to ask may be what it has had for days. The next that differs is of now."""
        known = (len(data), hash(data))
        if self._last is None or self._last[:2] != known:
            self._last = (*known, 0.0 if self._last is None else now)
        return self._last[2]


class Slides:
    """A camera's film of whole pictures. ``now``: the hub's time. ``seldom``: see Film."""

    def __init__(self, now: Callable[[], float], *, seldom: bool) -> None:
        self.reel = Reel()
        self.kind: Image | None = None
        """Of the last picture."""
        self.rubbish = 0
        """Pictures in a row that were none."""
        self._now = now
        self._same = Sameness()
        self._seldom = seldom

    def take(self, data: bytes, at: float | None = None) -> bool:
        """What may be a picture has come; whether it is one. ``at``: when it was taken, where that is not now; 0:
        nobody knows."""
        kind = image(data)
        if kind is None:
            self.rubbish += 1
            return False
        self.kind, self.rubbish = kind, 0
        film = Film(kind.media_type, kind.width, kind.height, self._seldom)
        self.reel.show(film, True, self._now() if at is None else at, data)
        return True

    def took(self, data: bytes) -> bool:
        """The same for a source that we asked: it may send what it sent before. Whoever looks has that already."""
        shown = self.reel.group[-1] if self.reel.group else None
        if shown is not None and shown.data == data:
            self.rubbish = 0
            return True
        return self.take(data, self._same.since(data, self._now()))

    def newest(self, within: float | None = None) -> Picture | None:
        """The last picture, where there is one, and none older than ``within`` s."""
        shot = self.reel.group[-1] if self.reel.group else None
        if shot is None or self.kind is None or (within is not None and self._now() - shot.at > within):
            return None
        return Picture(shot.data, self.kind.media_type, shot.at)


async def follow(slides: Slides, parts: Parts, pieces: AsyncIterator[bytes]) -> bool:
    """Show what an opened source brings, while somebody looks: ``pieces`` as they come, ``parts`` what they are.
    Returns whether nobody does any more; else it has ended or fallen silent after a picture, and is to be opened anew.
    Raises LinkError where it brings none, or what no camera sends."""
    loop = asyncio.get_running_loop()
    began = heard = last = left = loop.time()
    came = 0

    async def read() -> None:
        nonlocal heard, last, came
        async for piece in pieces:
            heard = loop.time()
            for body in parts.take(piece):
                if slides.took(body):
                    last = loop.time()
                    came += 1

    reading = asyncio.create_task(read())
    try:
        while True:
            await asyncio.wait((reading,), timeout=LOOK)
            now = loop.time()
            if reading.done():
                try:
                    await reading
                except Unreachable:
                    if not came:
                        raise
                break
            if slides.reel.needed.is_set():
                left = now
            elif now - left > LINGER:
                return True
            if now - last > QUIET or (parts.midway and now - heard > HALF):
                break
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    if not came:
        raise Unreachable(
            "what the camera sends can't be drawn" if slides.rubbish else "the camera sent no picture",
            advice="See whether its own app shows a picture.",
        )
    if not slides.reel.needed.is_set():
        return True  # whoever looks next has it opened
    await asyncio.sleep(max(0.0, PAUSE - (loop.time() - began)))
    return False


class OnNeed:
    """Runs what shows a film while somebody looks. ``show``: opens the source and shows it, until nobody looks any
    more; raises HubError."""

    def __init__(self, reel: Reel, show: Callable[[], Awaitable[None]]) -> None:
        self._reel = reel
        self._show = show
        self._task: asyncio.Task[None] | None = None

    def enter(self, viewer: Viewer) -> Callable[[], None]:
        """Somebody looks from now on; returns what ends that."""
        leave = self._reel.enter(viewer)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return leave

    async def _run(self) -> None:
        while self._reel.needed.is_set():  # again for who has come while it was closed
            error: HubError | None = None
            try:
                await self._show()
            except HubError as known:
                error = known
            except Exception:
                log.get("links").exception("a film ended in a way that nobody foresaw")
                error = Unreachable("the camera's film broke off")
            self._reel.close(error)

    async def end(self, error: HubError) -> None:
        """It can't be shown any more; whoever looks is told why."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._reel.close(error)
