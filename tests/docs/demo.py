"""The demo household that the docs' examples talk to."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from tests.peers.hub import RunningHub


class DemoHub(RunningHub):
    """``wayhome up --demo``, in English."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "--demo", "--no-sites", "--language", "en")

    def call(self, operation: str, data: dict[str, Any] | None = None) -> Any:
        """Call an operation that acts, over HTTP."""
        with self.api() as client:
            answer = client.post(f"/api/{operation.replace('.', '/')}", json=data or {})
        assert answer.is_success, answer.text
        return answer.json()

    def read(self, operation: str, **query: str) -> Any:
        """Call an operation that reads."""
        with self.api() as client:
            answer = client.get(f"/api/{operation.replace('.', '/')}", params=query)
        assert answer.is_success, answer.text
        return answer.json()

    def settle(self) -> None:
        """The household as the docs' examples begin: no faults, the kitchen lights on, the floor lamp off."""
        until = time.monotonic() + 60
        while self.read("links.list")["links"][0]["state"] != "connected":
            assert time.monotonic() < until, self.log
            time.sleep(0.05)
        self.call("links.steer", {"id": "demo", "orders": {"clear": True}})
        for path, target in {"kitchen-lights/light.on": True, "living-lamp/light.on": False}.items():
            self.call("home.set", {"path": path, "target": target})
            while self.read("home.get", path=path)["values"][path][0] is not target:
                assert time.monotonic() < until, f"{path} does not follow"
                time.sleep(0.05)

    def environment(self) -> dict[str, str]:
        """For programs of the same account on the same machine."""
        programs = str(Path(sys.executable).parent)
        return {**os.environ, "WAYHOME_DATA": str(self.data), "PATH": f"{programs}:{os.environ['PATH']}"}
