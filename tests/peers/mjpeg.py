"""A real camera that sends Motion JPEG over http: GStreamer from Debian, with a clock in its picture."""

from __future__ import annotations

import io
from pathlib import Path

import httpx
from PIL import Image

from tests.peers.camera import PYTHON, clock
from tests.peers.program import Program, accepts, free_port

PROGRAM = Path(__file__).with_name("mjpeg_program.py")


class Mjpeg(Program):
    """A camera on loopback, at ``url``. ``options``: see mjpeg_program.py, as ``fps=5``."""

    def __init__(self, folder: Path, **options: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        words = [f"--{name}={value}" for name, value in options.items()]
        super().__init__("mjpeg", [PYTHON, str(PROGRAM), str(self.port), "--folder", str(folder), *words], folder)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/video"

    @property
    def still_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/still.jpg"

    def up(self) -> None:
        """Start it and wait until it has taken a picture."""
        self.start(lambda: accepts(self.port) and len(self.still()) > 0, 60)

    def still(self) -> bytes:
        """A picture of now."""
        return httpx.get(self.still_url, timeout=30).content

    def does(self, what: str) -> None:
        """``still``: it takes no pictures; ``half``: it stops in the middle of one; ``work``: it takes them again."""
        if what == "work":
            for name in ("half", "still"):
                (self.folder / name).unlink(missing_ok=True)
        else:
            (self.folder / what).touch()

    def lookers(self) -> int:
        """How many look at its film."""
        file = self.folder / "lookers"
        return int(file.read_text() or 0) if file.exists() else 0


def told(picture: bytes) -> int:
    """The time that a picture says, in ms since 1970."""
    drawn = Image.open(io.BytesIO(picture)).convert("L")
    return clock(drawn.tobytes(), drawn.width)[0]
