"""What a signal of another site's thing was over time. Telemetry is kept by its owner alone, so a span of it is fetched
when somebody looks at it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from wayhome.errors import BadInput, NotFound, Refused

if TYPE_CHECKING:
    from wayhome.hub.household import Household

MOST = 100_001
"""So many points are in one answer: what an operation takes at most, and one that says that there were more."""
LONGEST = 32 * 86_400.0
"""A span is not longer, in s."""

type Points = list[tuple[float, float]]
"""(time in s since 1970, value), in order of time."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[float, float]]).decode


class Span(msgspec.Struct, frozen=True):
    """From when to when (s since 1970 by the owner's clock, the end not counted), and how many points at most."""

    start: float
    end: float
    limit: int


async def packed(household: Household, path: str, span: Span) -> bytes:
    """The drive log of a telemetry path of this site's own, as it is sent. Raises NotFound, BadInput, StoreError."""
    thing = household.house.things.get(path.partition("/")[0])
    if thing is None or thing.site != household.house.site or household.house.signal(path).keep != "telemetry":
        raise NotFound("this site keeps no drive log of that")
    # A number that is none compares false to everything: asked this way round it is refused, too.
    if not 0 < span.end - span.start <= LONGEST or not 0 < span.limit <= MOST:
        raise BadInput("this is no span")
    return _encode(await household.store.samples(path, span.start, span.end, span.limit))


def unpacked(content: bytes, span: Span, offset: float) -> Points:
    """What was sent, with times by this hub's clock, which is ``offset`` s ahead of the owner's. Raises Refused for
    what is none of it."""
    try:
        points = _decode(content)
    except msgspec.MsgspecError:
        raise Refused("the other site answered something else") from None
    if len(points) > span.limit or not all(span.start <= at < span.end and math.isfinite(v) for at, v in points):
        raise Refused("the other site answered something else")
    return [(at + offset, value) for at, value in sorted(points)] if offset else sorted(points)
