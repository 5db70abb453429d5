"""ESPHome: each of its components as its MQTT part describes it (2026.10, ``components/mqtt/mqtt_*.cpp``), what they
publish, and what they are told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wayhome.core.value import Value
from wayhome.links.mqtt.entity import Asked
from wayhome.links.mqtt.house import Choice
from wayhome.links.mqtt.mirror import Mirror

MAC = "3c610512aa01"
DEVICE = {"ids": MAC, "name": "Node", "sw": "2026.10.0 (config hash 0x1b2c3d4e)", "mdl": "esp32dev", "mf": "Espressif",
          "cns": [["mac", MAC]]}  # fmt: skip


def node(domain: str, **said: Any) -> Mirror:
    """One with a component; ``state`` and ``command`` stand for its own topics."""
    made = Mirror("mqtt", "homeassistant", Choice(), {})
    base = f"node/{domain}/part"
    config = {"name": "Part", "avty_t": "node/status", "uniq_id": f"ESP{domain}part", "dev": DEVICE, **said}
    config |= {name: f"{base}/{word}" for name, word in said.items() if name.endswith("_t")}
    made.described(f"homeassistant/{domain}/node/part/config", json.dumps(config).encode(), set(), 0.0)
    made.said("node/status", "online", 0.0)
    assert not made.wrong and made.kept["node-part"].online
    return made


CASES: list[tuple[str, dict[str, Any], dict[str, str], dict[str, Value], tuple[str, Value, str, str]]] = [
    (
        "light",
        {"schema": "json", "sup_clrm": ["color_temp", "rgb"], "brightness": True, "min_mirs": 153.0, "max_mirs": 500.0,
         "effect": True, "fx_list": ["Rainbow", "None"], "stat_t": "state", "cmd_t": "command"},
        {"state": '{"effect":"Rainbow","color_mode":"rgb","state":"ON","brightness":128,"color":{"r":9,"g":0,"b":0}}'},
        {"light.on": True, "light.brightness": 50.2, "light.hue": 0.0, "light.effect": "Rainbow"},
        ("light.color_temp", 2703.0, "command", '{"state":"ON","color_temp":370}'),
    ),
    (
        "light",
        {"schema": "json", "sup_clrm": ["rgbww"], "brightness": True, "stat_t": "state", "cmd_t": "command"},
        {"state": '{"color_mode":"rgbww","state":"OFF","brightness":255,"color":{"r":0,"g":255,"b":0,"c":0,"w":0}}'},
        {"light.on": False, "light.brightness": 0.0, "light.hue": 120.0},
        ("light.hue", 240.0, "command", '{"state":"ON","color":{"r":0,"g":0,"b":255,"c":0,"w":0}}'),
    ),
    (
        "cover",
        {"val_tpl": "{{ value_json.state }}", "pos_t": "state", "pos_tpl": "{{ value_json.position }}",
         "set_pos_t": "position/command", "tilt_status_t": "state", "tilt_status_tpl": "{{ value_json.tilt }}",
         "tilt_cmd_t": "tilt/command", "stat_t": "state", "cmd_t": "command"},
        {"state": '{"state":"opening","position":35,"tilt":50}'},
        {"cover.state": "opening", "cover.position": 35.0, "cover.tilt": 50.0},
        ("cover.tilt", 20.0, "tilt/command", "20"),
    ),
    (
        "fan",
        {"dir_cmd_t": "direction/command", "dir_stat_t": "direction/state", "osc_cmd_t": "oscillation/command",
         "osc_stat_t": "oscillation/state", "pct_cmd_t": "speed_level/command", "pct_stat_t": "speed_level/state",
         "spd_rng_max": 3, "stat_t": "state", "cmd_t": "command"},
        {"state": "ON", "direction/state": "reverse", "oscillation/state": "oscillate_on", "speed_level/state": "2"},
        {"fan.on": True, "fan.direction": "reverse", "fan.oscillating": True, "fan.percentage": 66.7},
        ("fan.percentage", 100.0, "speed_level/command", "3"),
    ),
    (
        "lock",
        {"pl_open": "OPEN", "stat_t": "state", "cmd_t": "command"},
        {"state": "UNLOCKING"},
        {"lock.locked": True, "lock.state": "unlocking"},
        ("lock.open", True, "command", "OPEN"),
    ),
    (
        "valve",
        {"pos_t": "position/state", "set_pos_t": "position/command", "stat_t": "state", "cmd_t": "command"},
        {"state": "closed"},
        {"valve.position": 0.0},
        ("valve.open", True, "command", "OPEN"),
    ),
    (
        "climate",
        {"curr_temp_t": "current_temperature/state", "mode_cmd_t": "mode/command", "mode_stat_t": "mode/state",
         "modes": ["auto", "off", "cool", "heat", "fan_only", "dry", "heat_cool"],
         "temp_lo_cmd_t": "target_temperature_low/command", "temp_lo_stat_t": "target_temperature_low/state",
         "temp_hi_cmd_t": "target_temperature_high/command", "temp_hi_stat_t": "target_temperature_high/state",
         "min_temp": 10.0, "max_temp": 30.0, "temp_step": 0.5, "precision": 0.1, "temp_unit": "C", "min_hum": 30.0,
         "max_hum": 99.0, "pr_mode_cmd_t": "preset/command", "pr_mode_stat_t": "preset/state",
         "preset_modes": ["home", "away"], "act_t": "action/state", "fan_mode_cmd_t": "fan_mode/command",
         "fan_mode_stat_t": "fan_mode/state", "fan_modes": ["on", "auto", "low"]},
        {"current_temperature/state": "21.3", "mode/state": "heat_cool", "target_temperature_low/state": "19.0",
         "target_temperature_high/state": "24.0", "preset/state": "", "action/state": "heating",
         "fan_mode/state": "auto"},
        {"climate.mode": "heat_cool", "climate.target_low": 19.0, "climate.target_high": 24.0,
         "climate.action": "heating", "climate.fan_mode": "auto"},
        ("climate.target_low", 18.5, "target_temperature_low/command", "18.5"),
    ),
    (
        "number",
        {"min": 0.0, "max": 10.0, "step": 0.5, "mode": "box", "stat_t": "state", "cmd_t": "command"},
        {"state": "3.5"},
        {"number.value": 3.5},
        ("number.value", 4.0, "command", "4"),
    ),
    (
        "alarm_control_panel",
        {"sup_feat": ["arm_away"], "cod_dis_req": True, "cod_arm_req": False, "stat_t": "state", "cmd_t": "command"},
        {"state": "armed_away"},
        {"alarm.state": "armed_away", "alarm.mode": "armed_away"},
        ("alarm.mode", "disarmed", "command", "DISARM"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("domain", "config", "says", "shown", "told"), CASES)
def test_a_component(
    domain: str,
    config: dict[str, Any],
    says: dict[str, str],
    shown: dict[str, Value],
    told: tuple[str, Value, str, str],
) -> None:
    made = node(domain, **config)
    for topic, payload in says.items():
        made.said(f"node/{domain}/part/{topic}", payload, 0.0)
    kept = made.kept["node-part"]
    assert {signal: kept.shown.get(signal) for signal in shown} == shown
    signal, target, topic, payload = told
    [out] = kept.entity.calls[signal](Asked(target, kept.shown))
    assert (out.topic, out.payload, out.retain) == (f"node/{domain}/part/{topic}", payload, False)
