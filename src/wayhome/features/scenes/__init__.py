"""Scenes: states of several things at one tap, across car and home; made from what is, and undone."""

from __future__ import annotations

from wayhome.features.scenes import editing, operations
from wayhome.hub.feature import Feature

feature = Feature(
    "scenes",
    operations=(
        operations.list_,
        operations.show,
        editing.capture,
        editing.propose,
        editing.make,
        editing.change,
        editing.delete,
        operations.run,
        operations.undo,
    ),
    panels=("scenes",),
)
