"""What the built page loads before its first picture, by weight."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

WANTED = re.compile(r'<(?:script|link)\b[^>]*?\b(?:src|href)="\./([^"]+)"[^>]*>')


def initial(root: Path) -> dict[str, int]:
    """Scripts and style sheets that ``index.html`` names, the page itself, and the words of a language (of the one that
    has the most): the bytes of each as gzip makes them."""
    page = (root / "index.html").read_text()
    names = [name for name in WANTED.findall(page) if name.endswith((".js", ".css"))]
    languages = re.findall(r"(\w+) \./([^,\"]+)", re.findall(r'<meta name="words" content="([^"]+)"', page)[0])
    words = max((path for _, path in languages), key=lambda path: weight(root / path))
    return {name: weight(root / name) for name in ["index.html", *names, words]}


def fonts(root: Path) -> dict[str, int]:
    """The fonts; a page of one script loads one of them."""
    return {path.name: path.stat().st_size for path in sorted((root / "assets").glob("*.woff2"))}


def weight(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))
