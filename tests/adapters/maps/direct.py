"""Valhalla asked directly, by its own Python package, in a process of its own: ``direct CONFIG`` reads questions, one a
line of JSON as ``[action, request]``, and answers each with a line. Nothing of Wayhome is in it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


def ask(config: Path, questions: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    """The answers; an error as its text."""
    text = "".join(json.dumps(one) + "\n" for one in questions)
    done = subprocess.run(
        [sys.executable, __file__, str(config)], input=text, capture_output=True, text=True, check=True, timeout=60
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def main(config: str) -> None:
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import valhalla  # type: ignore[import-untyped,unused-ignore]

    actor = valhalla.Actor(config)
    for line in sys.stdin:
        action, request = json.loads(line)
        try:
            answer = getattr(actor, action)(request)
        except Exception as error:
            answer = str(error)
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
