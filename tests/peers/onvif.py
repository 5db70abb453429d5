"""The ONVIF side of a real camera: IPyCam, in an environment of its own."""

from __future__ import annotations

from pathlib import Path

from tests.peers.camera import Camera
from tests.peers.program import Program, accepts, free_port, missing

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".peers" / "ipycam" / "bin" / "python"


def _false_time() -> str:
    found = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if found is None:
        missing("faketime")
    return str(found)


class Onvif(Program):
    """It tells whoever signs in at ``url`` where ``camera`` has its film. ``ahead``: how much its clock is, in s."""

    def __init__(self, folder: Path, camera: Camera, user: str, password: str, ahead: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/onvif/device_service"
        program = str(Path(__file__).with_name("onvif_program.py"))
        words = [str(PYTHON), program, str(self.port), str(camera.port), user, password]
        # Not by the program of that name: that one is the parent of what it runs, and leaves it behind.
        env = {"LD_PRELOAD": _false_time(), "FAKETIME": f"{ahead:+d}s"} if ahead else {}
        super().__init__("onvif", words, folder, env)

    def up(self) -> None:
        """Start it and wait until it listens."""
        if not PYTHON.exists():
            missing("ipycam")
        self.start(lambda: accepts(self.port), 30)
