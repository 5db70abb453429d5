"""Charging: when a car that is plugged in may take its energy."""

from __future__ import annotations

from wayhome.hub.feature import Feature

feature = Feature("charging")
