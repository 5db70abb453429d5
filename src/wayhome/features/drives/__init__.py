"""Drives: where the household's cars have been, and what it took."""

from __future__ import annotations

from wayhome.hub.feature import Feature

feature = Feature("drives")
