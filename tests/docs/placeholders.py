"""Placeholders in the docs' JSON examples: what they may stand for. The rules stand in docs/reference/live-socket.md.

``"<kind>"`` is any value of its kind; ``"<kind name>"`` is the same value wherever it stands in a section. A member
``"…": "…"`` or a last element ``"…"`` says that there may be more.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

MORE = "…"
_PLACEHOLDER = re.compile(r"<([a-z]+)(?: [a-z0-9]+)?>")


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


KINDS: dict[str, Callable[[Any], bool]] = {
    "epoch": lambda v: isinstance(v, str) and re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}(\.[0-9a-f]+)?", v) is not None,
    "key": lambda v: isinstance(v, str) and re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", v) is not None,
    "rev": lambda v: isinstance(v, int) and not isinstance(v, bool) and v > 0,
    "time": lambda v: _number(v) and abs(v - time.time()) < 86_400,
    "state": lambda v: v in ("sent", "done", "failed", "expired"),
    "bool": lambda v: isinstance(v, bool),
    "number": _number,
    "text": lambda v: isinstance(v, str) and v != "",
    "id": lambda v: isinstance(v, str) and v != "",
}


def filled(shown: Any, known: dict[str, Any]) -> Any:
    """What is sent: ``shown`` with its placeholders filled in from what is ``known``."""
    if isinstance(shown, dict):
        return {filled(name, known): filled(value, known) for name, value in shown.items()}
    if isinstance(shown, list):
        return [filled(value, known) for value in shown]
    if isinstance(shown, str):
        return known[shown] if _PLACEHOLDER.fullmatch(shown) else _named(shown, {}, known)
    return shown


def differs(shown: Any, real: Any, known: dict[str, Any], at: str = "$") -> str | None:
    """Where and how ``real`` is not what is shown; None where it is. Named placeholders are added to ``known``."""
    if isinstance(shown, str) and (found := _PLACEHOLDER.fullmatch(shown)):
        if not KINDS[found[1]](real):
            return f"{at}: {real!r} is no {found[1]}"
        if " " in shown and known.setdefault(shown, real) != real:
            return f"{at}: {shown} was {known[shown]!r}, now it is {real!r}"
        return None
    if isinstance(shown, dict) and isinstance(real, dict):
        return _object(shown, real, known, at)
    if isinstance(shown, list) and isinstance(real, list):
        more = bool(shown) and shown[-1] == MORE
        wanted = shown[:-1] if more else shown
        if len(real) < len(wanted) or (len(real) > len(wanted) and not more):
            return f"{at}: {len(real)} elements instead of {len(wanted)}"
        pairs = enumerate(zip(wanted, real, strict=False))
        return next((why for n, (s, r) in pairs if (why := differs(s, r, known, f"{at}[{n}]"))), None)
    if isinstance(shown, str):
        shown = _named(shown, {}, known)
    if isinstance(shown, bool) is not isinstance(real, bool) or shown != real:
        return f"{at}: {real!r} instead of {shown!r}"
    return None


def _object(shown: dict[str, Any], real: dict[str, Any], known: dict[str, Any], at: str) -> str | None:
    wanted = {_named(name, real, known): value for name, value in shown.items() if name != MORE}
    if missing := wanted.keys() - real.keys():
        return f"{at}: lacks {sorted(missing)}, has {sorted(real)}"
    if MORE not in shown and (extra := real.keys() - wanted.keys()):
        return f"{at}: also has {sorted(extra)}"
    return next((why for n, v in wanted.items() if (why := differs(v, real[n], known, f"{at}.{n}"))), None)


def _named(name: str, real: dict[str, Any], known: dict[str, Any]) -> str:
    """A text, of which a named placeholder may be the end: ``@grant/<id g>``. One not yet known is bound to
    the only member of ``real`` that begins so."""
    start, mark, rest = name.partition("<")
    if not mark:
        return name
    if mark + rest not in known:
        found = [other for other in real if other.startswith(start)]
        if len(found) != 1:
            return name
        known[mark + rest] = found[0].removeprefix(start)
    return f"{start}{known[mark + rest]}"
