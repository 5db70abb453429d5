"""Lines as text: Google's algorithm with six digits after the point, as routers and map programs write them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from wayhome.errors import BadInput
from wayhome.hub.maps import Point

_SCALE = 1_000_000


def encoded(points: Iterable[Point]) -> str:
    """A line as text."""
    signs: list[str] = []
    before = (0, 0)
    for point in points:
        now = (round(point.latitude * _SCALE), round(point.longitude * _SCALE))
        for value in (now[0] - before[0], now[1] - before[1]):
            number = ~(value << 1) if value < 0 else value << 1
            while number >= 0x20:
                signs.append(chr((0x20 | (number & 0x1F)) + 63))
                number >>= 5
            signs.append(chr(number + 63))
        before = now
    return "".join(signs)


def decoded(text: str) -> tuple[Point, ...]:
    """The line of a text. Raises BadInput where it is none."""
    points: list[Point] = []
    values = [0, 0]
    turn = shift = number = 0
    for sign in text:
        byte = ord(sign) - 63
        if not 0 <= byte < 0x40 or shift > 40:
            raise BadInput("this is no line")
        number |= (byte & 0x1F) << shift
        shift += 5
        if byte >= 0x20:
            continue
        values[turn] += ~(number >> 1) if number & 1 else number >> 1
        shift = number = 0
        turn = 1 - turn
        if turn == 0:
            points.append(Point(values[0] / _SCALE, values[1] / _SCALE))
    if turn or shift:
        raise BadInput("this line is cut off")
    return tuple(points)
