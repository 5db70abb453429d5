"""Calls and messages of people's own phones: shown to whose phone it is, and to nobody else."""

from __future__ import annotations

from wayhome.features.messages import operations
from wayhome.features.messages.keeper import life
from wayhome.hub.feature import Feature

feature = Feature(
    "messages",
    operations=(
        operations.conversations,
        operations.read,
        operations.send,
        operations.quick,
        operations.people,
        operations.call,
        operations.mute,
        operations.seen,
    ),
    life=life,
    panels=("messages",),
)
