"""The demo of two hubs: a tunnel on the road between them."""

from __future__ import annotations

from wayhome.features.demo import operations
from wayhome.hub.feature import Feature

feature = Feature("demo", operations=(operations.tunnel,), panels=("demo",))
