"""How a film goes to whoever looks over a road that may be slow: what can't follow goes on at the next key picture."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

import msgspec

from wayhome.errors import HubError
from wayhome.hub.film import Film, Shot
from wayhome.hub.frames import Frame

HIGH = 2 * 2**20
LATE = 1.5
"""Who has so many bytes unsent, or has not drawn what they were sent so many s ago, is behind: they go on at the next
key picture, when that is over."""
LATE_WHOLE = 0.7
"""The same for films of whole pictures, which can leave out any."""


class Outlet(Protocol):
    """Takes frames at once; what the network does not take yet waits in it."""

    @property
    def backlog(self) -> Callable[[], int]:
        """How many bytes wait."""

    def write(self, frame: Frame) -> None:
        """Send it when those before it are sent."""


class Following:
    """A viewer at the other end of a socket. ``end``: called once, with what it ends with. ``high``: see HIGH."""

    def __init__(self, outlet: Outlet, end: Callable[[HubError], None], high: float = HIGH) -> None:
        self._outlet = outlet
        self._end = end
        self._high = high
        self._sent: deque[tuple[int, float]] = deque()
        """What was sent and not seen so far, and when."""
        self._waits = True
        """For a key picture: nothing was shown yet, or it is behind."""
        self.shown = False
        self.kind: Film | None = None

    def film(self, film: Film) -> None:
        self.kind = film
        self._outlet.write(self.word(film))

    def word(self, film: Film) -> Frame:
        """What kind of film it is, as a screen is told it."""
        return Frame(msgspec.json.encode({"t": "film", **msgspec.to_builtins(film)}))

    def shot(self, shot: Shot) -> None:
        backlog = self._outlet.backlog()
        late = LATE_WHOLE if self.kind is not None and self.kind.whole else LATE
        if self._waits:
            ready = shot.key and (backlog == 0 or not self.shown) and self.behind <= late
        else:
            ready = backlog <= self._high and self.behind <= late
        self._waits = not ready or self.slow
        if self._waits:
            return
        self.shown = True
        self.send(shot)
        self._sent.append((shot.number & 0xFFFFFFFF, asyncio.get_running_loop().time()))

    @property
    def slow(self) -> bool:
        """Whether its road takes no more at the moment."""
        return False

    def send(self, shot: Shot) -> None:
        """Send a picture as a screen gets it."""
        self._outlet.write(shot.frame)

    def over(self, error: HubError) -> None:
        self._end(error)

    def seen(self, number: int) -> None:
        """It has drawn the picture of this number."""
        if any(sent == number for sent, _ in self._sent):
            while self._sent.popleft()[0] != number:
                pass

    @property
    def behind(self) -> float:
        """How long ago the first picture was sent that it has not seen, in s; 0 where it has seen all."""
        return asyncio.get_running_loop().time() - self._sent[0][1] if self._sent else 0.0

    @property
    def unseen(self) -> int | None:
        """The number of the first picture that it was sent and has not seen; None: there is none."""
        return self._sent[0][0] if self._sent else None
