"""What push services answer (RFC 8030), and what follows of it."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

from wayhome.errors import NotFound, Refused, Unreachable


class Later(Unreachable):
    """The push service is busy, and may say how long it wants to be left alone (s)."""

    after: float = 0.0


def judge(status: int, retry_after: str, now: float) -> None:
    """Nothing for a message that was taken. Raises NotFound (the subscription is no more), Later, Refused."""
    if 200 <= status < 300:
        return
    if status in (404, 410):
        raise NotFound("the push service no longer knows this device", advice="Turn push off and on again on it.")
    if status in (408, 429) or status >= 500:
        later = Later(f"the push service answers {status}", advice="It is tried again by itself.")
        later.after = after(retry_after, now)
        raise later
    if status in (401, 403):
        raise Refused(
            f"the push service does not take the hub's signature ({status})",
            advice="See that the hub's clock is right and that it names a contact, then turn push off and on again.",
        )
    if status == 413:
        raise Refused("the message is too long for the push service")
    raise Refused(f"the push service answers {status}", advice="Turn push off and on again on this device.")


def after(text: str, now: float) -> float:
    """The s of a Retry-After: a number of them, or a date (RFC 9110, 10.2.3). 0 for what is neither."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now)
