"""Tasmota's own discovery, ``tasmota/discovery/<MAC>/config`` and ``…/sensors``, as components. Pure.

Today's Tasmota describes itself with these two messages only; Home Assistant's discovery is in builds of one's own.
What they say is put into the words of Home Assistant's discovery, so that lamps, shutters and sensors are read in one
place.

Facts from Tasmota 15 (``xdrv_12_discovery.ino``) and Home Assistant's reader of it, HATasmota.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wayhome.errors import BadInput
from wayhome.links.mqtt.config import Config, topic_fits
from wayhome.links.mqtt.discovery import Component, device_of, read

TOPICS = ("tasmota/discovery/+/config", "tasmota/discovery/+/sensors")
ALSO, ASKS = "also_state_topic", "asks"
"""Words of ours: where it says the same, too, and what to send (topic, payload) so that it says how it stands."""
_TOPIC = re.compile(r"tasmota/discovery/([A-Za-z0-9_-]{1,64})/(config|sensors)")
_WORD = re.compile(r"[\w .:+-]{1,64}")
_RELAY, _LIGHT, _SHUTTER = 1, 2, 3
_DIMMER, _COLD_WARM, _RGB, _RGBW, _RGBCW = 1, 2, 3, 4, 5
_SHOWS = frozenset({1, 2, 3, 4, 5, 6, 9, 10, 13, 14, 15, 16})
"""Switch modes in which a switch says where it stands; in the others it is only pressed."""
_MOTION = frozenset({13, 14})
MAX_SENSORS = 100
SENSORS: Mapping[str, tuple[str | None, str | None]] = {
    "ApparentPower": ("apparent_power", "VA"), "Battery": ("battery", "%"), "CarbonDioxide": ("carbon_dioxide", "ppm"),
    "Current": ("current", "A"), "DewPoint": ("temperature", "TempUnit"), "Distance": ("distance", "cm"),
    "eCO2": ("carbon_dioxide", "ppm"), "Factor": ("power_factor", None), "Frequency": ("frequency", "Hz"),
    "Humidity": ("humidity", "%"), "Illuminance": ("illuminance", "lx"), "Moisture": ("moisture", "%"),
    "PM1": ("pm1", "µg/m³"), "PM10": ("pm10", "µg/m³"), "PM2.5": ("pm25", "µg/m³"), "Power": ("power", "W"),
    "Pressure": ("pressure", "PressureUnit"), "ReactivePower": ("reactive_power", "var"),
    "SeaPressure": ("pressure", "PressureUnit"), "Temperature": ("temperature", "TempUnit"),
    "Today": ("energy", "kWh"), "Total": ("energy", "kWh"), "TVOC": (None, "ppb"), "Voltage": ("voltage", "V"),
    "Weight": ("weight", "kg"), "Yesterday": ("energy", "kWh"),
}  # fmt: skip
"""What is measured: its class, and its unit or the word that names the unit."""


class Tasmotas:
    """The newest of both messages of each device. They come in any order, and belong together."""

    def __init__(self) -> None:
        self._said: dict[str, dict[str, Mapping[str, Any]]] = {}

    def components(self, topic: str, payload: bytes) -> tuple[str, list[Component]] | None:
        """The topic that a device goes by, and all that it is now; None where a topic is none of these. Raises
        BadInput; what it said before stays then."""
        match = _TOPIC.fullmatch(topic)
        if match is None:
            return None
        mac, part = match[1], match[2]
        known = dict(self._said.get(mac, {}))
        if payload:
            known[part] = read(payload)
        else:
            known.pop(part, None)
        found = components(mac, known["config"], known.get("sensors", {})) if "config" in known else []
        self._said[mac] = known
        if not known:
            del self._said[mac]
        return f"tasmota/discovery/{mac}/config", found


class _Said:
    """A device's description, read safely."""

    def __init__(self, mac: str, said: Mapping[str, Any]) -> None:
        config = Config(said)
        if config.text("mac") != mac:
            raise BadInput("a Tasmota's description is another's")
        self.mac = mac
        options = said.get("so")
        self.options = Config(options if isinstance(options, dict) else {})
        self.config = config
        words, prefixes = self.list("state", str), self.list("tp", str)
        if len(words) < 2 or len(prefixes) < 3 or None in (*words[:2], *prefixes[:3]):
            raise BadInput("a Tasmota's description has no words for its states, or no topics")
        self.off, self.on = words[:2]
        self.command, self.stat, self.tele = (self._topic(prefix) for prefix in prefixes[:3])
        self.device = device_of({
            "ids": [mac], "cns": [["mac", mac]], "name": config.text("dn") or config.text("t"), "mf": "Tasmota",
            "mdl": config.text("md"),
        })  # fmt: skip

    def _topic(self, prefix: str) -> str:
        topic = self.config.text("ft")
        parts = {"prefix": prefix, "topic": self.config.text("t"), "hostname": self.config.text("hn"),
                 "id": self.mac[-6:]}  # fmt: skip
        for name, part in parts.items():
            topic = topic.replace(f"%{name}%", part)
        if not topic_fits(topic) or not topic.endswith("/"):
            raise BadInput(f"a Tasmota's topic can't be {topic[:80]!r}")
        return topic

    def list(self, name: str, kind: type[Any]) -> list[Any]:
        found = self.config.raw(name)
        return [one if isinstance(one, kind) else None for one in found[:64]] if isinstance(found, list) else []

    def option(self, number: int) -> bool:
        return bool(self.options.raw(str(number)) == 1)

    def name(self, at: int, domain: str) -> str | None:
        """None: the device itself. The others as Home Assistant calls them, so that both are known for one."""
        names = self.list("fn", str)
        if at >= len(names) or names[at] is None:
            return f"{domain.capitalize()} {at + 1}"
        return None if at == 0 and names[at] == self.config.text("dn") else names[at]

    def component(self, domain: str, what: str, asks: tuple[str, str], **config: Any) -> Component:
        unique = f"{self.mac}_{domain}_{what}"
        config |= {"unique_id": unique, ASKS: (self.command + asks[0], asks[1])}
        if self.config.raw("dslp") != 1:  # one that sleeps is never there, and speaks all the same
            config |= {
                "availability_topic": self.tele + "LWT",
                "payload_available": self.config.text("onln", "Online"),
                "payload_not_available": self.config.text("ofln", "Offline"),
            }
        key = f"tasmota|{self.mac} {domain} {what}"
        return Component(key[:300], f"{domain}|{unique}"[:300], domain, Config(config), self.device)


