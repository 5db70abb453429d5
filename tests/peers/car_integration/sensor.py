"""What the car measures."""

from __future__ import annotations

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorStateClass

from .car import Car, CarEntity

SENSORS = (
    ("battery", "Battery", SensorDeviceClass.BATTERY, "%", SensorStateClass.MEASUREMENT),
    ("range", "Range", SensorDeviceClass.DISTANCE, "km", SensorStateClass.MEASUREMENT),
    ("odometer", "Odometer", SensorDeviceClass.DISTANCE, "km", SensorStateClass.TOTAL_INCREASING),
    ("charge_power", "Charging power", SensorDeviceClass.POWER, "kW", SensorStateClass.MEASUREMENT),
    ("inside_temperature", "Inside temperature", SensorDeviceClass.TEMPERATURE, "°C", SensorStateClass.MEASUREMENT),
    ("outside_temperature", "Outside temperature", SensorDeviceClass.TEMPERATURE, "°C", SensorStateClass.MEASUREMENT),
    ("pressure", "Tire pressure front left", SensorDeviceClass.PRESSURE, "bar", SensorStateClass.MEASUREMENT),
)


class CarSensor(CarEntity, SensorEntity):
    def __init__(
        self, car: Car, key: str, name: str, kind: SensorDeviceClass, unit: str, how: SensorStateClass
    ) -> None:
        super().__init__(car, key, name)
        self._key = key
        self._attr_device_class = kind
        self._attr_native_unit_of_measurement = unit
        self._attr_state_class = how

    @property
    def native_value(self) -> float:
        return getattr(self.car, self._key)


async def async_setup_entry(hass, entry, add) -> None:
    add(CarSensor(entry.runtime_data, *sensor) for sensor in SENSORS)
