"""The link in a household: what it announces and tells, how wishes come back as the device's own reports."""

from __future__ import annotations

from collections import Counter

import anyio
import pytest

from tests.links.sim.host import NOON, Bench
from wayhome.core.catalog import Catalog, same
from wayhome.core.command import Command
from wayhome.core.value import Context, Value
from wayhome.errors import AuthNeeded, BadInput, NotFound, Refused, Unreachable
from wayhome.hub.link import LinkRun, Steered
from wayhome.links.sim import link
from wayhome.links.sim import run as running
from wayhome.links.sim.config import SimConfig

pytestmark = pytest.mark.anyio
SPEED = "car/Vehicle.Speed"


def test_the_link_offers_what_the_supervisor_needs(catalog: Catalog) -> None:
    run = link.open(Bench(catalog).host, SimConfig())
    as_run: LinkRun = run
    assert isinstance(as_run, Steered)
    assert link.name == "sim" and not link.secrets


async def test_everything_announced_is_told_and_the_catalogue_takes_it(bench: Bench) -> None:
    house = bench.host.house
    assert bench.host.is_ready and len(house.things) == 19
    assert bench.host.refused == []
    assert all(reading.quality == "good" for reading in house.readings.values())
    for thing in house.things.values():
        for name, refinement in thing.signals.items():
            signal = house.catalog.signal(name)
            silent = signal.press or name.endswith("StartStopCharging")
            assert silent or f"{thing.id}/{name}" in house.readings, f"{thing.id}/{name} was never told"
            assert signal.kind == "actuator" or not refinement.step


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_hours_of_the_demo_stay_within_the_catalogue(catalog: Catalog, language: str) -> None:
    bench = Bench(catalog, SimConfig(language=language, factor=20.0))  # type: ignore[arg-type]
    chapters: Counter[str] = Counter()
    async with anyio.create_task_group() as group:
        group.start_soon(bench.run.run)
        for _ in range(180):
            await bench.live(2.0)
            chapters[bench.world.day.chapter] += 1
        group.cancel_scope.cancel()
    assert bench.host.refused == []
    assert all(reading.quality == "good" for reading in bench.host.house.readings.values())
    assert chapters["driving"] > 20 and chapters["parked"] > 20
    names = {thing.name for thing in bench.host.house.things.values()}
    assert ("Floor lamp" if language == "en" else "落地灯") in names


async def test_a_visitor_sees_a_living_car_within_seconds(bench: Bench) -> None:
    bench.host.told.clear()
    await bench.live(10.0)
    times = Counter(path for _, path, _, _ in bench.host.told)
    assert 60 <= times[SPEED] <= 101
    assert times["car/Vehicle.CurrentLocation.Latitude"] == 10
    assert bench.host.value("car/Vehicle.Powertrain.Transmission.CurrentGear") == 127
    assert bench.host.value("car/Vehicle.LowVoltageSystemState") == "ON"
    assert len(bench.host.told) / 10 < 120, "the idle demo would be a flood"


async def test_the_speed_is_told_each_second_at_a_red_light_too(bench: Bench) -> None:
    await bench.run.steer({"speed": 0})
    await bench.until(lambda: bench.host.value(SPEED) == 0)
    bench.host.told.clear()
    await bench.live(5.0)
    assert 4 <= sum(path == SPEED for _, path, _, _ in bench.host.told) <= 6


