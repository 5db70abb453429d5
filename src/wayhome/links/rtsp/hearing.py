"""What a camera notices, as signals of its thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from wayhome.core.catalog import Refinement
from wayhome.core.value import Fact
from wayhome.hub.link import LinkHost
from wayhome.links.rtsp.noticing import Change
from wayhome.links.rtsp.onvif_events import NOTICED, RING, SHOWN

BELL = {"event.at": Refinement(device_class="doorbell"), "event.type": Refinement(allowed=("ring",))}


class Hearing:
    """The Ears of one camera. ``announce`` describes the thing anew, when it can do more than was known."""

    def __init__(self, host: LinkHost, announce: Callable[[], None]) -> None:
        self._host = host
        self._announce = announce
        self._id = ""
        self.signals: dict[str, Refinement] = {}
        """What it is known to notice."""

    def begin(self, thing_id: str) -> None:
        """The thing's id; what it was known to notice before a restart it still does."""
        self._id = thing_id
        thing = self._host.things().get(thing_id)
        known = {f"camera.{what}" for what in NOTICED} & set(thing.signals if thing is not None else ())
        self.signals = {**dict.fromkeys(sorted(known), Refinement()), **self.signals}
        if thing is not None and "event.at" in thing.signals:
            self.signals |= BELL

    def offered(self, what: frozenset[str]) -> None:
        """See Ears."""
        self._know(what & SHOWN)

    def changed(self, changes: list[Change]) -> None:
        """See Ears."""
        self._know(frozenset(change.what for change in changes))
        facts = []
        for change in changes:
            if change.what == RING:
                now = self._host.now()
                rang = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
                facts += [Fact(f"{self._id}/event.type", "ring", now), Fact(f"{self._id}/event.at", rang, now)]
            elif change.on is not None:
                facts.append(Fact(f"{self._id}/camera.{change.what}", change.on))
        self._host.report(facts)

    def lost(self, told: dict[str, bool]) -> None:
        """See Ears."""
        self._host.report([Fact(f"{self._id}/camera.{what}", on, quality="unreachable") for what, on in told.items()])

    def _know(self, what: frozenset[str]) -> None:
        new = {f"camera.{one}": Refinement() for one in NOTICED if one in what} | (BELL if RING in what else {})
        if not new.keys() <= self.signals.keys():
            self.signals |= new
            self._announce()
