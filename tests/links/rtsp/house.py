"""A household with a camera, as its owner sees it."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from tests.peers.hub import RunningHub


def join(hub: RunningHub, url: str, password: str | None = None, **config: Any) -> str:
    """Join a camera; the id of its link."""
    with hub.api() as api:
        secrets = {} if password is None else {"password": password}
        new = {"link": "rtsp", "name": "Yard", "config": {"url": url, **config}, "secrets": secrets}
        answer = api.post("/api/links/add", json=new)
        assert answer.status_code < 300, answer.text
        return str(answer.json()["id"])


def status(hub: RunningHub) -> dict[str, Any]:
    with hub.api() as api:
        found: dict[str, Any] = api.get("/api/links/list").json()["links"][0]
        return found


async def becomes(hub: RunningHub, state: str, seconds: float = 45) -> dict[str, Any]:
    """Wait until the link is in a state."""
    until = time.monotonic() + seconds
    while (now := status(hub))["state"] != state:
        assert time.monotonic() < until, json.dumps(now)
        await asyncio.sleep(0.05)
    return now


async def value(hub: RunningHub, path: str, wanted: object, seconds: float = 45) -> None:
    """Wait until a fact is so."""
    until = time.monotonic() + seconds
    while True:
        with hub.api() as api:
            found = api.get("/api/home/get", params={"path": path}).json().get("values", {}).get(path)
        if found is not None and found[0] == wanted:
            return
        assert time.monotonic() < until, found
        await asyncio.sleep(0.05)
