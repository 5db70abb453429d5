"""Telling a person's screens that something is other than before, and along with that what: a page that knows what was
told before has no need to ask."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from wayhome.errors import HubError
from wayhome.features.notifications.listing import listed
from wayhome.features.notifications.model import NEWS
from wayhome.hub.running import Hub

if TYPE_CHECKING:
    from wayhome.features.notifications.desk import Desk

EVERY = 0.1
"""Between two words to a person's screens, in s: many changes at once are one."""
ALONG = 24_000
"""Bytes of frames that are told along; of more it is only told that it is there, and who wants it asks."""


class Telling:
    """Of one hub."""

    def __init__(self, hub: Hub, desk: Desk) -> None:
        self._hub, self._desk = hub, desk
        self._at: dict[str, float] = {}
        """When each person's screens were told last, by the steady clock."""
        self._told: dict[str, int] = {}
        """The revision that they were told of."""
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def news(self, person: str) -> None:
        """Something of this person's has changed: they are told now, or a moment after they were last."""
        if person in self._timers:
            return
        left = self._at.get(person, -EVERY) + EVERY - self._hub.household.clock.steady()
        if left <= 0:
            self._tell(person)
        else:
            self._timers[person] = asyncio.get_running_loop().call_later(left, self._tell, person)

    def _tell(self, person: str) -> None:
        self._timers.pop(person, None)
        self._at[person] = self._hub.household.clock.steady()
        since, revision = self._told.get(person, 0), self._desk.revision(person)
        self._told[person] = revision
        path = NEWS + person
        for session in self._hub.live.looking(path):
            if session.identity.person != person:
                continue
            try:
                found = listed(session, self._desk, since)
            except HubError:
                continue  # it asks, and is told why not
            if sum(len(one.frame) for one in found.changed) <= ALONG:
                self._hub.live.tell(session, path, msgspec.to_builtins(found))
        self._hub.household.own(path, [self._desk.run, revision])

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
