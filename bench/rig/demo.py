"""The demo household as people run it: ``wayhome up --demo``, in a process of its own."""

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


class Demo:
    """One run of it on the data folder ``path``. ``took``: from the start until the page was served, in s."""

    def __init__(self, path: Path) -> None:
        program = str(Path(sys.executable).parent / "wayhome")
        self.port = free_port()
        listen = f"localhost:{self.port}"
        command = [program, "up", "--demo", "--data", str(path), "--listen", listen, "--language", "en", "--json"]
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
            raise RuntimeError("the demo household did not start")
        url = json.loads(line)["local"]
        httpx.get(f"{url}/api/door").raise_for_status()
        self.took = time.perf_counter() - began
        self.token: str = json.loads((path / config.LOCAL).read_text())["token"]

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
