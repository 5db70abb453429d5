"""Steering: orders while the link runs, and each fault as the household meets it."""

from __future__ import annotations

import anyio
import pytest

from tests.links.sim.host import Bench
from wayhome.core.command import Command
from wayhome.core.value import Context, Value
from wayhome.errors import Asleep, BadInput, NotFound, Refused, Unreachable
from wayhome.links.sim.config import SimConfig
from wayhome.links.sim.orders import carry_out, read
from wayhome.links.sim.world import SimWorld

pytestmark = pytest.mark.anyio
LAMP = "living-lamp/light.on"
SPEED = "car/Vehicle.Speed"
GEAR = "car/Vehicle.Powertrain.Transmission.CurrentGear"
CABLE = "car/Vehicle.Powertrain.TractionBattery.Charging.ChargingPort.AnyPosition.IsChargingCableConnected"
CHARGING = "car/Vehicle.Powertrain.TractionBattery.Charging.IsCharging"


async def test_speed_and_gear_are_held_until_released(bench: Bench) -> None:
    await bench.run.steer({"speed": 72})
    await bench.live(15.0)
    assert bench.host.value(SPEED) == pytest.approx(72, abs=0.2)
    await bench.live(60.0)
    assert bench.host.value(SPEED) == pytest.approx(72, abs=0.2)
    await bench.run.steer({"speed": 0})
    await bench.live(25.0)
    await bench.run.steer({"gear": "R"})
    await bench.live(0.5)
    assert bench.host.value(SPEED) == 0 and bench.host.value(GEAR) == -1
    state = await bench.run.steer({"speed": None})
    assert state["car"]["chapter"] == "driving"  # type: ignore[index,call-overload]


async def test_charge_weather_and_time(bench: Bench) -> None:
    state = await bench.run.steer({"soc": 33.0, "outside": -12.0, "time_factor": 30.0})
    assert state["outside"] == -12.0 and state["time_factor"] == 30.0
    await bench.live(1.2)
    assert bench.host.value("outdoor-temperature/sensor.value") == -12.0
    displayed = bench.host.value("car/Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed")
    assert displayed in (32.0, 33.0)
    begun = bench.world.now
    await bench.live(10.0)
    assert bench.world.now - begun == pytest.approx(300.0, abs=4.0)
    await bench.run.steer({"outside": None})
    assert bench.world.weather.fixed is None


async def test_park_plug_and_leave_again(bench: Bench) -> None:
    with pytest.raises(BadInput, match="drives"):
        await bench.run.steer({"plug": "ac"})
    await bench.run.steer({"park": True})
    await bench.live(80.0)
    assert bench.world.day.chapter == "parked"
    assert bench.host.value(GEAR) == 126 and bench.host.value("car/Vehicle.LowVoltageSystemState") == "LOCK"
    assert bench.host.value("car/Vehicle.Cabin.Door.Row1.DriverSide.IsLocked") is True
    assert bench.host.value(CABLE) is False, "it stands somewhere on the road"
    await bench.run.steer({"plug": "dc"})
    await bench.live(1.5)
    assert bench.host.value(CABLE) is True and bench.host.value(CHARGING) is True
    assert bench.world.car.pack.power > 50_000
    stop = await bench.set("car/Vehicle.Powertrain.TractionBattery.Charging.StartStopCharging", "STOP")
    await bench.live(1.5)
    assert bench.host.value(CHARGING) is False and stop.target == "STOP"
    await bench.run.steer({"unplug": True, "start_drive": True})
    await bench.until(lambda: bench.host.value(SPEED) > 5, most=40.0)  # type: ignore[operator]
    assert bench.host.value("car/Vehicle.Cabin.Door.Row1.DriverSide.IsOpen") is False


async def test_a_whole_round_comes_home_and_is_plugged_in(bench: Bench) -> None:
    await bench.run.steer({"on_the_road": 0.9})
    await bench.run.steer({"skip": 600})
    await bench.live(1.5)
    assert bench.world.day.at_home and bench.host.value(CHARGING) is True
    await bench.run.steer({"skip": 2_500})
    assert bench.world.day.chapter in ("leaving", "driving")