def components(mac: str, config: Mapping[str, Any], sensors: Mapping[str, Any]) -> list[Component]:
    """All that a device is. Raises BadInput."""
    said = _Said(mac, config)
    return [*_relays(said), *_shutters(said), *_switches(said), *_sensors(said, sensors)]


def _state(said: _Said, at: int) -> dict[str, Any]:
    """How a relay tells and is told. The only one may leave its number out."""
    name = f"value_json.POWER{at + 1}"
    return {
        "state_topic": said.stat + "RESULT",
        ALSO: said.tele + "STATE",
        "command_topic": f"{said.command}POWER{at + 1}",
        "payload_on": said.on,
        "payload_off": said.off,
        "value_template": f"{{{{ {name} | default(value_json.POWER) }}}}" if at == 0 else f"{{{{ {name} }}}}",
    }


def _relays(said: _Said) -> Iterator[Component]:
    relays, is_fan = said.list("rl", int), said.config.raw("if") == 1
    lights = [at for at, kind in enumerate(relays) if kind == _LIGHT]
    for at, kind in enumerate(relays):
        base = _state(said, at)
        if kind == _RELAY and not is_fan and not said.option(30):
            yield said.component("switch", f"relay_{at}", ("STATE", ""), name=said.name(at, "switch"), **base)
        elif kind in (_RELAY, _LIGHT):
            base["state_value_template"] = base.pop("value_template")
            if kind == _LIGHT and not is_fan:
                base |= _light(said, at, at - lights[0])
            yield said.component("light", f"light_{at}", ("STATE", ""), name=said.name(at, "light"), **base)
    if is_fan:
        speed = {"command": said.command + "FanSpeed", "state": said.stat + "RESULT"}
        yield said.component(
            "fan", "fan_ifan", ("STATE", ""), name=None, state_topic=speed["state"], command_topic=speed["command"],
            payload_on="2", payload_off="0", percentage_command_topic=speed["command"], speed_range_max=3,
            percentage_state_topic=speed["state"], percentage_value_template="{{ value_json.FanSpeed }}",
            state_value_template="{{ ('2' if value_json.FanSpeed > 0 else '0') if value_json.FanSpeed is number }}",
            **{ALSO: said.tele + "STATE"},
        )  # fmt: skip


def _light(said: _Said, at: int, nth: int) -> dict[str, Any]:
    kind, dimmer, shown = said.config.raw("lt_st"), "Dimmer", "Dimmer"
    if said.config.raw("ty") == 1:
        dimmer = "Dimmer3"  # a dimmer of Tuya's
    if said.option(68):  # each channel is a lamp
        kind, dimmer, shown = _DIMMER, f"Channel{at + 1}", f"Channel{at + 1}"
    elif said.config.raw("lk") != 1 and kind in (_RGBW, _RGBCW):  # colour and white are two lamps
        kind = _RGB if nth == 0 else _DIMMER if kind == _RGBW else _COLD_WARM
        dimmer = shown = f"Dimmer{nth + 1}"
    heard = said.stat + "RESULT"
    found: dict[str, Any] = {}
    if kind in (_DIMMER, _COLD_WARM, _RGB, _RGBW, _RGBCW):
        found |= {
            "brightness_command_topic": said.command + dimmer, "brightness_state_topic": heard, "brightness_scale": 100,
            "brightness_value_template": f"{{{{ value_json.{shown} }}}}",
        }  # fmt: skip
    if kind in (_COLD_WARM, _RGBCW):
        found |= {
            "color_temp_command_topic": said.command + "CT", "color_temp_state_topic": heard,
            "color_temp_value_template": "{{ value_json.CT }}",
            "min_mireds": 200 if said.option(82) else 153, "max_mireds": 380 if said.option(82) else 500,
        }  # fmt: skip
    if kind in (_RGB, _RGBW, _RGBCW):
        # While it shines white its colour is an old one.
        colour = "{{ value_json.HSBColor.split(',')[0:2] | join(',') if not value_json.White }}"
        found |= {"hs_command_topic": said.command + "HSBColor", "hs_state_topic": heard, "hs_value_template": colour}
    return found


