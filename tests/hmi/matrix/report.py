"""What the matrix looked at, for the page of the docs that says so."""

from __future__ import annotations

import datetime
import subprocess
from collections import Counter
from pathlib import Path

from tests.hmi.matrix.cells import Cell
from tests.hmi.matrix.rules import RULES, Findings

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "glass.md"
START, END = "<!-- glass -->", "<!-- /glass -->"


class Report:
    """Collects; ``page`` is its Markdown."""

    def __init__(self) -> None:
        self.pages: Counter[tuple[str, str, str]] = Counter()
        self.rules: Counter[str] = Counter()
        self.broken: list[str] = []
        self.cells: set[Cell] = set()

    def add(self, cell: Cell, panel: str, found: Findings) -> None:
        self.pages[panel or "home", cell.face.name, cell.situation.name] += 1
        self.cells.add(cell)
        self.rules.update(found.checked)
        self.broken += found.broken

    def page(self, day: str, revision: str) -> str:
        """Markdown: what was looked at, by rule and by panel."""
        total = sum(self.pages.values())
        looks = sorted({cell.look.name for cell in self.cells})
        panels = sorted({panel for panel, _, _ in self.pages})
        situations = sorted({situation for _, _, situation in self.pages})
        lines = [
            f"{day}, revision {revision}: {total} pages in {len(looks)} looks ({', '.join(looks)}); "
            f"{len(self.broken)} rules broken.",
            "",
            "| rule | what was checked | pages |",
            "| --- | --- | --- |",
            *(f"| {rule} | {what} | {self.rules[rule]} |" for rule, what in RULES.items()),
            "",
            f"| panel | {' | '.join(situations)} |",
            f"| --- | {' | '.join('---' for _ in situations)} |",
        ]
        for panel in panels:
            counts = [sum(n for (p, _, s), n in self.pages.items() if (p, s) == (panel, one)) for one in situations]
            lines.append(f"| {panel} | {' | '.join(map(str, counts))} |")
        if self.broken:
            lines += ["", "Broken:", "", *(f"- {one}" for one in self.broken)]
        return "\n".join(lines)


def write(report: Report) -> None:
    """Put it into the page of the docs, dated."""
    head, rest = PAGE.read_text(encoding="utf-8").split(START, 1)
    tail = rest.split(END, 1)[1]
    git = ["git", "rev-parse", "--short", "HEAD"]
    revision = subprocess.run(git, cwd=PAGE.parent, capture_output=True, text=True, check=True).stdout.strip()
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    PAGE.write_text(f"{head}{START}\n\n{report.page(day, revision)}\n\n{END}{tail}", encoding="utf-8")
