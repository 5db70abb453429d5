"""Path globs: ``*/light.**`` is every light, ``su7/Vehicle.Cabin.*`` one level of a car's cabin.

Before the slash ``*`` stands for any thing; after it ``*`` is one word of the signal, a closing ``**`` any number
of words (also none). ``ada_*/**`` is all that is Ada's own. In a record's id ``*`` is any text. ``**`` alone is
everything of a kind: things ``**``, records ``@**``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from wayhome.core.ids import MAX_PATH
from wayhome.errors import BadInput

_GLOB = re.compile(r"(@?)(?:\*\*|([A-Za-z0-9_-]+|\*|[a-z0-9-]+_\*)/([A-Za-z0-9_.:*-]+))")
_WORD = re.compile(r"[A-Za-z0-9_:-]+|\*\*?")
MAX_GLOBS = 200


def pattern(glob: str) -> str:
    """The regular expression of one glob. Raises BadInput for what is none."""
    match = _GLOB.fullmatch(glob) if len(glob) <= MAX_PATH else None
    if match is None:
        raise BadInput(f"{glob[:80]!r} is not a path or glob", advice="As su7/Vehicle.Speed, */light.** or @place/*.")
    at, thing, rest = match.groups()
    if thing is None:
        return at + (".+" if at else "[^@].*")
    head = at + ("[^/@]+" if thing == "*" else re.escape(thing).replace(r"_\*", "_[^/@]+")) + "/"
    if at:
        return head + _texts(rest)
    words = rest.split(".")
    if any(_WORD.fullmatch(word) is None for word in words) or "**" in words[:-1]:
        raise BadInput(f"{glob[:80]!r} is not a glob", advice="** may only stand at the end.")
    open_end = words[-1] == "**"
    body = r"\.".join(r"[^.]+" if word == "*" else re.escape(word) for word in words[: len(words) - open_end])
    if not open_end:
        return head + body
    return head + (body + r"(?:\..+)?" if body else ".+")


def _texts(glob: str) -> str:
    """The expression of a record's id where each ``*`` is any text, in time linear in the id: what a middle part has
    matched is never tried anew, for the first place where it fits leaves the most to the rest."""
    first, *rest = (re.escape(part) for part in re.split(r"\*+", glob))
    if not rest:
        return first
    *middle, last = rest
    return first + "".join(rf"(?>.+?{part})" for part in middle) + ".+" + last


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """A test whether a path fits any of the globs. Raises BadInput for a wrong glob or more than 200."""
    patterns = [pattern(glob) for glob in globs]
    if len(patterns) > MAX_GLOBS:
        raise BadInput(f"more than {MAX_GLOBS} globs at once")
    if not patterns:
        return lambda path: False
    search = re.compile("|".join(patterns)).fullmatch
    return lambda path: search(path) is not None