async def test_days_of_driving_do_not_empty_it(bench: Bench) -> None:
    car = bench.world.car
    before = car.odometer
    await bench.run.steer({"skip": 86_400})
    assert 50 < car.pack.soc < 80
    assert 400_000 < car.odometer - before < 1_000_000
    assert min(car.place, car.route.length - car.place) < 60 or bench.world.day.chapter == "driving"


async def test_a_car_that_ran_empty_is_charged_and_drives_again(bench: Bench) -> None:
    await bench.run.steer({"soc": 0.05})
    await bench.run.steer({"skip": 400})
    assert bench.world.car.speed == 0
    await bench.run.steer({"park": True, "skip": 5_400})
    assert bench.world.car.pack.soc > 40 and bench.world.day.chapter != "arriving"


async def test_window_bell_and_tyre(bench: Bench) -> None:
    await bench.run.steer({"doors": {"Trunk.Front": True, "Row2.DriverSide": True}})
    await bench.live(1.0)
    assert bench.host.value("car/Vehicle.Body.Trunk.Front.IsOpen") is True
    assert bench.host.value("car/Vehicle.Cabin.Door.Row2.DriverSide.IsOpen") is True
    state = await bench.run.steer({"windows": {"bedroom-window": True}, "ring": True, "tyre": 150.0})
    assert state["faults"] == []
    await bench.live(1.5)
    assert bench.host.value("bedroom-window/binary_sensor.on") is True
    assert bench.host.value("doorbell/camera.state") == "recording"
    assert bench.host.events == [("DoorbellRang", "doorbell")]
    assert bench.host.value("car/Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.IsPressureLow") is True
    wish = Command("k", "alarm/alarm.mode", "armed_away", bench.host.now(), 5.0, Context(id="c", actor="person:anna"))
    with pytest.raises(Refused, match="is open"):
        await bench.run.execute(wish)


@pytest.mark.parametrize(
    "orders",
    [{"warp": 9}, {"speed": -1}, {"soc": "full"}, {"gear": 4}, {"windows": {"cellar": True}}, {"skip": 1e9},
     {"fault": {"thing": "living-lamp", "kind": "haunted"}}],
)  # fmt: skip
async def test_what_is_no_order_is_said_so(bench: Bench, orders: dict[str, Value]) -> None:
    with pytest.raises(BadInput) as wrong:
        await bench.run.steer(orders)
    assert wrong.value.hint and wrong.value.detail
    with pytest.raises(NotFound):
        await bench.run.steer({"fault": {"thing": "cellar-lamp", "kind": "slow"}})


async def _fault(bench: Bench, kind: str, thing: str = "living-lamp", seconds: float = 4.0) -> None:
    await bench.run.steer({"fault": {"thing": thing, "kind": kind, "seconds": seconds}})
    await bench.live(0.3)


@pytest.mark.parametrize(("kind", "error"), [("unreachable", Unreachable), ("asleep", Asleep)])
async def test_an_unreachable_device(bench: Bench, kind: str, error: type[Exception]) -> None:
    await _fault(bench, kind)
    assert bench.host.away == {"living-lamp"}
    bench.host.told.clear()
    with pytest.raises(error):
        await bench.set(LAMP, True)
    await bench.live(3.0)
    assert not any(path.startswith("living-lamp/") for _, path, _, _ in bench.host.told)
    await bench.run.steer({"clear": "living-lamp"})
    await bench.live(0.6)
    assert bench.host.away == set()
    told = {path for _, path, _, _ in bench.host.told}
    assert LAMP in told, "all is told anew when it is back"


async def test_a_refusing_device(bench: Bench) -> None:
    await _fault(bench, "refusing")
    with pytest.raises(Refused, match="says no"):
        await bench.set(LAMP, True)


async def test_a_slow_device(bench: Bench) -> None:
    await _fault(bench, "slow", seconds=6.0)
    command = await bench.set(LAMP, True)
    assert 6.0 <= await bench.until(lambda: not bench.host.open(command)) <= 6.6


async def test_what_a_device_was_slow_to_do_is_done_when_it_is_well_again(bench: Bench) -> None:
    await _fault(bench, "slow", seconds=3600.0)
    command = await bench.set(LAMP, True)
    await bench.live(2.0)
    assert bench.host.open(command)
    await bench.run.steer({"clear": True})
    await bench.live(0.6)
    assert not bench.host.open(command)