def _shutters(said: _Said) -> Iterator[Component]:
    relays, options = said.list("rl", int), said.list("sho", int)
    pairs = sum(kind == _SHUTTER for kind in relays) // 2
    for at in range(min(pairs, 16)):
        turned = at < len(options) and bool((options[at] or 0) & 1)
        word = f"Shutter{at + 1}"
        of = f"{{% set s = (value_json.StatusSNS | default(value_json)).{word} %}}"
        ways = "{1: 'closing', -1: 'opening'}" if turned else "{1: 'opening', -1: 'closing'}"
        yield said.component(
            "cover", f"shutter_{at}", ("STATUS", "10"), name=f"Cover {at + 1}", device_class="shutter",
            state_topic=said.stat + "RESULT", value_template=f"{of}{{{{ {ways}.get(s.Direction, 'stopped') }}}}",
            position_topic=said.stat + "RESULT", position_template=f"{of}{{{{ s.Position }}}}",
            position_closed=100 if turned else 0, position_open=0 if turned else 100,
            set_position_topic=f"{said.command}ShutterPosition{at + 1}", command_topic=said.command + "Backlog",
            payload_open=f"ShutterOpen{at + 1}", payload_close=f"ShutterClose{at + 1}",
            payload_stop=f"ShutterStop{at + 1}", **_sensed(said),
        )  # fmt: skip


def _sensed(said: _Said) -> dict[str, Any]:
    return {ALSO: [said.tele + "SENSOR", said.stat + "STATUS10"]}


def _switches(said: _Said) -> Iterator[Component]:
    names = said.list("swn", str)
    for at, mode in enumerate(said.list("swc", int)):
        if mode not in _SHOWS:
            continue
        name = names[at] if at < len(names) and names[at] else f"Switch{at + 1}"
        if not _WORD.fullmatch(name):
            continue
        of = f"{{% set s = (value_json.StatusSNS | default(value_json))[{json.dumps(name)}] %}}"
        yield said.component(
            "binary_sensor", f"switch_{at}", ("STATUS", "10"), name=name, state_topic=said.stat + "RESULT",
            value_template=f"{of}{{{{ s.Action if s is mapping else s }}}}", payload_on=said.on, payload_off=said.off,
            **({"off_delay": 1, "device_class": "motion"} if mode in _MOTION else _sensed(said)),
        )  # fmt: skip


def _sensors(said: _Said, sensors: Mapping[str, Any]) -> Iterator[Component]:
    whole = sensors.get("sn")
    if not isinstance(whole, dict):
        return
    for path in list(_paths(whole, ()))[:MAX_SENSORS]:
        quantity = next(str(part) for part in reversed(path) if isinstance(part, str))
        kind, unit = SENSORS[quantity]
        if unit in ("TempUnit", "PressureUnit"):
            told = whole.get(unit)
            known = {"C": "°C", "F": "°F"} if unit == "TempUnit" else {"hPa": "hPa", "mmHg": "mmHg", "inHg": "inHg"}
            unit = known.get(told) if isinstance(told, str) else None
        keys = "".join(f"[{json.dumps(part)}]" for part in path)
        yield said.component(
            "sensor", "sensor_" + "_".join(map(str, path)), ("STATUS", "10"), device_class=kind,
            name=" ".join(str(part) if isinstance(part, str) else str(part + 1) for part in path).replace("_", " "),
            unit_of_measurement=unit, state_topic=said.tele + "SENSOR",
            value_template=f"{{{{ (value_json.StatusSNS | default(value_json)){keys} }}}}",
            **{ALSO: said.stat + "STATUS10"},
        )  # fmt: skip


def _paths(part: object, path: tuple[str | int, ...]) -> Iterator[Sequence[str | int]]:
    """Where something is measured that people want to see."""
    if isinstance(part, dict) and len(path) < 4:
        for name, inner in part.items():
            if _WORD.fullmatch(name):
                yield from _paths(inner, (*path, name))
    elif isinstance(part, list) and path and path[-1] in SENSORS:
        for at, inner in enumerate(part[:3]):
            yield from _paths(inner, (*path, at))
    elif isinstance(part, int | float) and len(path) > 1 and any(
        isinstance(one, str) and one in SENSORS for one in path[-2:]
    ) and (path[-1] in SENSORS or isinstance(path[-1], int)):  # fmt: skip
        yield path
