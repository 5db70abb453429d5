"""A real ACME authority (pebble) that checks a real name server (bind9), both on loopback.

The name server holds the zone ``ZONE`` and takes changes of it that are signed with ``key_name`` and ``key`` (TSIG,
hmac-sha256), as a provider of names would.
"""

from __future__ import annotations

import base64
import json
import os
import ssl
from pathlib import Path

import httpx

from tests.peers.certificates import self_signed
from tests.peers.program import Program, find, free_port

ZONE = "wayhome.test"


class Names(Program):
    """bind9 as the authority of ``ZONE``, on loopback at ``port``."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.key_name = "wayhome-key"
        self.key = base64.b64encode(os.urandom(32)).decode()
        folder.mkdir(parents=True, exist_ok=True)
        zone = folder / "zone"
        zone.write_text(
            f"$TTL 1\n@ IN SOA ns.{ZONE}. admin.{ZONE}. 1 60 60 60 1\n@ IN NS ns.{ZONE}.\n"
            f"ns IN A 127.0.0.1\nhome IN A 127.0.0.1\n"
        )
        config = folder / "named.conf"
        config.write_text(
            f'options {{ directory "{folder}"; pid-file none; session-keyfile "{folder}/session.key";'
            f" listen-on port {self.port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion no;"
            f" dnssec-validation no; allow-transfer {{ none; }}; notify no; }};\ncontrols {{ }};\n"
            f'key "{self.key_name}" {{ algorithm hmac-sha256; secret "{self.key}"; }};\n'
            f'zone "{ZONE}" {{ type primary; file "{zone}"; allow-update {{ key "{self.key_name}"; }}; }};\n'
        )
        super().__init__("named", [find("named"), "-g", "-c", str(config), "-n", "1"], folder)

    def up(self) -> None:
        """Start it and wait until it has loaded the zone."""
        self.start(lambda: "all zones loaded" in self.log.read_text(errors="replace"), 60)


class Pebble(Program):
    """Pebble at ``directory`` (HTTPS; trust ``authority``, a PEM file). It asks ``names`` for DNS challenges."""

    def __init__(self, folder: Path, names: Names) -> None:
        self.port, self._desk = free_port(), free_port()
        self.directory = f"https://127.0.0.1:{self.port}/dir"
        folder.mkdir(parents=True, exist_ok=True)
        self.authority, key = self_signed(folder, "127.0.0.1")
        config = folder / "pebble.json"
        settings = {
            "listenAddress": f"127.0.0.1:{self.port}",
            "managementListenAddress": f"127.0.0.1:{self._desk}",
            "certificate": str(self.authority),
            "privateKey": str(key),
            "httpPort": free_port(),
            "tlsPort": free_port(),
        }
        config.write_text(json.dumps({"pebble": settings}))
        command = [find("pebble"), "-config", str(config), "-dnsserver", f"127.0.0.1:{names.port}"]
        quick = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}
        super().__init__("pebble", command, folder, quick)

    def up(self) -> None:
        """Start it and wait until it answers."""
        self.start(self._answers, 60)

    def root(self) -> str:
        """The PEM of the root that its certificates come from; it makes a new one with each start."""
        address = f"https://127.0.0.1:{self._desk}/roots/0"
        return httpx.get(address, verify=self._trusting(), timeout=30).raise_for_status().text

    def _trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    def _answers(self) -> bool:
        try:
            return httpx.get(self.directory, verify=self._trusting(), timeout=20).status_code == 200
        except httpx.HTTPError:
            return False
