"""Files: from one of the household's screens to others. They are sealed: the hub keeps pieces that it need not read."""

from __future__ import annotations

from wayhome.features.files import operations
from wayhome.features.files.to_phones import life
from wayhome.hub.feature import Feature

feature = Feature(
    "files",
    operations=(
        operations.list_,
        operations.screens,
        operations.offer,
        operations.kept,
        operations.finish,
        operations.got,
        operations.remove,
        operations.put_back,
        operations.hand,
    ),
    life=life,
    panels=("files",),
)
