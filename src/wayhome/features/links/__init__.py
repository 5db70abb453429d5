"""Links: join the household to the outside world, and see how each joint is doing."""

from __future__ import annotations

from wayhome.features.links import operations, pairing
from wayhome.hub.feature import Feature

feature = Feature(
    "links",
    operations=(
        operations.available,
        operations.list_,
        operations.add,
        operations.look,
        operations.search,
        operations.settings,
        operations.change,
        operations.remove,
        operations.apart,
        operations.retry,
        operations.sign_in,
        operations.finish,
        operations.cars,
        operations.map_car,
        operations.steer,
        pairing.near,
        pairing.call,
        pairing.pair,
        pairing.confirm,
        pairing.part,
    ),
    panels=("links",),
)
