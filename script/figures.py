"""Runs the benchmark programs and writes what they measured into the docs. Called by script/bench.

A program of bench/ prints one JSON object and knows ``--quick``. Of the object are shown: ``title``, ``about`` and
``goal`` as texts, each list of objects as a table (``rows`` without a heading), other values as a list.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "performance.md"
START, END = "<!-- figures -->", "<!-- /figures -->"


def main(words: list[str]) -> int:
    """``[--quick] [name...]``; ``glass`` stands for all of ``glass_*``. Returns 1 when a program failed; the others'
    figures are written all the same, and those of the programs that were not asked for stay as they are."""
    quick = "--quick" in words
    asked = [word for word in words if word != "--quick"]
    programs = sorted(path for path in (ROOT / "bench").glob("*.py") if not path.name.startswith("_"))
    programs = [path for path in programs if not asked or any(is_meant(path.stem, word) for word in asked)]
    if not programs:
        print(f"no such program in bench/: {', '.join(asked)}" if asked else "bench/ holds no program", file=sys.stderr)
        return 1
    found: dict[str, str] = {}
    failed: list[str] = []
    for program in programs:
        print(f"==> bench/{program.name}", file=sys.stderr, flush=True)
        measured = measure(program, quick)
        if measured is None:
            failed.append(program.name)
            continue
        found[program.stem] = section(program.stem, measured)
        print(found[program.stem], flush=True)
    if not quick and found:
        text = PAGE.read_text()
        head, rest = text.split(START, 1)
        old, tail = rest.split(END, 1)
        PAGE.write_text(f"{head}{START}\n{joined(old, found)}\n{END}{tail}")
    for name in failed:
        print(f"!!! failed: bench/{name}", file=sys.stderr)
    return 1 if failed else 0


def is_meant(name: str, word: str) -> bool:
    """Whether a program is asked for: by its name, or by the first word of several that belong together."""
    return name == word or name.startswith(f"{word}_")


def measure(program: Path, quick: bool) -> dict[str, Any] | None:
    """The object that a program prints, or None when it fails or prints something else."""
    command = [sys.executable, str(program), *(["--quick"] if quick else [])]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=False)
    try:
        measured = json.loads(done.stdout)
    except ValueError:
        print(f"it printed no JSON object: {done.stdout[-500:]!r}", file=sys.stderr)
        return None
    if done.returncode or not isinstance(measured, dict):
        return None
    return measured


def section(name: str, measured: dict[str, Any]) -> str:
    """One program's part of the page."""
    lines = [f"## {measured.pop('title', name.replace('_', ' ').capitalize())}", ""]
    for word in ("about", "goal"):
        said = measured.pop(word, None)
        if said:
            said = "; ".join(map(str, said)) if isinstance(said, list) else said
            lines += [f"Goal: {said}" if word == "goal" else str(said), ""]
    plain = {key: value for key, value in measured.items() if not _is_table(value)}
    for key, value in measured.items():
        if _is_table(value):
            lines += [*([] if key == "rows" else [f"**{_word(key)}**", ""]), *table(value), ""]
    for key, value in plain.items():
        lines.append(f"- {_word(key)}: {_shown(value)}")
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines += ["", f"`script/bench {name}`, {today}, {machine()}", ""]
    return f"<!-- {name} -->\n" + "\n".join(lines)


def joined(old: str, found: dict[str, str]) -> str:
    """The sections of the page by name: new ones in the place of old ones."""
    parts: dict[str, str] = {}
    for part in old.split("\n<!-- ")[1:]:
        name, _, text = part.partition(" -->\n")
        parts[name] = f"<!-- {name} -->\n{text.strip()}\n"
    parts.update(found)
    return "\n" + "\n".join(parts[name].strip() + "\n" for name in sorted(parts))


def table(rows: list[dict[str, Any]]) -> list[str]:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = ["| " + " | ".join(map(_word, columns)) + " |", "| " + " | ".join("---" for _ in columns) + " |"]
    return lines + ["| " + " | ".join(_shown(row.get(column)) for column in columns) + " |" for row in rows]


def machine() -> str:
    """What it was measured on, in a few words."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "a CPU"
    )
    return f"{os.cpu_count()} cores of {model}, Python {platform.python_version()}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _is_table(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _word(key: str) -> str:
    return key.replace("_", " ")


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict):
        return ", ".join(f"{_word(str(key))} {_shown(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return str(value).replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
