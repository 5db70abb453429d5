"""The ONVIF side of a real camera: IPyCam, in an environment of its own."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from tests.peers.camera import Camera
from tests.peers.program import Program, accepts, free_port, missing

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".peers" / "ipycam" / "bin" / "python"
JUDGE = ROOT / ".peers" / "onvif" / "bin" / "python"
"""Has what onvif_judge.py needs."""


def _false_time() -> str:
    found = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if found is None:
        missing("faketime")
    return str(found)


class Onvif(Program):
    """It tells whoever signs in at ``url`` where ``camera`` has its film, and what it notices. ``ahead``: how much its
    clock is, in s; ``term``: how long its subscriptions last, in s; ``rings``: it is a doorbell; ``jpeg``: its films
    are of JPEG."""

    def __init__(
        self,
        folder: Path,
        camera: Camera,
        user: str,
        password: str,
        ahead: int = 0,
        *,
        term: float = 60,
        rings: bool = False,
        jpeg: bool = False,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/onvif/device_service"
        program = str(Path(__file__).with_name("onvif_program.py"))
        words = [str(PYTHON), program, str(self.port), str(camera.port), user, password, str(term)]
        words += [*(["--rings"] if rings else []), *(["--jpeg"] if jpeg else [])]
        # Not by the program of that name: that one is the parent of what it runs, and leaves it behind.
        env = {"LD_PRELOAD": _false_time(), "FAKETIME": f"{ahead:+d}s"} if ahead else {}
        super().__init__("onvif", words, folder, env)

    def up(self) -> None:
        """Start it and wait until it listens."""
        if not PYTHON.exists():
            missing("ipycam")
        self.start(lambda: accepts(self.port), 60)

    def say(self, topic: str, data: dict[str, str], source: dict[str, str] | None = None, **more: Any) -> None:
        """It notices something: a message of a topic, with its items. ``property=False``: it has no state."""
        self.control("say", {"topic": topic, "source": source or {"Source": "V_1"}, "data": data, **more})

    def mode(self, mode: str) -> None:
        """How it answers about events from now on, see onvif_pull.MODES."""
        self.control("mode", mode)

    def control(self, what: str, data: object = None) -> Any:
        """``counts``: how often it was asked for what; ``ptz``: where it looks."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/control/{what}", json.dumps(data).encode(), method="POST"
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.loads(answer.read())

    def asked(self) -> list[str]:
        """What it was asked about events, as it came."""
        path = self.folder / "asked"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
