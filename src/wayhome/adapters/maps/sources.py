"""What a map is made of, as somebody names it: a file, an address, or the name of a region that is offered."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

import httpx
import msgspec

from wayhome.core.ids import slug
from wayhome.errors import BadInput

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.bz2", ".osm.gz", ".o5m")
_NAME = re.compile(r"[^\W_][\w .,'’&()-]*(?:/[^\W_][\w .,'’&()-]*)*")
"""As an index has it (``us/new-york``), or as people call it (``Île-de-France``)."""
LONGEST = 2_000


class Extract(msgspec.Struct, frozen=True):
    """Where to take an extract from. ``place``: a path or an address; empty: it was sent, or has to be looked up."""

    kind: Literal["file", "address"]
    place: str
    id: str
    name: str


def named(text: str, given: str = "") -> Extract:
    """What is meant by what somebody typed; a region's name still has to be looked up (``place`` is empty). Raises
    BadInput."""
    text, given = text.strip(), given.strip()
    if not text or len(text) > LONGEST or not text.isprintable() or not given.isprintable():
        raise BadInput("a map is made of a file, an address or the name of a region")
    if "://" in text:
        return _addressed(text, given)
    if text.startswith(("/", "./", "../", "~")) or text.lower().endswith(SUFFIXES):
        try:
            path = Path(text).expanduser()
        except RuntimeError:  # an account that is not there
            path = Path(text)
        if not path.is_absolute():
            raise BadInput("this is not the whole path of a file", advice="Begin it with /, as on the hub's machine.")
        stem = _stem(text)
        return Extract("file", str(path), slug(given or stem, (), "map"), given or title(stem))
    if not _NAME.fullmatch(text):
        raise BadInput(f"{text[:60]!r} is no file, no address and no name of a region")
    last = text.lower().rsplit("/", 1)[-1]
    return Extract("address", "", slug(given or last, (), "map"), given or title(last))


def _addressed(text: str, given: str) -> Extract:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and bool(httpx.URL(text).host)
    except (ValueError, httpx.InvalidURL):
        good = False
    if not good:
        raise BadInput("an address begins with https://", advice="Or name a file on the hub's machine.")
    stem = _stem(unquote(parts.path))
    return Extract("address", text, slug(given or stem, (), "map"), given or title(stem))


def sent(name: str) -> Extract:
    """An extract that somebody sends; ``name``: the file's. Raises BadInput."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not name or not name.isprintable():
        raise BadInput("a file has a name", advice="As liechtenstein.osm.pbf.")
    called = title(name)
    return Extract("file", "", slug(called, (), "map"), called)


def _stem(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    for suffix in (*SUFFIXES, "-latest"):
        name = name.removesuffix(suffix)
    return name or "map"


def title(stem: str) -> str:
    """A name for people, from a file's or a region's."""
    stem = _stem(stem)
    return " ".join(word.capitalize() for word in re.split(r"[-_ ]+", stem) if word)[:60] or "Map"
