"""Scenes: states of several things at one tap, across car and home; made from what is, and undone."""

from __future__ import annotations

from wayhome.features.scenes import editing, operations
from wayhome.hub.feature import Feature

feature = Feature(
    "scenes",
    operations=(
        operations.list_,
        editing.capture,
        editing.propose,
        editing.make,
        operations.show,
        editing.change,
        operations.run,
        operations.undo,
        editing.delete,
    ),
    panels=("scenes",),
)
