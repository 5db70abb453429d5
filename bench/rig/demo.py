"""Households as people run them: ``wayhome up``, in a process of its own."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from pathlib import Path

import httpx
from tests.peers.program import free_port

from bench.rig.measure import SERVER, on
from wayhome import config

NAME, PASSWORD = "Ada", "correct horse battery staple"


class Household:
    """One run of a hub on the data folder ``path``. ``took``: from the start until the page was served, in s."""

    options: tuple[str, ...] = ()

    def __init__(self, path: Path) -> None:
        program = str(Path(sys.executable).parent / "wayhome")
        self.port = free_port()
        listen = f"localhost:{self.port}"
        command = [program, "up", *self.options, "--data", str(path), "--listen", listen, "--json"]
        began = time.perf_counter()
        with on(SERVER):
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.pid = self._process.pid
        ready = self._process.stdout
        assert ready is not None
        came, _, _ = select.select([ready], [], [], 60)
        line = ready.readline() if came else ""
        if not line:
            self.stop()
            raise RuntimeError("the household did not start")
        url = json.loads(line)["local"]
        httpx.get(f"{url}/api/door").raise_for_status()
        self.took = time.perf_counter() - began
        self.url: str = url
        self.token: str = json.loads((path / config.LOCAL).read_text())["token"]

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)

    def api(self) -> httpx.Client:
        """Its API, as the local operator."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=60)

    def found(self) -> None:
        """Make its first owner, who signs in with ``NAME`` and ``PASSWORD``."""
        owner = {"name": NAME, "password": PASSWORD, "household": "Demo house"}
        httpx.post(f"{self.url}/api/door/owner", json=owner, timeout=60).raise_for_status()


class Demo(Household):
    """The demo household."""

    options = ("--demo", "--no-sites", "--language", "en")
