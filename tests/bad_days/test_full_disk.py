"""The hub's disk is full: wishes are refused with words, screens stay alive, and it recovers by itself."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.peers.hub import RunningHub

SIZE = 16 * 1024 * 1024


class Limit:
    """No file of the hub's may grow any more: the kernel says so, as for a full disk."""

    def __init__(self, hub: RunningHub) -> None:
        self._hub = hub

    def fill(self) -> None:
        resource.prlimit(self._hub.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def free(self) -> None:
        resource.prlimit(self._hub.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class Small:
    """A disk of a few megabytes, filled to the last byte by another file."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        with self._ballast.open("wb") as file:
            for size in (65_536, 4_096, 1):
                try:
                    while True:
                        os.write(file.fileno(), b"x" * size)
                except OSError:
                    continue

    def free(self) -> None:
        self._ballast.unlink()


@contextmanager
def mounted(folder: Path) -> Iterator[bool]:
    """A tiny disk at ``folder``; False where this account may not mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    done = os.getuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield done
    finally:
        if done:
            subprocess.run(["umount", "-l", str(folder)], check=False)


def alive(socket: ClientConnection) -> None:
    """The screen is answered, and still hears of what changes (the demo's day goes on)."""
    socket.send('{"t":"ping"}')
    heard: set[str] = set()
    while not {"pong", "delta"} <= heard:
        heard.add(json.loads(socket.recv(timeout=45))["t"])


def wish(hub: RunningHub, key: str, target: float) -> tuple[int, str]:
    """Ask for a brightness; the status and the code or state."""
    with hub.api() as api:
        body = {"path": "living-lamp/light.brightness", "target": target}
        answer = api.post("/api/home/set", json=body, headers={"Idempotency-Key": key})
        found = answer.json()
        return answer.status_code, found.get("code") or found["state"]


@pytest.mark.parametrize("kind", ["limit", "tmpfs"])
def test_it_says_so_and_recovers(tmp_path: Path, kind: str) -> None:
    with mounted(tmp_path / "disk") as small:
        if kind == "tmpfs" and not small:
            pytest.skip("only an account that may mount can have a tiny disk; the limit does the same")
        hub = RunningHub(tmp_path / "disk" if kind == "tmpfs" else tmp_path / "plain", "--demo", "--no-sites")
        hub.start()
        disk = Small(tmp_path / "disk") if kind == "tmpfs" else Limit(hub)
        try:
            url = hub.url.replace("http", "ws") + "/api/live"
            headers = {"Authorization": f"Bearer {hub.token}"}
            with connect(url, additional_headers=headers, proxy=None, max_size=None) as socket:
                socket.send(json.dumps({"t": "hello", "want": ["**"], "rate": 10}))
                assert wish(hub, "before-it-was-full", 11.0)[0] == 200
                alive(socket)
                disk.fill()
                refused = _until_refused(hub)
                assert refused == (507, "store_failed")
                alive(socket)
                with hub.api() as api:
                    answer = api.post("/api/people/add", json={"name": "Nobody", "role": "guest"})
                    assert (answer.status_code, answer.json()["code"]) == (507, "store_failed")
                    assert kind == "limit" or "space" in answer.json()["advice"]
                    names = {p["name"] for p in api.get("/api/people/list").json()["people"]}
                    assert "Nobody" not in names
                    assert api.get("/api/upkeep/doctor").json()["well"] is False
                alive(socket)
                disk.free()
                _until_taken(hub)
                alive(socket)
                with hub.api() as api:
                    assert api.post("/api/people/add", json={"name": "Later", "role": "guest"}).status_code == 200
            hub.kill()
            hub.start()
            assert wish(hub, "before-it-was-full", 11.0)[0] == 200
            assert wish(hub, "before-it-was-full", 12.0) == (409, "conflict")
            assert wish(hub, "when-there-was-room", 44.0)[0] == 200
            assert wish(hub, "when-there-was-room", 45.0) == (409, "conflict")
            with hub.api() as api:
                names = {p["name"] for p in api.get("/api/people/list").json()["people"]}
                assert "Later" in names and "Nobody" not in names
        finally:
            hub.kill()


def _until_refused(hub: RunningHub) -> tuple[int, str]:
    """The store may have some room left in its journal: ask until there is none."""
    for number in range(2_000):
        said = wish(hub, f"while-it-fills-{number}", 20.0 + number % 50)
        if said[0] != 200:
            return said
    raise AssertionError("it never was full")


def _until_taken(hub: RunningHub) -> None:
    end = time.monotonic() + 45
    while wish(hub, "when-there-was-room", 44.0)[0] != 200:
        assert time.monotonic() < end, "it did not recover"
        time.sleep(0.1)
