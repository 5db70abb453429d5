"""The program that becomes another one behind everything else of the machine: ``behind_process PARENT COMMAND…``. The
hub's own work comes before it, it is the first to go where memory ends, and it does not outlive the hub, however that
ends: two at work in one folder would spoil each other's.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

_DEATH_SIGNAL = 1
"""prctl(2): PR_SET_PDEATHSIG."""


def main(parent: int, command: list[str]) -> None:
    """Become ``command``; ``parent``: who waits for it."""
    os.nice(10)
    if sys.platform == "linux":
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("900", "ascii")
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(1)  # it died before we asked to be told
    os.execvp(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
