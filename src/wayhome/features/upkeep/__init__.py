"""Upkeep: backups, exports, and what the hub says of its own health."""

from __future__ import annotations

from wayhome.features.upkeep import copies, metrics, operations, reach, schedule
from wayhome.hub.feature import Feature

feature = Feature(
    "upkeep",
    operations=(
        operations.about,
        operations.backup,
        operations.export,
        operations.doctor,
        metrics.metrics,
        copies.archives,
        copies.download,
        copies.forget,
        copies.verify,
        schedule.automatic,
        schedule.automatic_change,
        reach.reached,
        reach.reach,
        reach.erase,
    ),
    life=schedule.life,
    panels=("upkeep",),
)
