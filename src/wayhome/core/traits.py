"""The signals of homes, in Home Assistant's domains, and the hub's own signals.

Each line: path, kind, datatype, unit, choices. Percent is 0 to 100; temperatures are in Celsius whatever the
household likes to read.
"""

from __future__ import annotations

from wayhome.core.catalog import Signal

HVAC_MODES = ("off", "heat", "cool", "heat_cool", "auto", "dry", "fan_only")
ALARM_STATES = (
    "disarmed", "armed_home", "armed_away", "armed_night", "armed_vacation", "armed_custom_bypass",
    "pending", "arming", "disarming", "triggered",
)  # fmt: skip


def _fact(path: str, datatype: str, unit: str | None = None, *allowed: str, telemetry: bool = False) -> Signal:
    return Signal(path, "sensor", datatype, unit, allowed=allowed or None, keep="telemetry" if telemetry else "state")


def _wish(path: str, datatype: str, unit: str | None = None, *allowed: str, risky: bool = False) -> Signal:
    least, most = (0.0, 100.0) if unit == "percent" else (0.0, 360.0) if unit == "degrees" else (None, None)
    return Signal(path, "actuator", datatype, unit, least, most, allowed or None, risky=risky)


def _press(path: str, risky: bool = False) -> Signal:
    return Signal(path, "actuator", "boolean", press=True, risky=risky)


SIGNALS: tuple[Signal, ...] = (
    _wish("light.on", "boolean"),
    _wish("light.brightness", "float", "percent"),
    _wish("light.color_temp", "float", "K"),
    _wish("light.hue", "float", "degrees"),
    _wish("light.saturation", "float", "percent"),
    _wish("light.effect", "string"),
    _wish("switch.on", "boolean"),
    _fact("climate.current_temperature", "float", "Celsius"),
    _wish("climate.target_temperature", "float", "Celsius"),
    _wish("climate.target_low", "float", "Celsius"),
    _wish("climate.target_high", "float", "Celsius"),
    _wish("climate.mode", "string", None, *HVAC_MODES),
    _fact(
        "climate.action",
        "string",
        None,
        "off",
        "preheating",
        "heating",
        "cooling",
        "drying",
        "fan",
        "idle",
        "defrosting",
    ),
    _wish("climate.fan_mode", "string"),
    _wish("climate.preset", "string"),
    _wish("climate.swing", "string"),
    _fact("climate.current_humidity", "float", "percent"),
    _wish("climate.target_humidity", "float", "percent"),
    _wish("fan.on", "boolean"),
    _wish("fan.percentage", "float", "percent"),
    _wish("fan.preset", "string"),
    _wish("fan.oscillating", "boolean"),
    _wish("fan.direction", "string", None, "forward", "reverse"),
    _wish("humidifier.on", "boolean"),
    _wish("humidifier.target_humidity", "float", "percent"),
    _fact("humidifier.current_humidity", "float", "percent"),
    _wish("humidifier.mode", "string"),
    _fact("cover.state", "string", None, "open", "opening", "closed", "closing"),
    _wish("cover.position", "float", "percent"),
    _wish("cover.tilt", "float", "percent"),
    _press("cover.open", risky=True),
    _press("cover.close"),
    _press("cover.stop"),
    _wish("lock.locked", "boolean", risky=True),
    _fact(
        "lock.state",
        "string",
        None,
        "locked",
        "locking",
        "unlocked",
        "unlocking",
        "jammed",
        "open",
        "opening",
    ),
    _press("lock.open", risky=True),
    _fact("camera.state", "string", None, "idle", "recording", "streaming"),
    _fact("camera.film", "string"),
    *(
        _fact(f"camera.{what}", "boolean")
        for what in ("motion", "person", "vehicle", "animal", "sound", "tampered", "input")
    ),
    Signal(
        "camera.turn",
        "actuator",
        "string",
        allowed=("left", "right", "up", "down", "in", "out", "stop"),
        press=True,
    ),
    Signal("camera.preset", "actuator", "string", press=True),
    _fact("media_player.state", "string", None, "off", "on", "idle", "playing", "paused", "buffering", "standby"),
    _wish("media_player.on", "boolean"),
    _wish("media_player.playing", "boolean"),
    _wish("media_player.volume", "float", "percent"),
    _wish("media_player.muted", "boolean"),
    _wish("media_player.source", "string"),
    Signal("media_player.position", "actuator", "float", "s", 0.0),
    _fact("media_player.duration", "float", "s"),
    _fact("media_player.picture", "string"),
    _wish("media_player.media", "string"),
    _fact("media_player.title", "string"),
    _fact("media_player.artist", "string"),
    _fact("media_player.album", "string"),
    _fact("media_player.app", "string"),
    _press("media_player.next"),
    _press("media_player.previous"),
    _press("media_player.stop"),
    _wish("sound.volume", "float", "percent"),
    _wish("sound.muted", "boolean"),
    _wish("sound.output", "string"),
    Signal("command.run", "actuator", "string", press=True),
    _fact("vacuum.state", "string", None, "cleaning", "docked", "returning", "paused", "idle", "error"),
    _press("vacuum.start"),
    _press("vacuum.pause"),
    _press("vacuum.stop"),
    _press("vacuum.return"),
    _press("vacuum.locate"),
    _wish("vacuum.fan_speed", "string"),
    _fact("battery.level", "float", "percent"),
    _fact("battery.charging", "boolean"),
    _fact("phone.network", "string"),
    _fact("phone.signal", "float", "percent"),
    _press("phone.ring"),
    _press("phone.ping"),
    _press("scene.activate"),
    _press("script.run"),
    _fact("script.running", "boolean"),
    _press("button.press"),
    _fact("sensor.value", "float"),
    _fact("sensor.text", "string"),
    _fact("binary_sensor.on", "boolean"),
    _fact("event.at", "string"),
    _fact("event.type", "string"),
    _fact("alarm.state", "string", None, *ALARM_STATES),
    _wish("alarm.mode", "string", None, *ALARM_STATES[:6], risky=True),
    _fact("device_tracker.place", "string"),
    _fact("device_tracker.latitude", "float", "degrees"),
    _fact("device_tracker.longitude", "float", "degrees"),
    _fact("device_tracker.accuracy", "float", "m"),
    _fact("weather.condition", "string"),
    _fact("weather.temperature", "float", "Celsius"),
    _wish("number.value", "float"),
    _wish("select.option", "string"),
    _wish("text.value", "string"),
    _wish("valve.position", "float", "percent", risky=True),
    _press("valve.open", risky=True),
    _press("valve.close"),
    _fact("water_heater.current_temperature", "float", "Celsius"),
    _wish("water_heater.target_temperature", "float", "Celsius"),
    _wish("water_heater.mode", "string"),
    _fact("lawn_mower.state", "string", None, "mowing", "docked", "paused", "returning", "error"),
    _press("lawn_mower.start"),
    _press("lawn_mower.pause"),
    _press("lawn_mower.dock"),
    _wish("siren.on", "boolean", risky=True),
    Signal("thing.info", "attribute", "object"),
    Signal("thing.online", "sensor", "boolean"),
    Signal("driving.state", "sensor", "string", allowed=("parked", "idling", "moving")),
    Signal("driving.restrictions", "sensor", "object"),
    Signal("hub.info", "attribute", "object"),
)

TRAITS: frozenset[str] = frozenset(signal.path.partition(".")[0] for signal in SIGNALS)
