"""Messages of devices as Zigbee2MQTT 2.14, Tasmota 15 and ESPHome 2026.10 publish them: field by field what the first
says (tests/peers/zigbee2mqtt.py runs it) and what the sources of the others write. Names and numbers are made up."""

from __future__ import annotations

import json
from typing import Any

type Messages = dict[str, str]
BRIDGE = {"topic": "zigbee2mqtt/bridge/state", "value_template": "{{ value_json.state }}"}


def zigbee_lamp(name: str = "hall_lamp", ieee: str = "0x00158d0001a2b3c4", area: str | None = None) -> Messages:
    """A Zigbee2MQTT lamp with colour, the older format: one message for each entity."""
    device = {
        "identifiers": [f"zigbee2mqtt_{ieee}"],
        "manufacturer": "IKEA",
        "model": "TRADFRI bulb E26/E27, color/white spectrum, globe, opal, 800/806/810 lm",
        "model_id": "LED1924G9",
        "name": name,
        "sw_version": "1.0.44",
        "via_device": "zigbee2mqtt_bridge_0x00124b0024c0ffee",
        **({} if area is None else {"suggested_area": area}),
    }
    shared = {
        "availability": [
            BRIDGE,
            {"topic": f"zigbee2mqtt/{name}/availability", "value_template": "{{ value_json.state }}"},
        ],
        "availability_mode": "all",
        "device": device,
        "origin": {"name": "Zigbee2MQTT", "sw": "2.14.1", "url": "https://www.zigbee2mqtt.io"},
    }
    light = {
        **shared,
        "brightness": True,
        "brightness_scale": 254,
        "command_topic": f"zigbee2mqtt/{name}/set",
        "default_entity_id": f"light.{name}",
        "effect": True,
        "effect_list": [
            "blink",
            "breathe",
            "okay",
            "channel_change",
            "finish_effect",
            "stop_effect",
            "colorloop",
            "stop_colorloop",
        ],
        "max_mireds": 454,
        "min_mireds": 250,
        "name": None,
        "object_id": name,
        "schema": "json",
        "state_topic": f"zigbee2mqtt/{name}",
        "supported_color_modes": ["xy", "color_temp"],
        "unique_id": f"{ieee}_light_zigbee2mqtt",
    }
    quality = {
        **shared,
        "default_entity_id": f"sensor.{name}_linkquality",
        "enabled_by_default": False,
        "entity_category": "diagnostic",
        "icon": "mdi:signal",
        "name": "Linkquality",
        "object_id": f"{name}_linkquality",
        "state_class": "measurement",
        "state_topic": f"zigbee2mqtt/{name}",
        "unique_id": f"{ieee}_linkquality_zigbee2mqtt",
        "unit_of_measurement": "lqi",
        "value_template": '{{ value_json["linkquality"] }}',
    }
    return {
        f"homeassistant/light/{ieee}/light/config": json.dumps(light),
        f"homeassistant/sensor/{ieee}/linkquality/config": json.dumps(quality),
    }


def zigbee_present(name: str = "hall_lamp") -> Messages:
    return {
        "zigbee2mqtt/bridge/state": '{"state":"online"}',
        f"zigbee2mqtt/{name}/availability": '{"state":"online"}',
    }


def tasmota(mac: str = "A4CF12000001", topic: str = "tasmota_000001", sensors: dict[str, Any] | None = None,
            **said: Any) -> Messages:  # fmt: skip
    """A Tasmota by its own discovery, every field as ``TasDiscoverMessage`` writes it: a plug that measures."""
    config = {
        "ip": "192.168.1.20", "dn": "Desk", "fn": ["Desk", *[None] * 7], "hn": "tasmota-000001-0001", "mac": mac,
        "md": "Athom Plug V2", "ty": 0, "if": 0, "cam": 0, "ofln": "Offline", "onln": "Online",
        "state": ["OFF", "ON", "TOGGLE", "HOLD"], "sw": "15.0.1", "t": topic, "ft": "%prefix%/%topic%/",
        "tp": ["cmnd", "stat", "tele"], "rl": [1, *[0] * 31], "swc": [-1] * 28, "swn": [None] * 28, "btn": [0] * 32,
        "so": {"4": 0, "11": 0, "13": 0, "17": 0, "20": 0, "30": 0, "68": 0, "73": 0, "82": 0, "114": 0, "117": 0},
        "lk": 0, "lt_st": 0, "bat": 0, "dslp": 0, "sho": [], "sht": [], "ver": 1,
    }  # fmt: skip
    measured = {"Time": "2026-11-26T10:00:00", "ENERGY": {
        "TotalStartTime": "2026-01-01T00:00:00", "Total": 12.345, "Yesterday": 0.5, "Today": 0.125, "Power": 40,
        "ApparentPower": 45, "ReactivePower": 20, "Factor": 0.89, "Voltage": 231, "Current": 0.195,
    }}  # fmt: skip
    return {
        f"tasmota/discovery/{mac}/config": json.dumps(config | said),
        f"tasmota/discovery/{mac}/sensors": json.dumps({"sn": measured if sensors is None else sensors, "ver": 1}),
    }


def tasmota_lamp() -> Messages:
    """One with red, green, blue and two whites."""
    more = {"dn": "Sofa lamp", "fn": ["Sofa lamp", *[None] * 7], "md": "Athom Bulb", "rl": [2, *[0] * 31], "lk": 1}
    return tasmota("A4CF12000002", "sofa", {"Time": "2026-11-26T10:00:00"}, lt_st=5, **more)


