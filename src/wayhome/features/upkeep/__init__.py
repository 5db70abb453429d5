"""Upkeep: backups, exports, and what the hub says of its own health."""

from __future__ import annotations

from wayhome.features.upkeep import operations
from wayhome.hub.feature import Feature

feature = Feature(
    "upkeep",
    operations=(operations.about, operations.backup, operations.export, operations.doctor),
    panels=("upkeep",),
)
