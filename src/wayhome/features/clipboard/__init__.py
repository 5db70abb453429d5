"""The clipboard: texts that a person's screens hand to each other. They are sealed: the hub keeps what it need not
read.
"""

from __future__ import annotations

from wayhome.features.clipboard import operations
from wayhome.features.clipboard.handing import life
from wayhome.hub.feature import Feature

feature = Feature(
    "clipboard",
    operations=(
        operations.list_,
        operations.put,
        operations.pin,
        operations.remove,
        operations.tell,
        operations.got,
        operations.choose,
    ),
    life=life,
    panels=("clipboard",),
)
