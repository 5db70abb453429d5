"""Archive files on the disk: written entirely or not at all, sealed or plain."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from wayhome.adapters.archive.sealed import COST, MAGIC, Opener, Sealer
from wayhome.adapters.archive.tarball import Sink, Source
from wayhome.adapters.data_dir import STAGING
from wayhome.adapters.durable_file import refused, shred, sync_folder
from wayhome.errors import BadInput


@contextmanager
def writing(to: Path, passphrase: str | None, cost: int = COST) -> Iterator[Sink]:
    """A stream into the file ``to``, which is there only when all went well. Raises StoreError, and BadInput for a
    passphrase that is too short."""
    temporary = to.with_name(f".{to.name}.{secrets.token_hex(4)}.new")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as out:
            if passphrase is None:
                yield out
            else:
                sealer = Sealer(out, passphrase, cost)
                yield sealer
                sealer.close()
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(to)
        sync_folder(to.parent)
    except OSError as error:
        raise refused(to, error) from None
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def reading(file: Path, passphrase: str | None) -> Iterator[Source]:
    """The archive's stream, opened with the passphrase where it is sealed. Raises StoreError, BadInput."""
    try:
        source: BinaryIO = file.open("rb")
    except OSError as error:
        raise refused(file, error) from None
    with source:
        start = source.read(len(MAGIC))
        source.seek(0)
        if start != MAGIC:
            yield source
        elif passphrase is None:
            raise BadInput(f"{file} is sealed with a passphrase", advice="Give the passphrase it was made with.")
        else:
            yield Opener(source, passphrase)


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A folder for things on their way, within ``folder`` so that they can be moved into place. Gone afterwards."""
    place = folder / f"{STAGING}{secrets.token_hex(4)}"
    try:
        place.mkdir(mode=0o700, parents=True)
        yield place
    except OSError as error:
        raise refused(place, error) from None
    finally:
        for kept in place.rglob("vault*"):
            shred(kept)
        shutil.rmtree(place, ignore_errors=True)
