"""Debian's Chromium, driven by Playwright, under real host names and with real certificate checks.

``launch_options(home, names)`` are the arguments of Playwright's ``chromium.launch``. The browser takes its
trusted authorities from ``home`` alone: certificate errors are never ignored, ``trust`` installs an authority as a
person would.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.peers.program import find

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


DRAWING = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
"""Maps are drawn by WebGL, here in software."""


def launch_options(
    home: Path, names: Iterable[str] = (), before: Sequence[str] = (), *, maps: bool = False, whole: bool = False
) -> dict[str, Any]:
    """What Playwright's launch needs. ``names``: host names that this browser finds on this machine; every other
    name is not to be found, so no test reaches out. ``before`` stands before its command (``ip netns exec …``).
    ``maps``: it draws maps. ``whole``: the browser with all that a person sees of it, notifications among it; without,
    its shell, which takes a fifth less of the processor."""
    found = "".join(f"MAP {name} 127.0.0.1, " for name in names)
    rules = f"{found}MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    program = find("chromium" if whole else "chromium-headless-shell")
    if before:
        there = home / "chromium-there"
        there.write_text(f'#!/bin/sh\nexec {shlex.join([*before, program])} "$@"\n')
        there.chmod(0o755)
        program = str(there)
    return {
        "executable_path": program,
        "args": [*QUIET, *(DRAWING if maps else ()), f"--host-resolver-rules={rules}"],
        "env": {**os.environ, "HOME": str(home)},
    }


def trust(home: Path, authority: Path, name: str = "household") -> None:
    """Make every browser that is started with this ``home`` trust the certificate authority in a PEM file."""
    store = home / ".pki" / "nssdb"
    certutil = [find("certutil"), "-d", f"sql:{store}"]
    if not store.exists():
        store.mkdir(parents=True)
        _run([*certutil, "-N", "--empty-password"])
    _run([*certutil, "-A", "-t", "C,,", "-n", name, "-i", str(authority)])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")
