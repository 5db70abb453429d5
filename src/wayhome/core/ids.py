"""Names of things and signals.

A path is ``thing/signal``: ``su7/Vehicle.Speed``, ``kitchen-lamp/light.on``. The thing's id is a slug that says
nothing of its type; the signal begins with the trait. A record's path is ``@collection/id``.

What is one person's own, as what plays on their phone, has their id before its own: ``ada_phone-player``. A right to
every thing is none to that (``core/grant.py``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from wayhome.errors import BadInput

MAX_PATH = 256
MAX_THING = 64
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_SIGNAL = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)+")
_RECORD = re.compile(r"@([a-z][a-z_]{0,31})/([A-Za-z0-9][A-Za-z0-9_.:-]{0,127})")
_BREAKS = ("Cc", "Zl", "Zp")
_UNSEEN = ("Cf", "Cs", "Zs", "Mn", "Me")
"""Joiners and other signs of the line, halves of signs, room, accents of nothing."""
_TURNS = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
"""What turns a line round, and would go on doing so behind the name (Unicode TR 36, bidirectional spoofing)."""
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def is_slug(text: str) -> bool:
    """Whether text can be a thing's id."""
    return _SLUG.fullmatch(text) is not None


def is_thing(text: str) -> bool:
    """Whether text can be a thing's id: a slug, or a person's id and a slug of what is their own."""
    person, line, own = text.partition("_")
    return is_slug(person) and (not line or (len(text) <= MAX_THING and is_slug(own)))


def whose(thing: str) -> str | None:
    """The person whose own a thing is, by its id; None: it is the household's."""
    person, line, _ = thing.partition("_")
    return person if line else None


def own(person: str, name: str, taken: Container[str] = (), fallback: str = "thing") -> str:
    """A free id for a thing that is a person's own."""
    room = MAX_THING - len(person) - 1
    stem = slug(name, fallback=fallback)[: max(1, room - 3)].strip("-") or "thing"[:room]
    first = f"{person}_{stem}"
    return next(id for id in (first, *(f"{first}-{n}" for n in range(2, 100))) if id not in taken)


def is_signal(text: str) -> bool:
    """Whether text can be a signal, ``trait.name...``."""
    return len(text) <= 200 and _SIGNAL.fullmatch(text) is not None


def split_path(path: str) -> tuple[str, str]:
    """``su7/Vehicle.Speed`` -> ``("su7", "Vehicle.Speed")``. Raises BadInput for anything else."""
    thing, slash, signal = path.partition("/")
    if not slash or len(path) > MAX_PATH or not is_thing(thing) or not is_signal(signal):
        raise BadInput(f"{path[:80]!r} is not a path", advice="A path is thing/trait.signal, as su7/Vehicle.Speed.")
    return thing, signal


def record_path(collection: str, item: str) -> str:
    """The path of a record, ``@place/home``. Raises BadInput when a part is no name."""
    path = f"@{collection}/{item}"
    if _RECORD.fullmatch(path) is None:
        raise BadInput(f"{path[:80]!r} is not a record's path")
    return path


def legible(name: str) -> str:
    """A name as it stands in one line; empty when it has no sign that anybody sees.

    Joiners between signs stay: families of emoji and many scripts are written with them. What turns a line round
    goes: a name runs the way its own letters do.
    """
    kept = (sign for sign in name if sign not in _TURNS)
    line = "".join(" " if unicodedata.category(sign) in _BREAKS else sign for sign in kept).strip()
    return line if any(unicodedata.category(sign) not in _UNSEEN for sign in line) else ""


def slug(name: str, taken: Container[str] = (), fallback: str = "thing") -> str:
    """A free id for a thing called ``name``: lower-case ASCII letters, digits and hyphens.

    Names without any such letter (Chinese, emoji) get ``fallback`` and a number.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = _NOT_SLUG.sub("-", plain).strip("-")[:56].strip("-") or fallback
    if stem not in taken:
        return stem
    return next(f"{stem}-{n}" for n in range(2, 1_000_000) if f"{stem}-{n}" not in taken)
