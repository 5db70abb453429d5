"""The hub's certificate while it runs: from where it comes, when it is renewed, and how it gets into use without a
restart."""

from __future__ import annotations

import asyncio
import os
import ssl
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import anyio
import anyio.to_thread
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from wayhome import log
from wayhome.adapters.authority import Pair, leaf
from wayhome.errors import BadInput, HubError
from wayhome.hub.ports import Clock, Vault

VAULT = "tls/certificate"
RETRY = 3_600.0
CHECK = 600.0


class Source(Protocol):
    """Where certificates come from: the household's authority, an ACME directory, files."""

    def fitting(self, names: Sequence[str]) -> list[str]:
        """Those of the names that a certificate from here would be for."""

    def made(self, chain: bytes) -> bool:
        """Whether a certificate chain that is in use may stay, as far as its maker goes."""

    async def obtain(self, names: Sequence[str]) -> Pair:
        """A certificate for the names that fit. Raises HubError, saying what to do."""


class Files:
    """A certificate that somebody else renews (Tailscale, a company's tool): read from two files."""

    def __init__(self, chain: Path, key: Path) -> None:
        self._chain, self._key = chain, key

    def fitting(self, names: Sequence[str]) -> list[str]:
        """Whatever names the files hold, they are not ours to choose."""
        return []

    def made(self, chain: bytes) -> bool:
        """Never for sure: the files are looked at each time."""
        return False

    async def obtain(self, names: Sequence[str]) -> Pair:
        """What the files hold now. Raises BadInput."""

        def read() -> Pair:
            try:
                pair = Pair(self._chain.read_bytes(), self._key.read_bytes())
                check(pair)
            except (OSError, ValueError) as error:
                raise BadInput(
                    f"the certificate in {self._chain} can't be used: {error}",
                    advice="Both files have to be PEM, and the key that of the certificate.",
                ) from error
            return pair

        return await anyio.to_thread.run_sync(read)


class Certificates:
    """Keeps one TLS context that always holds a good certificate.

    The certificate is renewed when two thirds of its life are over, when the names change, or (files) when the file
    holds another one. New connections get the new one; open ones go on. When renewing fails the old one stays, it is
    tried again every hour, and ``trouble`` says why.
    """

    def __init__(self, source: Source, vault: Vault, clock: Clock, names: Sequence[str]) -> None:
        self._source = source
        self._vault = vault
        self._clock = clock
        self.names = tuple(names)
        self.trouble: str | None = None
        self.context = server_context()
        self.on_renewed: Callable[[x509.Certificate], None] | None = None
        self._pair: Pair | None = None
        self._changed = asyncio.Event()

    @property
    def certificate(self) -> x509.Certificate | None:
        """The certificate in use."""
        return leaf(self._pair.chain) if self._pair is not None else None

    async def open(self) -> None:
        """Get a certificate into use: the kept one while it is good, else a new one. Raises HubError when there is
        none at all."""
        kept = await self._vault.secret(VAULT)
        if kept is not None:
            try:
                pair = msgspec.msgpack.decode(kept, type=Pair)
                check(pair)
                if self._clock.now() < leaf(pair.chain).not_valid_after_utc.timestamp():
                    await self._use(pair)
            except (msgspec.DecodeError, ValueError):
                log.get("tls").warning("the kept certificate can't be read; getting a new one")
        if self.due():
            try:
                await self.renew()
            except HubError:
                if self._pair is None:
                    raise

    def due(self) -> bool:
        """Whether a new certificate is wanted now."""
        if self._pair is None:
            return True
        current = leaf(self._pair.chain)
        life = current.not_valid_after_utc - current.not_valid_before_utc
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        # A clock that stands before its beginning was wrong when it was made, or is now: get one that fits.
        return (
            now >= current.not_valid_before_utc + life * 2 / 3
            or now < current.not_valid_before_utc - timedelta(days=1)
            or not self._source.made(self._pair.chain)
            or not set(self._source.fitting(self.names)) <= set(names_of(current))
        )

    async def renew(self) -> None:
        """Get a new certificate and put it into use. Raises HubError; the old one stays in use then."""
        try:
            pair = await self._source.obtain(self.names)
            if self._pair is not None and pair.chain == self._pair.chain:
                self.trouble = None
                return
            check(pair)
            await self._vault.keep(VAULT, msgspec.msgpack.encode(pair))
            await self._use(pair)
        except HubError as error:
            self.trouble = error.detail
            log.get("tls").error("no new certificate", detail=error.detail, advice=error.hint)
            raise
        self.trouble = None
        current = leaf(pair.chain)
        log.get("tls").info("new certificate", names=names_of(current), until=str(current.not_valid_after_utc))
        if self.on_renewed is not None:
            self.on_renewed(current)

    def rename(self, names: Sequence[str]) -> None:
        """The hub is called otherwise from now on."""
        self.names = tuple(names)
        self._changed.set()

    async def run(self) -> None:
        """Renew by itself, until cancelled."""
        pause = CHECK
        while True:
            try:
                async with asyncio.timeout(pause):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            pause = CHECK
            if self.due():
                try:
                    await self.renew()
                except HubError:
                    pause = RETRY
                except Exception:
                    # Whatever a source raises: renewal must go on, or the house is locked out some weeks later.
                    log.get("tls").exception("renewing crashed")
                    pause = RETRY

    async def _use(self, pair: Pair) -> None:
        await anyio.to_thread.run_sync(load, self.context, pair)
        self._pair = pair


def server_context() -> ssl.SSLContext:
    """A TLS context for the hub's listener: TLS 1.2 or newer, HTTP/1.1 (WebSockets need it)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def load(context: ssl.SSLContext, pair: Pair) -> None:
    """Put a certificate into a context in use: handshakes from now on show it. OpenSSL reads certificates from files
    only; these are gone again, and were readable by nobody else."""
    with tempfile.TemporaryDirectory(prefix="wayhome-tls-") as folder:
        path = Path(folder, "pair.pem")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            file.write(pair.key + b"\n" + pair.chain)
        context.load_cert_chain(path)


def check(pair: Pair) -> None:
    """Raises ValueError when chain and key are not a pair."""
    key = serialization.load_pem_private_key(pair.key, None)
    der = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if leaf(pair.chain).public_key().public_bytes(*der) != key.public_key().public_bytes(*der):
        raise ValueError("the key is not that of the certificate")


def names_of(certificate: x509.Certificate) -> list[str]:
    """The names and addresses that a certificate is for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
