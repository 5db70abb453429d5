"""The version after this one, really built: its page says so in its title of the settings, its hub in its number."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import wayhome

WEB = Path(__file__).parents[3] / "web"
TITLE = "Settings of the next version"
NUMBER = "0.99.0"


def build(folder: Path) -> Path:
    """Build it into a folder; what to put on PYTHONPATH."""
    web, source = folder / "web", folder / "src"
    left_out = shutil.ignore_patterns("node_modules", "test", "__pycache__", "_web")
    shutil.copytree(WEB, web, ignore=left_out)
    (web / "node_modules").symlink_to(WEB / "node_modules")
    shutil.copytree(Path(wayhome.__file__).parent, source / "wayhome", ignore=left_out)
    _change(web / "src/lib/i18n/en/settings.ts", r'"settings\.title": "[^"]*"', f'"settings.title": "{TITLE}"')
    _change(source / "wayhome/__init__.py", r'__version__ = "[^"]*"', f'__version__ = "{NUMBER}"')
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    built = subprocess.run(
        ["npm", "run", "--silent", "build"], cwd=web, env=environment, capture_output=True, text=True, timeout=300
    )
    assert built.returncode == 0, built.stderr[-2_000:]
    assert (source / "wayhome/_web/sw.js").is_file()
    return source


def _change(path: Path, what: str, to: str) -> None:
    text = path.read_text()
    changed, times = re.subn(what, to, text)
    assert times == 1, f"{what} is {times} times in {path.name}"
    path.write_text(changed)
