"""A page of the docs as a test reads it: its sections, fenced blocks and tables."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import msgspec

DOCS = Path(__file__).parents[2] / "docs"
_FENCE = re.compile(r'^( *)```([a-z]+)(?: title="([^"]*)")?\n(.*?)^\1```$', re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)


class Block(msgspec.Struct, frozen=True):
    """A fenced block: its language, its title (what a test has to do with it), its text, and the line it begins at."""

    language: str
    title: str
    text: str
    line: int


class Section(msgspec.Struct, frozen=True):
    """What stands under a heading of the second level; before the first one, the title is empty."""

    title: str
    text: str
    blocks: list[Block]

    def rows(self) -> list[list[str]]:
        """The cells of its tables, without their heads."""
        found = []
        for match in _ROW.finditer(self.text):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", match[1])]
            if all(set(cell) <= {"-", ":"} for cell in cells):
                found.pop()  # the line above was the head
            else:
                found.append(cells)
        return found


def sections(name: str) -> list[Section]:
    """The sections of ``docs/<name>``."""
    text = (DOCS / name).read_text()
    # A line within a block that begins with ## is no heading.
    plain = _FENCE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    heads = [(0, ""), *((m.start(), m[1]) for m in _HEADING.finditer(plain))]
    ends = [start for start, _ in heads[1:]] + [len(text)]
    found = []
    for (start, title), end in zip(heads, ends, strict=True):
        blocks = [
            Block(m[2], m[3] or "", textwrap.dedent(m[4]), text.count("\n", 0, start + m.start()) + 1)
            for m in _FENCE.finditer(text[start:end])
        ]
        found.append(Section(title, text[start:end], blocks))
    return found


def section(name: str, title: str) -> Section:
    """One section by its title."""
    return next(found for found in sections(name) if found.title == title)


def code(cell: str) -> list[str]:
    """What stands between backticks in a cell."""
    return re.findall(r"`([^`]+)`", cell)
