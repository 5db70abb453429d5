"""Two machines on one wire: a network namespace of its own, with a cable to another one. Needs root and Linux."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


class Wire:
    """``here`` and ``there``: the names of two namespaces, 10.99.7.1 and 10.99.7.2."""

    here, there = "wayhome-here", "wayhome-there"
    here_address, there_address = "10.99.7.1", "10.99.7.2"

    def run(self, namespace: str, *command: str, timeout: float = 60.0) -> str:
        """Run a program in a namespace; its output."""
        done = subprocess.run(
            ["ip", "netns", "exec", namespace, *command], capture_output=True, text=True, timeout=timeout, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, namespace: str, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["ip", "netns", "exec", namespace, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def possible() -> bool:
    """Whether this account may make network namespaces."""
    return os.geteuid() == 0 and subprocess.run(["ip", "netns"], capture_output=True, check=False).returncode == 0


@contextmanager
def wire() -> Iterator[Wire]:
    """Lay the wire; taken away at the end."""
    laid = Wire()
    for name in (laid.here, laid.there):
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
        _ip("netns", "add", name)
    try:
        _ip("link", "add", "wh0", "netns", laid.here, "type", "veth", "peer", "name", "wh1", "netns", laid.there)
        ends = ((laid.here, "wh0", laid.here_address), (laid.there, "wh1", laid.there_address))
        for name, end, address in ends:
            _ip("-n", name, "addr", "add", f"{address}/24", "dev", end)
            _ip("-n", name, "link", "set", end, "up")
            _ip("-n", name, "link", "set", "lo", "up")
            _ip("-n", name, "route", "add", "default", "dev", end)
        yield laid
    finally:
        for name in (laid.here, laid.there):
            _ip("netns", "del", name)
