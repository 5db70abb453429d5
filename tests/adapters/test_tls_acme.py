"""Certificates by ACME DNS-01, from the real ACME server pebble, proven in a zone of the real BIND."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dns.message
import dns.query
import msgspec
import pytest
from cryptography import x509

from tests.features.people.house import Clock, Vault
from wayhome.adapters.acme_dns import Acme, DnsZone
from wayhome.adapters.authority import Authority, issue, leaf, make_root
from wayhome.adapters.certificates import Certificates, names_of
from wayhome.errors import AuthNeeded, BadInput, HubError, Refused, Unreachable

pytestmark = [pytest.mark.anyio, pytest.mark.real]
ZONE = "home.arpa"
SECRET = base64.b64encode(os.urandom(32)).decode()
NAMES = ["wayhome-test.home.arpa", "*.wayhome-test.home.arpa", "wayhome.local", "localhost", "192.168.1.5"]

NAMED = """
options {{ directory "{folder}"; pid-file none; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  recursion no; dnssec-validation no; session-keyfile "{folder}/session.key"; empty-zones-enable no;
  managed-keys-directory "{folder}"; }};
controls {{ }};
key "hub" {{ algorithm hmac-sha256; secret "{secret}"; }};
key "reader" {{ algorithm hmac-sha256; secret "{secret}"; }};
zone "home.arpa" {{ type primary; file "{folder}/home.arpa.zone"; allow-update {{ key hub; }}; }};
"""
RECORDS = """$TTL 60
@ IN SOA ns.home.arpa. root.home.arpa. 1 60 60 60 60
@ IN NS ns.home.arpa.
ns IN A 127.0.0.1
wayhome-test IN A 127.0.0.1
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


class Servers(msgspec.Struct):
    """Where pebble and BIND are."""

    directory: str
    roots: str
    dns_port: int

    def zone(self, **changes: object) -> DnsZone:
        good = DnsZone(ZONE, f"127.0.0.1:{self.dns_port}", "hub", SECRET, settle=0.0)
        return msgspec.structs.replace(good, **changes)

    def acme(self, vault: Vault | None = None, **changes: object) -> Acme:
        return Acme(vault or Vault(), self.zone(**changes), self.directory, "me@home.arpa", self.roots)

    def texts(self) -> list[str]:
        """What is left of the challenge in the zone."""
        query = dns.message.make_query("_acme-challenge.wayhome-test.home.arpa", "TXT")
        answer = dns.query.udp(query, "127.0.0.1", port=self.dns_port, timeout=5)
        return [item.to_text() for line in answer.answer for item in line]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("acme")
    dns_port, acme_port, admin_port = free_port(), free_port(), free_port()
    (folder / "named.conf").write_text(NAMED.format(folder=folder, port=dns_port, secret=SECRET))
    (folder / "home.arpa.zone").write_text(RECORDS)
    root = make_root(["localhost"], "pebble", datetime.now(UTC))
    own = issue(root, ["localhost", "127.0.0.1"], datetime.now(UTC))
    (folder / "root.pem").write_bytes(root.chain)
    (folder / "own.pem").write_bytes(own.chain)
    (folder / "own.key").write_bytes(own.key)
    settings = {
        "listenAddress": f"127.0.0.1:{acme_port}",
        "managementListenAddress": f"127.0.0.1:{admin_port}",
        "certificate": str(folder / "own.pem"),
        "privateKey": str(folder / "own.key"),
        "httpPort": free_port(),
        "tlsPort": free_port(),
    }
    (folder / "pebble.json").write_text(json.dumps({"pebble": settings}))
    log = (folder / "log").open("wb")
    named = subprocess.Popen(["named", "-g", "-c", str(folder / "named.conf")], stdout=log, stderr=log)
    pebble = subprocess.Popen(
        ["pebble", "-config", str(folder / "pebble.json"), "-dnsserver", f"127.0.0.1:{dns_port}"],
        stdout=log,
        stderr=log,
        env={**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"},
    )
    try:
        for port in (dns_port, acme_port):
            _await(port, folder / "log")
        yield Servers(f"https://localhost:{acme_port}/dir", str(folder / "root.pem"), dns_port)
    finally:
        for process in (pebble, named):
            process.terminate()
            process.wait(10)
        log.close()


def _await(port: int, log: Path) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)


