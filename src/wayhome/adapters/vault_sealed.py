"""Secrets in one file, each sealed with AES-256-GCM."""

from __future__ import annotations

import asyncio
import base64
import os
import re
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wayhome.adapters.durable_file import refused, write
from wayhome.adapters.vault_key import VaultKey
from wayhome.errors import BadInput, StoreError, TooLarge

LIMIT = 65_536
"""Bytes of one secret."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,255}")
_NONCE = 12
_CHECK = b"wayhome vault 1"


class _File(msgspec.Struct, frozen=True):
    """What the file holds: ``check`` proves the key; ``secrets`` by name, nonce and sealed bytes in base64."""

    check: str
    secrets: dict[str, str]
    version: int = 1


class SealedVault:
    """Implements ``wayhome.hub.ports.Vault``. Each secret is bound to its name, so that none can be put in another's
    place. Shows nothing of itself."""

    def __init__(self, file: Path, key: VaultKey) -> None:
        """Open the vault, or begin a new one. Raises StoreError when the key is not its key, or it is damaged."""
        self._file = file
        self._cipher = AESGCM(key.bytes)
        self._writing = asyncio.Lock()
        try:
            content = file.read_bytes()
        except FileNotFoundError:
            self._check = self._seal("", _CHECK)
            self._secrets: dict[str, str] = {}
            return
        except OSError as error:
            raise refused(file, error) from None
        try:
            kept = msgspec.json.decode(content, type=_File)
        except msgspec.MsgspecError:
            raise damaged(file) from None
        self._check, self._secrets = kept.check, kept.secrets
        if self._open("", kept.check) != _CHECK:
            raise StoreError(
                f"the vault's key does not open {file}",
                advice="Put the key back that was used before (vault.key, or WAYHOME_VAULT_KEY). If it is lost, delete "
                f"{file} and sign the links and devices in again.",
            )

    def __repr__(self) -> str:
        return f"SealedVault({str(self._file)!r}, {len(self._secrets)} secrets)"

    async def keep(self, name: str, secret: bytes) -> None:
        """Seal a secret; it is on the disk when this returns. Raises BadInput, TooLarge, StoreError."""
        if _NAME.fullmatch(name) is None:
            raise BadInput("that can't be the name of a secret")
        if len(secret) > LIMIT:
            raise TooLarge("a secret has at most 64 kB")
        async with self._writing:
            await self._write({**self._secrets, name: self._seal(name, secret)})

    async def secret(self, name: str) -> bytes | None:
        """The secret in the clear, None when there is none of that name. Raises StoreError when it was altered."""
        sealed = self._secrets.get(name)
        if sealed is None:
            return None
        clear = self._open(name, sealed)
        if clear is None:
            raise damaged(self._file)
        return clear

    async def forget(self, name: str) -> None:
        """Let go of a secret; not there: nothing happens."""
        async with self._writing:
            if name in self._secrets:
                await self._write({key: sealed for key, sealed in self._secrets.items() if key != name})

    def check(self) -> None:
        """See that every secret opens. Raises StoreError when one was altered."""
        if any(self._open(name, sealed) is None for name, sealed in self._secrets.items()):
            raise damaged(self._file)

    async def names(self) -> list[str]:
        """All names, in order."""
        return sorted(self._secrets)

    async def _write(self, secrets: dict[str, str]) -> None:
        content = msgspec.json.encode(_File(self._check, secrets))
        await asyncio.to_thread(write, self._file, content)
        self._secrets = secrets

    def _seal(self, name: str, clear: bytes) -> str:
        return _sealed(self._cipher, name, clear)

    def _open(self, name: str, sealed: str) -> bytes | None:
        try:
            raw = base64.b64decode(sealed, validate=True)
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], name.encode())
        except (ValueError, InvalidTag):
            return None


def _sealed(cipher: AESGCM, name: str, clear: bytes) -> str:
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + cipher.encrypt(nonce, clear, name.encode())).decode()


def reseal(file: Path, old: VaultKey, new: VaultKey) -> None:
    """Seal everything in a vault with another key. Raises StoreError, then nothing was changed."""
    before, after = SealedVault(file, old), AESGCM(new.bytes)
    secrets: dict[str, str] = {}
    for name, sealed in before._secrets.items():
        clear = before._open(name, sealed)
        if clear is None:
            raise damaged(file)
        secrets[name] = _sealed(after, name, clear)
    write(file, msgspec.json.encode(_File(_sealed(after, "", _CHECK), secrets)))


def damaged(file: Path) -> StoreError:
    """The error of a vault that was altered or broke."""
    return StoreError(
        f"{file} is damaged or was altered",
        advice=f"Restore the last backup with `wayhome restore`, or delete {file} and sign the links in again.",
    )