WISHES: list[tuple[str, Value]] = [
    ("living-lamp/light.on", True),
    ("living-lamp/light.brightness", 25.0),
    ("living-lamp/light.color_temp", 4_000.0),
    ("living-lamp/light.hue", 210.0),
    ("living-lamp/light.saturation", 80.0),
    ("kitchen-lights/light.on", False),
    ("hall-switch/switch.on", True),
    ("bedroom-heater/climate.target_temperature", 22.5),
    ("bedroom-heater/climate.mode", "off"),
    ("bedroom-heater/climate.preset", "boost"),
    ("living-climate/climate.mode", "cool"),
    ("air-purifier/fan.on", False),
    ("air-purifier/fan.percentage", 70.0),
    ("air-purifier/fan.preset", "sleep"),
    ("humidifier/humidifier.on", True),
    ("humidifier/humidifier.target_humidity", 55.0),
    ("humidifier/humidifier.mode", "quiet"),
    ("living-blinds/cover.position", 30.0),
    ("living-blinds/cover.tilt", 20.0),
    ("front-door/lock.locked", False),
    ("living-tv/media_player.on", True),
    ("living-tv/media_player.volume", 12.0),
    ("living-tv/media_player.muted", True),
    ("living-tv/media_player.source", "HDMI 1"),
    ("vacuum/vacuum.fan_speed", "max"),
    ("alarm/alarm.mode", "armed_night"),
    ("car/Vehicle.Cabin.HVAC.IsAirConditioningActive", False),
    ("car/Vehicle.Cabin.HVAC.IsRecirculationActive", True),
    ("car/Vehicle.Cabin.HVAC.IsFrontDefrosterActive", True),
    ("car/Vehicle.Cabin.HVAC.IsRearDefrosterActive", True),
    ("car/Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature", 23.5),
    ("car/Vehicle.Cabin.HVAC.Station.Row1.Passenger.Temperature", 19.0),
    ("car/Vehicle.Cabin.HVAC.Station.Row1.Driver.FanSpeed", 80),
    ("car/Vehicle.Cabin.Door.Row2.PassengerSide.Window.Position", 40),
    ("car/Vehicle.Cabin.Door.Row1.DriverSide.IsLocked", True),
    ("car/Vehicle.Powertrain.TractionBattery.Charging.ChargeLimit", 90),
    ("car/Vehicle.Body.Lights.Hazard.IsSignaling", True),
    ("car/Vehicle.Body.Horn.IsActive", True),
    ("car/Vehicle.Body.Trunk.Rear.IsLocked", True),
]


@pytest.mark.parametrize(("path", "target"), WISHES)
async def test_a_wish_is_fulfilled_by_the_devices_own_report(bench: Bench, path: str, target: Value) -> None:
    bench.host.told.clear()
    command = await bench.set(path, target)
    assert all(told[1] != path or told[3] is None for told in bench.host.told), "act is not provide"
    took = await bench.until(lambda: not bench.host.open(command))
    assert 0.02 <= took <= 30
    reading = bench.host.value(path)
    assert same(bench.host.house.catalog.signal(path.partition("/")[2]), target, reading)
    causes = {cause for _, told, _, cause in bench.host.told if told == path}
    assert command.key in causes, "the report names the command that led to it"
    assert bench.host.refused == []


async def test_the_horn_falls_silent_by_itself(bench: Bench) -> None:
    horn = "car/Vehicle.Body.Horn.IsActive"
    await bench.set(horn, True)
    await bench.until(lambda: bench.host.value(horn) is True)
    await bench.until(lambda: bench.host.value(horn) is False)


async def test_slow_readings_are_nobodys_doing(bench: Bench) -> None:
    await bench.set("living-climate/climate.target_temperature", 15.0)
    await bench.live(400.0)
    by_wish = {path for _, path, _, cause in bench.host.told if cause is not None}
    assert "living-climate/climate.action" in by_wish
    assert not any(path.endswith("current_temperature") for path in by_wish)


async def test_a_scene_reaches_its_devices_with_the_same_cause(bench: Bench) -> None:
    await bench.set("hall-switch/switch.on", True)
    await bench.live(1.0)
    command = await bench.set("good-night/scene.activate", True)
    await bench.live(30.0)
    assert bench.host.value("hall-switch/switch.on") is False
    assert bench.host.value("living-blinds/cover.state") == "closed"
    reached = {path.partition("/")[0] for _, path, _, cause in bench.host.told if cause == command.key}
    assert {"hall-switch", "kitchen-lights", "living-blinds", "bedroom-heater", "air-purifier"} <= reached


REFUSED: list[tuple[str, Value, str]] = [
    ("car/Vehicle.Body.Trunk.Rear.IsOpen", True, "stands"),
    ("car/Vehicle.Cabin.Door.Row1.DriverSide.IsLocked", False, "stay locked"),
    ("car/Vehicle.Powertrain.TractionBattery.Charging.StartStopCharging", "START", "not plugged in"),
    ("car/Vehicle.Speed", 50.0, "only tells"),
    ("living-tv/media_player.playing", True, "is off"),
    ("living-lamp/light.effect", "rainbow", "has no"),
    ("outdoor-temperature/sensor.value", 20.0, "only measures"),
    ("living-lamp/light.brightness", "bright", "takes 0 to 100"),
    ("bedroom-heater/climate.mode", "cool", "knows off, heat"),
]


