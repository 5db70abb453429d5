"""A destination of two halves, as they come by radio: in any order, one late, one alone."""

from __future__ import annotations

import pytest

from wayhome.hub.maps import Point
from wayhome.links.sim.destination import ALONE, Destination
from wayhome.links.sim.device import Ask
from wayhome.links.sim.vss import WHERE_TO

LATITUDE, LONGITUDE = WHERE_TO


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_halves_are_one_destination_told_once(order: tuple[int, int]) -> None:
    made, values = Destination(), (60.1, 24.9)
    first, second = order
    made.put(WHERE_TO[first], values[first], 100.0)
    assert made.due(100.1) is None and not made.stands
    made.put(WHERE_TO[second], values[second], 100.2)
    assert made.due(100.2) == Point(60.1, 24.9)
    assert made.due(100.3) is None and made.stands
    made.forget()
    assert not made.stands and made.halves == {}


def test_one_half_alone_counts_with_the_one_that_stands() -> None:
    made = Destination()
    made.put(LATITUDE, 60.1, 100.0)
    assert made.due(999.0) is None, "there is no other half"
    made.put(LONGITUDE, 24.9, 999.5)
    assert made.due(999.6) == Point(60.1, 24.9)
    made.put(LONGITUDE, 24.8, 2_000.0)
    assert made.due(2_000.0 + ALONE - 0.1) is None
    assert made.due(2_000.0 + ALONE + 0.1) == Point(60.1, 24.8)


def test_which_wish_makes_it_whole() -> None:
    made = Destination()
    assert made.whole(LATITUDE, 60.1, []) is None
    on_its_way = [Ask(1.0, LATITUDE, 60.1, None)]
    assert made.whole(LONGITUDE, 24.9, on_its_way) == Point(60.1, 24.9)
    made.put(LATITUDE, 60.2, 2.0)
    assert made.whole(LONGITUDE, 24.9, []) == Point(60.2, 24.9)
    made.put(LONGITUDE, 24.9, 2.0)
    assert made.due(2.0) is not None
    assert made.whole(LATITUDE, 60.3, []) is None, "what stood before is no half of a new one yet"
