"""The household's authority, judged by OpenSSL, and its certificates in use and renewed."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.features.people.house import Clock, Vault
from wayhome.adapters.authority import Authority, Pair, issue, leaf, make_root, permitted
from wayhome.adapters.certificates import Certificates, Files, check, names_of
from wayhome.adapters.listener import BothDoors
from wayhome.errors import BadInput, HubError, StoreError

pytestmark = pytest.mark.anyio
NAMES = ("wayhome.local", "linden.local")
SERVED = ("wayhome.local", "localhost", "127.0.0.1", "192.168.1.5", "fd00::5")


def openssl(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)


def verified(folder: Path, root: Pair, pair: Pair, name: str) -> bool:
    """What OpenSSL says of the certificate for this name."""
    (folder / "root.pem").write_bytes(root.chain)
    (folder / "leaf.pem").write_bytes(pair.chain)
    kind = "-verify_ip" if name.replace(".", "").isdigit() or ":" in name else "-verify_hostname"
    done = openssl(
        "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(folder / "root.pem"), kind, name,
        str(folder / "leaf.pem"),
    )  # fmt: skip
    return done.returncode == 0


def test_openssl_takes_what_the_root_may_vouch_for(tmp_path: Path) -> None:
    root = make_root(NAMES, "Linden 7", datetime.now(UTC))
    pair = issue(root, SERVED, datetime.now(UTC))
    for name in SERVED:
        assert permitted(leaf(root.chain), name)
        assert verified(tmp_path, root, pair, name), name


@pytest.mark.parametrize("name", ["bank.example", "local", "evil.local", "xwayhome.local", "8.8.8.8", "2001:db8::1"])
def test_a_stolen_root_vouches_for_nobody_else(tmp_path: Path, name: str) -> None:
    root = make_root(NAMES, "Linden 7", datetime.now(UTC))
    assert not permitted(leaf(root.chain), name)
    assert not verified(tmp_path, root, issue(root, [name], datetime.now(UTC)), name)


def test_the_root_makes_no_further_authority(tmp_path: Path) -> None:
    root = make_root(NAMES, "Linden 7", datetime.now(UTC))
    constraints = leaf(root.chain).extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical and constraints.value.path_length == 0
    assert leaf(root.chain).extensions.get_extension_for_class(x509.NameConstraints).critical


def test_apples_limit_holds() -> None:
    now = datetime.now(UTC)
    certificate = leaf(issue(make_root(NAMES, "x", now), SERVED, now).chain)
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= timedelta(days=397)
    assert set(names_of(certificate)) == set(SERVED)


async def test_the_root_stays_over_restarts_and_its_key_in_the_vault() -> None:
    vault, clock = Vault(), Clock()
    first = Authority(vault, clock, NAMES)
    await first.open()
    second = Authority(vault, clock, NAMES)
    await second.open()
    assert first.certificate == second.certificate
    assert list(vault.kept) == ["tls/authority"]
    await second.found()
    assert first.certificate != second.certificate
    assert not second.runs_out()
    clock.time += 9.5 * 365 * 86_400
    assert second.runs_out()
    vault.kept["tls/authority"] = b"broken"
    with pytest.raises(StoreError):
        await Authority(vault, clock, NAMES).open()


async def test_a_name_that_came_later_is_told() -> None:
    house = Authority(Vault(), Clock(), NAMES)
    await house.open()
    asked = ["wayhome.local", "car.example.org", "192.168.1.5", "2001:db8::1"]
    pair = await house.obtain(asked)
    assert names_of(leaf(pair.chain)) == ["wayhome.local", "192.168.1.5"], "what fits is served all the same"
    assert house.missing(asked) == ["car.example.org"]
    kept = Certificates(house, Vault(), Clock(), asked)
    await kept.open()
    assert not kept.due(), "what can't be had is not asked for again and again"
    with pytest.raises(BadInput) as error:
        await house.obtain(["car.example.org"])
    assert "car.example.org" in error.value.detail and "wayhome tls renew" in error.value.hint


def test_keys_do_not_show() -> None:
    pair = make_root(NAMES, "x", datetime.now(UTC))
    assert "PRIVATE" not in repr(pair) and "PRIVATE" not in str([pair])


class Broken:
    """A source that fails when the test says so."""

    def __init__(self, source: Authority) -> None:
        self.source, self.broken, self.asked = source, False, 0

    def fitting(self, names: Sequence[str]) -> list[str]:
        return self.source.fitting(names)

    def made(self, chain: bytes) -> bool:
        return self.source.made(chain)

    async def obtain(self, names: Sequence[str]) -> Pair:
        self.asked += 1
        if self.broken:
            raise BadInput("the directory does not answer")
        return await self.source.obtain(names)


async def test_renewal_at_two_thirds_and_what_happens_when_it_fails() -> None:
    vault, clock = Vault(), Clock()
    house = Authority(vault, clock, NAMES)
    await house.open()
    source = Broken(house)
    kept = Certificates(source, vault, clock, ["wayhome.local"])
    await kept.open()
    first = kept.certificate
    assert source.asked == 1 and first is not None
    again = Certificates(source, vault, clock, ["wayhome.local"])
    await again.open()
    assert again.certificate == first and source.asked == 1, "a restart takes the kept one"
    clock.time += 59 * 86_400
    assert not kept.due()
    clock.time += 2 * 86_400
    assert kept.due()
    source.broken = True
    with pytest.raises(HubError):
        await kept.renew()
    assert kept.certificate == first and kept.trouble == "the directory does not answer"
    await again.open()  # still good for a month: the hub starts all the same
    source.broken = False
    renewed: list[x509.Certificate] = []
    kept.on_renewed = renewed.append
    await kept.renew()
    assert kept.certificate != first and renewed == [kept.certificate] and kept.trouble is None
    clock.time += 200 * 86_400
    source.broken = True
    late = Certificates(source, vault, clock, ["wayhome.local"])
    with pytest.raises(HubError):
        await late.open()


async def test_another_name_is_another_certificate() -> None:
    vault, clock = Vault(), Clock()
    house = Authority(vault, clock, NAMES)
    await house.open()
    kept = Certificates(house, vault, clock, ["wayhome.local"])
    await kept.open()
    running = asyncio.create_task(kept.run())
    kept.rename(["wayhome.local", "192.168.7.7"])
    async with asyncio.timeout(20):
        while kept.due():
            await asyncio.sleep(0.01)
    running.cancel()
    assert kept.certificate is not None and "192.168.7.7" in names_of(kept.certificate)


async def test_a_new_root_takes_over() -> None:
    vault, clock = Vault(), Clock()
    house = Authority(vault, clock, NAMES)
    await house.open()
    kept = Certificates(house, vault, clock, ["wayhome.local"])
    await kept.open()
    await house.found()
    assert kept.due()
    await kept.open()
    assert kept.certificate is not None and kept.certificate.issuer == house.certificate.subject
    assert not kept.due()


async def test_files_that_somebody_else_renews(tmp_path: Path) -> None:
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    source = Files(chain, key)
    with pytest.raises(BadInput) as error:
        await source.obtain([])
    assert "chain.pem" in error.value.detail
    root = make_root(NAMES, "x", datetime.now(UTC))
    one, two = (issue(root, ["wayhome.local"], datetime.now(UTC)) for _ in range(2))
    chain.write_bytes(one.chain)
    key.write_bytes(two.key)
    with pytest.raises(BadInput, match="not that of the certificate"):
        await source.obtain([])
    key.write_bytes(one.key)
    check(await source.obtain([]))
    kept = Certificates(source, Vault(), Clock(), ["anything.example"])
    await kept.open()
    first = kept.certificate
    await kept.renew()
    assert kept.certificate == first
    chain.write_bytes(two.chain)
    key.write_bytes(two.key)
    await kept.renew()
    assert kept.certificate == leaf(two.chain) != first


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """An app that answers with the scheme it was called by."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["scheme"].encode()})


