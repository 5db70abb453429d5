"""What another hub's clock shows, by its answers on a film's line: finer than the conversation of the two needs it."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from wayhome.errors import BadInput

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

GOOD_FOR = 60.0
"""An answer counts for so long, in s: of all of that time the one that came fastest."""
AHEAD = 0.25
"""Screens are told anew how far the other clock is ahead when it differs by so much, in s."""


class OtherClock:
    """The other hub's clock. The answer that came fastest tells most."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._answers: deque[tuple[float, float, float]] = deque(maxlen=64)
        """When it came by the loop's clock, how long it took, by how much that clock is ahead of the loop's."""
        self._said = 0.0

    def asked(self) -> float:
        return asyncio.get_running_loop().time()

    def answered(self, asked: float, now: float) -> None:
        """It was ``now`` there at some time between the question and this moment."""
        came = self.asked()
        took = came - asked
        if not 0 <= took < GOOD_FOR:
            raise BadInput("an answer to what was not asked")
        self._answers.append((came, took, now - (asked + came) / 2))
        while came - self._answers[0][0] > GOOD_FOR:
            self._answers.popleft()

    @property
    def ahead(self) -> float:
        """By how much it is ahead of this hub's, in s, as screens are told; 0 where that is not known."""
        if not self._answers:
            return self._said
        best = min(self._answers, key=lambda one: one[1])[2]
        # This hub's own clock may be set meanwhile: what counts is how it stands now.
        now = round(best - (self._hub.household.clock.now() - self.asked()), 3)
        if abs(now - self._said) > AHEAD or not self._said:
            self._said = now
        return self._said
