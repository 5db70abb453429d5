"""The car's signals, in VSS's words: which it has, which take a wish, how often each is told."""

from __future__ import annotations

from wayhome.core.catalog import Refinement
from wayhome.core.driving import SPEED
from wayhome.links.sim.bodywork import DOORS
from wayhome.links.sim.tyres import WHEELS

BATTERY = "Vehicle.Powertrain.TractionBattery."
CHARGING = BATTERY + "Charging."
HVAC = "Vehicle.Cabin.HVAC."
DRIVER = HVAC + "Station.Row1.Driver."
PASSENGER = HVAC + "Station.Row1.Passenger."
SEAT = "Vehicle.Cabin.Seat.Row1."
WHEEL_HEAT = "Vehicle.Chassis.SteeringWheel.HeatingCooling"
LOCATION = "Vehicle.CurrentLocation."
DESTINATION = "Vehicle.Cabin.Infotainment.Navigation.DestinationSet."
WHERE_TO = (DESTINATION + "Latitude", DESTINATION + "Longitude")
"""Both are wished, one after the other; then it drives there."""
TRUNK = "Vehicle.Body.Trunk.Rear."
FRUNK = "Vehicle.Body.Trunk.Front."
HORN = "Vehicle.Body.Horn.IsActive"
HAZARD = "Vehicle.Body.Lights.Hazard.IsSignaling"
CLIMATE = HVAC + "IsAirConditioningActive"
FAST = frozenset(
    {
        SPEED,
        BATTERY + "CurrentPower",
        "Vehicle.Acceleration.Longitudinal",
        "Vehicle.Chassis.Accelerator.PedalPosition",
        "Vehicle.Chassis.Brake.PedalPosition",
    }
)
"""Told ten times a second while they change."""
COOLEST, WARMEST = 16.0, 28.0


def actuators() -> dict[str, Refinement]:
    """The signals that take a wish, with the bounds of this car."""
    warmth = Refinement(min=COOLEST, max=WARMEST, step=0.5)
    heat = Refinement(min=0.0, max=100.0)
    plain = Refinement()
    signals = {
        CLIMATE: plain,
        HVAC + "IsRecirculationActive": plain,
        HVAC + "IsFrontDefrosterActive": plain,
        HVAC + "IsRearDefrosterActive": plain,
        DRIVER + "Temperature": warmth,
        PASSENGER + "Temperature": warmth,
        DRIVER + "FanSpeed": Refinement(step=5.0),
        SEAT + "DriverSide.HeatingCooling": heat,
        SEAT + "PassengerSide.HeatingCooling": heat,
        WHEEL_HEAT: heat,
        CHARGING + "ChargeLimit": Refinement(min=50.0, max=100.0, step=5.0),
        CHARGING + "StartStopCharging": plain,
        TRUNK + "IsOpen": plain,
        TRUNK + "IsLocked": plain,
        HAZARD: plain,
        HORN: plain,
    }
    for door in DOORS:
        signals[f"Vehicle.Cabin.Door.{door}.IsLocked"] = plain
        signals[f"Vehicle.Cabin.Door.{door}.Window.Position"] = Refinement(step=5.0)
    return signals


def destination() -> dict[str, Refinement]:
    """The signals that take a wish where the car drives on real streets. The steps are of about a metre: nobody who
    wishes the next house is told that the car goes there already."""
    return dict.fromkeys(WHERE_TO, Refinement(step=0.00001))


SLOW = frozenset(
    {
        "Vehicle.TraveledDistance",
        "Vehicle.TraveledDistanceSinceStart",
        "Vehicle.Exterior.AirTemperature",
        "Vehicle.Exterior.LightIntensity",
        "Vehicle.LowVoltageBattery.CurrentVoltage",
        HVAC + "AmbientAirTemperature",
        CHARGING + "ChargeRate",
        CHARGING + "TimeToComplete",
        *(LOCATION + word for word in ("Latitude", "Longitude", "Altitude", "Heading")),
        *(f"Vehicle.Chassis.Axle.{wheel}.Tire.{word}" for wheel in WHEELS for word in ("Pressure", "Temperature")),
        *(
            BATTERY + word
            for word in (
                "StateOfCharge.Current", "StateOfCharge.Displayed", "StateOfCharge.CurrentEnergy", "Range",
                "CurrentVoltage", "CurrentCurrent", "Temperature.Average", "AccumulatedChargedEnergy",
                "AccumulatedConsumedEnergy",
            )
        ),
    }
)  # fmt: skip
"""Told at most once a second."""
