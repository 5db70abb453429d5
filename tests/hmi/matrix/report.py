"""What the matrix looked at, for the page of the docs that says so."""

from __future__ import annotations

from collections import Counter

from tests.hmi.matrix.cells import Cell
from tests.hmi.matrix.rules import RULES, Findings

START, END = "<!-- made: glass -->", "<!-- /made -->"


class Report:
    """Collects; ``page`` is its Markdown."""

    def __init__(self) -> None:
        self.pages: Counter[tuple[str, str, str]] = Counter()
        self.rules: Counter[str] = Counter()
        self.broken: list[str] = []
        self.looks: set[str] = set()

    def add(self, cell: Cell, panel: str, found: Findings) -> None:
        self.pages[panel or "home", cell.face.name, cell.situation.name] += 1
        self.looks.add(cell.look.name)
        self.rules.update(found.checked)
        self.broken += found.broken

    def page(self, day: str, revision: str) -> str:
        """Markdown: what was looked at, by rule and by panel."""
        total = sum(self.pages.values())
        panels = sorted({panel for panel, _, _ in self.pages})
        situations = sorted({situation for _, _, situation in self.pages})
        lines = [
            f"{day}, revision {revision}: {total} pages in {len(self.looks)} looks ({', '.join(sorted(self.looks))}); "
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
