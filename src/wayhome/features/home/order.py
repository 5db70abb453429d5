"""The order of a board's tiles: a short text for each, so that a tile is moved by writing that tile alone.

Between two texts there is always room for another. Texts are compared as such; the digits stand in the order of their
character codes, and no text ends with the least digit, so there is room before each as well.
"""

from __future__ import annotations

import re

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LONGEST = 40
"""Beyond that the whole board is spread anew: someone has moved tiles to the same place a hundred times over."""
_ORDER = re.compile(r"[0-9A-Za-z]{0,63}[1-9A-Za-z]")


def sound(order: str) -> bool:
    """Whether a text can be an order."""
    return _ORDER.fullmatch(order) is not None


def between(low: str, high: str | None) -> str:
    """A text after ``low`` and before ``high``. ``low`` empty: before all; ``high`` None: after all. ``low`` is less
    than ``high``, and both are sound."""
    if high is not None:
        same = 0
        while (low[same : same + 1] or DIGITS[0]) == high[same : same + 1]:
            same += 1
        if same:
            return high[:same] + between(low[same:], high[same:])
    first = DIGITS.index(low[0]) if low else 0
    last = DIGITS.index(high[0]) if high is not None else len(DIGITS)
    if last - first > 1:
        return DIGITS[(first + last) // 2]
    if high is not None and len(high) > 1:
        return high[0]
    return DIGITS[first] + between(low[1:], None)


def spread(count: int) -> list[str]:
    """Texts for ``count`` tiles, evenly apart."""
    base = len(DIGITS)
    found = []
    for number in range(1, count + 1):
        at = number * base**3 // (count + 1)
        text = "".join(DIGITS[at // base**power % base] for power in (2, 1, 0))
        found.append(text.rstrip(DIGITS[0]))
    return found
