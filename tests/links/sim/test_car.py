"""The car's physics: energy, drives, charging, cabin, tyres, doors."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.links.sim import energy
from wayhome.links.sim.cabin import Cabin
from wayhome.links.sim.car import DRIVE, PARK, Car
from wayhome.links.sim.drive import WLTC_LIKE, Drive, Stretch, plan
from wayhome.links.sim.energy import KWH, Figures, Pack
from wayhome.links.sim.route import LOOP, Route

ROUTE = Route(LOOP)


def car(*, outside: float = 15.0, soc: float = 80.0, climate: bool = True) -> Car:
    """A car that is on and in gear, its cabin as warm as outside."""
    made = Car(ROUTE, soc=soc, outside=outside, odometer=0.0, figures=Figures())
    made.state, made.gear, made.cabin.on = "ON", DRIVE, climate
    made.pack.temperature = made.cabin.temperature = outside
    return made


def consumption(outside: float, seed: int, *, dt: float = 0.5) -> float:
    """kWh for 100 km of a WLTC-like drive."""
    made, drive = car(outside=outside), plan(WLTC_LIKE, Random(seed))
    before, time = made.pack.energy, 0.0
    while time < drive.duration:
        time += dt
        made.step(dt, drive.speed(time), outside, 0.2)
    assert made.odometer == pytest.approx(drive.length, rel=0.002)
    return (before - made.pack.energy) / made.odometer * 1e5


@pytest.mark.parametrize("seed", range(8))
def test_a_drive_is_like_the_wltc(seed: int) -> None:
    drive = plan(WLTC_LIKE, Random(seed))
    standing = sum(speed == 0 for speed in drive.speeds) / len(drive.speeds)
    gains = [after - before for before, after in pairwise(drive.speeds)]
    assert drive.length == pytest.approx(23_267, abs=1)
    assert 1_450 < drive.duration < 2_150, "the WLTC takes 1800 s"
    assert 105 < max(drive.speeds) * 3.6 < 142, "the WLTC's top is 131 km/h"
    assert 0.06 < standing < 0.25, "the WLTC stands for 13 %"
    assert min(gains) > -1.7 and max(gains) < 1.7
    assert drive.speeds[0] == drive.speeds[-1] == 0


@pytest.mark.parametrize("seed", range(4))
def test_consumption_at_15_degrees_and_in_winter(seed: int) -> None:
    mild, winter = consumption(15.0, seed), consumption(-7.0, seed)
    assert 13 < mild < 22
    assert mild * 1.15 < winter < mild * 1.9


def test_charge_lost_is_the_integral_of_power() -> None:
    made, drive = car(outside=5.0), plan(ROUTE.stretches, Random(3))
    before, taken, time, dt = made.pack.soc, 0.0, 0.0, 0.1
    while time < drive.duration:
        time += dt
        made.step(dt, drive.speed(time), 5.0, 0.0)
        taken -= made.pack.power * dt / KWH
    lost = (before - made.pack.soc) / 100 * made.pack.capacity
    assert lost == pytest.approx(taken, rel=0.01)
    assert made.pack.consumed - made.pack.charged == pytest.approx(lost, rel=0.01)


def test_the_round_ends_where_it_began() -> None:
    made, drive = car(), plan(ROUTE.stretches, Random(1))
    time = 0.0
    while time < drive.duration:
        time += 0.5
        made.step(0.5, drive.speed(time), 15.0, 0.0)
    home, here = ROUTE.at(0.0), made.position
    assert math.hypot((home.latitude - here.latitude) * 111e3, (home.longitude - here.longitude) * 75e3) < 30


def test_the_route_is_a_smooth_loop() -> None:
    assert 20_000 < ROUTE.length < 40_000
    assert sum(length for _, length in ROUTE.stretches) == pytest.approx(ROUTE.length)
    spots = [ROUTE.at(10.0 * n) for n in range(int(ROUTE.length / 10))]
    for a, b in pairwise(spots):
        apart = math.hypot((a.latitude - b.latitude) * 111_195, (a.longitude - b.longitude) * 111_195 * 0.68)
        assert 5 < apart < 13
        turn = abs((b.heading - a.heading + 180) % 360 - 180)
        assert turn < 60
    assert max(abs(spot.grade) for spot in spots) < 0.08


def test_harder_road_needs_more_force() -> None:
    figures = Figures()
    flat = energy.road_load(figures, 20.0, 0.0, 15.0)
    assert energy.road_load(figures, 20.0, 0.05, 15.0) == pytest.approx(flat + 2_150 * 9.81 * 0.05, rel=0.01)
    assert energy.road_load(figures, 20.0, 0.0, -15.0) > flat
    # By hand: 0.0094*1.03*2150*9.81 + 0.5*1.225*0.56*400
    assert flat == pytest.approx(204.2 + 137.2, rel=0.01)


def test_braking_gives_back_within_limits() -> None:
    figures = Figures()
    assert energy.recovery_limit(figures, 20.0, 50.0, 25.0) == 70_000
    assert energy.recovery_limit(figures, 20.0, 99.0, 25.0) == 0, "a full pack takes nothing"
    assert energy.recovery_limit(figures, 1.0, 50.0, 25.0) == 0, "at walking pace the discs brake"
    assert energy.recovery_limit(figures, 20.0, 50.0, -10.0) < 10_000
    assert energy.traction_power(figures, -200_000.0, 70_000.0) == -70_000 * figures.regen


def charge(cable: str, soc: float, to: float, temperature: float = 25.0) -> tuple[float, list[float]]:
    """Minutes, and the powers in kW on the way."""
    made = Car(ROUTE, soc=soc, outside=temperature, odometer=0.0, figures=Figures())
    made.pack.temperature, made.limit = temperature, round(to)
    made.plug(cable)  # type: ignore[arg-type]
    minutes, powers = 0.0, []
    made.step(5.0, 0.0, temperature, 0.0)
    while made.charging:
        powers.append(made.pack.power / 1000)
        made.step(5.0, 0.0, temperature, 0.0)
        minutes += 5 / 60
        assert minutes < 6_000
    assert made.pack.soc == pytest.approx(to, abs=0.05)
    return minutes, powers


def test_charging_from_the_wall_and_fast() -> None:
    minutes, powers = charge("ac", 20.0, 80.0)
    assert max(powers) <= 11 and minutes == pytest.approx(60 * 45 / 10.0, rel=0.05)
    minutes, powers = charge("dc", 10.0, 80.0)
    assert 20 < minutes < 40
    assert max(powers) == pytest.approx(150, rel=0.02)
    assert all(later <= earlier + 0.5 for earlier, later in pairwise(powers[24:])), "it tapers, never rises again"
    assert charge("dc", 10.0, 80.0, temperature=-15.0)[0] > 1.5 * minutes, "a cold pack charges slower"
    _, powers = charge("ac", 90.0, 100.0)
    assert powers[-1] < 6 < powers[0]


def test_plugging_in_starts_and_the_limit_ends_it() -> None:
    made = Car(ROUTE, soc=79.0, outside=15.0, odometer=0.0, figures=Figures())
    made.plug("ac")
    made.step(1.0, 0.0, 15.0, 0.0)
    assert made.charging and made.time_to_limit == pytest.approx(0.75 * KWH / 10_000, rel=0.1)
    made.wants_charge = False
    made.step(1.0, 0.0, 15.0, 0.0)
    assert not made.charging and made.pack.power == pytest.approx(0, abs=1)
    made.plug(None)
    made.step(1.0, 0.0, 15.0, 0.0)
    assert made.pack.power < 0


def test_the_cabin_comes_to_the_wished_warmth_and_cools_down_again() -> None:
    cabin = Cabin(-5.0)
    cabin.on, cabin.driver, cabin.passenger = True, 22.0, 22.0
    for _ in range(1_500):
        cabin.step(1.0, -5.0, 0.0, 0.0)
    assert cabin.temperature == pytest.approx(22.0, abs=0.3)
    assert 600 < cabin.power < 3_500
    cabin.on = False
    start, settle = cabin.temperature, cabin.HEAT / cabin.LEAK
    for _ in range(1_800):
        cabin.step(1.0, -5.0, 0.0, 0.0)
    assert cabin.temperature == pytest.approx(-5 + (start + 5) * math.exp(-1_800 / settle), abs=0.05)
    assert cabin.power == 0


def test_the_cabin_is_cooled_in_the_sun() -> None:
    cabin = Cabin(48.0)
    cabin.on = True
    for _ in range(2_400):
        cabin.step(1.0, 33.0, 1.0, 0.0)
    assert cabin.temperature == pytest.approx(21.0, abs=0.6)
    assert cabin.power > 400


def test_tyres_warm_up_on_the_road() -> None:
    made = car(outside=10.0)
    cold = made.tyres.pressure("Row1.Wheel.Left")
    for _ in range(3_600):
        made.step(1.0, 33.0, 10.0, 0.0)
    assert 8 < made.tyres.pressure("Row1.Wheel.Left") - cold < 45


def test_doors_lock_themselves_when_driving_off() -> None:
    made = car()
    made.body.lock(False)
    for _ in range(20):
        made.step(0.5, made.speed + 0.5, 15.0, 0.0)
    assert all(made.body.locked.values()) and made.body.trunk_locked


def test_in_park_it_does_not_roll_and_empty_it_stops() -> None:
    made = car()
    made.gear = PARK
    made.step(1.0, 20.0, 15.0, 0.0)
    assert made.speed == 0
    made = car(soc=0.2)
    for _ in range(1_200):
        made.step(1.0, 25.0, 15.0, 0.0)
    assert made.speed == 0 and made.pack.soc < 1


def test_a_wish_beyond_the_motor_is_reached_as_fast_as_it_can() -> None:
    made = car()
    seconds = 0.0
    while made.speed < 100 / 3.6:
        made.step(0.1, 100 / 3.6, 15.0, 0.0)
        seconds += 0.1
    assert 3.5 < seconds < 9


@given(
    st.lists(
        st.tuples(st.floats(0.02, 5.0), st.floats(0.0, 70.0), st.floats(-40.0, 50.0), st.floats(0.0, 1.0)),
        min_size=1,
        max_size=60,
    ),
    st.floats(0.0, 100.0),
    st.sampled_from([None, "ac", "dc"]),
)
def test_whatever_happens_it_stays_physical(
    steps: list[tuple[float, float, float, float]], soc: float, cable: str
) -> None:
    made = car(soc=soc)
    made.plug(cable)  # type: ignore[arg-type]
    for dt, wished, outside, sun in steps:
        made.step(dt, wished, outside, sun)
        assert 0 <= made.pack.soc <= 100 and 0 <= made.speed <= 70 and made.odometer >= 0
        assert -45 < made.pack.temperature < 120 and -45 < made.cabin.temperature < 90
        assert 200 < made.consumption < 2_500 and math.isfinite(made.pack.power) and made.range >= 0
        assert abs(made.pack.power) < 400_000


@given(st.integers(0, 10_000), st.floats(200.0, 30_000.0), st.sampled_from(["low", "medium", "high", "extra"]))
def test_any_stretch_is_driven_exactly(seed: int, length: float, road: str) -> None:
    drive = plan([Stretch(road, length)], Random(seed))
    assert drive.length == pytest.approx(length, rel=1e-6)
    assert min(drive.speeds) >= 0 and max(drive.speeds) * 3.6 < 150
    assert drive.distance(drive.duration) == pytest.approx(length)
    middle = drive.duration / 2
    assert drive.distance(middle + 0.5) - drive.distance(middle) == pytest.approx(
        (drive.speed(middle) + drive.speed(middle + 0.5)) / 4, abs=0.6
    )


def test_a_drive_is_over_when_it_is_over() -> None:
    drive = Drive([0.0, 2.0, 2.0, 0.0])
    assert drive.length == 4.0 and drive.duration == 3.0
    assert [drive.speed(t) for t in (-1.0, 0.5, 1.5, 3.0, 99.0)] == [0, 1.0, 2.0, 0, 0]
    assert drive.distance(99.0) == 4.0 and drive.distance(0.5) == 0.25


def test_the_pack_never_overflows() -> None:
    pack = Pack(75.0, 99.99, 20.0)
    pack.step(60.0, 150_000.0, 20.0)
    assert pack.soc == 100.0 and pack.power < 150_000.0
    pack.soc = -4
    assert pack.soc == 0.0


def test_what_heats_seats_and_wheel_costs_and_ends_with_the_drive() -> None:
    cabin = Cabin(5.0)
    cabin.seats["DriverSide"], cabin.wheel = 100.0, 50.0
    cabin.step(1.0, 5.0, 0.0, 0.0)
    assert cabin.power == pytest.approx(Cabin.SEAT + Cabin.WHEEL / 2)
    cabin.cool_down()
    cabin.step(1.0, 5.0, 0.0, 0.0)
    assert cabin.power == 0
