"""A real camera: GStreamer's RTSP server from Debian, in Debian's own Python, with a clock in its picture."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.peers.program import Program, accepts, free_port, missing

PYTHON = "/usr/bin/python3"
PROGRAM = Path(__file__).with_name("camera_program.py")


class Camera(Program):
    """A camera on loopback, at ``url``. ``options``: see camera_program.py, as ``codec="h265"``. ``before`` stands
    before its command (``ip netns exec …``): then it is on the loopback there."""

    def __init__(
        self, folder: Path, port: int | None = None, *, before: Sequence[str] = (), **options: str | int | bool
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        words = [f"--{name}" if value is True else f"--{name}={value}" for name, value in options.items()]
        self._before = list(before)
        command = [*before, PYTHON, str(PROGRAM), str(self.port), "--folder", str(folder), *words]
        super().__init__("camera", command, folder)

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/yard"

    def up(self) -> None:
        """Start it and wait until it listens."""
        wanted = "import gi; gi.require_version('GstRtspServer', '1.0')"
        if not Path(PYTHON).exists() or subprocess.run([PYTHON, "-c", wanted], capture_output=True).returncode:
            missing("gst-rtsp-server with python3-gi")
        self.start(self._listens, 60)

    def _listens(self) -> bool:
        if not self._before:
            return accepts(self.port)
        knock = f"import socket; socket.create_connection(('127.0.0.1', {self.port}), 1)"
        return subprocess.run([*self._before, PYTHON, "-c", knock], capture_output=True).returncode == 0

    def sent(self) -> list[int]:
        """The numbers of the pictures that it has sent."""
        return [int(line) for line in (self.folder / "sent").read_text().split()]

    def hold_still(self, on: bool) -> None:
        """Whether it takes pictures: it stays connected, and sends none."""
        still = self.folder / "still"
        if on:
            still.touch()
        else:
            still.unlink(missing_ok=True)


def clock(luma: bytes, width: int, stride: int | None = None) -> tuple[int, int]:
    """The time (ms since 1970) and the number that a picture says. ``luma``: its brightness, a byte a pixel, a row each
    ``stride`` bytes."""
    side, stride = width // 40, stride or width
    bits = 0
    for n in range(64):
        x, y = n % 16 * side + side // 2, n // 16 * side + side // 2
        bits = bits << 1 | (luma[y * stride + x] > 125)
    return bits >> 16, bits & 0xFFFF
