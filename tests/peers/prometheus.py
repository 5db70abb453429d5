"""The real Prometheus, from Debian."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from tests.peers.program import Program, find, free_port


class Prometheus(Program):
    """A Prometheus on loopback with the configuration ``prometheus.yml`` of ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        super().__init__(
            "prometheus",
            [
                find("prometheus"),
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={self.url.removeprefix('http://')}",
            ],
            folder,
        )

    def up(self) -> None:
        """Start it and wait until it answers."""
        self.start(self._ready, 60)

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """What an expression comes to now: labels and value of each of its series."""
        with httpx.Client(base_url=self.url, trust_env=False, timeout=30) as api:
            found: list[dict[str, Any]] = api.get("/api/v1/query", params={"query": expression}).json()["data"][
                "result"
            ]
        return [(one["metric"], float(one["value"][1])) for one in found]

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/-/ready", trust_env=False).is_success
        except httpx.HTTPError:
            return False
