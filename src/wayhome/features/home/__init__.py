"""Home: see and switch what the household has, and know who did what."""

from __future__ import annotations

from wayhome.features.home import audit, board, operations, rights, turning
from wayhome.hub.feature import Feature

feature = Feature(
    "home",
    operations=(
        operations.set_,
        operations.get,
        operations.things,
        operations.picture,
        operations.history,
        turning.turn,
        audit.why,
        audit.audit,
        rights.rights,
        board.board,
        board.put,
        board.move,
        board.take_off,
    ),
    reactions={"PersonRemoved": board.forget},
    panels=("car", "home"),
)
