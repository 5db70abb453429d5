"""The tunnel's switch, as each of the demo's two hubs has it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from wayhome.core.value import Value
from wayhome.hub.running import Hub

NAME = "demo"
PATH = "hub/demo.tunnel"


class Tunnel:
    """The switch. ``turn`` has the car drive in (True) or out, wherever the road runs; done when it has. Raises
    HubError."""

    def __init__(self, hub: Hub, turn: Callable[[bool], Awaitable[None]]) -> None:
        self._hub = hub
        self.turn = turn
        self.closed = False
        hub.extra[NAME] = self

    def show(self, closed: bool, pages: dict[str, str]) -> None:
        """The car is in the tunnel, or out of it. ``pages``: the addresses of the hubs' pages by site."""
        left, self.closed = self.closed and not closed, closed
        household = self._hub.household
        shown: dict[str, Value] = {
            "closed": closed,
            "since": household.clock.now(),
            "site": household.house.site,
            "pages": {**pages},
        }
        household.own(PATH, shown)
        if left:
            self._hub.sites.hurry()

    def vanish(self) -> None:
        """There is no tunnel any more."""
        self._hub.extra.pop(NAME, None)
        self._hub.household.vanish([PATH])
