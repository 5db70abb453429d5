"""Throws: one link, text or small file from a guest's phone to a screen that shows a code for it. The guest has no
account; the hub passes on what only that screen opens."""

from __future__ import annotations

from wayhome.features.throws import operations
from wayhome.features.throws.keeper import life
from wayhome.hub.feature import Feature

feature = Feature("throws", operations=(operations.open_, operations.close), life=life)
