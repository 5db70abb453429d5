"""Writes what the docs take from the code, between ``<!-- made: NAME -->`` and ``<!-- /made -->``. Called by
script/docs."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from script import page_command_line, page_errors, page_operations

DOCS = Path(__file__).parent.parent / "docs"
MADE = re.compile(r"(<!-- made: ([a-z-]+) -->\n).*?(<!-- /made -->)", re.DOTALL)
PARTS: dict[str, Callable[[], str]] = {
    "operations": page_operations.made,
    "types": page_operations.made_types,
    "errors": page_errors.made,
    "help": page_command_line.made,
}


def written(text: str) -> str:
    """A page with its made parts as the code says now."""
    return MADE.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]().strip()}\n\n{found[3]}", text)


def pages() -> list[Path]:
    """The pages that have made parts."""
    return [page for page in sorted(DOCS.rglob("*.md")) if MADE.search(page.read_text())]


def main(words: list[str]) -> int:
    """``[--check]``: 1 when a page is out of date."""
    stale = [page for page in pages() if written(page.read_text()) != page.read_text()]
    for page in stale:
        if "--check" in words:
            print(f"{page.relative_to(DOCS.parent)} is out of date: run script/docs", file=sys.stderr)
        else:
            page.write_text(written(page.read_text()))
            print(f"wrote {page.relative_to(DOCS.parent)}")
    return 1 if stale and "--check" in words else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
