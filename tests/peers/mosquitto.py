"""A real MQTT broker: Eclipse mosquitto from Debian."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.peers.program import Program, accepts, find, free_port


class Mosquitto(Program):
    """A broker on loopback, at ``port``, without a memory. ``users``: names and passwords that it takes, nobody else
    then. ``tls``: the files of the certificate that it shows and of its key; then it speaks TLS only.
    ``rules``: lines of its access list."""

    def __init__(
        self,
        folder: Path,
        users: dict[str, str] | None = None,
        tls: tuple[Path, Path] | None = None,
        rules: str = "",
    ) -> None:
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "mosquitto.conf"
        lines = [f"listener {self.port} 127.0.0.1", "persistence false", "set_tcp_nodelay true"]
        if users is None:
            lines.append("allow_anonymous true")
        else:
            passwords = folder / "passwords"
            passwords.write_text("".join(f"{name}:{password}\n" for name, password in users.items()))
            subprocess.run([find("mosquitto_passwd"), "-U", str(passwords)], check=True, capture_output=True)
            lines += ["allow_anonymous false", f"password_file {passwords}"]
        if rules:
            (folder / "rules").write_text(rules)
            lines.append(f"acl_file {folder / 'rules'}")
        if tls is not None:
            lines += [f"certfile {tls[0]}", f"keyfile {tls[1]}"]
        # Started by root it would become "mosquitto", who can't read a test's folder.
        lines.append("user root")
        config.write_text("\n".join(lines) + "\n")
        super().__init__("mosquitto", [find("mosquitto"), "-c", str(config)], folder)

    def up(self) -> None:
        """Start it and wait until it listens."""
        self.start(lambda: accepts(self.port), 60)
