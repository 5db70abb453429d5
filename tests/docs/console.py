"""Console blocks of the docs: run line by line, what they print held to what the page shows.

A line with ``$`` in front is run in a shell that lives as long as the block. In what is shown, ``…`` is any text of a
line, a line of ``…`` alone any number of lines, and blanks in a row as many as there are.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import msgspec

MARK = "\x1e"


class Step(msgspec.Struct):
    """One command, and the lines that are shown of it."""

    command: str
    shown: list[str]


def steps(text: str) -> list[Step]:
    """A block's commands. A command that ends in a backslash goes on in the next line."""
    found: list[Step] = []
    for line in text.splitlines():
        if found and found[-1].command.endswith("\\"):
            found[-1].command += "\n" + line
        elif line.startswith("$ "):
            found.append(Step(line[2:], []))
        else:
            found[-1].shown.append(line)
    return found


def run(text: str, folder: Path, environment: dict[str, str]) -> list[tuple[Step, list[str]]]:
    """Run a block; each command with the lines that it printed, on both streams."""
    todo = steps(text)
    # Between two commands a mark is printed, and the exit code stays as the command left it.
    script = "\n".join(f"{step.command}\nlast=$?; printf '{MARK}'; (exit $last)" for step in todo)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120,
    )  # fmt: skip
    printed = done.stdout.split(MARK)
    assert len(printed) == len(todo) + 1, done.stdout
    return [(step, output.splitlines()) for step, output in zip(todo, printed, strict=False)]


def fits(shown: list[str], printed: list[str]) -> bool:
    """Whether what was printed is what is shown."""
    pattern = ""
    for line in shown:
        if line == "…":
            pattern += r"(?:[^\n]*\n)*"
            continue
        words = [".*".join(re.escape(part) for part in word.split("…")) for word in line.split()]
        pattern += r"[ ]*" + r"[ ]+".join(words) + r"[ ]*\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None
