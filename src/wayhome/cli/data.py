"""backup, restore, export, erase: the household's data as a whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from wayhome import config
from wayhome.adapters.data_dir import DataDir
from wayhome.adapters.durable_file import refused, shred
from wayhome.cli import asking
from wayhome.cli.remote import Failure, Remote, common, show
from wayhome.errors import StoreError


def _passphrase(as_json: bool, *, twice: bool) -> str:
    return os.environ.get("WAYHOME_PASSPHRASE") or asking.secret("Passphrase", as_json, twice=twice)


@contextmanager
def _reserved(to: Path) -> Iterator[None]:
    """Have the file's name before anything is asked of the hub: what can't be written there is known at once. The
    empty file goes when the work fails. Raises Failure."""
    try:
        os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    except FileExistsError:
        raise Failure(f"{to} is there already", "Choose another name, or delete it first.") from None
    except OSError as error:
        raise Failure(f"{to} can't be written: {error.strerror}", "Choose another place for the file.") from None
    try:
        yield
    except BaseException:
        to.unlink(missing_ok=True)
        raise


def _fetch(answer: dict[str, Any], to: Path, as_json: bool) -> None:
    """Move the copy that the hub made to where it was asked for. No copy stays behind, whatever happens: it may hold
    the whole household unsealed."""
    copy = Path(answer["file"])
    try:
        shutil.move(copy, to)
        to.chmod(0o600)
    except BaseException as error:
        try:
            shred(copy)
        except StoreError as stuck:
            advice = f"Delete {copy}: it is a copy of the household."
            raise Failure(f"{to} could not be written, nor {stuck.detail}", advice) from None
        if isinstance(error, OSError):
            raise refused(to, error) from None
        raise
    answer = {**answer, "file": str(to)}
    show(answer, as_json, lambda a: "\n".join([f"Wrote {a['file']}", *a["notes"]]))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--passphrase/--no-passphrase", default=True, help="Seal it (default); else links sign in again later.")
@common
def backup(file: Path, passphrase: bool, data: str | None, as_json: bool) -> None:
    """Back up the running household into FILE. $WAYHOME_PASSPHRASE, or a prompt, gives the passphrase."""
    remote, to = Remote(data), file.resolve()
    with _reserved(to):
        secret = _passphrase(as_json, twice=True) if passphrase else None
        _fetch(remote.call("upkeep.backup", {"passphrase": secret}), to, as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@common
def export(file: Path, data: str | None, as_json: bool) -> None:
    """Write the running household in open formats into FILE (tar of JSON lines, CSV, files)."""
    remote, to = Remote(data), file.resolve()
    with _reserved(to):
        _fetch(remote.call("upkeep.export"), to, as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@common
def restore(file: Path, data: str | None, as_json: bool) -> None:
    """Put a backup or an export from FILE into an empty data folder. No hub may run on it."""
    from wayhome.adapters.archive.backup import restore as restore_backup
    from wayhome.adapters.archive.kinds import kind_of
    from wayhome.adapters.archive.take_in import take_in

    kind = kind_of(file)
    with DataDir(config.data_dir(data)) as folder:
        if kind == "export":
            notes = take_in(file, folder)
        else:
            folder.need_empty()  # before somebody types a passphrase for nothing
            secret = _passphrase(as_json, twice=False) if kind == "sealed" else None
            notes = restore_backup(file, folder, passphrase=secret, environment=os.environ)
        answer = {"data": str(folder.path), "notes": notes}
    show(answer, as_json, lambda a: "\n".join([f"Restored into {a['data']}", *a["notes"]]))


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def erase(yes: bool, data: str | None, as_json: bool) -> None:
    """Delete the household's data beyond recovery. No hub may run on it."""
    path = config.data_dir(data)
    if not path.is_dir():
        raise Failure(f"there is no data in {path}")
    with DataDir(path) as folder:
        if not yes:
            asking.confirm(f"Delete everything in {path} for good?", as_json)
        folder.erase()
    show({"erased": str(path)}, as_json, lambda a: f"Erased {a['erased']}")
