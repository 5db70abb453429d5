"""Clocks, counts and cores."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_CORES = sorted(os.sched_getaffinity(0))
SERVER, CLIENT = {_CORES[0]}, set(_CORES[1:]) or {_CORES[0]}
"""Where programs run: what is measured on one core, who measures on the others."""


@contextlib.contextmanager
def on(cores: set[int]) -> Iterator[None]:
    """Programs started inside run on these cores; afterwards we are on the client's."""
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, CLIENT)


def cpu(pid: int) -> float:
    """CPU time that a program has used, all its threads, in s."""
    # From the threads' own counts in ns where the kernel tells: the ticks of /proc/PID/stat are 10 ms.
    total = 0.0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0]) / 1e9
        except (OSError, IndexError):
            return ticks(pid)
    return total


def ticks(pid: int) -> float:
    """CPU time in s, by the kernel's 10 ms ticks; counts threads that have ended, too."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory(pid: int) -> float:
    """Resident memory in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 1e6


def load() -> float:
    """How busy the machine was in the last minute: runnable programs."""
    return os.getloadavg()[0]


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def at(values: Sequence[float], share: float) -> float:
    """The value that this share of all lies under."""
    found = sorted(values)
    return found[min(len(found) - 1, int(len(found) * share))]


def quick() -> bool:
    """Whether only a sample is wanted."""
    return "--quick" in sys.argv[1:]


def note(text: str) -> None:
    """Progress, for whoever watches."""
    print(f"    {text}", file=sys.stderr, flush=True)


def answer(**measured: Any) -> None:
    """Print what was measured, as script/bench wants it."""
    print(json.dumps(measured))