async def test_a_lying_device_never_fulfils(bench: Bench) -> None:
    await _fault(bench, "lying")
    command = await bench.set(LAMP, True)
    await bench.live(5.0)
    assert bench.host.open(command) and bench.host.value(LAMP) is False
    wish = await bench.set("living-lamp/light.brightness", 80.0)
    await bench.live(5.0)
    assert bench.host.open(wish) and bench.host.value("living-lamp/light.brightness") == 25.0
    assert bench.host.refused == []


async def test_a_hanging_device_takes_it_and_is_silent(bench: Bench) -> None:
    await _fault(bench, "hanging")
    command = await bench.set(LAMP, True)
    await bench.live(20.0)
    assert bench.host.open(command) and bench.host.away == set()
    await bench.run.steer({"clear": True})
    await bench.live(0.6)
    assert not bench.host.open(command), "what it did meanwhile, it tells when it is well again"


async def test_a_stuck_device_never_answers(bench: Bench) -> None:
    await _fault(bench, "stuck")
    with anyio.move_on_after(0.05) as scope:
        await bench.set(LAMP, True)
    assert scope.cancelled_caught


async def test_a_device_that_talks_garbage(bench: Bench) -> None:
    await _fault(bench, "garbage")
    for on in (True, False, True):
        await bench.set(LAMP, on)
        await bench.live(2.0)
    assert any("nonsense" in sentence for sentence in bench.host.refused)
    lamp = [r for path, r in bench.host.house.readings.items() if path.startswith("living-lamp/")]
    assert any(reading.quality == "bad" for reading in lamp)
    await bench.run.steer({"clear": "living-lamp"})
    await bench.set(LAMP, False)
    await bench.set("living-lamp/light.brightness", 33.0)
    await bench.live(2.0)
    assert bench.host.value("living-lamp/light.brightness") == 33.0


async def test_a_flapping_device(bench: Bench) -> None:
    await _fault(bench, "flapping", seconds=2.0)
    seen = []
    for _ in range(10):
        seen.append("living-lamp" in bench.host.away)
        await bench.live(1.0)
    assert 3 <= sum(seen) <= 7


async def test_a_jammed_lock_and_gate(bench: Bench) -> None:
    await _fault(bench, "jam", thing="front-door")
    command = await bench.set("front-door/lock.locked", False)
    await bench.live(3.0)
    assert bench.host.open(command)
    assert bench.host.value("front-door/lock.state") == "jammed"
    await bench.run.steer({"clear": "front-door"})
    await bench.live(3.0)
    assert bench.host.value("front-door/lock.state") == "unlocked"
    await _fault(bench, "jam", thing="gate")
    with pytest.raises(Refused, match="stuck"):
        await bench.set("gate/cover.open", True)


async def test_the_car_has_faults_as_well(bench: Bench) -> None:
    await _fault(bench, "hanging", thing="car")
    bench.host.told.clear()
    await bench.live(5.0)
    assert not any(path.startswith("car/") for _, path, _, _ in bench.host.told)


async def test_the_light_sensor_follows_the_sun_or_an_order() -> None:
    noon = 1_764_067_200.0 - 1_764_067_200.0 % 86_400 + 12 * 3_600
    world = SimWorld(SimConfig(), now=noon)
    sensor = "Vehicle.Exterior.LightIntensity"
    world.advance(1)
    assert world.vehicle.facts()[sensor] == pytest.approx(79, abs=3)
    assert not world.car.lights
    carry_out(world, read({"light": 3}))
    world.advance(1)
    assert world.vehicle.facts()[sensor] == 3
    assert world.car.lights, "the beams go on by themselves"
    carry_out(world, read({"light": None, "skip": 43_200}))
    assert world.vehicle.facts()[sensor] == 0


async def test_the_driver_sits_where_it_is_set_or_ordered() -> None:
    world = SimWorld(SimConfig(wheel="right"), now=0.0)
    assert world.vehicle.facts()["Vehicle.Cabin.DriverPosition"] == "RIGHT"
    carry_out(world, read({"wheel": "left", "doors": {"Row1.DriverSide": True}}))
    facts = world.vehicle.facts()
    assert facts["Vehicle.Cabin.DriverPosition"] == "LEFT"
    assert facts["Vehicle.Cabin.Door.Row1.DriverSide.IsOpen"] is True
    with pytest.raises(BadInput, match="no door"):
        carry_out(world, read({"doors": {"Row9": True}}))
