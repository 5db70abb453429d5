"""One running camera: opened while somebody looks, seen after when nobody does. It counts as there only while whole
pictures really come."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.core.ids import slug
from wayhome.core.image import image
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.errors import BadInput, HubError, LinkError, NotFound, Refused, Unreachable
from wayhome.hub.film import Film, Reel, Shot, Viewer
from wayhome.hub.link import LinkHost, Picture
from wayhome.hub.slides import Sameness
from wayhome.links.rtsp import h264, jpeg
from wayhome.links.rtsp.client import connected, film_of
from wayhome.links.rtsp.hearing import Hearing
from wayhome.links.rtsp.http_film import filmed
from wayhome.links.rtsp.listening import listen
from wayhome.links.rtsp.onvif_client import Where
from wayhome.links.rtsp.onvif_ptz import WAYS
from wayhome.links.rtsp.settings import Settings
from wayhome.links.rtsp.still import still
from wayhome.links.rtsp.turning import NUDGE, STILL, Turning

FIRST_WITHIN = 10.0
"""A camera that plays has so long, in s, to send a first key picture."""
STALL, STALL_SELDOM = 3.0, 10.0
"""No whole picture for so long, in s: it is away. Over http pictures come as seldom as a camera likes."""
LINGER = 15.0
"""A film that nobody looks at stays open for so long, in s: whoever comes back sees a picture at once."""
LOOK_EVERY = 60.0
"""A closed camera is opened for a moment so often, in s, to see whether pictures come."""
LEARN_AGAIN = 600.0
"""A camera that does not say how it turns is asked again after so long, in s."""
MOMENT = 0.5


class Source(Protocol):
    """What an open film comes from. ``over``: what it ended with."""

    @property
    def over(self) -> asyncio.Future[LinkError]: ...


class Counted(Protocol):
    """``packets``: how much has come, whatever was in it."""

    @property
    def packets(self) -> int: ...


class RtspRun:
    """A LinkRun with one camera."""

    def __init__(self, host: LinkHost, settings: Settings) -> None:
        self._host = host
        self._settings = settings
        self._reel = Reel()
        self._came = asyncio.Event()
        """Set when an opening has brought its first whole picture."""
        self._last = 0.0
        """When the last whole picture came, by the loop's clock."""
        self._id = host.id
        self._same = Sameness()
        self._where: Where | None = None
        """What an ONVIF camera said last."""
        self._said: str | None = None
        self._running = False
        self._drawing: asyncio.Task[Picture] | None = None
        """The still picture that is being drawn."""
        self._hearing = Hearing(host, self._announce)
        self._turning: Turning | None = None
        self._aside: list[asyncio.Task[None]] = []
        """What goes on beside the film."""

    # Life

    async def run(self) -> None:
        """See LinkRun."""
        self._announce()
        self._running = True
        try:
            while True:
                await self._open()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY):
                        await self._reel.needed.wait()
        except LinkError as error:
            self._reel.close(error)
            raise
        finally:
            for task in self._aside:
                task.cancel()
            await asyncio.gather(*self._aside, return_exceptions=True)
            self._aside = []
            if self._turning is not None:
                await self._turning.close()
            self._running, self._said = False, None
            self._reel.close(Unreachable("the camera's link was stopped"))

    def _announce(self) -> None:
        host, settings = self._host, self._settings
        # It keeps its id when it is renamed. A gate and its camera may have the same name.
        self._id = next(iter(host.things()), None) or slug(host.name, host.taken(), fallback="camera")
        self._hearing.begin(self._id)
        signals = {"camera.state": Refinement(), "camera.film": Refinement(), **self._hearing.signals, **self._turns()}
        maker, model = (self._where.maker, self._where.model) if self._where is not None else (None, None)
        host.announce([Thing(self._id, host.name, host.id, "camera", signals, settings.area, maker, model)])

    def _begin_aside(self, password: str | None) -> None:
        """A camera with an ONVIF service: listen to what it notices, and learn how it turns."""
        settings = self._settings
        whose = (settings.url, settings.user, password, settings.profile)
        self._turning = Turning(*whose)
        self._aside = [
            asyncio.create_task(listen(*whose, self._hearing)),
            asyncio.create_task(self._learn(self._turning)),
        ]

    async def _learn(self, turning: Turning) -> None:
        while True:
            try:
                if await turning.learn() is not None:
                    self._announce()
                return
            except Unreachable:
                await asyncio.sleep(LOOK_EVERY)
            except LinkError:
                await asyncio.sleep(LEARN_AGAIN)  # not for this user; or it has begun a moment ago, and is busy

    def _turns(self) -> dict[str, Refinement]:
        can = self._turning.can if self._turning is not None else None
        if can is None:
            return {}
        turn = {"camera.turn": Refinement(allowed=can.ways)} if can.pans or can.zooms else {}
        return turn | ({"camera.preset": Refinement(allowed=tuple(can.presets))} if can.presets else {})

    async def _open(self) -> None:
        """Open the film, and hold it open while it is needed. Raises LinkError."""
        password = await self._host.secret("password")
        self._came.clear()
        async with filmed(self._settings, password, lambda data: self._slide(data, True)) as film:
            if film is not None:
                await self._hold(film, film, STALL_SELDOM)
                return
        settings, where = await film_of(self._settings, password)
        if where is not None and where != self._where:
            self._where = where
            self._announce()
        if where is not None and not self._aside:
            self._begin_aside(password)
        async with connected(settings, password) as connection:
            track = await connection.describe()
            pictures: h264.Pictures | jpeg.Pictures
            if track.codec == jpeg.CODEC:
                pictures = jpeg.Pictures(track.payload, track.size, lambda data: self._slide(data, False))
            else:
                pictures = h264.Pictures(track.payload, track.sets, self._whole)
            await connection.play(track, pictures.packet)
            keeping = asyncio.create_task(connection.keep())
            try:
                await self._hold(connection, pictures, STALL)
            finally:
                keeping.cancel()
                await asyncio.gather(keeping, return_exceptions=True)

    async def _hold(self, source: Source, pictures: Counted, stall: float) -> None:
        try:
            await self._first(source, pictures)
            self._there()
            await self._follow(source, stall)
        finally:
            self._say("idle")
        self._reel.close()

    async def _first(self, connection: Source, pictures: Counted) -> None:
        """Wait for the first picture."""
        came = asyncio.create_task(self._came.wait())
        try:
            await asyncio.wait((came, connection.over), timeout=FIRST_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        finally:
            came.cancel()
        if self._came.is_set():
            return
        if connection.over.done():
            raise connection.over.result()
        if pictures.packets:
            raise Refused(
                "what the camera sends is no film of H.264 with key pictures, nor of JPEG",
                advice="Set its film to H.264 with a key picture (I-frame) every two seconds.",
            )
        raise Unreachable(f"the camera sent no picture within {FIRST_WITHIN:g} s")

    def _there(self) -> None:
        self._host.online([self._id], True)
        self._host.ready()
        self._say(self._reel.state)
        film = self._reel.film
        if film is not None:
            kind = "JPEG" if film.whole else "H.264"
            self._host.report([Fact(f"{self._id}/camera.film", f"{kind} {film.width}x{film.height}")])

    async def _follow(self, connection: Source, stall: float) -> None:
        """While pictures come and somebody needs them. Raises LinkError."""
        loop = asyncio.get_running_loop()
        left = loop.time() + (LINGER if self._reel.needed.is_set() else 0.0)
        while True:
            now = loop.time()
            if now - self._last > stall:
                raise Unreachable(f"no picture came for {stall:g} s")
            if self._reel.needed.is_set() or self._settings.open == "always":
                left = now + LINGER
            elif now >= left:
                return
            self._say(self._reel.state)
            await asyncio.wait((connection.over,), timeout=MOMENT)
            if connection.over.done():
                raise connection.over.result()

    def _whole(self, picture: h264.Whole) -> None:
        """A whole picture has come."""
        film = self._reel.film
        if picture.key:
            found = h264.size(picture.sps) if len(picture.sps) > 4 else None
            if found is None:
                self._reel.close()  # rubbish: it counts as none, and what follows can't be drawn upon it
                return
            film = Film(h264.codec(picture.sps), *found)
        if film is not None:
            self._show(film, picture.key, picture.data, self._host.now(), picture.taken)

    def _slide(self, data: bytes, seldom: bool) -> None:
        """What should be a whole picture has come."""
        found = image(data)
        if found is None:
            return
        film, at = Film(found.media_type, found.width, found.height, seldom), self._host.now()
        self._show(film, True, data, self._same.since(data, at) if seldom else at)

    def _show(self, film: Film, key: bool, data: bytes, at: float, taken: int | None = None) -> None:
        self._last = asyncio.get_running_loop().time()
        self._came.set()
        group = self._reel.group
        if film.seldom and group and group[-1].data == data:
            return  # it answers, with the picture that whoever looks has already: that one only grows older
        self._reel.show(film, key, at, data, taken)

    def _say(self, state: str) -> None:
        if state != self._said:
            self._said = state
            self._host.report([Fact(f"{self._id}/camera.state", state)])

    # What is asked

    async def execute(self, command: Command) -> None:
        """See LinkRun."""
        turning, signal = self._turning, command.path.partition("/")[2]
        if turning is None or turning.can is None:
            raise BadInput("this camera takes no wishes")
        if signal == "camera.preset":
            await turning.go_to(str(command.target))
        elif signal == "camera.turn":
            turning.hold(WAYS.get(str(command.target), STILL), NUDGE)
        else:
            raise BadInput(f"a camera takes no wish for {signal}")

    def turn(self, thing_id: str, pan: float, tilt: float, zoom: float) -> None:
        """See Turns."""
        self._check(thing_id)
        if self._turning is None or self._turning.can is None:
            raise NotFound(f"{thing_id} does not turn")
        self._turning.hold((pan, tilt, zoom))

    def watch(self, thing_id: str, viewer: Viewer) -> Callable[[], None]:
        """See Films."""
        self._check(thing_id)
        return self._reel.enter(viewer)

    async def picture(self, thing_id: str) -> Picture:
        """See LinkRun."""
        self._check(thing_id)
        waiting = _Waiting()
        leave = self._reel.enter(waiting)
        try:
            await waiting.come
            # Drawing costs a whole group of pictures: whoever asks meanwhile gets the same one.
            if self._drawing is None or self._drawing.done():
                self._drawing = asyncio.create_task(still(list(self._reel.group) or waiting.shots))
            return await asyncio.shield(self._drawing)
        finally:
            leave()

    def _check(self, thing_id: str) -> None:
        if thing_id != self._id:
            raise NotFound(f"{thing_id} has no picture")
        if not self._running:
            raise Unreachable("the camera does not answer")


class _Waiting:
    """A viewer that waits for one picture."""

    def __init__(self) -> None:
        self.come: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.shots: list[Shot] = []

    def film(self, film: Film) -> None:
        return

    def shot(self, shot: Shot) -> None:
        if shot.key or self.shots:
            self.shots.append(shot)
            if not self.come.done():
                self.come.set_result(None)

    def over(self, error: HubError) -> None:
        if not self.come.done():
            self.come.set_exception(error)


def open_run(host: LinkHost, settings: msgspec.Struct) -> RtspRun:
    """Make a run, without I/O."""
    assert isinstance(settings, Settings)
    return RtspRun(host, settings)
