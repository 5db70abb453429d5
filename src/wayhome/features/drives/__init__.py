"""Drives: where the household's cars have been, and what it took."""

from __future__ import annotations

from wayhome.features.drives import naming, operations
from wayhome.features.drives.keeper import life
from wayhome.hub.feature import Feature

feature = Feature(
    "drives",
    operations=(
        operations.list_,
        operations.show,
        operations.export,
        operations.delete,
        operations.keep,
        naming.name_place,
        naming.forget_place,
    ),
    life=life,
    panels=("drives",),
)
