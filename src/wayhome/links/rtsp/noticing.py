"""What a camera notices, over time: one state for each thing that it can notice, whatever its detectors are called and
however often they say so. Pure; times are of the steady clock."""

from __future__ import annotations

import msgspec

from wayhome.links.rtsp.onvif_events import RING, Noticed

HOLD = 10.0
"""What happens and has no length counts as so for so long, in s."""
FORGET = 600.0
"""A detector that says no more for so long, in s, has said it for the last time: some never tell the end."""
LULL = 2.0
"""What ends, ends for good after so long, in s: what flickers is one."""
RING_GAP, RING_STUCK = 1.0, 30.0
"""Rings that follow each other faster, in s, are one; a button that is pressed for longer never says that it is let
go, and each time that it says it is pressed is a ring."""
MAX_KEYS = 200


class Change(msgspec.Struct, frozen=True):
    """One thing that has changed: a state, or (``on`` None) a ring."""

    what: str
    on: bool | None


class Noticing:
    """The states of one camera's detectors."""

    def __init__(self) -> None:
        self._on: dict[str, dict[str, float]] = {}
        """Which detectors say so, and until when that is believed."""
        self._told: dict[str, bool] = {}
        self._bells: dict[str, bool] = {}
        self._rang = float("-inf")

    def take(self, messages: list[Noticed], now: float) -> list[Change]:
        """What these messages change."""
        changes: list[Change] = []
        for one in messages:
            if one.what == RING:
                changes += self._bell(one, now)
                continue
            detectors = self._on.setdefault(one.what, {})
            if one.on is False:
                if one.key in detectors:
                    detectors[one.key] = min(detectors[one.key], now + LULL)
                if not detectors and one.what not in self._told:
                    changes.append(self._tell(one.what, False))
            elif one.key in detectors or len(detectors) < MAX_KEYS:
                detectors[one.key] = now + (HOLD if one.on is None else FORGET)
                if not self._told.get(one.what):
                    changes.append(self._tell(one.what, True))
        return changes

    def past(self, now: float) -> list[Change]:
        """What time alone has ended."""
        changes = []
        for what, detectors in self._on.items():
            for key in [key for key, until in detectors.items() if until <= now]:
                del detectors[key]
            if not detectors and self._told.get(what):
                changes.append(self._tell(what, False))
        return changes

    def lost(self) -> dict[str, bool]:
        """What was told last, now that nothing is heard any more. Whatever comes next is told anew."""
        told, self._told = self._told, {}
        self._on.clear()
        self._bells.clear()
        return told

    def _tell(self, what: str, on: bool) -> Change:
        self._told[what] = on
        return Change(what, on)

    def _bell(self, one: Noticed, now: float) -> list[Change]:
        """A button that is pressed: not one that was pressed already when we came."""
        before = self._bells.get(one.key, False)
        if one.key in self._bells or len(self._bells) < MAX_KEYS:
            self._bells[one.key] = bool(one.on)
        if one.on is False or one.first or now - self._rang < (RING_STUCK if before else RING_GAP):
            return []
        self._rang = now
        return [Change(RING, None)]