@pytest.mark.parametrize(("path", "target", "says"), REFUSED)
async def test_what_can_not_be_is_refused_with_a_sentence(bench: Bench, path: str, target: Value, says: str) -> None:
    await bench.run.steer({"speed": 60})
    await bench.live(8.0)
    wish = Command("k", path, target, bench.host.now(), 30.0, Context(id="c", actor="person:anna"))
    with pytest.raises(Refused, match=says) as refusal:
        await bench.run.execute(wish)
    assert refusal.value.hint


async def test_an_id_that_another_link_has_is_left_alone(catalog: Catalog) -> None:
    bench = Bench(catalog)
    bench.host.others = {"vacuum", "car"}
    async with anyio.create_task_group() as group:
        group.start_soon(bench.run.run)
        await bench.live(1.0)
        assert "vacuum-2" in bench.host.house.things and "car-2/Vehicle.Speed" in bench.host.house.readings
        command = await bench.set("vacuum-2/vacuum.fan_speed", "quiet")
        await bench.until(lambda: not bench.host.open(command))
        with pytest.raises(Unreachable):
            await bench.run.execute(Command("k", "vacuum/vacuum.start", True, NOON, 5.0, command.context))
        group.cancel_scope.cancel()


async def test_the_picture_shows_time_and_scene(bench: Bench) -> None:
    first = await bench.run.picture("doorbell")
    assert first.media_type == "image/png" and first.content.startswith(b"\x89PNG\r\n\x1a\n")
    again = await bench.run.picture("doorbell")
    assert again.content == first.content
    await bench.live(1.0)
    assert (await bench.run.picture("doorbell")).content != first.content
    with pytest.raises(NotFound):
        await bench.run.picture("living-lamp")
    await bench.run.steer({"fault": {"thing": "doorbell", "kind": "unreachable"}})
    with pytest.raises(Unreachable):
        await bench.run.picture("doorbell")


@pytest.mark.parametrize(("order", "error"), [("drop", Unreachable), ("auth", AuthNeeded)])
async def test_the_whole_link_fails_on_order(catalog: Catalog, order: str, error: type[Exception]) -> None:
    bench = Bench(catalog)
    raised: list[Exception] = []

    async def run() -> None:
        try:
            await bench.run.run()
        except (Unreachable, AuthNeeded) as failed:
            raised.append(failed)
            bench._done.set()

    async with anyio.create_task_group() as group:
        group.start_soon(run)
        await bench.live(0.5)
        await bench.run.steer({"link": order})
        await bench.live(0.5)
        assert [type(failed) for failed in raised] == [error]
        bench.host.online(list(bench.host.house.things), False)  # as the supervisor does
        group.start_soon(bench.run.run)
        await bench.live(2.0)
        group.cancel_scope.cancel()
    assert bench.host.refused == [] and bench.host.away == set()


async def test_a_wish_wakes_a_quiet_house_at_once(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """With real seconds: the report comes after the device's delay, not at the next look at the world."""
    monkeypatch.setattr(running, "LIVELY", 600.0)
    monkeypatch.setattr(running, "QUIET", 600.0)
    bench = Bench(catalog, SimConfig(start="home", delay=0.0))
    run = link.open(bench.host, SimConfig(start="home", delay=0.0))
    async with anyio.create_task_group() as group:
        group.start_soon(run.run)
        with anyio.fail_after(45):
            while not bench.host.is_ready:
                await anyio.sleep(0.005)
            await anyio.sleep(0.3)
            command = bench.host.command("hall-switch/switch.on", True)
            await run.execute(command)
            while bench.host.open(command):
                await anyio.sleep(0.005)
        group.cancel_scope.cancel()


def test_a_wrong_zone_is_said_so(catalog: Catalog) -> None:
    with pytest.raises(BadInput, match="time zone"):
        link.open(Bench(catalog).host, SimConfig(zone="Mars/Olympus"))
