"""One live socket, and what several of them see in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from wayhome.core.published import Shown
from wayhome.core.value import Value
from wayhome.hub.frames import Encoding, Frame, encoding

if TYPE_CHECKING:
    from wayhome.hub.session import Session

TICK = 0.01
"""Views with a rate are looked at so often, in s."""


class Outlet(Protocol):
    """A way to one client."""

    def write(self, frame: Frame) -> None:
        """Hand over a frame; never blocks, never raises."""

    def backlog(self) -> int:
        """Bytes not yet taken by the network."""

    def close(self, code: int, reason: str) -> None: ...


class View:
    """What some clients see in common."""

    def __init__(self, key: ViewKey, sees: Callable[[str], bool], encoding: Encoding) -> None:
        self.key = key
        self.sees = sees
        self.encoding = encoding
        self.every = key[1] is None
        self.period = 0.0 if key[1] is None else max(TICK, 1.0 / key[1])
        self.clients: set[Client] = set()
        self.news: dict[str, Shown] = {}
        self.changes: list[Shown] = []
        self.held: dict[str, Shown] = {}
        self.held_since = 0
        self.due = 0.0
        self.snapshot: tuple[int, list[Frame]] | None = None


type ViewKey = tuple[frozenset[str], float | None, str, frozenset[tuple[str, str]]]


class Client:
    """One live socket."""

    __slots__ = (
        "behind_since",
        "format",
        "hears_limits",
        "limits",
        "outlet",
        "owed",
        "queue",
        "rate",
        "rev",
        "session",
        "view",
        "want",
    )

    def __init__(self, session: Session, outlet: Outlet) -> None:
        self.session = session
        self.outlet = outlet
        self.view: View | None = None
        self.want: frozenset[str] = frozenset()
        self.rate: float | None = None
        self.format = "json"
        self.rev = 0
        self.queue: list[Frame] = []
        self.owed: set[str] = set()
        """What it must be told to be gone at the end of the snapshot that is under way."""
        self.behind_since: float | None = None
        self.hears_limits = False
        """Whether it asked to be told the restrictions of its session."""
        self.limits: dict[str, Value] | None = None
        """Those that it was told last."""

    def tell_limits(self) -> None:
        """Tell it what its session may ask of whoever looks, if that is news."""
        limits = self.session.limits() if self.hears_limits else None
        if limits is not None and limits != self.limits:
            self.limits = limits
            self.send({"t": "limits", **limits})

    def send(self, message: object) -> None:
        """Send a message of this client's own: an answer, a command's progress."""
        self.outlet.write(Frame(encoding(self.format).encode(message), self.format != "json"))
