"""The API of a running hub as the cockpit's build takes it: web/openapi.json."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

TO = Path(__file__).parents[1] / "web" / "openapi.json"


def document() -> str:
    """What a fresh hub says of its API, in an order that does not change from run to run."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "wayhome",
            "up",
            "--demo",
            "--no-sites",
            "--json",
            "--listen",
            "localhost:0",
            "--data",
        ]
        hub = subprocess.Popen(
            [*command, f"{folder}/data"], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
        try:
            assert hub.stdout is not None
            url = json.loads(hub.stdout.readline())["url"]
            with urllib.request.urlopen(f"{url}/api/schema/openapi.json") as answer:
                return json.dumps(json.load(answer), sort_keys=True, indent=1, ensure_ascii=False) + "\n"
        finally:
            hub.terminate()
            hub.wait(20)


if __name__ == "__main__":
    TO.write_text(document(), encoding="utf-8")
