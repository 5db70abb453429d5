"""Recordings: the films of cameras from when somebody rang or moved."""

from __future__ import annotations

from wayhome.features.recordings import operations
from wayhome.features.recordings.keeper import life
from wayhome.hub.feature import Feature

feature = Feature(
    "recordings",
    operations=(
        operations.list_,
        operations.still,
        operations.keep,
        operations.delete,
        operations.put_back,
        operations.camera,
        operations.choose,
        operations.rules,
    ),
    life=life,
    panels=("recordings",),
)
