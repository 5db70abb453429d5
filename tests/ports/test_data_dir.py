"""One hub in a folder, and only one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wayhome.adapters.data_dir import DataDir
from wayhome.errors import Locked, StoreError


def test_a_second_hub_is_kept_out(tmp_path: Path) -> None:
    with DataDir(tmp_path / "home") as data:
        assert data.path.stat().st_mode & 0o777 == 0o700
        assert data.empty()
        with pytest.raises(Locked, match="process") as refused:
            DataDir(tmp_path / "home").lock()
        assert "--data" in refused.value.hint
    with DataDir(tmp_path / "home"):
        pass


def test_a_killed_hub_leaves_no_lock(tmp_path: Path) -> None:
    program = (
        "import os; from pathlib import Path; from wayhome.adapters.data_dir import DataDir\n"
        f"DataDir(Path({str(tmp_path)!r})).lock(); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == -9
    with DataDir(tmp_path):
        pass


def test_a_place_that_can_not_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError):
        DataDir(tmp_path / "file").lock()
