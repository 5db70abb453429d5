"""Certificates by ACME DNS-01, from the real ACME server pebble, proven in a zone of the real BIND."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator

import dns.message
import dns.query
import msgspec
import pytest
from cryptography import x509

from tests.features.people.house import Clock, Vault
from tests.peers.acme import ZONE, Names, Pebble
from tests.peers.program import free_port
from wayhome.adapters.acme_dns import Acme, DnsZone
from wayhome.adapters.authority import Authority, leaf
from wayhome.adapters.certificates import Certificates, names_of
from wayhome.errors import AuthNeeded, BadInput, HubError, Refused, Unreachable

pytestmark = [pytest.mark.anyio, pytest.mark.real]
NAMES = ["hub.wayhome.test", "*.hub.wayhome.test", "wayhome.local", "localhost", "192.168.1.5"]


class Servers(msgspec.Struct):
    """The name server and the directory, both up."""

    names: Names
    pebble: Pebble

    def zone(self, **changes: object) -> DnsZone:
        good = DnsZone(ZONE, f"127.0.0.1:{self.names.port}", self.names.key_name, self.names.key, settle=0.0)
        return msgspec.structs.replace(good, **changes)

    def acme(self, vault: Vault | None = None, **changes: object) -> Acme:
        zone = self.zone(**changes)
        return Acme(vault or Vault(), zone, self.pebble.directory, "me@wayhome.test", str(self.pebble.authority))

    def texts(self) -> list[str]:
        """What is left of the challenge in the zone."""
        query = dns.message.make_query("_acme-challenge.hub.wayhome.test", "TXT")
        answer = dns.query.udp(query, "127.0.0.1", port=self.names.port, timeout=5)
        return [item.to_text() for line in answer.answer for item in line]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("acme")
    names = Names(folder / "names")
    # A key that the server knows, but that may not change the zone.
    config = folder / "names" / "named.conf"
    config.write_text(f'{config.read_text()}key "reader" {{ algorithm hmac-sha256; secret "{names.key}"; }};\n')
    pebble = Pebble(folder / "pebble", names)
    names.up()
    try:
        pebble.up()
        yield Servers(names, pebble)
    finally:
        pebble.kill()
        names.kill()


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
        ({"secret": base64.b64encode(b"x" * 32).decode()}, AuthNeeded, "does not accept the key wayhome-key"),
        ({"key": "nobody"}, AuthNeeded, "does not accept the key nobody"),
        ({"key": "reader"}, Refused, "REFUSED"),
        ({"secret": "not base64!"}, BadInput, "base64"),
        ({"zone": "hub.wayhome.test"}, Refused, "NOTAUTH"),
    ],
    ids=["wrong secret", "unknown key", "key without rights", "no base64", "no such zone"],
)
async def test_what_the_name_server_refuses(
    servers: Servers, change: dict[str, str], kind: type[HubError], words: str
) -> None:
    with pytest.raises(kind) as error:
        await servers.acme(**change).obtain(NAMES)
    assert words in error.value.detail and error.value.hint
    assert servers.names.key not in str(error.value) + repr(servers.zone())


async def test_who_does_not_answer(servers: Servers) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    with pytest.raises(Unreachable, match="name server"):
        await servers.acme(server=nowhere).obtain(NAMES)
    dead = Acme(Vault(), servers.zone(), f"https://{nowhere}/dir", None, str(servers.pebble.authority))
    with pytest.raises(Unreachable, match="ACME directory"):
        await dead.obtain(NAMES)
    distrusted = Acme(Vault(), servers.zone(), servers.pebble.directory)
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
        await acme.obtain(["hub.wayhome.test"])


async def test_names_of_elsewhere(servers: Servers) -> None:
    with pytest.raises(BadInput, match=r"none of the hub's names lies in wayhome\.test"):
        await servers.acme().obtain(["wayhome.local", "notwayhome.test", "evilwayhome.test"])
    assert servers.acme().fitting(["WAYHOME.test", "x.wayhome.test", "xwayhome.test"]) == [
        "WAYHOME.test",
        "x.wayhome.test",
    ]


async def test_a_household_can_change_from_one_source_to_the_other(servers: Servers) -> None:
    vault, clock = Vault(), Clock()
    clock.time = time.time()
    house = Authority(vault, clock, ["wayhome.local"])
    await house.open()
    await Certificates(house, vault, clock, NAMES).open()
    kept = Certificates(servers.acme(vault), vault, clock, NAMES)
    await kept.open()
    assert kept.certificate is not None and "hub.wayhome.test" in names_of(kept.certificate)
    assert leaf(servers_chain(vault)) == kept.certificate
