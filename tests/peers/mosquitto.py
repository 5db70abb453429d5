"""A real MQTT broker: Eclipse mosquitto from Debian."""

from __future__ import annotations

from pathlib import Path

from tests.peers.program import Program, accepts, find, free_port


class Mosquitto(Program):
    """A broker on loopback, at ``port``, without sign-in and without a memory."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n"
        )
        super().__init__("mosquitto", [find("mosquitto"), "-c", str(config)], folder)

    def up(self) -> None:
        """Start it and wait until it listens."""
        self.start(lambda: accepts(self.port), 20)
