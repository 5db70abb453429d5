"""Destinations: a place that somebody shares becomes where the car is to go next. See docs/features/destinations.md."""

from __future__ import annotations

from wayhome.features.destinations import operations
from wayhome.hub.feature import Feature

feature = Feature("destinations", operations=(operations.send, operations.list_, operations.remove, operations.put))
