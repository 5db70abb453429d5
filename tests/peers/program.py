"""One real program that a test runs: started, watched, paused, killed, and never left behind."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

PORTS = range(12_000, 32_000)
"""Below those that the kernel gives to whoever asks for any: between its choice and its use nobody else gets one."""
PARTS = 8
"""Each worker of a test run has a part of them to itself."""


def _ports() -> Iterator[int]:
    """All of this worker's, over and over; from where on, another run on this machine hardly shares."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % PARTS
    mine = PORTS[worker::PARTS]
    first = os.getpid() * 101 % len(mine)
    return itertools.cycle([*mine[first:], *mine[:first]])


_next_ports = _ports()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A loopback port that is free, and that nobody else is given meanwhile."""
    for port in itertools.islice(_next_ports, len(PORTS) // PARTS):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")


def find(name: str, *places: Path) -> str:
    """The program's path: on PATH, or the first of ``places`` that exists. Fails the test when it is missing."""
    for place in places:
        if place.exists():
            return str(place)
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        missing(name)
    return found


def missing(name: str) -> None:
    """Fail, naming the program that is not installed and what installs it."""
    pytest.fail(f"the real peer {name!r} is not installed; run script/setup", pytrace=False)


class Program:
    """A running program. ``folder`` holds its data and its log, ``<name>.log``."""

    def __init__(self, name: str, command: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.command = list(command)
        self.folder = folder
        self.log = folder / f"{name}.log"
        self._env = {**os.environ, **(env or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._reaper: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id. Raises RuntimeError when it was not started."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process.pid

    def start(self, ready: Callable[[], bool], seconds: float = 60) -> float:
        """Start it and wait until ``ready`` says so; the seconds that took. Fails the test with the end of the log
        when it ends early or is not ready in time. OSError inside ``ready`` counts as "not yet"."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command, cwd=self.folder, env=self._env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        # Whatever ends this test run, even kill -9, closes the pipe: then the program is ended too.
        self._reaper = subprocess.Popen(
            ["/bin/sh", "-c", 'read -r _; kill -9 "$0" 2>/dev/null', str(self._process.pid)],
            stdin=subprocess.PIPE,
        )
        while not _try(ready):
            if not self.running:
                pytest.fail(f"{self.name} ended with {self._process.returncode}:\n{self.tail()}", pytrace=False)
            if time.monotonic() - began > seconds:
                self.kill()
                pytest.fail(f"{self.name} was not ready after {seconds:g} s:\n{self.tail()}", pytrace=False)
            time.sleep(0.03)
        return time.monotonic() - began

    def tail(self, lines: int = 25) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self, seconds: float = 20) -> None:
        """Ask it to end (SIGTERM), wait, and kill it when it does not."""
        self._end(signal.SIGTERM, seconds)

    def kill(self) -> None:
        """End it at once (SIGKILL), as a power cut of that program would."""
        self._end(signal.SIGKILL, 10)

    def pause(self) -> None:
        """Freeze it (SIGSTOP): its sockets stay open and answer nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def _end(self, how: signal.Signals, seconds: float) -> None:
        if self._process is None:
            return
        if self.running:
            self._process.send_signal(how)
            if how is not signal.SIGKILL:
                self._process.send_signal(signal.SIGCONT)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        if self._reaper is not None:
            self._reaper.kill()
            self._reaper.wait(10)
            if self._reaper.stdin is not None:
                self._reaper.stdin.close()
            self._reaper = None


def _try(ready: Callable[[], bool]) -> bool:
    try:
        return ready()
    except OSError:
        return False


def accepts(port: int) -> bool:
    """Whether something listens on this loopback port."""
    with socket.create_connection(("127.0.0.1", port), 0.5):
        return True
