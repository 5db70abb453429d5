"""How fast one drives along a way: rules on made-up ways, worked out by hand."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.hub.maps import Manoeuvre, Piece, Point, Way
from wayhome.links.sim.course import Course, apart, bearing, beyond, height
from wayhome.links.sim.pace import BRAKE, PUSH, Pace

START = Point(60.17, 24.94)


def way(*legs: tuple[float, float, float], road: str = "residential") -> Way:
    """A way of straight legs: (heading in degrees, metres, km/h of its limit)."""
    shape, pieces, turns = [START], [], []
    for n, (heading, metres, limit) in enumerate(legs):
        shape.append(beyond(shape[-1], heading, metres))
        pieces.append(Piece(n, n + 1, limit, limit, road))
        turns.append(Manoeuvre("right", n + 1, metres, 1.0))
    length = sum(metres for _, metres, _ in legs)
    return Way(tuple(shape), length, length / 10, tuple(turns), tuple(pieces))


def driven(made: Pace, dt: float) -> list[tuple[float, float]]:
    """(place, speed) until it stands at the end; waiting at junctions is not shown."""
    place = speed = 0.0
    found = [(place, speed)]
    for _ in range(200_000):
        if made.done(place, speed):
            return found
        after = made.wish(place, speed, dt)
        place = made.course.on(place + (speed + after) / 2 * dt)
        speed = after
        found.append((place, speed))
    raise AssertionError(f"it never arrives: {place} of {made.course.length}")


def test_metres_and_degrees() -> None:
    there = beyond(START, 90.0, 1_000.0)
    assert apart(START, there) == pytest.approx(1_000, rel=1e-3)
    assert bearing(START, there) == pytest.approx(90, abs=0.1) and bearing(there, START) == pytest.approx(270, abs=0.1)
    assert height(START) == 20.0 and height(Point(47.14, 9.52)) > 400


def test_a_course_is_asked_by_its_metres() -> None:
    course = Course(way((10, 100, 50), (100, 100, 50)).shape)
    assert course.length == pytest.approx(200, rel=1e-3)
    assert course.heading(50) == pytest.approx(10, abs=0.1) and course.heading(150) == pytest.approx(100, abs=0.1)
    assert course.heading(100) == pytest.approx(55, abs=1), "it does not turn on the spot"
    assert course.turn(100, 10) == pytest.approx(90, abs=1) and abs(course.turn(50, 10)) < 0.1
    assert course.at(-5) == course.at(0) and course.on(999) == course.length
    assert course.off(beyond(START, 280, 30)) == pytest.approx(30, rel=0.01)
    assert Course((START,)).length == 0


def test_it_keeps_the_limits_and_is_slow_before_a_slower_road() -> None:
    made = Pace(Course((made_way := way((0, 600, 80), (0, 400, 30))).shape), made_way, Random(1))
    speeds = driven(made, 0.25)
    before = [speed for place, speed in speeds if 200 < place < 450]
    after = [speed for place, speed in speeds if place > 600]
    assert max(before) > 60 / 3.6 and max(before) <= 80 / 3.6
    assert max(after) <= 30 / 3.6 + 1e-6
    assert speeds[-1] == (pytest.approx(made.course.length, abs=1.0), 0.0)


@pytest.mark.parametrize(("degrees", "least", "most"), [(20, 30, 50), (90, 15, 25), (150, 8, 17)])
def test_it_is_slow_in_turns_by_their_angle(degrees: float, least: float, most: float) -> None:
    made_way = way((0, 300, 50), (degrees, 300, 50), road="motorway")
    made = Pace(Course(made_way.shape), made_way, Random(2))
    corner = min(speed for place, speed in driven(made, 0.1) if 295 < place < 305) * 3.6
    assert least < corner < most


def test_it_waits_at_some_junctions_and_on_no_motorway() -> None:
    def waits(road: str) -> int:
        legs = [((90 * (n % 2)), 300.0, 50.0) for n in range(40)]
        made_way = way(*legs, road=road)
        speeds = driven(Pace(Course(made_way.shape), made_way, Random(3)), 0.5)
        stands = [place for place, speed in speeds if speed == 0 and 10 < place < 11_900]
        return len({round(place / 50) for place in stands})

    assert 5 <= waits("residential") <= 25
    assert waits("motorway") == 0


def test_a_way_that_is_taken_by_mistake_is_not_stopped_at() -> None:
    made_way = way((0, 300, 50))
    made = Pace(Course(made_way.shape), made_way, Random(1), through=True)
    place, speed = driven(made, 0.5)[-1]
    assert speed > 5 and place < made.course.length


def test_a_way_without_its_roads_is_driven_all_the_same() -> None:
    bare = Way((START, beyond(START, 0, 500)), 500.0, 50.0, ())
    assert max(speed for _, speed in driven(Pace(Course(bare.shape), bare, Random(1)), 0.5)) <= 10.0


@given(
    st.lists(
        st.tuples(st.floats(0, 359), st.floats(0.5, 900), st.sampled_from([5.0, 30.0, 50.0, 80.0, 130.0])),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 999),
    st.sampled_from([0.1, 0.5, 1.0]),
)
def test_any_way_is_driven_to_its_end_within_its_limits(
    legs: list[tuple[float, float, float]], seed: int, dt: float
) -> None:
    made_way = way(*legs)
    course = Course(made_way.shape)
    found = driven(Pace(course, made_way, Random(seed)), dt)
    fastest = max(limit for _, _, limit in legs) / 3.6
    assert found[-1][0] == pytest.approx(course.length, abs=1.0)
    for (_, before), (_, after) in pairwise(found):
        assert math.isfinite(after) and 0 <= after <= fastest + 1e-6
        assert after - before <= PUSH * dt + 1e-6 and before - after <= 4 * BRAKE * dt + 2.0
