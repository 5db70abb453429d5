"""Driving states: hysteresis, and failing to the strict side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wayhome.core.driving import (
    FREE,
    NEVER,
    PARK,
    PARKED_ONLY,
    SPEED_GOOD_FOR,
    START_KMH,
    STOP_KMH,
    TABLES,
    Motion,
    State,
    barred,
    judge,
    restrictions,
)

states = st.sampled_from(["parked", "idling", "moving"])
DRIVE = 127
gears = st.none() | st.sampled_from([PARK, DRIVE, 0, -1, 3])
speeds = st.floats(-60, 250)


@given(states, speeds, st.floats(0, 1.9), gears, st.booleans())
def test_a_car_that_rolls_is_never_parked(before: State, speed: float, age: float, gear: int | None, on: bool) -> None:
    if abs(speed) >= START_KMH:
        assert judge(before, Motion(speed, age, gear, on)) == "moving"


@given(states, st.none() | speeds, st.floats(0, 1e6), gears)
def test_a_car_that_is_on_and_whose_speed_is_not_known_moves(
    before: State, speed: float | None, age: float, gear: int | None
) -> None:
    if gear != PARK and (speed is None or age > SPEED_GOOD_FOR):
        assert judge(before, Motion(speed, age, gear, True)) == "moving"


@given(states, st.none() | st.floats(), st.floats(), gears, st.booleans())
def test_every_motion_is_judged(before: State, speed: float | None, age: float, gear: int | None, on: bool) -> None:
    assert judge(before, Motion(speed, age, gear, on)) in ("parked", "idling", "moving")


@given(st.floats(STOP_KMH, START_KMH, exclude_max=True))
def test_between_the_two_speeds_the_state_stays(speed: float) -> None:
    crawling = Motion(speed, 0.1, DRIVE, True)
    assert judge("moving", crawling) == "moving"
    assert judge("idling", crawling) == "idling"


def test_a_stop_and_go_jam_does_not_flicker() -> None:
    state: State = "idling"
    seen = []
    for speed in (0, 1.9, 2.0, 1.9, 0.6, 1.9, 0.4, 1.9, 0.0):
        state = judge(state, Motion(speed, 0.1, DRIVE, True))
        seen.append(state)
    assert seen == ["idling"] * 2 + ["moving"] * 4 + ["idling"] * 3


def test_off_and_in_park() -> None:
    assert judge("moving", Motion(None, 0, PARK, False)) == "parked"
    assert judge("moving", Motion(0.0, 0, PARK, True)) == "parked"
    assert judge("parked", Motion(30.0, 0.5, PARK, True)) == "moving"
    assert judge("moving", Motion(30.0, 5.0, PARK, True)) == "parked"
    assert judge("moving", Motion(0.0, 0, DRIVE, False)) == "parked"
    assert judge("parked", Motion(50.0, 0, None, False)) == "moving"
    assert judge("moving", Motion(0.0, 0, DRIVE, True)) == "idling"


def test_only_drivers_are_restricted_and_moving_is_never_looser_than_idling() -> None:
    for market, table in TABLES.items():
        assert restrictions("moving", "passenger", market) == FREE
        assert restrictions("moving", "elsewhere", market) == FREE
        idle, moving = table["idling"], table["moving"]
        assert moving.depth <= idle.depth <= FREE.depth
        assert moving.items <= idle.items and moving.text <= idle.text
        assert not (moving.keyboard or moving.video or moving.pay or moving.setup or idle.video)
        assert moving.hold and idle.hold
    assert restrictions("moving", "driver", "atlantis") == restrictions("moving", "driver", "world")


def test_driving_controls_are_barred_always_and_others_unless_parked() -> None:
    for prefix in NEVER:
        assert all(barred(prefix + "X", state) for state in ("parked", "idling", "moving"))
    for prefix in PARKED_ONLY:
        assert barred(prefix + "X", "parked") is None
        assert barred(prefix + "X", "moving") and barred(prefix + "X", "idling")
    assert barred("Vehicle.Cabin.HVAC.IsAirConditioningActive", "moving") is None
    assert barred("Vehicle.Chassis.SteeringWheel.HeatingCooling", "moving") is None, "a warm wheel steers nothing"
    assert barred("Vehicle.Chassis.SteeringWheel.Angle", "parked")
