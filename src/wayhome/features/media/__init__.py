"""Media: what plays goes on at another player, at the same place."""

from __future__ import annotations

from wayhome.features.media import operations
from wayhome.hub.feature import Feature

feature = Feature("media", operations=(operations.hand_over,), panels=("media",))
