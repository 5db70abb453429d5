"""The hub itself as people start it: ``wayhome up`` in a process of its own, with its command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from tests.peers.hub_with_push import TRUST
from tests.peers.program import Program, free_port

ROOT = Path(__file__).parents[2]


class RunningHub:
    """A hub on ``folder``. ``url`` is for its machine, ``token`` the local key; ``said`` what it announced. ``push``:
    the certificate of the push service on this machine that it may use. ``before`` stands before each of its commands
    (``ip netns exec …``): then ``api`` reaches it only from there."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        listen: str = "localhost",
        env: Mapping[str, str] | None = None,
        push: Path | None = None,
        before: Sequence[str] = (),
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.data = folder / "data"
        self.port = free_port()
        self._program = Program(
            "wayhome",
            [
                *before,
                sys.executable,
                "-m",
                "wayhome" if push is None else "tests.peers.hub_with_push",
                "up",
                "--json",
                "--data",
                str(self.data),
                "--listen",
                f"{listen}:{self.port}",
                *options,
            ],
            folder,
            {
                "LANG": "C.UTF-8",
                **({} if push is None else {TRUST: str(push), "PYTHONPATH": str(ROOT)}),
                **(env or {}),
            },
        )
        self._before = tuple(before)
        self.said: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return str(self.said["local"])

    @property
    def token(self) -> str:
        return str(json.loads((self.data / "local.json").read_text())["token"])

    @property
    def pid(self) -> int:
        return self._program.pid

    @property
    def running(self) -> bool:
        return self._program.running

    @property
    def log(self) -> str:
        """What it wrote so far."""
        return self._program.log.read_text()

    def start(self) -> float:
        """Start it; the seconds until it served."""
        before = len(self.log) if self._program.log.exists() else 0

        def ready() -> bool:
            for line in self.log[before:].splitlines(keepends=True):
                if line.startswith('{"url"') and line.endswith("\n"):
                    self.said = json.loads(line)
                    return True
            return False

        return self._program.start(ready, seconds=90)

    def stop(self) -> None:
        """Ask it to end, and wait."""
        self._program.stop()

    def kill(self) -> None:
        """kill -9."""
        self._program.kill()

    def cli(self, *arguments: str, fails: bool = False, out: bool = False, given: str | None = None) -> str:
        """Run a command against it; what it printed, one that fails on stderr unless its ``out`` is wanted."""
        command = [*self._before, sys.executable, "-m", "wayhome", *arguments, "--data", str(self.data)]
        done = subprocess.run(command, capture_output=True, text=True, input=given, timeout=150, check=False)
        assert (done.returncode != 0) == fails, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stderr if fails and not out else done.stdout

    def api(self, token: str | None = None) -> httpx.Client:
        """An HTTP client of its API: the local operator's, or with another token ("" for nobody)."""
        used = self.token if token is None else token
        headers = {"Authorization": f"Bearer {used}"} if used else {}
        chain = self.data / "ca.pem"
        verify: Any = str(chain) if self.url.startswith("https") and chain.exists() else True
        return httpx.Client(base_url=self.url, headers=headers, verify=verify, timeout=60, trust_env=False)
