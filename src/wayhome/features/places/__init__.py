"""Places: where the household goes, by name, and where each person went last. See docs/features/places.md."""

from __future__ import annotations

from wayhome.features.places import operations, recent
from wayhome.hub.feature import Feature

feature = Feature(
    "places",
    operations=(operations.list_, operations.add, operations.change, operations.remove),
    reactions={"PersonRemoved": recent.forget},
)
