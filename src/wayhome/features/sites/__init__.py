"""Sites: letting another hub of the household in, joining one, and keeping the connection."""

from __future__ import annotations

from wayhome.features.sites import calling, operations
from wayhome.hub.feature import Feature

feature = Feature(
    "sites",
    operations=(
        operations.list_,
        operations.invite,
        operations.join,
        operations.remove,
        operations.move,
        operations.relay,
        operations.use_relay,
    ),
    life=calling.life,
)
