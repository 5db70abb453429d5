"""How long a wish may still be fulfilled, by whichever of the hub's two clocks says less. The clock on the wall is set
back at times, as on a car's computer that has just found the network, and no wish shall be worth more by that."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from wayhome.core.command import Command
from wayhome.hub.ports import Clock


class Lifetimes:
    """The steady clock goes on when the hub is started anew. With the machine it begins anew: then it says more than is
    left, or the machine has been running for longer than the wish was worth."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def begun(self, command: Command) -> Command:
        """A wish that is asked now."""
        return msgspec.structs.replace(command, until=self._clock.steady() + command.ttl)

    def left(self, command: Command) -> float:
        """So many s it may still be sent; 0 or less: no more."""
        left = min(command.expires - self._clock.now(), command.ttl)
        return left if command.until is None else min(left, command.until - self._clock.steady())

    def over(self, commands: Iterable[Command]) -> set[str]:
        """The keys of those that nobody took in their time."""
        return {one.key for one in commands if one.taken is None and self.left(one) <= 0}
