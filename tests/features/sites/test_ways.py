"""Where another hub or a relay is, as people and hubs say it."""

from __future__ import annotations

import asyncio
import socket

import pytest
from cryptography import x509

from tests.world import World
from wayhome.adapters.authority import general
from wayhome.errors import BadInput
from wayhome.features.sites.relayed import ADDRESS, Relayed
from wayhome.features.sites.ways import host_and_port


@pytest.mark.parametrize(
    ("said", "host"),
    [
        ("relay.example.org:8443", "relay.example.org"),
        ("Relay.Example.org:8443", "relay.example.org"),
        ("中继.example:8443", "xn--fiqv10j.example"),
        ("localhost:8443", "localhost"),
        ("192.168.1.5:8443", "192.168.1.5"),
        ("[fd00::2]:8443", "fd00::2"),
    ],
)
def test_an_address(said: str, host: str) -> None:
    assert host_and_port(said) == (host, 8443)
    assert isinstance(general(host), x509.GeneralName), "a certificate can name it"


@pytest.mark.parametrize(
    "said",
    [
        "https://relay.example.org:8443", "relay.example.org:8443/", "anna@relay.example.org:8443", "a/b:80", "a b:80",
        "x..y:80", "-x:80", ":80", "relay.example.org", "relay.example.org:0", "relay.example.org:65536",
        f"{'a' * 64}.org:80", f"{'a.' * 120}org:80", f"a:{'9' * 5_000}", "",
    ],
)  # fmt: skip
def test_no_address(said: str) -> None:
    with pytest.raises(BadInput):
        host_and_port(said)


@pytest.mark.anyio
async def test_two_who_choose_a_relay_at_once_leave_one_caller() -> None:
    async with World() as world:

        async def take(connection: socket.socket) -> None:
            connection.close()

        world.hub.reach.take = take
        relayed = Relayed(world.hub)
        await relayed.open()
        await relayed.use("127.0.0.1:1")
        await asyncio.gather(relayed.use("127.0.0.1:2"), relayed.use("127.0.0.1:3"))
        calling = [task for task in asyncio.all_tasks() if task.get_name() == "relay"]
        assert len(calling) == 1 and relayed.status().relay == "127.0.0.1:3"
        assert world.vault._secrets[ADDRESS] == b"127.0.0.1:3"
        await relayed.close()
        assert calling[0].done()


@pytest.mark.anyio
async def test_what_was_once_taken_for_a_relays_address_keeps_no_hub_from_starting() -> None:
    async with World() as world:
        await world.hub.vault.keep(ADDRESS, b"https://relay.example.org:8443")
        relayed = Relayed(world.hub)
        await relayed.open()
        assert relayed.status().state == "off"
