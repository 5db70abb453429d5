"""Navigation: a car is led where somebody wants to go. See docs/features/navigation.md."""

from __future__ import annotations

from wayhome.features.navigation import choosing, operations, reaching, speaking
from wayhome.features.navigation.keeper import life
from wayhome.hub.feature import Feature

feature = Feature(
    "navigation",
    operations=(
        operations.plan,
        operations.start,
        operations.show,
        operations.skip,
        operations.stop,
        speaking.say,
        reaching.reach,
        reaching.where,
        choosing.chosen,
        choosing.choose,
    ),
    life=life,
)
