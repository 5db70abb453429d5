"""Films of cameras at a broker: each message at a camera's topic is a picture. They come when they come, whether
anybody looks or not; the last one is kept."""

from __future__ import annotations

from collections.abc import Callable

from wayhome.core.value import Fact
from wayhome.errors import HubError, NotFound, Unreachable
from wayhome.hub.film import Viewer
from wayhome.hub.link import Picture
from wayhome.hub.slides import Slides

KEPT = 64 * 2**20
"""So many bytes of pictures are kept for those who look next; beyond, those that came longest ago are let go."""
UNDATED = 0.0
"""When a picture was taken that the broker kept from before: nobody knows."""


class CameraFilms:
    """The films of one broker's cameras. ``now``: the hub's time; ``tell``: takes what they say of themselves."""

    def __init__(self, now: Callable[[], float], tell: Callable[[list[Fact]], None]) -> None:
        self._now = now
        self._tell = tell
        self._films: dict[str, Slides] = {}

    def came(self, thing_id: str, data: bytes, kept: bool) -> None:
        """A picture, or what should be one. ``kept``: the broker had it from before."""
        film = self._films.pop(thing_id, None) or Slides(self._now, seldom=True)
        self._films[thing_id] = film  # the last that came is the last to be let go
        last, kind = film.newest(), film.kind
        if kept and last is not None and last.content == data:
            return  # said again, as it does to whoever comes back to it
        if film.take(data, UNDATED if kept else None) and film.kind != kind and film.kind is not None:
            name = film.kind.media_type.removeprefix("image/").upper()
            said = f"{name} {film.kind.width}x{film.kind.height}"
            self._tell([Fact(f"{thing_id}/camera.film", said), self._state(thing_id, film)])
        self._let_go()

    def _let_go(self) -> None:
        size = sum(len(shot.data) for film in self._films.values() for shot in film.reel.group)
        for film in self._films.values():
            if size <= KEPT:
                return
            if not len(film.reel):
                size -= sum(len(shot.data) for shot in film.reel.group)
                film.reel.close()

    def _state(self, thing_id: str, film: Slides) -> Fact:
        return Fact(f"{thing_id}/camera.state", film.reel.state)

    def watch(self, thing_id: str, viewer: Viewer) -> Callable[[], None]:
        """Show a camera's film to a viewer; returns what ends it."""
        film = self._films.setdefault(thing_id, Slides(self._now, seldom=True))
        leave = film.reel.enter(viewer)
        self._tell([self._state(thing_id, film)])

        def left() -> None:
            leave()
            if self._films.get(thing_id) is film:
                self._tell([self._state(thing_id, film)])

        return left

    def picture(self, thing_id: str) -> Picture:
        """Its last one. Raises Unreachable where none has come."""
        film = self._films.get(thing_id)
        found = film.newest() if film is not None else None
        if found is None:
            why = (
                "what it sends is no JPEG or PNG" if film is not None and film.rubbish else "it has sent no picture yet"
            )
            raise Unreachable(why, advice="See whether it sends pictures to the topic that it names.")
        return found

    def keep(self, thing_ids: Callable[[str], bool]) -> None:
        """Those that are gone show nothing any more."""
        for thing_id in [id for id in self._films if not thing_ids(id)]:
            self._films.pop(thing_id).reel.close(NotFound(f"{thing_id} is gone"))

    def close(self, error: HubError) -> None:
        """The broker is away: whoever looks is told why. The last pictures stay, with their time."""
        for film in self._films.values():
            for_later = film.newest()
            film.reel.close(error)
            if for_later is not None:
                film.take(for_later.content, for_later.at)
