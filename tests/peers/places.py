"""Places with a network of their own (Linux network namespaces), and roads between them that a test builds and cuts."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import pytest

from tests.peers.program import find

_numbers = itertools.count(1)


class Places:
    """As ``with Places("home", "road", "car") as places``. Nothing leads from one to another but what is built."""

    def __init__(self, *names: str) -> None:
        self._ip = find("ip")
        self._mark = f"wh{os.getpid() % 10_000}x{next(_numbers)}"
        self._names = names
        self._roads = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for name in self._names:
            made = self._run("netns", "add", self._space(name), check=False)
            if made.returncode:
                self._stack.close()
                # The kernel's or the container's choice, not a program that is missing: said aloud, in the summary.
                pytest.skip(f"NO NETWORK NAMESPACES HERE ({made.stderr.strip()}): sites without a route were not tried")
            self._stack.callback(self._run, "netns", "del", self._space(name), check=False)
            self._in(name, "link", "set", "lo", "up")
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def at(self, name: str) -> list[str]:
        """What stands before a command that runs there."""
        return [self._ip, "netns", "exec", self._space(name)]

    def road(self, one: str, other: str, *, out: bool = False) -> tuple[str, str]:
        """Build a road; the addresses of its two ends. ``out``: for ``one`` it is the way to everywhere."""
        self._roads += 1
        ends = f"10.77.{self._roads}.2", f"10.77.{self._roads}.1"
        links = f"r{self._roads}a", f"r{self._roads}b"
        self._run(
            "link", "add", links[0], "netns", self._space(one), "type", "veth",
            "peer", "name", links[1], "netns", self._space(other),
        )  # fmt: skip
        for name, link, address in zip((one, other), links, ends, strict=True):
            self._in(name, "addr", "add", f"{address}/24", "dev", link)
            self._in(name, "link", "set", link, "up")
        if out:
            self._in(one, "route", "add", "default", "via", ends[1])
        return ends

    def cut(self, name: str, road: int) -> None:
        """The road leads nowhere any more, and nobody is told."""
        self._in(name, "link", "set", f"r{road}a", "down")

    def mend(self, name: str, road: int, *, via: str | None = None) -> None:
        """It leads there again."""
        self._in(name, "link", "set", f"r{road}a", "up")
        if via is not None:
            self._in(name, "route", "add", "default", "via", via)

    def run_in(self, name: str, *words: str) -> None:
        """Run a command there, to its end. Fails the test where it fails."""
        _run([*self.at(name), *words], True)

    def reaches(self, name: str, address: str, port: int) -> bool:
        """Whether a connection from there gets to an address."""
        calls = f"import socket; socket.create_connection(({address!r}, {port}), 2)"
        done = subprocess.run([*self.at(name), sys.executable, "-c", calls], capture_output=True, check=False)
        return done.returncode == 0

    @contextmanager
    def inside(self, name: str) -> Iterator[None]:
        """What this thread opens meanwhile, and what it starts, is there: sockets stay where they were opened."""
        with Path("/proc/thread-self/ns/net").open() as before, Path(f"/run/netns/{self._space(name)}").open() as there:
            os.setns(there.fileno(), os.CLONE_NEWNET)
            try:
                yield
            finally:
                os.setns(before.fileno(), os.CLONE_NEWNET)

    def _space(self, name: str) -> str:
        return f"{self._mark}{name}"

    def _in(self, name: str, *words: str) -> None:
        self._run("-n", self._space(name), *words)

    def _run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return _run([self._ip, *words], check)


def _run(command: Sequence[str], check: bool) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0 or not check, f"{' '.join(command)}: {done.stderr}"
    return done