async def test_a_certificate_for_the_own_domain_and_its_renewal(servers: Servers) -> None:
    vault, clock = Vault(), Clock()
    clock.time = time.time()
    kept = Certificates(servers.acme(vault), vault, clock, NAMES)
    await kept.open()
    first = kept.certificate
    assert first is not None and set(names_of(first)) == set(NAMES[:2])
    assert servers.texts() == [], "the challenge is taken away again"
    assert not kept.due()
    account = vault.kept["tls/acme/account"]
    life = first.not_valid_after_utc - first.not_valid_before_utc
    clock.time += life.total_seconds() * 0.7
    assert kept.due()
    await kept.renew()
    assert kept.certificate is not None and kept.certificate.serial_number != first.serial_number
    assert vault.kept["tls/acme/account"] == account, "the same account, found again by its key"
    chain = x509.load_pem_x509_certificates(servers_chain(vault))
    assert len(chain) >= 2 and chain[0].issuer == chain[1].subject


def servers_chain(vault: Vault) -> bytes:
    from wayhome.adapters.authority import Pair

    return msgspec.msgpack.decode(vault.kept["tls/certificate"], type=Pair).chain


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"secret": base64.b64encode(b"x" * 32).decode()}, AuthNeeded, "does not accept the key hub"),
        ({"key": "nobody"}, AuthNeeded, "does not accept the key nobody"),
        ({"key": "reader"}, Refused, "REFUSED"),
        ({"secret": "not base64!"}, BadInput, "base64"),
        ({"zone": "wayhome-test.home.arpa"}, Refused, "NOTAUTH"),
    ],
    ids=["wrong secret", "unknown key", "key without rights", "no base64", "no such zone"],
)
async def test_what_the_name_server_refuses(
    servers: Servers, change: dict[str, str], kind: type[HubError], words: str
) -> None:
    with pytest.raises(kind) as error:
        await servers.acme(**change).obtain(NAMES)
    assert words in error.value.detail and error.value.hint
    assert SECRET not in str(error.value) and SECRET not in repr(servers.zone())


async def test_who_does_not_answer(servers: Servers) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    with pytest.raises(Unreachable, match="name server"):
        await servers.acme(server=nowhere).obtain(NAMES)
    dead = Acme(Vault(), servers.zone(), f"https://{nowhere}/dir", None, servers.roots)
    with pytest.raises(Unreachable, match="ACME directory"):
        await dead.obtain(NAMES)
    distrusted = Acme(Vault(), servers.zone(), servers.directory)
    with pytest.raises(Unreachable, match=r"(?i)certificate"):
        await distrusted.obtain(NAMES)


async def test_what_the_directory_can_not_prove(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    acme = servers.acme()
    # The name server takes the record, and it is gone before the directory looks.
    shown = acme._await_visible
    monkeypatch.setattr(
        acme, "_await_visible", lambda record, value: (shown(record, value), acme._remove(record, value))
    )
    with pytest.raises(Refused, match="could not prove the domain"):
        await acme.obtain(["wayhome-test.home.arpa"])


async def test_names_of_elsewhere(servers: Servers) -> None:
    with pytest.raises(BadInput, match=r"none of the hub's names lies in home\.arpa"):
        await servers.acme().obtain(["wayhome.local", "nothome.arpa", "evil-home.arpa"])
    assert servers.acme().fitting(["HOME.arpa", "x.home.arpa", "xhome.arpa"]) == ["HOME.arpa", "x.home.arpa"]


async def test_a_household_can_change_from_one_source_to_the_other(servers: Servers) -> None:
    vault, clock = Vault(), Clock()
    clock.time = time.time()
    house = Authority(vault, clock, ["wayhome.local"])
    await house.open()
    await Certificates(house, vault, clock, NAMES).open()
    kept = Certificates(servers.acme(vault), vault, clock, NAMES)
    await kept.open()
    assert kept.certificate is not None and "wayhome-test.home.arpa" in names_of(kept.certificate)
    assert leaf(servers_chain(vault)) == kept.certificate
