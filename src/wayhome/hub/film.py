"""Films: what a camera sends while somebody looks, passed on as it comes. The hub decodes nothing."""

from __future__ import annotations

import asyncio
import functools
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

from wayhome.errors import BY_CODE, HubError, LinkError, NotFound, NotWhileDriving, SignInNeeded, Unreachable
from wayhome.hub.frames import Frame

if TYPE_CHECKING:
    from wayhome.hub.running import Hub
    from wayhome.hub.session import Identity, Session

CACHED = 16 * 2**20
CACHED_SHOTS = 1_000
"""Of the last group of pictures at most so many bytes, and pictures, are kept; who comes in a longer one waits for the
next key picture."""


_HEAD = struct.Struct(">BId")


class Film(msgspec.Struct, frozen=True, omit_defaults=True):
    """What kind of film it is. ``codec``: as browsers name it (``avc1.64001f``, its pictures in Annex B form), or the
    media type of its pictures, of which each is whole in itself (``image/jpeg``). ``seldom``: they come when they come;
    that none does is no sign of trouble. ``ahead``: by so many s the clock that its pictures' times are of is ahead of
    this hub's: it may be another hub's. ``rests``: its road may cost, and it ends when nobody has touched the screen
    for so many s; 0: it does not."""

    codec: str
    width: int
    height: int
    seldom: bool = False
    ahead: float = 0.0
    rests: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether each picture can be drawn without those before it."""
        return self.codec.startswith("image/")


class Shot:
    """One picture of a film, as the camera coded it. ``key``: it needs none before it. ``number``: counts the pictures
    of this camera. ``at``: when it had come whole, s since 1970 by the clock of the camera's own hub; 0: nobody knows.
    ``taken``: when it was taken, by the camera's own counter of 90,000 a second, which begins anywhere and goes round
    at 2^32; None: it said nothing."""

    __slots__ = ("__dict__", "at", "data", "key", "number", "taken")

    def __init__(self, number: int, key: bool, at: float, data: bytes, taken: int | None = None) -> None:
        self.number = number
        self.key = key
        self.at = at
        self.data = data
        self.taken = taken

    @functools.cached_property
    def frame(self) -> Frame:
        """As viewers get it: a byte (1: key picture), its number (4 bytes), its time (8 bytes, a double), the picture.
        Made once for all of them; numbers are big-endian."""
        return Frame(_HEAD.pack(self.key, self.number & 0xFFFFFFFF, self.at) + self.data, binary=True)


class Viewer(Protocol):
    """Who looks at a film. What it is told it must take at once, without raising."""

    def film(self, film: Film) -> None:
        """The kind of what comes now, before the first picture and when it changes."""

    def shot(self, shot: Shot) -> None:
        """A picture. Before the first key picture nothing can be made of it."""

    def over(self, error: HubError) -> None:
        """No more comes, and why."""


class Unseen:
    """What viewers are that nobody looks through: they hold a film open for what happens in it. A camera that sends to
    them alone is not being looked at. ``keeps``: what it shows now is being kept."""

    keeps = False


@runtime_checkable
class Films(Protocol):
    """A run of a link whose cameras send films."""

    def watch(self, thing_id: str, viewer: Viewer) -> Callable[[], None]:
        """Show a camera's film to a viewer, from its last key picture on; it is opened if it is not. Returns what ends
        it. Raises NotFound, LinkError."""


class Reel:
    """One camera's film and who looks at it. It keeps the last group of pictures: whoever comes sees one at once."""

    def __init__(self) -> None:
        self.film: Film | None = None
        self.group: list[Shot] = []
        """From the last key picture on; empty where nothing was shown yet or the group is too long to be kept."""
        self.needed = asyncio.Event()
        """Set while somebody looks, or waits for a picture."""
        self._viewers: list[Viewer] = []
        self._number = 0
        self._bytes = 0

    def __len__(self) -> int:
        """How many look at it."""
        return sum(not isinstance(viewer, Unseen) for viewer in self._viewers)

    @property
    def state(self) -> str:
        """As ``camera.state`` says it: that it is recorded goes before that somebody looks."""
        if any(isinstance(viewer, Unseen) and viewer.keeps for viewer in self._viewers):
            return "recording"
        return "streaming" if len(self) else "idle"

    def enter(self, viewer: Viewer) -> Callable[[], None]:
        """Somebody looks from now on; returns what ends that."""
        self._viewers.append(viewer)
        self.needed.set()
        if self.film is not None:
            viewer.film(self.film)
        for shot in self.group:
            viewer.shot(shot)

        def leave() -> None:
            if viewer in self._viewers:
                self._viewers.remove(viewer)
            if not self._viewers:
                self.needed.clear()

        return leave

    def show(
        self, film: Film, key: bool, at: float, data: bytes, taken: int | None = None, number: int | None = None
    ) -> None:
        """A picture has come. See ``Shot`` for what is said of it. ``number``: where another hub has counted it."""
        if key:
            self.group, self._bytes = [], 0
            if film != self.film:
                self.film = film
                for viewer in tuple(self._viewers):
                    viewer.film(film)
        self._number = self._number + 1 if number is None else number
        shot = Shot(self._number, key, at, data, taken)
        if (key or self.group) and self._bytes + len(data) <= CACHED and len(self.group) < CACHED_SHOTS:
            self.group.append(shot)
            self._bytes += len(data)
        else:
            self.group, self._bytes = [], 0
        for viewer in tuple(self._viewers):
            viewer.shot(shot)

    def close(self, error: HubError | None = None) -> None:
        """The camera is closed: what it showed last is not of now any more. ``error``: it closed by itself, and whoever
        looks is told why."""
        self.group, self._bytes, self.film = [], 0, None
        if error is not None:
            viewers, self._viewers = self._viewers, []
            self.needed.clear()
            for viewer in viewers:
                viewer.over(error)


def check(hub: Hub, session: Session, thing_id: str) -> None:
    """Whether this session may see this camera's film now. Raises NotFound, NotWhileDriving, SignInNeeded."""
    if session.closed is not None:
        raise SignInNeeded(session.closed)
    thing = hub.household.house.things.get(thing_id)
    if thing is None or "camera" not in thing.traits or not session.may("read", f"{thing_id}/camera.state"):
        raise NotFound(f"there is no film of {thing_id[:64]!r} for you")
    if not session.restrictions().video:
        raise NotWhileDriving("a film is not for the driver", advice="Ask for one picture, or let a passenger look.")


def watch(hub: Hub, thing_id: str, viewer: Viewer, who: Identity | None = None) -> Callable[[], None]:
    """Show a camera's film to a viewer; returns what ends it. ``who`` looks: where the camera is at another site its
    hub judges them, too; without, there is none of those. Raises NotFound, LinkError, TooMany."""
    elsewhere = hub.household.house.foreign(thing_id)
    if elsewhere is not None and who is not None:
        return hub.sites.films.watch(elsewhere, viewer, who)
    link, seen_as = hub.twins.sight(thing_id)
    instance = hub.links.instances.get(link)
    if instance is None or not isinstance(instance.run, Films):
        raise NotFound(f"there is no film of {thing_id[:64]!r} for you")
    status = instance.status
    if status.state == "waiting":
        instance.wake.set()  # somebody looks: it is tried at once, and again when they try again
    if status.state in ("waiting", "sign_in_needed", "quarantined"):
        known = BY_CODE.get(status.code or "", Unreachable)
        why = known if issubclass(known, LinkError) else Unreachable
        raise why(status.detail or "the camera does not answer", advice=status.advice)
    return instance.run.watch(seen_as, viewer)
