"""backup, restore, export, erase: the household's data as a whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import click

from wayhome import config
from wayhome.adapters.data_dir import DataDir
from wayhome.cli.remote import Failure, Remote, common, show
from wayhome.errors import BadInput, HubError


def _passphrase(twice: bool) -> str:
    given = os.environ.get("WAYHOME_PASSPHRASE")
    if given:
        return given
    return str(click.prompt("Passphrase (not shown)", hide_input=True, confirmation_prompt=twice, err=True))


def _fetch(answer: dict[str, Any], to: Path, as_json: bool) -> None:
    if to.exists():
        raise Failure(f"{to} is there already", "Choose another name, or delete it first.")
    shutil.move(answer["file"], to)
    to.chmod(0o600)
    answer = {**answer, "file": str(to)}
    show(answer, as_json, lambda a: "\n".join([f"Wrote {a['file']}", *a["notes"]]))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--passphrase/--no-passphrase", default=True, help="Seal it (default); else links sign in again later.")
@common
def backup(file: Path, passphrase: bool, data: str | None, as_json: bool) -> None:
    """Back up the running household into FILE. $WAYHOME_PASSPHRASE, or a prompt, gives the passphrase."""
    remote = Remote(data)
    secret = _passphrase(twice=True) if passphrase else None
    _fetch(remote.call("upkeep.backup", {"passphrase": secret}), file.resolve(), as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@common
def export(file: Path, data: str | None, as_json: bool) -> None:
    """Write the running household in open formats into FILE (tar of JSON lines, CSV, files)."""
    _fetch(Remote(data).call("upkeep.export"), file.resolve(), as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@common
def restore(file: Path, data: str | None, as_json: bool) -> None:
    """Put a backup or an export from FILE into an empty data folder. No hub may run on it."""
    from wayhome.adapters.archive.backup import restore as restore_backup
    from wayhome.adapters.archive.take_in import take_in

    with DataDir(config.data_dir(data)) as folder:
        try:
            notes = take_in(file, folder)
        except BadInput:
            sealed = not file.read_bytes()[:512].startswith(b"wayhome.db\0")
            secret = _passphrase(twice=False) if sealed else None
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
    try:
        with DataDir(path) as folder:
            if not yes:
                click.confirm(f"Delete everything in {path} for good?", abort=True, err=True)
            folder.erase()
    except HubError as error:
        raise Failure(error.detail, error.hint, error.code) from None
    show({"erased": str(path)}, as_json, lambda a: f"Erased {a['erased']}")
