"""The ONVIF side of a real camera: IPyCam, in an environment of its own."""

from __future__ import annotations

from pathlib import Path

from tests.peers.camera import Camera
from tests.peers.program import Program, accepts, find, free_port, missing

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".peers" / "ipycam" / "bin" / "python"


class Onvif(Program):
    """It tells whoever signs in at ``url`` where ``camera`` has its film. ``ahead``: how much its clock is, in s."""

    def __init__(self, folder: Path, camera: Camera, user: str, password: str, ahead: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/onvif/device_service"
        program = str(Path(__file__).with_name("onvif_program.py"))
        before = [find("faketime"), "-f", f"{ahead:+d}s"] if ahead else []
        words = [str(PYTHON), program, str(self.port), str(camera.port), user, password]
        super().__init__("onvif", [*before, *words], folder)

    def up(self) -> None:
        """Start it and wait until it listens."""
        if not PYTHON.exists():
            missing("ipycam")
        self.start(lambda: accepts(self.port), 30)
