"""Notifications: what the apps on a person's phone say, on their other screens."""

from __future__ import annotations

from wayhome.features.notifications import answering, operations
from wayhome.features.notifications.desk import life
from wayhome.hub.feature import Feature

feature = Feature(
    "notifications",
    operations=(
        operations.list_,
        operations.icon,
        operations.rules,
        operations.choose,
        answering.dismiss,
        answering.reply,
        answering.act,
        answering.read_aloud,
    ),
    life=life,
    panels=("notices",),
)
