"""Running commands as a program does: arguments in, text and exit code out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from wayhome.cli import main


class Line:
    """The command line with a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *arguments: str, given: str | None = None) -> Result:
        """Run a command, ``given`` on stdin."""
        return CliRunner().invoke(main, [*arguments, "--data", str(self.data)], input=given)

    def problem(self, *arguments: str, code: int = 1, given: str | None = None) -> dict[str, Any]:
        """Run a command that fails, with ``--json``; the one object on its stderr."""
        done = self.run(*arguments, "--json", given=given)
        assert (done.exit_code, done.stdout) == (code, ""), done.output
        found: dict[str, Any] = json.loads(done.stderr)
        assert set(found) == {"code", "detail", "advice"}
        return found

    def doctor(self) -> dict[str, dict[str, Any]]:
        """What the doctor finds, by the findings' names."""
        health = json.loads(self.run("doctor", "--json").stdout)
        return {finding["name"]: finding for finding in health["findings"]}


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    for variable in ("WAYHOME_DATA", "WAYHOME_PASSPHRASE", "WAYHOME_VAULT_KEY", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(variable, raising=False)
    return Line(tmp_path / "data")
