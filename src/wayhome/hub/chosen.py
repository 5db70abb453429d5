"""What people chose on the glass of what the hub's settings file also can say: the time zone and the market.

The choice is a record of the household and goes before the file: it was made later, and by somebody who saw the
result.
"""

from __future__ import annotations

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wayhome.core.record import Record
from wayhome.errors import BadInput

MARKETS = ("world", "us")


def zone_name(text: str) -> str:
    """The name of a time zone that is known here. Raises BadInput."""
    try:
        return ZoneInfo(text[:80]).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(f"there is no time zone {text[:80]!r}", advice="As Europe/Berlin, Asia/Shanghai.") from None


def settled(record: Record | None, zone: tzinfo, market: str) -> tuple[tzinfo, str]:
    """The time zone and market that hold: those of the household's record, else the given ones. What can't be read
    there counts as not chosen."""
    values = record.values() if record is not None else {}
    named, chosen = values.get("zone"), values.get("market")
    if isinstance(named, str):
        try:
            zone = ZoneInfo(zone_name(named))
        except BadInput:
            pass
    return zone, chosen if isinstance(chosen, str) and chosen in MARKETS else market
