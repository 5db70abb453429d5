"""How far a glob reaches: whether it covers what another one means."""

from __future__ import annotations

from wayhome.core import glob
from wayhome.core.grant import Grant

type _Parts = tuple[bool, str | None, tuple[str, ...]]


def _parts(text: str) -> _Parts:
    glob.pattern(text)
    record = text.startswith("@")
    body = text.removeprefix("@")
    if body == "**":
        return record, None, ("**",)
    head, _, rest = body.partition("/")
    words = (rest,) if record else tuple(rest.split("."))
    return record, head, ("**",) if record and rest == "*" else words


def covers(wide: str, narrow: str) -> bool:
    """Whether every path that fits ``narrow`` fits ``wide`` too."""
    record, head, words = _parts(wide)
    other_record, other_head, other_words = _parts(narrow)
    if record != other_record:
        return False
    if head is None:
        return True
    if head not in ("*", other_head):
        return False
    for place, word in enumerate(words):
        if word == "**":
            return True
        if place >= len(other_words) or other_words[place] == "**":
            return False
        if word not in ("*", other_words[place]):
            return False
    return len(words) == len(other_words)


def within(new: Grant, held: Grant) -> bool:
    """Whether ``new`` gives nothing that ``held`` does not: same verb, no wider paths, no looser conditions. A
    counted grant can't be passed on: two would count apart."""
    return (
        new.verb == held.verb
        and covers(held.glob, new.glob)
        and held.uses is None
        and (held.since is None or (new.since is not None and new.since >= held.since))
        and (held.until is None or (new.until is not None and new.until <= held.until))
        and (held.daily is None or new.daily == held.daily)
        and (held.days is None or (new.days is not None and set(new.days) <= set(held.days)))
        and (held.place is None or new.place == held.place)
        and (held.driving is None or (new.driving is not None and set(new.driving) <= set(held.driving)))
    )
