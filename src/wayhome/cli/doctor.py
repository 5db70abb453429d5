"""doctor: what works, what does not, and what to do."""

from __future__ import annotations

import os
from typing import Any

import click
import msgspec

from wayhome import config
from wayhome.cli.remote import Failure, Remote, common, show
from wayhome.errors import HubError
from wayhome.hub.ports import Finding


@click.command()
@common
def doctor(data: str | None, as_json: bool) -> None:
    """Say in plain words what works, what does not, and what to do. Exit code 1 when something is not well."""
    try:
        health = Remote(data).call("upkeep.doctor", reads=True)
        found = [Finding("hub", True, "The hub runs."), *msgspec.convert(health["findings"], list[Finding])]
    except Failure as failure:
        if failure.code != "no_hub":
            raise
        found = [Finding("hub", False, f"{failure.message}.", failure.advice), *_offline(data)]
    well = all(finding.ok for finding in found)
    show({"well": well, "findings": msgspec.to_builtins(found)}, as_json, _text)
    if not well:
        raise SystemExit(1)


def _offline(data: str | None) -> list[Finding]:
    # Only here, where no hub runs: the disk's adapters take a while to import.
    from wayhome.adapters.archive.archives import findings, vault_finding
    from wayhome.adapters.data_dir import DataDir

    folder = DataDir(config.data_dir(data))
    found: list[Finding] = []
    try:
        folder.need_folder()
        config.load(folder.path)
    except HubError as error:
        found.append(Finding("settings", False, f"{error.detail}.", error.hint))
    if folder.database.exists():
        return [*found, *findings(folder)]
    if folder.vault.exists() or folder.vault_key.exists():
        found.append(vault_finding(folder, os.environ))
    if not found:
        found.append(Finding("data", True, f"There is no household in {folder.path} yet."))
    return found


def _text(health: dict[str, Any]) -> str:
    lines = []
    for finding in health["findings"]:
        lines.append(f"{'ok ' if finding['ok'] else 'NOT'}  {finding['text']}")
        if finding.get("advice"):
            lines.append(f"     -> {finding['advice']}")
    lines.append("All is well." if health["well"] else "Something needs you, see above.")
    return "\n".join(lines)
