"""The docs' menu, made from what lies in docs/: a page that is added is in it. Called by mkdocs (``hooks``)."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

SECTIONS = {
    "Tutorial": "tutorial/",
    "How to": "how-to/",
    "Links": "links/",
    "Features": "features/",
    "Reference": "reference/",
    "Decisions": "adr/",
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Sections in reading order; in each, its index first, then by file name."""
    pages = sorted(page.src_uri for page in files.documentation_pages())
    config.nav = ["index.md"]
    for title, folder in SECTIONS.items():
        inside = [page for page in pages if page.startswith(folder)]
        inside.sort(key=lambda page: (not page.endswith("/index.md"), page))
        if inside:
            config.nav.append({title: inside})
    return files
