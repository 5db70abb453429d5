"""What templates may use: operators, filters, tests and methods, each with a bound on what comes out of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

MAX_TEXT = 65_536
MAX_ITEMS = 4_096
MAX_NUMBER = 2**63
MAX_WHOLE = 8


class Fault(Exception):
    """A device's template can't be carried out. It stays in this link: what it means for whom is said where it is
    caught."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Undefined:
    """What is not there: empty when written, an error in sums."""


UNDEFINED = Undefined()


def sized(value: Any) -> Any:
    """The same value, when it is not too large. Raises Fault."""
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise Fault("it makes too long a text")
    if isinstance(value, list | tuple | dict) and len(value) > MAX_ITEMS:
        raise Fault("it makes too long a list")
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= MAX_NUMBER:
        raise Fault("it makes too large a number")
    return value


def written(value: Any, depth: int = MAX_WHOLE) -> str:
    """As Jinja writes it."""
    if value is UNDEFINED:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | dict):
        measured(value)
        return str(list(value) if isinstance(value, tuple) else value)
    return str(value)


def measured(value: Any, left: int = MAX_ITEMS * 4, depth: int = MAX_WHOLE) -> int:
    """Count what a list or object holds in all; the same list in it a thousand times counts a thousand times. Raises
    Fault."""
    if depth < 0:
        raise Fault("it makes something too deep")
    if isinstance(value, str):
        left -= 1 + len(value) // 16
    elif isinstance(value, list | tuple):
        for item in value:
            left = measured(item, left - 1, depth - 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            left = measured(item, left - 1 - len(str(name)) // 16, depth - 1)
    if left < 0:
        raise Fault("it makes something too large")
    return left


def truth(value: Any) -> bool:
    return value is not UNDEFINED and bool(value)


def _number(value: Any) -> float | int:
    if isinstance(value, bool):
        return int(value)
    if not isinstance(value, int | float):
        raise Fault("it counts with what is no number")
    return value


def _plus(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, list) and isinstance(right, list):
        return left + right
    return _number(left) + _number(right)


def _times(left: Any, right: Any) -> Any:
    for text, count in ((left, right), (right, left)):
        if isinstance(text, str | list) and isinstance(count, int):
            if len(text) * count > MAX_ITEMS:
                raise Fault("it repeats too much")
            return text * count
    return _number(left) * _number(right)


def _power(left: Any, right: Any) -> Any:
    left, right = _number(left), _number(right)
    if abs(right) > 64 or (abs(left) > 2**31 and abs(right) > 2):
        raise Fault("it makes too large a number")
    return left**right


def _modulo(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        raise Fault("it formats in a way that is not known here")
    return _number(left) % _number(right)


def _order(left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, str) and isinstance(right, str):
        return left, right
    return _number(left), _number(right)


def _same(left: Any, right: Any) -> bool:
    # A list that holds another twice, which holds another twice: compared, that takes for ever.
    measured([left, right])
    return bool(left == right)


def _within(left: Any, right: Any) -> bool:
    if isinstance(right, str):
        return isinstance(left, str) and left in right
    if isinstance(right, dict):
        return isinstance(left, str | int | float) and left in right
    if isinstance(right, list | tuple):
        measured([left, right])
        return any(left == item for item in right)
    raise Fault("it looks into what has no parts")


def _less(left: Any, right: Any) -> bool:
    left, right = _order(left, right)
    return bool(left < right)


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": _plus,
    "-": lambda left, right: _number(left) - _number(right),
    "*": _times,
    "/": lambda left, right: _number(left) / _number(right),
    "//": lambda left, right: _number(left) // _number(right),
    "%": _modulo,
    "**": _power,
    "-1": lambda value, _: -_number(value),
    "+1": lambda value, _: _number(value),
    "eq": lambda left, right: _same(left, right),
    "ne": lambda left, right: not _same(left, right),
    "lt": _less,
    "gt": lambda left, right: _less(right, left),
    "lteq": lambda left, right: not _less(right, left),
    "gteq": lambda left, right: not _less(left, right),
    "in": _within,
    "notin": lambda left, right: not _within(left, right),
}


def operate(operator: str, left: Any, right: Any) -> Any:
    """Raises Fault."""
    known = _OPERATORS.get(operator)
    if known is None:
        raise Fault(f"it uses {operator!r}, which is not known here")
    return known(left, right)


_NOTHING = object()


def _float(value: Any, default: Any = _NOTHING) -> Any:
    try:
        found = float(value) if not isinstance(value, str) or len(value) <= 64 else math.nan
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if math.isfinite(found):
        return found
    if default is _NOTHING:
        raise Fault("it makes a number of what is none")
    return default


def _int(value: Any, default: Any = _NOTHING, base: int = 10) -> Any:
    if base != 10 and isinstance(value, str) and base in (2, 8, 16) and len(value) <= 32:
        try:
            return int(value, base)
        except ValueError:
            value = None
    found = _float(value, None)
    if found is not None:
        return int(found)
    if default is _NOTHING:
        raise Fault("it makes a number of what is none")
    return default


def _round(value: Any, digits: int = 0, method: str = "common", default: Any = _NOTHING) -> Any:
    number = _float(value, None)
    if number is None or not isinstance(digits, int) or not -15 <= digits <= 15:
        if default is _NOTHING:
            raise Fault("it rounds what is no number")
        return default
    if method in ("ceil", "floor"):
        by = 10.0**digits
        return (math.ceil if method == "ceil" else math.floor)(number * by) / by
    return round(number, digits)


def _default(value: Any, other: Any = "", boolean: bool = False) -> Any:
    return other if value is UNDEFINED or (boolean and not value) else value


def _bool(value: Any, default: Any = _NOTHING) -> Any:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str | int | float) else ""
    if word in ("1", "true", "yes", "on", "enable"):
        return True
    if word in ("0", "false", "no", "off", "disable"):
        return False
    if default is _NOTHING:
        raise Fault("it makes a yes or no of what is none")
    return default


def _text(value: Any) -> str:
    return written(value)


def _replace(value: Any, old: Any, new: Any) -> str:
    text, old, new = written(value), written(old), written(new)
    if text.count(old) * len(new) > MAX_TEXT:
        raise Fault("it makes too long a text")
    return text.replace(old, new)


def _split(value: Any, by: Any = None, most: int = -1) -> list[str]:
    text = written(value)
    if by == "":
        raise Fault("it splits by nothing")
    return text.split(by if isinstance(by, str) else None, min(int(most), MAX_ITEMS) if most >= 0 else MAX_ITEMS)


def _join(value: Any, by: Any = "") -> str:
    if not isinstance(value, list | tuple):
        raise Fault("it joins what is no list")
    between = written(by)
    if len(between) * len(value) > MAX_TEXT:
        raise Fault("it makes too long a text")
    parts, size = [], 0
    for item in value:
        parts.append(written(item))
        size += len(parts[-1])
        if size > MAX_TEXT:
            raise Fault("it makes too long a text")
    return between.join(parts)


def _json(value: Any, **_: Any) -> str:
    measured(value)
    return msgspec.json.encode(None if value is UNDEFINED else value).decode()


def _from_json(value: Any, default: Any = _NOTHING) -> Any:
    try:
        return msgspec.json.decode(written(value))
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        if default is _NOTHING:
            raise Fault("it reads JSON of what is none") from None
        return default


def _iif(value: Any, yes: Any = True, no: Any = False, none: Any = _NOTHING) -> Any:
    if value is None and none is not _NOTHING:
        return none
    return yes if truth(value) else no


def _length(value: Any) -> int:
    if not isinstance(value, str | list | tuple | dict):
        raise Fault("it counts what has no parts")
    return len(value)


def _end(at: int) -> Callable[[Any], Any]:
    return lambda value: value[at] if isinstance(value, str | list | tuple) and value else UNDEFINED


def _extreme(which: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: which([_number(item) for item in value]) if isinstance(value, list) and value else UNDEFINED


def _multiply(value: Any, by: Any, default: Any = _NOTHING) -> Any:
    found = _float(value, None)
    if found is not None:
        return found * _number(by)
    if default is _NOTHING:
        raise Fault("it counts with what is no number")
    return default


FILTERS: Mapping[str, Callable[..., Any]] = {
    "abs": lambda value: abs(_number(value)),
    "bool": _bool,
    "default": _default,
    "d": _default,
    "first": _end(0),
    "last": _end(-1),
    "float": _float,
    "from_json": _from_json,
    "iif": _iif,
    "int": _int,
    "is_defined": lambda value: _defined(value),
    "join": _join,
    "length": _length,
    "count": _length,
    "list": lambda value: list(value) if isinstance(value, str | list | dict) else _fail("it lists what has no parts"),
    "lower": lambda value: written(value).lower(),
    "upper": lambda value: written(value).upper(),
    "title": lambda value: written(value).title(),
    "capitalize": lambda value: written(value).capitalize(),
    "max": _extreme(max),
    "min": _extreme(min),
    "multiply": _multiply,
    "replace": _replace,
    "round": _round,
    "string": _text,
    "to_json": _json,
    "tojson": _json,
    "trim": lambda value: written(value).strip(),
}


def _fail(why: str) -> Any:
    raise Fault(why)


def _defined(value: Any) -> Any:
    return _fail("what it needs is not in the message") if value is UNDEFINED else value


TESTS: Mapping[str, Callable[..., bool]] = {
    "defined": lambda value: value is not UNDEFINED,
    "undefined": lambda value: value is UNDEFINED,
    "none": lambda value: value is None,
    "true": lambda value: value is True,
    "false": lambda value: value is False,
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float),
    "mapping": lambda value: isinstance(value, dict),
    "iterable": lambda value: isinstance(value, str | list | tuple | dict),
    "sequence": lambda value: isinstance(value, str | list | tuple | dict),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": lambda value: isinstance(value, float),
    "in": _within,
    "eq": lambda value, other: _same(value, other),
    "equalto": lambda value, other: _same(value, other),
    "ne": lambda value, other: not _same(value, other),
}


def _starts(value: str, start: Any) -> bool:
    return value.startswith(written(start))


def _ends(value: str, end: Any) -> bool:
    return value.endswith(written(end))


METHODS: Mapping[tuple[type, str], Callable[..., Any]] = {
    (str, "lower"): lambda value: value.lower(),
    (str, "upper"): lambda value: value.upper(),
    (str, "title"): lambda value: value.title(),
    (str, "capitalize"): lambda value: value.capitalize(),
    (str, "strip"): lambda value: value.strip(),
    (str, "split"): _split,
    (str, "replace"): _replace,
    (str, "startswith"): _starts,
    (str, "endswith"): _ends,
    (str, "join"): lambda value, items: _join(items, value),
    (dict, "get"): lambda value, name, other=None: value.get(name, other) if isinstance(name, str | int) else other,
    (dict, "keys"): lambda value: list(value),
    (dict, "values"): lambda value: list(value.values()),
    (dict, "items"): lambda value: [[name, item] for name, item in value.items()],
}