def tasmota_shutter() -> Messages:
    """One with a shutter, a contact and a thermometer."""
    more = {"dn": "Bedroom", "fn": ["Bedroom", *[None] * 7], "rl": [3, 3, *[0] * 30], "sho": [0], "sht": [[-90, 90, 0]],
            "swc": [1, *[-1] * 27], "swn": ["Window", *[None] * 27]}  # fmt: skip
    measured = {"Time": "2026-11-26T10:00:00", "DS18B20": {"Id": "01131B123456", "Temperature": 20.6},
                "Shutter1": {"Position": 40, "Direction": 0, "Target": 40, "Tilt": 0}, "TempUnit": "C"}  # fmt: skip
    return tasmota("A4CF12000003", "bedroom", measured, **more)


def tasmota_older(topic: str = "desk") -> Messages:
    """A Tasmota built with Home Assistant's discovery, as it was up to 2021 and can still be had: short words, several
    answers at one topic."""
    light = {
        "name": "Desk",
        "stat_t": f"stat/{topic}/RESULT",
        "avty_t": f"tele/{topic}/LWT",
        "pl_avail": "Online",
        "pl_not_avail": "Offline",
        "cmd_t": f"cmnd/{topic}/POWER",
        "pl_off": "OFF",
        "pl_on": "ON",
        "stat_val_tpl": "{{value_json.POWER}}",
        "bri_cmd_t": f"cmnd/{topic}/Dimmer",
        "bri_stat_t": f"stat/{topic}/RESULT",
        "bri_scl": 100,
        "on_cmd_type": "brightness",
        "bri_val_tpl": "{{value_json.Dimmer}}",
        "hs_cmd_t": f"cmnd/{topic}/HSBColor",
        "hs_stat_t": f"stat/{topic}/RESULT",
        "hs_val_tpl": "{{value_json.HSBColor.split(',')[0:2]|join(',')}}",
        "uniq_id": "A4CF12_LI_1",
        "dev": {"ids": ["A4CF12"], "name": "Desk", "mdl": "Generic", "sw": "14.6.0(tasmota)", "mf": "Tasmota"},
    }
    return {"homeassistant/light/A4CF12_LI_1/config": json.dumps(light)}


def esphome_climate() -> Messages:
    """An ESPHome thermostat and a cover beside it, as its MQTT component publishes them."""
    device = {"ids": "3c610512aa01", "name": "Bath", "sw": "2026.10.0 (config hash 0x1b2c3d4e)", "mdl": "esp32dev",
              "mf": "Espressif", "sa": "Bathroom", "cns": [["mac", "3c610512aa01"]]}  # fmt: skip
    base = "bath/climate/floor_heating"
    climate = {
        "name": "Floor heating",
        "curr_temp_t": f"{base}/current_temperature/state",
        "mode_cmd_t": f"{base}/mode/command",
        "mode_stat_t": f"{base}/mode/state",
        "modes": ["off", "heat"],
        "temp_cmd_t": f"{base}/target_temperature/command",
        "temp_stat_t": f"{base}/target_temperature/state",
        "min_temp": 5, "max_temp": 30, "temp_step": 0.5, "precision": 0.1, "temp_unit": "C",
        "min_hum": 30, "max_hum": 99,
        "act_t": f"{base}/action/state",
        "avty_t": "bath/status",
        "uniq_id": "ESPclimatefloor_heating",
        "dev": device,
    }  # fmt: skip
    cover = {
        "name": "Blind",
        "dev_cla": "blind",
        "pos_t": "bath/cover/blind/position/state",
        "set_pos_t": "bath/cover/blind/position/command",
        "cmd_t": "bath/cover/blind/command",
        "stat_t": "bath/cover/blind/state",
        "avty_t": "bath/status",
        "uniq_id": "ESPcoverblind",
        "dev": device,
    }
    return {
        "homeassistant/climate/bath/floor_heating/config": json.dumps(climate),
        "homeassistant/cover/bath/blind/config": json.dumps(cover),
    }


def device(n: int, **more: Any) -> Messages:
    """A device in today's format: a switch with its power, a button, and a door contact."""
    said = {
        "dev": {"ids": [f"plug{n}"], "name": f"Plug {n}", "mf": "Acme"},
        "o": {"name": "acme2mqtt"},
        "avty_t": f"acme/{n}/status",
        "stat_t": f"acme/{n}/state",
        "cmps": {
            "relay": {
                "p": "switch", "uniq_id": f"plug{n}_relay", "name": None, "dev_cla": "outlet", "~": f"acme/{n}",
                "cmd_t": "~/relay/set", "val_tpl": "{{ value_json.relay }}",
            },
            "power": {
                "p": "sensor", "uniq_id": f"plug{n}_power", "dev_cla": "power", "unit_of_meas": "W",
                "val_tpl": "{{ value_json.power | float(0) | round(1) }}",
            },
            "find": {"p": "button", "uniq_id": f"plug{n}_find", "name": "Find", "cmd_t": f"acme/{n}/find"},
            "door": {
                "p": "binary_sensor", "uniq_id": f"plug{n}_door", "name": "Door", "dev_cla": "door",
                "val_tpl": "{{ 'ON' if value_json.open else 'OFF' }}",
            },
        },
        **more,
    }  # fmt: skip
    return {f"homeassistant/device/plug{n}/config": json.dumps(said)}
