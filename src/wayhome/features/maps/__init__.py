"""Maps: regions of OpenStreetMap that the household has on its own disk, and what is found in them."""

from __future__ import annotations

from wayhome.features.maps import finding, operations
from wayhome.features.maps.telling import life
from wayhome.hub.feature import Feature

feature = Feature(
    "maps",
    operations=(
        operations.list_,
        operations.offered,
        operations.add,
        operations.stop,
        operations.remove,
        finding.search,
        finding.at,
        finding.stations,
    ),
    life=life,
    panels=("map",),
)
