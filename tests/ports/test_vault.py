"""What the Vault promises: sealed, bound to its name, and never shown."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path

import pytest

from wayhome.adapters.vault_key import VaultKey, vault_key
from wayhome.adapters.vault_sealed import SealedVault
from wayhome.errors import BadInput, StoreError, TooLarge

pytestmark = pytest.mark.anyio
KEY = VaultKey(bytes(range(32)))
SECRET = b"hunter2-hunter2"


@pytest.fixture
async def vault(tmp_path: Path) -> SealedVault:
    vault = SealedVault(tmp_path / "vault.sealed", KEY)
    await vault.keep("link/home/token", SECRET)
    return vault


async def test_secrets_come_back_after_a_restart(vault: SealedVault, tmp_path: Path) -> None:
    await vault.keep("link/home/pin", b"1234")
    again = SealedVault(tmp_path / "vault.sealed", KEY)
    assert await again.secret("link/home/token") == SECRET
    assert await again.names() == ["link/home/pin", "link/home/token"]
    await again.forget("link/home/pin")
    await again.forget("link/home/pin")
    assert await again.secret("link/home/pin") is None
    assert await SealedVault(tmp_path / "vault.sealed", KEY).names() == ["link/home/token"]


async def test_nothing_shows_a_secret(vault: SealedVault, tmp_path: Path) -> None:
    raw = (tmp_path / "vault.sealed").read_bytes()
    assert SECRET not in raw and base64.b64encode(SECRET)[:-2] not in raw
    assert (tmp_path / "vault.sealed").stat().st_mode & 0o777 == 0o600
    for shown in (repr(vault), str(vault), repr(KEY), f"{KEY}"):
        assert SECRET.decode() not in shown and KEY.bytes.hex() not in shown and repr(KEY.bytes) not in shown


async def test_the_same_secret_is_never_sealed_alike(vault: SealedVault, tmp_path: Path) -> None:
    first = json.loads((tmp_path / "vault.sealed").read_bytes())["secrets"]
    await vault.keep("link/home/token", SECRET)
    assert json.loads((tmp_path / "vault.sealed").read_bytes())["secrets"] != first


async def test_an_altered_or_moved_secret_is_refused(vault: SealedVault, tmp_path: Path) -> None:
    file = tmp_path / "vault.sealed"
    kept = json.loads(file.read_bytes())
    sealed = kept["secrets"]["link/home/token"]
    raw = bytearray(base64.b64decode(sealed))
    raw[20] ^= 1
    for secrets in (
        {"link/other/token": sealed},
        {"link/other/token": base64.b64encode(raw).decode()},
        {"link/other/token": "%"},
    ):
        file.write_text(json.dumps({**kept, "secrets": secrets}))
        with pytest.raises(StoreError, match="altered") as refused:
            await SealedVault(file, KEY).secret("link/other/token")
        assert SECRET.decode() not in str(refused.value)
    file.write_text("{")
    with pytest.raises(StoreError, match="damaged"):
        SealedVault(file, KEY)


async def test_the_wrong_key_is_told_at_once(vault: SealedVault, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not open") as refused:
        SealedVault(tmp_path / "vault.sealed", VaultKey(bytes(32)))
    assert "sign the links" in refused.value.hint


async def test_limits(vault: SealedVault) -> None:
    with pytest.raises(TooLarge):
        await vault.keep("x", bytes(65_537))
    for name in ("", "a b", "x" * 300, "ü", "/x"):
        with pytest.raises(BadInput):
            await vault.keep(name, b"")
    await vault.keep("empty", b"")
    assert await vault.secret("empty") == b""


async def test_keeping_many_at_once_loses_none(vault: SealedVault, tmp_path: Path) -> None:
    await asyncio.gather(*(vault.keep(f"n{n}", str(n).encode()) for n in range(30)))
    again = SealedVault(tmp_path / "vault.sealed", KEY)
    assert [await again.secret(f"n{n}") for n in range(30)] == [str(n).encode() for n in range(30)]


def test_where_the_key_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "vault.key"
    made = vault_key(file, {})
    assert len(made.bytes) == 32 and file.stat().st_mode & 0o777 == 0o600
    assert vault_key(file, {}).bytes == made.bytes
    assert vault_key(file, {"WAYHOME_VAULT_KEY": base64.b64encode(KEY.bytes).decode()}).bytes == KEY.bytes
    assert vault_key(file, {"WAYHOME_VAULT_KEY": KEY.bytes.hex()}).bytes == KEY.bytes
    (tmp_path / "wayhome.vault").write_bytes(bytes(range(1, 33)))
    assert vault_key(file, {"CREDENTIALS_DIRECTORY": str(tmp_path)}).bytes == bytes(range(1, 33))
    with pytest.raises(StoreError, match="WAYHOME_VAULT_KEY"):
        vault_key(file, {"WAYHOME_VAULT_KEY": "short"})


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "vault.key"
    vault_key(file, {})
    file.chmod(0o644)
    with pytest.raises(StoreError) as refused:
        vault_key(file, {})
    assert "chmod 600" in refused.value.hint
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError):
        vault_key(file, {})
