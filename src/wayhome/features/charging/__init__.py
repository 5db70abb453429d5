"""Charging: when a car that is plugged in may take its energy. The hub starts and stops it, so it works with any car
that can be told to; see ``docs/adr/0034``."""

from __future__ import annotations

from wayhome.features.charging import operations
from wayhome.features.charging.keeper import life
from wayhome.hub.feature import Feature

feature = Feature("charging", operations=(operations.plan, operations.change, operations.now), life=life)
