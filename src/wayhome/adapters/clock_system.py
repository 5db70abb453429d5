"""The machine's clock."""

from __future__ import annotations

import time


class SystemClock:
    """Implements ``wayhome.hub.ports.Clock``."""

    def now(self) -> float:
        """s since 1970; jumps when somebody sets the clock."""
        return time.time()

    def steady(self) -> float:
        """s since some moment; only goes forward, also while the machine sleeps: what waits grows old."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)
