"""Notices: what people should know now, on their screens and as web push."""

from __future__ import annotations

from wayhome.hub.feature import Feature

feature = Feature("notices")
