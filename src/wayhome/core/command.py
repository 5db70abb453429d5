"""Commands: wishes. *Act is not provide*: a command never changes a reading, the device's own report does."""

from __future__ import annotations

from typing import Literal

import msgspec

from wayhome.core.catalog import Signal
from wayhome.core.value import Context, Value

type State = Literal["asked", "sent", "done", "failed", "expired"]
"""``asked``: accepted here, not yet durable. ``sent``: durable and on its way to the device. ``done``: the device's
own report fits. ``failed``: ``why`` says the reason. ``expired``: its time to live ran out."""

OPEN: frozenset[str] = frozenset({"asked", "sent"})
KEY_KEPT = 24 * 3600.0
"""How long the same key gets the same outcome, in s."""
REPORT_WITHIN = 30.0
"""How long a device that took a wish may take to report it, in s, when the wish's time to live is shorter."""
MAX_TTL = 24 * 3600.0


class Command(msgspec.Struct, frozen=True, omit_defaults=True):
    """A wish: that the signal at ``path`` becomes ``target``. ``key`` makes it idempotent for 24 h."""

    key: str
    path: str
    target: Value
    at: float
    ttl: float
    context: Context
    state: State = "asked"
    why: str | None = None
    code: str | None = None
    ended: float | None = None
    taken: float | None = None
    """When its link handed it to the device, where that moved its deadline."""
    until: float | None = None
    """Until when it may be sent by the steady clock of the machine on which it was asked, in s; it means nothing
    elsewhere."""

    @property
    def expires(self) -> float:
        """Until when it may be sent, s since 1970."""
        return self.at + self.ttl

    @property
    def deadline(self) -> float:
        """Until when its report is waited for, s since 1970."""
        return self.expires if self.taken is None else max(self.expires, self.taken + REPORT_WITHIN)

    @property
    def open(self) -> bool:
        return self.state in OPEN

    def same_wish(self, other: Command) -> bool:
        """Whether both ask for the same, so that one key may stand for both."""
        return self.path == other.path and self.target == other.target


def time_to_live(signal: Signal) -> float:
    """How long a wish for this signal stays worth fulfilling, in s: what opens or starts 5, climate 600, else 30."""
    if signal.risky:
        return 5.0
    if signal.path.startswith(("climate.", "Vehicle.Cabin.HVAC.")):
        return 600.0
    return 30.0


def harmless(signal: Signal) -> bool:
    """Whether sending the wish twice does no more than sending it once: targets yes; presses and locks never."""
    return not signal.press and not signal.risky
