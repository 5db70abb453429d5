"""How long a wish may still be fulfilled, by whichever of the hub's two clocks says less. The clock on the wall is set
back at times, as on a car's computer that has just found the network, and no wish shall be worth more by that."""

from __future__ import annotations

from collections.abc import Iterable

from wayhome.core.command import Command
from wayhome.hub.ports import Clock


class Lifetimes:
    """The wishes that were asked since this hub started; one of before goes by the clock on the wall alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends: dict[str, float] = {}
        """By the steady clock, by the wish's key."""

    def begin(self, command: Command) -> None:
        """A wish is asked."""
        self._ends[command.key] = self._clock.steady() + command.ttl

    def ended(self, command: Command) -> None:
        """A wish came to something; it is forgotten here unless it is open still."""
        if not command.open:
            self._ends.pop(command.key, None)

    def left(self, command: Command) -> float:
        """So many s it may still be sent; 0 or less: no more."""
        left = min(command.expires - self._clock.now(), command.ttl)
        end = self._ends.get(command.key)
        return left if end is None else min(left, end - self._clock.steady())

    def over(self, commands: Iterable[Command]) -> set[str]:
        """The keys of those that nobody took in their time."""
        return {one.key for one in commands if one.taken is None and self.left(one) <= 0}
