"""Home: see and switch what the household has, and know who did what."""

from __future__ import annotations

from wayhome.features.home import audit, operations
from wayhome.hub.feature import Feature

feature = Feature(
    "home",
    operations=(
        operations.set_,
        operations.get,
        operations.things,
        operations.picture,
        operations.history,
        audit.why,
        audit.audit,
    ),
    panels=("car", "home"),
)
