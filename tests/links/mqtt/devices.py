"""Messages of devices, in the forms that Zigbee2MQTT 2, Tasmota 15 (SetOption19 1) and ESPHome 2026 publish. The names
and numbers are made up, the shapes are theirs."""

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
        "model": "TRADFRI bulb E27 CWS 806lm (LED1924G9)",
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
        "origin": {"name": "Zigbee2MQTT", "sw": "2.6.1", "url": "https://www.zigbee2mqtt.io"},
    }
    light = {
        **shared,
        "brightness": True,
        "brightness_scale": 254,
        "command_topic": f"zigbee2mqtt/{name}/set",
        "default_entity_id": f"light.{name}",
        "effect": True,
        "effect_list": ["blink", "breathe", "okay"],
        "max_mireds": 454,
        "min_mireds": 250,
        "name": None,
        "schema": "json",
        "state_topic": f"zigbee2mqtt/{name}",
        "supported_color_modes": ["xy", "color_temp"],
        "unique_id": f"{ieee}_light_zigbee2mqtt",
    }
    quality = {
        **shared,
        "enabled_by_default": False,
        "entity_category": "diagnostic",
        "name": "Linkquality",
        "state_class": "measurement",
        "state_topic": f"zigbee2mqtt/{name}",
        "unique_id": f"{ieee}_linkquality_zigbee2mqtt",
        "unit_of_measurement": "lqi",
        "value_template": "{{ value_json.linkquality }}",
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


def tasmota_dimmer(topic: str = "desk") -> Messages:
    """A Tasmota dimmer by its own discovery: short words, a base topic, words of one answer among others."""
    light = {
        "name": "Desk",
        "stat_t": "~stat/RESULT",
        "avty_t": "~tele/LWT",
        "pl_avail": "Online",
        "pl_not_avail": "Offline",
        "cmd_t": "~cmnd/POWER",
        "stat_val_tpl": "{{value_json.POWER}}",
        "pl_off": "OFF",
        "pl_on": "ON",
        "bri_cmd_t": "~cmnd/Dimmer",
        "bri_stat_t": "~stat/RESULT",
        "bri_scl": 100,
        "on_cmd_type": "brightness",
        "bri_val_tpl": "{{value_json.Dimmer}}",
        "rgb_cmd_t": "~cmnd/Color2",
        "rgb_stat_t": "~stat/RESULT",
        "rgb_val_tpl": "{{value_json.Color.split(',')[0:3]|join(',')}}",
        "uniq_id": "A4CF12_LI_1",
        "dev": {"ids": ["A4CF12"], "cns": [["mac", "A4:CF:12:00:00:01"]], "name": "Desk", "mf": "Tasmota"},
        "~": f"{topic}/",
    }
    return {"homeassistant/light/A4CF12_LI_1/config": json.dumps(light)}


def esphome_climate() -> Messages:
    """An ESPHome thermostat and a cover beside it, as its MQTT component publishes them."""
    device = {"ids": "3c610512aa01", "name": "Bath", "sw": "esphome v2026.9.1", "mdl": "esp32dev", "mf": "Espressif",
              "cns": [["mac", "3c:61:05:12:aa:01"]], "sa": "Bathroom"}  # fmt: skip
    base = "bath/climate/floor_heating"
    climate = {
        "name": "Floor heating",
        "curr_temp_t": f"{base}/current_temperature/state",
        "mode_cmd_t": f"{base}/mode/command",
        "mode_stat_t": f"{base}/mode/state",
        "modes": ["off", "heat"],
        "temp_cmd_t": f"{base}/target_temperature/command",
        "temp_stat_t": f"{base}/target_temperature/state",
        "min_temp": 5, "max_temp": 30, "temp_step": 0.5, "temp_unit": "C",
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
