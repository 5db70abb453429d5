"""A home's hub and a car's, as people start them: two processes of one household."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.peers.hub import RunningHub


class TwoHubs:
    """``home`` runs the demo's house, ``car`` is a hub of its own that joins it; its car ``begins`` at home, or
    driving. ``listen``, ``car``: where the two listen."""

    def __init__(
        self, folder: Path, *, listen: str = "localhost", car: str = "localhost", begins: str = "home"
    ) -> None:
        self._begins = begins
        self.home = RunningHub(folder / "home", listen=listen)
        self.car = RunningHub(folder / "car", "--site", "car", listen=car)

    def start(self) -> None:
        self.home.start()
        self.car.start()
        self.home.cli("link", "add", "sim", "--set", "part=home", "--set", "delay=0")
        self.car.cli("link", "add", "sim", "--set", "part=car", "--set", f"start={self._begins}", "--set", "delay=0")

    def join(self) -> None:
        """As a person does it: an invitation at home, its link at the car."""
        link = json.loads(self.home.cli("site", "invite", "--json"))["link"]
        self.car.cli("site", "join", link)

    def stop(self) -> None:
        for hub in (self.car, self.home):
            if hub.running:
                hub.stop()


def value(hub: RunningHub, path: str) -> Any:
    """What a hub shows at a path: ``[value, at, …]``; None: nothing."""
    with hub.api() as api:
        return api.get("/api/home/get", params={"path": path}).json().get("values", {}).get(path)


def until(what: Callable[[], Any], seconds: float = 30.0, every: float = 0.05) -> Any:
    """Wait until something is the case, asking ``every`` so many s; what it came to."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(every)
    return found
