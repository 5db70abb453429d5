"""The vault's key: 32 bytes that open every secret, and where they come from."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from wayhome.adapters.durable_file import refused, write
from wayhome.errors import StoreError

VARIABLE = "WAYHOME_VAULT_KEY"
CREDENTIAL = "wayhome.vault"
_BYTES = 32
_ADVICE = f"Give the 32 bytes of the key in base64, as `head -c 32 /dev/urandom | base64` makes them, in {VARIABLE}."


class VaultKey:
    """The key. Shows nothing of itself."""

    __slots__ = ("bytes",)

    def __init__(self, content: bytes) -> None:
        self.bytes = content

    def __repr__(self) -> str:
        return "VaultKey(…)"


def vault_key(file: Path, environment: Mapping[str, str]) -> VaultKey:
    """The key from the environment (``WAYHOME_VAULT_KEY``), from systemd (``LoadCredential=wayhome.vault:...``), or
    from ``file``, which is made, for this user only, when none of them is there. Raises StoreError with advice."""
    given = given_key(environment)
    if given is not None:
        return given
    if file.exists() or file.is_symlink():
        return _from_file(file)
    key = VaultKey(secrets.token_bytes(_BYTES))
    write(file, base64.b64encode(key.bytes) + b"\n")
    return key


def given_key(environment: Mapping[str, str]) -> VaultKey | None:
    """The key that the surroundings give, if they do."""
    text = environment.get(VARIABLE)
    if text:
        return _decode(text.encode(), f"the environment's {VARIABLE}")
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if folder and (Path(folder) / CREDENTIAL).is_file():
        return _decode((Path(folder) / CREDENTIAL).read_bytes(), f"the credential {CREDENTIAL}")
    return None


def _from_file(file: Path) -> VaultKey:
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            mode = os.fstat(handle).st_mode
            content = os.read(handle, 1024)
        finally:
            os.close(handle)
    except OSError as error:
        raise refused(file, error) from None
    if not stat.S_ISREG(mode) or mode & 0o077:
        raise StoreError(
            f"{file} may be read by others than the user that runs Wayhome",
            advice=f"Run `chmod 600 {file}`; if somebody else may have read it, sign the links in again.",
        )
    return _decode(content, str(file))


def _decode(content: bytes, source: str) -> VaultKey:
    text = content.strip()
    try:
        key = bytes.fromhex(text.decode()) if len(text) == _BYTES * 2 else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(content) == _BYTES and len(key) != _BYTES:
        key = content  # raw bytes, as a credential may hold them
    if len(key) != _BYTES:
        raise StoreError(f"{source} is not a vault key", advice=_ADVICE)
    return VaultKey(key)
