"""The cockpit's files, as built from ``web/``, with the short forms that the build laid beside them (``.br``, ``.gz``).

Files with a hash in their name never change; the rest is asked for anew each time, and answered in a few bytes while
it is the same (RFC 9110, 13).
"""

from __future__ import annotations

import asyncio
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from wayhome.errors import NotFound

TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
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
FORMS = {"br": ".br", "gzip": ".gz"}
"""How a file may travel, the shortest first, and how its name ends then."""
HELD = 512
"""So many files are held in memory; the cockpit has about a hundred."""

NOT_BUILT = """<!doctype html><meta charset=utf-8><title>Wayhome</title>
<body style="font:18px/1.5 sans-serif;max-width:40em;margin:4em auto;padding:0 1em">
<h1>The hub runs; its cockpit is not built yet</h1>
<p>Run <code>script/run</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>, then load this
page again. The API is at <a href=/api/schema>/api/schema</a>.</p>"""


def root() -> Path:
    """Where the built cockpit lies."""
    return Path(str(files("wayhome"))) / "_web"


class Held(msgspec.Struct, frozen=True):
    """A file's bytes, as of ``stamp``, and the tag that stands for them."""

    stamp: tuple[int, int]
    content: bytes
    tag: str


class Shelf:
    """The cockpit's files, held in memory: each is read from the disk once, and anew when it was built anew."""

    def __init__(self, base: Path) -> None:
        self._base = base.resolve()
        self._held: dict[Path, Held] = {}

    def find(self, name: str) -> Path | None:
        """The file of that name, if it is one of the cockpit's. Nothing outside of it is ever looked at."""
        try:
            wanted = (self._base / name.lstrip("/")).resolve()
            found = wanted.is_relative_to(self._base) and wanted.suffix in TYPES and wanted.is_file()
        except (OSError, ValueError):
            return None  # too long for a name, or with what no name can hold
        return wanted if found else None

    def take(self, path: Path, accepted: str) -> tuple[Held, str | None]:
        """A file in the shortest form that the browser takes, and which that is. Raises OSError."""
        whole = path.stat()
        for form in (form for form, ending in FORMS.items() if takes(accepted, form)):
            short = path.with_name(path.name + FORMS[form])
            try:
                # One from an earlier build than its file is not of it.
                if short.stat().st_mtime_ns >= whole.st_mtime_ns:
                    return self._read(short), form
            except FileNotFoundError:
                continue
        return self._read(path), None

    def _read(self, path: Path) -> Held:
        stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        held = self._held.get(path)
        if held is None or held.stamp != stamp:
            content = path.read_bytes()
            held = Held(stamp, content, f'"{hashlib.sha256(content).hexdigest()[:24]}"')
            if len(self._held) >= HELD:
                self._held.clear()
            self._held[path] = held
        return held


def takes(accepted: str, form: str) -> bool:
    """Whether an ``Accept-Encoding`` allows a form (RFC 9110, 12.5.3). What can't be read allows none."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(",")[:32]:
        name, _, rest = part.partition(";")
        _, _, weight = rest.partition("q=")
        try:
            weights[name.strip()] = float(weight) if rest.strip() else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    return weights.get(form, weights.get("*", 0.0)) > 0


def unchanged(asked: str | None, tag: str) -> bool:
    """Whether an ``If-None-Match`` names what would be sent."""
    tags = [one.strip().removeprefix("W/") for one in (asked or "").split(",")[:64]]
    return tag in tags or tags == ["*"]


def cockpit(base: Path | None = None) -> list[BaseRouteHandler]:
    """Routes for the cockpit's page and files. ``base``: where they lie, if not in the package."""
    shelf = Shelf(base or root())

    @get("/", include_in_schema=False)
    async def page(request: Request[Any, Any, Any]) -> Response[Any]:
        found = shelf.find("index.html")
        if found is None:
            return Response(NOT_BUILT, media_type="text/html", status_code=503)
        return await _answer(shelf, found, request)

    @get("/throw", include_in_schema=False)
    async def throw(request: Request[Any, Any, Any]) -> Response[Any]:
        """The page of a guest's phone that has scanned a screen's code."""
        found = shelf.find("throw.html")
        if found is None:
            return Response(NOT_BUILT, media_type="text/html", status_code=503)
        return await _answer(shelf, found, request)

    @get("/gallery", include_in_schema=False)
    async def gallery() -> Redirect:
        return Redirect("/#/gallery")

    @get("/{path:path}", include_in_schema=False)
    async def file(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[Any]:
        found = shelf.find(path)
        if found is None:
            raise NotFound(f"there is nothing at {path[:80]!r}")
        return await _answer(shelf, found, request)

    return [page, throw, gallery, file]


async def _answer(shelf: Shelf, path: Path, request: Request[Any, Any, Any]) -> Response[Any]:
    try:
        held, form = await asyncio.to_thread(shelf.take, path, request.headers.get("accept-encoding", ""))
    except OSError:
        raise NotFound(f"{path.name!r} can't be read just now", advice="Load the page again in a moment.") from None
    lasting = path.parent.name == "assets"
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache",
        "ETag": held.tag,
        "Vary": "Accept-Encoding",
    }
    if unchanged(request.headers.get("if-none-match"), held.tag):
        return Response(None, status_code=304, headers=headers)
    if form is not None:
        headers["Content-Encoding"] = form
    return Response(held.content, media_type=TYPES[path.suffix], headers=headers)
