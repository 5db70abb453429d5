"""The cockpit's files, as built from ``web/``. Files with a hash in their name never change; the rest is asked for
anew each time."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from litestar import Response, get
from litestar.handlers import BaseRouteHandler
from litestar.response import File

from wayhome.errors import NotFound

TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain",
    ".map": "application/json",
}

NOT_BUILT = """<!doctype html><meta charset=utf-8><title>Wayhome</title>
<body style="font:18px/1.5 sans-serif;max-width:40em;margin:4em auto;padding:0 1em">
<h1>The hub runs; its cockpit is not built yet</h1>
<p>Run <code>script/run</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>, then load this
page again. The API is at <a href=/api/schema>/api/schema</a>.</p>"""


def root() -> Path:
    """Where the built cockpit lies."""
    return Path(str(files("wayhome"))) / "_web"


def cockpit() -> list[BaseRouteHandler]:
    """Routes for the cockpit's page and files."""
    base = root()

    @get("/", include_in_schema=False)
    async def page() -> Response[Any]:
        if not (base / "index.html").is_file():
            return Response(NOT_BUILT, media_type="text/html", status_code=503)
        return _file(base / "index.html")

    @get("/{path:path}", include_in_schema=False)
    async def file(path: str) -> Response[Any]:
        try:
            wanted = (base / path.lstrip("/")).resolve()
            found = wanted.is_relative_to(base.resolve()) and wanted.is_file()
        except (OSError, ValueError):
            found = False  # too long for a name, or with what no name can hold
        if not found:
            raise NotFound(f"there is nothing at {path[:80]!r}")
        return _file(wanted)

    return [page, file]


def _file(path: Path) -> Response[Any]:
    lasting = path.parent.name == "assets"
    cache = "public, max-age=31536000, immutable" if lasting else "no-cache"
    return File(
        path,
        media_type=TYPES.get(path.suffix, "application/octet-stream"),
        content_disposition_type="inline",
        headers={"Cache-Control": cache},
    )
