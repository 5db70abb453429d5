"""One camera whose film is recorded when something happens: held open for what was before, written while it lasts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import msgspec

from wayhome.errors import HubError, LinkError, NotFound
from wayhome.features.recordings import model
from wayhome.features.recordings.model import Recording, State, Why
from wayhome.features.recordings.taking import Take
from wayhome.hub import film as films
from wayhome.hub.film import Film, Shot, Unseen
from wayhome.hub.ports import Footage
from wayhome.hub.running import Hub

AGAIN = 5.0
"""A film that is not to be had is asked for so often, in s, and one that can't be kept ten times as seldom. A recording
that broke off is begun again after so long."""


class Happening(msgspec.Struct):
    """What happens before a camera. ``since``: s since 1970. ``on``: the sensors that say so now, each since when by
    the steady clock. ``until``: until when it is recorded all the same, by that clock."""

    why: Why
    by: str
    since: float
    on: dict[str, float]
    until: float = 0.0


class Recorder(Unseen):
    """A viewer of one camera. ``over`` is called with each recording that has ended, and what went wrong."""

    def __init__(
        self, hub: Hub, footage: Footage, camera: str, over: Callable[[Recording | None, HubError | None], None]
    ) -> None:
        self.camera = camera
        self.after = 0.0
        """So many s are recorded after it has ended."""
        self.happening: Happening | None = None
        self.takes: list[Take] = []
        """Those that are not closed yet; the last one may go on."""
        self._hub = hub
        self._footage = footage
        self._over = over
        self._film: Film | None = None
        self._held: deque[list[Shot]] = deque()
        """Groups of pictures, each from a key picture on, the newest last."""
        self._bytes = 0
        self._leave: Callable[[], None] | None = None
        self._next = 0.0
        self._unfit = False
        self._broke = float("-inf")
        """When a recording last broke off, by the steady clock."""
        self._take: Take | None = None

    # The film

    def follow(self, there: bool) -> None:
        """Hold the film open if it is to be had. ``there``: the camera answers. To be called over and over."""
        now = self._hub.household.clock.steady()
        if self._leave is not None or not there or now < self._next:
            return
        self._next = now + AGAIN
        try:
            self._leave = films.watch(self._hub, self.camera, self)
        except NotFound:
            self._unfit = True
            self._next = now + 10 * AGAIN
        except LinkError:
            return

    def film(self, film: Film) -> None:
        """See Viewer."""
        self._film = film
        self._drop()
        self._unfit = not film.codec.startswith("avc1.")
        if self._unfit:
            self._next = self._hub.household.clock.steady() + 10 * AGAIN
            self._hub.soon(lambda: self._let_go() if self._unfit else None)

    def shot(self, shot: Shot) -> None:
        """See Viewer."""
        if self._film is None or self._unfit:
            return
        if shot.key:
            self._held.append([])
        if self._held:
            self._held[-1].append(shot)
            self._bytes += len(shot.data)
            self._let_old_go(shot.at)
        if self._take is not None:
            self._go_on(self._film, self._take, shot)

    def over(self, error: HubError) -> None:
        """See Viewer."""
        self._leave = None
        self._drop()
        self._film = None
        self._stop(cut=True)

    def _let_old_go(self, now: float) -> None:
        while len(self._held) > 1 and (self._bytes > model.HELD or self._held[1][0].at <= now - model.BEFORE):
            self._bytes -= sum(len(shot.data) for shot in self._held.popleft())
        if self._bytes > model.HELD:
            self._drop()  # a group that is too long to be held: what was before begins at the next

    def _drop(self) -> None:
        self._held.clear()
        self._bytes = 0

    def _let_go(self) -> None:
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()
        self._drop()

    def close(self) -> None:
        """Record no more: what was begun is ended."""
        self.happening = None
        self._stop(cut=True)
        self._let_go()

    # What happens

    def happens(self, why: Why, by: str, on: bool | None) -> None:
        """A sensor says that somebody moves, or that nobody does any more; ``on`` None: it rang."""
        household = self._hub.household
        now = household.clock.steady()
        found = self.happening
        if on is False:
            if found is not None and found.on.pop(by, None) is not None:
                found.until = max(found.until, now + self.after)
            return
        if found is None:
            found = self.happening = Happening(why, by, household.clock.now(), {})
        elif why == "ring" and found.why != "ring":
            found.why, found.by = why, by  # somebody is at the door: that is what it is about
            if self._take is not None:
                self._take.recording = msgspec.structs.replace(self._take.recording, why=why, by=by)
        if on is None:
            found.until = max(found.until, now + max(model.RING, self.after))
        else:
            found.on.setdefault(by, now)

    def turn(self, allowed: bool) -> None:
        """Begin or end what is to be recorded now. ``allowed``: there is room on the disk. Called over and over."""
        now = self._hub.household.clock.steady()
        found = self.happening
        if found is not None:
            stuck = [by for by, since in found.on.items() if now - since >= model.STUCK]
            for by in stuck:
                found.on.pop(by)
            if not found.on and now >= found.until:
                self.happening = found = None
        if found is None or not allowed:
            self._stop(cut=found is not None)
        elif self._take is None and self._film is not None and self._held and now >= self._broke + AGAIN:
            self._begin(found, False)

    def _begin(self, found: Happening, part: bool) -> None:
        household = self._hub.household
        thing = household.house.things.get(self.camera)
        name = thing.name if thing is not None else self.camera
        at = self._held[0][0].at if not part else household.clock.now()
        id = self._hub.ids.ulid().lower()
        recording = Recording(id, self.camera, name, at, found.since, found.why, found.by, part=part)
        self._take = Take(self._footage, recording, self._ended)
        self.takes.append(self._take)
        if not part and self._film is not None:
            for shot in [shot for group in self._held for shot in group]:
                self._take.add(self._film, shot)

    def _go_on(self, film: Film, take: Take, shot: Shot) -> None:
        if shot.key and (take.length >= model.LONGEST or not take.fits(film, shot)):
            take.end()
            self._take = None
            if self.happening is None:
                return
            self._begin(self.happening, True)
            take = self._take or take
        take.add(film, shot)

    def _stop(self, cut: bool) -> None:
        take, self._take = self._take, None
        if take is not None:
            take.end(cut)

    def _ended(self, take: Take) -> None:
        if take in self.takes:
            self.takes.remove(take)
        if self._take is take:
            self._take = None
        if take.fault is not None:
            self._broke = self._hub.household.clock.steady()
        self._over(take.recording if take.recording.end is not None else None, take.fault)

    # What is told

    @property
    def keeps(self) -> bool:  # type: ignore[override]
        """See Unseen."""
        return self.recording is not None

    def state(self) -> State:
        """What becomes of its film now. It is ``recording`` only while pictures of it come to lie on the disk."""
        if self._unfit:
            return "unfit"
        if self._take is not None:
            return "recording" if self._take.live else "opening"
        if self._leave is None or self._film is None or not self._held:
            return "opening" if self.happening is not None else "away"
        return "ready"

    @property
    def recording(self) -> Recording | None:
        """The one that goes on."""
        take = self._take
        return take.recording if take is not None and take.live else None