@asynccontextmanager
async def served(kept: Certificates) -> AsyncIterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    port: int = listening.getsockname()[1]
    server = BothDoors(uvicorn.Config(hello, log_level="warning"), [listening], kept.context)
    running = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        await running


def shown(port: int, trust: ssl.SSLContext) -> x509.Certificate:
    """The certificate that a new connection is shown and trusts."""
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        trust.wrap_socket(plain, server_hostname="wayhome.local") as secure,
    ):
        der = secure.getpeercert(binary_form=True)
        assert der is not None
        return x509.load_der_x509_certificate(der)


async def one_port_for_both(kept: Certificates, house: Authority) -> None:
    trust = ssl.create_default_context(cadata=house.certificate.public_bytes(serialization.Encoding.PEM).decode())
    async with served(kept) as port:
        async with httpx.AsyncClient(verify=trust) as client:
            assert (await client.get(f"http://localhost:{port}/")).text == "http"
            answer = await client.get(f"https://localhost:{port}/")
            assert answer.text == "https"
            first = await asyncio.to_thread(shown, port, trust)
            await kept.renew()
            second = await asyncio.to_thread(shown, port, trust)
            assert first.serial_number != second.serial_number
            assert second == kept.certificate
            assert (await client.get(f"https://localhost:{port}/")).text == "https", "the open connection goes on"
        async with httpx.AsyncClient() as stranger:
            with pytest.raises(httpx.ConnectError):
                await stranger.get(f"https://localhost:{port}/")
        # Who connects and says nothing, or nonsense, keeps nobody else out.
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        silent[0].sendall(b"\x16\x03\x01garbage that is no handshake")
        silent[1].close()
        async with httpx.AsyncClient(verify=trust) as client:
            assert (await client.get(f"https://localhost:{port}/")).text == "https"
        for connection in silent:
            connection.close()
        # TLS 1.1 is too old.
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        with pytest.warns(DeprecationWarning):
            old.minimum_version = ssl.TLSVersion.TLSv1
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, OSError)):
            await asyncio.to_thread(shown, port, old)


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_one_port_and_a_new_certificate_without_a_restart(loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def run() -> None:
        vault, clock = Vault(), Clock()
        clock.time = datetime.now(UTC).timestamp()
        house = Authority(vault, clock, NAMES)
        await house.open()
        kept = Certificates(house, vault, clock, ["wayhome.local", "localhost", "127.0.0.1"])
        await kept.open()
        await one_port_for_both(kept, house)

    job: Callable[[], Awaitable[None]] = run
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(job())  # type: ignore[arg-type]
