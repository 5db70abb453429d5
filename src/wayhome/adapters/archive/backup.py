"""Backup of a household while it goes on, and restore into an empty folder.

A backup is a tar file of ``wayhome.db``, ``vault.sealed`` and ``blobs/``, with ``manifest.json`` at its end. Only one
that is sealed with a passphrase holds the vault's key, too.
"""

from __future__ import annotations

import asyncio
import base64
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from wayhome.adapters.archive import export
from wayhome.adapters.archive.files import reading, staging, writing
from wayhome.adapters.archive.kinds import kind_of
from wayhome.adapters.archive.sealed import COST
from wayhome.adapters.archive.tarball import Writer, unpack
from wayhome.adapters.blobs_disk import DiskBlobs
from wayhome.adapters.data_dir import DataDir
from wayhome.adapters.durable_file import sync_tree
from wayhome.adapters.maps import current
from wayhome.adapters.sqlite.check import check
from wayhome.adapters.sqlite.log_name import name_anew
from wayhome.adapters.sqlite.open import prepare
from wayhome.adapters.vault_key import VaultKey, given_key, vault_key
from wayhome.adapters.vault_sealed import SealedVault, reseal
from wayhome.errors import BadInput, HubError, NotFound, StoreError
from wayhome.hub.ports import Contents, Store

FORMAT, VERSION = "wayhome-backup", 1
DATABASE, VAULT, KEY = "wayhome.db", "vault.sealed", "vault.key"
_NAME = re.compile(r"wayhome\.db|vault\.sealed|vault\.key|blobs/([0-9a-f]{2})/\1[0-9a-f]{62}")
SIGN_IN_AGAIN = "The links and devices must sign in again: the vault's key is not in a backup without a passphrase."


async def backup(
    data: DataDir,
    store: Store,
    to: Path,
    *,
    now: float,
    passphrase: str | None,
    environment: Mapping[str, str],
    cost: int = COST,
) -> list[str]:
    """Write a backup to the file ``to`` while the household goes on. The database is as of one moment; files that are
    deleted meanwhile may be missing. ``environment``: where the vault's key may come from, and ``cost``: see
    ``sealed``. Returns sentences on what could not be taken in. Raises StoreError, BadInput."""
    blobs = DiskBlobs(data.blobs)
    hashes = [hash async for hash in blobs.hashes()]
    with staging(data.path) as place:
        await store.backup(str(place / DATABASE))
        seen = set(hashes)
        hashes += [hash async for hash in blobs.hashes() if hash not in seen]

        def write() -> list[str]:
            notes: list[str] = []
            with writing(to, passphrase, cost) as out:
                tar = Writer(out, now)
                tar.add_file(DATABASE, place / DATABASE)
                if data.vault.exists():
                    tar.add(VAULT, data.vault.read_bytes())
                    if passphrase is not None:
                        key = vault_key(data.vault_key, environment)
                        tar.add(KEY, base64.b64encode(key.bytes) + b"\n")
                for hash in hashes:
                    try:
                        content = blobs.read(hash)
                    except NotFound:
                        continue  # deleted since
                    except StoreError as error:
                        notes.append(f"{error.detail}: it is not in the backup.")  # the rest must not go with it
                        continue
                    tar.add(f"blobs/{hash[:2]}/{hash}", content)
                tar.finish(FORMAT, VERSION)
            return [*notes, *maps_left(data)]

        return await asyncio.to_thread(write)


def maps_left(data: DataDir) -> list[str]:
    """That the household's maps are in no copy, if it has any."""
    try:
        names = ", ".join(one.name for one in current.read(data.maps).regions)
    except StoreError as error:
        return [f"Maps are not in it, and which there are nobody can say: {error.detail}."]
    return [f"Maps are not in it ({names}): they are made anew of the same extracts."] if names else []


def restore(file: Path, data: DataDir, *, passphrase: str | None, environment: Mapping[str, str]) -> list[str]:
    """Put a backup into an empty folder, whose lock is held. Returns sentences on what is to be done now.

    Nothing is put in place before all of it was verified. Raises Conflict when the folder is not empty, BadInput for a
    file that is not a sound backup or a wrong passphrase, StoreError.
    """
    data.need_empty()
    limit = shutil.disk_usage(data.path).free
    with staging(data.path) as place:
        with reading(file, passphrase) as source:
            found = unpack(source, place, FORMAT, lambda name: _NAME.fullmatch(name) is not None, limit)
        if found.version != VERSION or DATABASE not in found.files:
            raise BadInput(f"this Wayhome can't read backups of version {found.version}", advice="Install the newest.")
        prepare(place / DATABASE)
        broken = check(place / DATABASE)
        if broken:
            raise BadInput("the backup's database is damaged", advice="Take another backup.")
        name_anew(place / DATABASE)
        notes = _vault(place, given_key(environment))
        sync_tree(place)
        for name in ("blobs", KEY, VAULT, DATABASE):  # the database last: with it the folder is complete
            if (place / name).exists():
                (place / name).rename(data.path / name)
        sync_tree(data.path)
    return notes


def verified(file: Path, data: DataDir, passphrase: str | None) -> Contents:
    """Read a backup or an export to its end and hold it to its manifest; a backup's database is opened, too. Nothing
    of it stays. Raises BadInput, TooLarge, StoreError."""
    kind = kind_of(file)
    limit = shutil.disk_usage(data.path).free
    wanted, allowed = (export.FORMAT, export.NAME) if kind == "export" else (FORMAT, _NAME)
    with staging(data.path) as place:
        with reading(file, passphrase) as source:
            found = unpack(source, place, wanted, lambda name: allowed.fullmatch(name) is not None, limit)
        if kind != "export" and (DATABASE not in found.files or check(place / DATABASE)):
            raise BadInput("the backup's database is damaged", advice="Take another backup.")
    size = sum(listed.size for listed in found.files.values())
    return Contents("export" if kind == "export" else "backup", found.made, len(found.files), size)


def _vault(place: Path, given: VaultKey | None) -> list[str]:
    """See that the restored vault can be opened; without its key it is of no use."""
    vault, file = place / VAULT, place / KEY
    if not vault.exists():
        return []
    inner = vault_key(file, {}) if file.exists() else None
    if inner is not None:
        if given is not None and given.bytes != inner.bytes:
            reseal(vault, inner, given)
        return []
    try:
        if given is None:
            raise BadInput
        SealedVault(vault, given)
    except HubError:
        vault.unlink()
        return [SIGN_IN_AGAIN]
    return []
