"""``wayhome up --demo``: the demo's home and its car, each a process with a hub of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from tests.peers.hub import RunningHub


class DemoApart(RunningHub):
    """The home's hub, and what it says of the car's."""

    def __init__(self, folder: Path, *options: str, apart: bool = True, language: str = "en") -> None:
        super().__init__(folder, "--demo", *([] if apart else ["--no-sites"]), "--language", language, *options)
        self.car_data = self.data.with_name(f"{self.data.name}-car")

    @property
    def car_url(self) -> str:
        return str(self.said["car"])

    @property
    def car_local(self) -> dict[str, Any]:
        """How programs on this machine reach the car's hub."""
        found: dict[str, Any] = json.loads((self.car_data / "local.json").read_text())
        return found

    def car(self, token: str | None = None) -> httpx.Client:
        """An HTTP client of the car's hub: its operator's, or with another token."""
        used = self.car_local["token"] if token is None else token
        headers = {"Authorization": f"Bearer {used}"} if used else {}
        return httpx.Client(base_url=self.car_url, headers=headers, timeout=30, trust_env=False)

    def tunnel(self, closed: bool, *, by_car: bool = False) -> None:
        """Turn the switch."""
        with self.car() if by_car else self.api() as api:
            answer = api.post("/api/demo/tunnel", json={"closed": closed})
        assert answer.json() == {"closed": closed}, answer.text


def shown(api: httpx.Client, path: str) -> Any:
    """What a hub shows at a path: ``[value, at, …]``; None: nothing."""
    return api.get("/api/home/get", params={"path": path}).json().get("values", {}).get(path)
