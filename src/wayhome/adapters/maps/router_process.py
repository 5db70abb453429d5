"""The program that holds Valhalla: questions come on its input, answers go to its output, each behind its length (four
bytes, big-endian). Started by ``router``; nothing else of Wayhome imports this.

A question is ``{"action": "route", "request": {…}}``, an answer ``{"answer": {…}}`` or ``{"error": "…"}``.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

ACTIONS = ("route", "matrix", "isochrone", "trace_attributes", "locate")


def main(config: str) -> None:
    """Answer until the input ends."""
    # Valhalla's log goes to what it takes for its output: the answers have another one.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    import valhalla  # type: ignore[import-untyped,unused-ignore]

    actor = valhalla.Actor(config)
    source = sys.stdin.buffer
    while len(head := source.read(4)) == 4:
        question = json.loads(source.read(int.from_bytes(head)))
        text = json.dumps(_answered(actor, question)).encode()
        out.write(len(text).to_bytes(4) + text)
        out.flush()


def _answered(actor: Any, question: dict[str, Any]) -> dict[str, Any]:
    if question["action"] not in ACTIONS:
        return {"error": "no such action"}
    try:
        return {"answer": getattr(actor, question["action"])(question["request"])}
    except Exception as error:
        # Whatever it says of one question: the next one is answered all the same.
        return {"error": str(error)}


if __name__ == "__main__":
    main(sys.argv[1])
