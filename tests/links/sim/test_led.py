"""The rest of a way on which the household leads the car."""

from __future__ import annotations

import pytest

from wayhome.hub.maps import Manoeuvre, Piece, Point, Way
from wayhome.links.sim.course import apart
from wayhome.links.sim.led import rest

SHAPE = tuple(Point(60.0 + n / 1_000, 24.9) for n in range(11))
"""North, 111 m a piece."""
WAY = Way(
    SHAPE, 1_112.0, 100.0,
    tuple(Manoeuvre(kind, at, 0.0, 0.0) for kind, at in (("start", 0), ("left", 4), ("arrive", 10))),
    (Piece(0, 3, 30, 30), Piece(3, 6, 50, 50), Piece(6, 10, 40)),
    (0, 6, 10),
)  # fmt: skip


def test_a_way_of_one_point_is_none() -> None:
    assert rest(Way(SHAPE[:1], 0.0, 0.0, (), (), (0, 0)), SHAPE[0], None, SHAPE[0]) is None


def test_from_its_begin_all_of_it() -> None:
    found = rest(WAY, SHAPE[0], None, SHAPE[10])
    assert found is not None
    assert found.shape == SHAPE and found.pieces == WAY.pieces
    assert [one.at for one in found.manoeuvres] == [4, 10]


def test_from_where_the_car_rolls_to_the_next_stop() -> None:
    here = Point(60.00425, 24.9001)  # six metres beside the fifth piece
    found = rest(WAY, here, 10.0, SHAPE[6])
    assert found is not None
    assert apart(found.shape[0], Point(60.00425, 24.9)) < 2
    assert found.shape[1:] == SHAPE[5:7]
    assert found.pieces == (Piece(0, 2, 50, 50),)
    assert [one.at for one in found.manoeuvres] == []
    assert found.length == pytest.approx(apart(here, SHAPE[6]), abs=3)
    assert found.time == pytest.approx(100 * found.length / 1_112, rel=0.01)


@pytest.mark.parametrize(
    ("start", "heading", "goal"),
    [
        (SHAPE[0], None, Point(60.02, 24.9)),  # it leads elsewhere
        (SHAPE[7], 0.0, SHAPE[6]),  # its stop is behind, the end far from there
        (SHAPE[3], 180.0, SHAPE[10]),  # against it
        (Point(60.003, 24.901), 0.0, SHAPE[10]),  # rolling on another road
        (Point(60.003, 24.91), None, SHAPE[10]),  # standing far from it
    ],
)
def test_what_does_not_lead_from_here_to_there(start: Point, heading: float | None, goal: Point) -> None:
    assert rest(WAY, start, heading, goal) is None
