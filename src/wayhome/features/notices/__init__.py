"""Notices: what people should know now, on their screens and as web push."""

from __future__ import annotations

from wayhome.features.notices import cameras, operations
from wayhome.features.notices.living import living
from wayhome.hub.feature import Feature

feature = Feature(
    "notices",
    operations=(
        operations.list_,
        operations.seen,
        operations.chosen,
        operations.choose,
        operations.contact,
        operations.push_key,
        operations.subscribe,
        operations.unsubscribe,
        operations.test,
        cameras.cameras,
        cameras.camera,
        cameras.gate,
    ),
    life=living,
    panels=("notices",),
)
