"""Whom a hub talks with: the household's own, and nobody whom the same authority has vouched for as another site."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.features.people.house import Clock, Vault
from tests.hub.two_sites import until
from wayhome.adapters.authority import Authority, Pair, private
from wayhome.adapters.site_certificate import grant, made
from wayhome.errors import HubError
from wayhome.features.sites import client
from wayhome.features.sites.client import Link, Way
from wayhome.features.sites.trust import fingerprint

pytestmark = pytest.mark.anyio
NAMES = ["wayhome.local", "127.0.0.1"]
SECRETS = (b"the-token", b"the-secret")


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    """On both loops: hubs run on uvloop, whose TLS is its own."""
    return "asyncio", {"use_uvloop": request.param}


@pytest.fixture
async def authority() -> Authority:
    clock = Clock()
    clock.time = time.time()  # TLS has its own
    authority = Authority(Vault(), clock, NAMES)
    await authority.open()
    return authority


@asynccontextmanager
async def answering(folder: Path, pair: Pair) -> AsyncIterator[tuple[str, Callable[[], bytes]]]:
    """Somebody with a certificate at an address; what they were told."""
    file = folder / "pair.pem"
    file.write_bytes(pair.chain + pair.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    told = bytearray()
    callers: set[asyncio.Task[object] | None] = set()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.add(asyncio.current_task())
        said = b""
        with suppress(OSError):
            # Until all that they say has come, or they hang up.
            while not any(secret in said for secret in SECRETS) and (piece := await reader.read(10_000)):
                said += piece
        told.extend(said)
        writer.transport.abort()
        callers.discard(asyncio.current_task())

    server = await asyncio.start_server(hear, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"https://127.0.0.1:{port}", lambda: bytes(told)
        await until(lambda: not callers)
    finally:
        server.close()


def _pem(authority: Authority) -> str:
    return authority.certificate.public_bytes(serialization.Encoding.PEM).decode()


async def tried(url: str, authority: Authority) -> None:
    """Call it, and use an invitation there: both say a secret."""
    root = _pem(authority)
    with pytest.raises(HubError):
        await client.call(Way(url, "the-token", root))
    with pytest.raises(HubError):
        await client.enter(Link(url, "the-secret", fingerprint(root)), "van", "Van")
    await asyncio.sleep(0.05)


async def test_an_invitation_leads_by_its_numbers_where_no_name_does(authority: Authority, tmp_path: Path) -> None:
    async with answering(tmp_path, await authority.obtain(NAMES)) as (url, told):
        at, mark = url.removeprefix("https://"), fingerprint(_pem(authority))
        text = f"https://nowhere.invalid:8300/#site=the-secret&ca={{}}&at=127.0.0.1:1&at={at}"
        link = client.link_of(text.format(mark))
        assert link.addresses == ["127.0.0.1:1", at]
        with pytest.raises(HubError, match="somebody else"):
            await client.enter(client.link_of(text.format("0" * 64)), "van", "Van")
        assert b"the-secret" not in told()
        with pytest.raises(HubError, match=r"no hub of ours|does not answer"):
            await client.enter(link, "van", "Van")
        assert b"the-secret" in told()
    # Without a mark only a name tells that it is the household's hub.
    assert client.link_of("https://home.example/#site=the-secret&at=127.0.0.1:1").addresses == []
    with pytest.raises(HubError):
        client.link_of(text.format(mark) + "&at=nonsense")


async def test_the_household_s_hub_is_told(authority: Authority, tmp_path: Path) -> None:
    async with answering(tmp_path, await authority.obtain(NAMES)) as (url, told):
        await tried(url, authority)
    assert b"the-token" in told() and b"the-secret" in told()


async def test_another_site_with_its_certificate_is_told_nothing(authority: Authority, tmp_path: Path) -> None:
    """A stolen car's hub, or one that was removed: its certificate is good for a year, and it stands in between."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = ["car.wayhome.local", "192.168.8.1"]
    issued = grant(authority, "car", made(key, names), ["wayhome.local"], NAMES)
    async with answering(tmp_path, Pair(issued.chain, private(key))) as (url, told):
        await tried(url, authority)
    assert told() == b""
