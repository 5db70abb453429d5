"""Whatever stands in discovery or is said at a topic: no crash, no false "on", and what makes sense stays."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.links.mqtt.devices import (
    device,
    esphome_climate,
    tasmota,
    tasmota_lamp,
    tasmota_older,
    tasmota_shutter,
    zigbee_lamp,
)
from wayhome.adapters.catalog_files import load_catalog
from wayhome.core import decide, thing
from wayhome.core.catalog import fits
from wayhome.core.house import House, evolve
from wayhome.core.ids import split_path
from wayhome.links.mqtt.domains import DOMAINS
from wayhome.links.mqtt.entity import Asked
from wayhome.links.mqtt.house import Choice
from wayhome.links.mqtt.mirror import Mirror
from wayhome.links.mqtt.wire_words import LONG

CATALOG = load_catalog()
WORDS = sorted({*LONG, *LONG.values(), "~", "dev", "schema", "payload_on", "state_topic", "command_topic"})
ODD = [
    "~/x", "x/~", "a/b", "#", "+/a", "$SYS/x", "json", "template", "{{ value }}", "{{ value * 9 }}", "{% for",
    "{{ value_json.a.b }}", "ON", "OFF", "on", "5", "all", "any", "REMOTE_CODE", "\ud800",
]  # fmt: skip
NAMES = st.sampled_from(WORDS) | st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)
CONFIGS = st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=25)


def mirror(**choice: Any) -> Mirror:
    return Mirror("mqtt", "homeassistant", Choice(**choice), {})


def check(made: Mirror, payloads: list[str]) -> None:
    """All things can be, all facts fit the catalogue's kinds, and no wish crashes."""
    house = House(CATALOG, "home")
    for kept in made.kept.values():
        thing.check(kept.thing)
        for change in decide.announce(house, "mqtt", kept.thing):
            evolve(house, change)
    for topic in list(made._hearing):
        for payload in payloads:
            for fact in made.said(topic, payload, 0.0).facts:
                id, signal = split_path(fact.path)
                assert signal in made.kept[id].thing.signals
                found = CATALOG.find(signal)
                assert found is not None
                if fact.value is not None and found.datatype in ("boolean", "string", "float"):
                    kind = {"boolean": bool, "string": str, "float": int | float}[found.datatype]
                    assert isinstance(fact.value, kind), (fact, fits(found, fact.value))
    for kept in made.kept.values():
        for signal, call in kept.entity.calls.items():
            for target in (True, False, 50.0, "x"):
                try:
                    assert all(out.topic for out in call(Asked(target, kept.shown, "1")))
                except msgspec.MsgspecError:
                    raise
                except Exception as error:
                    assert type(error).__name__ in ("BadInput", "Refused"), (signal, error)


@given(st.sampled_from(sorted(DOMAINS)), CONFIGS, st.lists(VALUES, max_size=3))
def test_any_description(domain: str, config: dict[str, Any], said: list[Any]) -> None:
    made = mirror(hidden=True, config=True, diagnostic=True)
    payload = json.dumps(config).encode("utf-8", "surrogatepass")
    made.described(f"homeassistant/{domain}/x/config", payload, set(), 0.0)
    check(made, ["ON", "OFF", "", "None", "{}", "[" * 300, *(json.dumps(one) for one in said)])


@given(VALUES, st.dictionaries(st.text(max_size=4), CONFIGS, max_size=3))
def test_any_device(dev: Any, cmps: dict[str, Any]) -> None:
    made = mirror()
    for domain, config in zip(sorted(DOMAINS), cmps.values(), strict=False):
        config["p"] = domain
    for shape in ({"dev": dev, "cmps": cmps}, {"dev": {"ids": "a"}, "o": dev, "cmps": cmps}):
        said = json.dumps(shape).encode("utf-8", "surrogatepass")
        made.described("homeassistant/device/a/config", said, set(), 0.0)
    check(made, ["ON", json.dumps(dev)])


GOOD = [zigbee_lamp(), tasmota_older(), device(1), esphome_climate(), tasmota(), tasmota_lamp(), tasmota_shutter()]


@given(st.sampled_from(GOOD), st.data())
def test_a_good_description_with_one_part_spoiled(messages: dict[str, str], data: st.DataObject) -> None:
    made = mirror()
    for topic, payload in messages.items():
        said = json.loads(payload)
        said[data.draw(st.sampled_from(sorted(said)))] = data.draw(VALUES)
        made.described(topic, json.dumps(said).encode("utf-8", "surrogatepass"), set(), 0.0)
    tasmotas = '{"POWER":"ON","Dimmer":40,"HSBColor":"1,2,3","ENERGY":{"Power":1},"Shutter1":{"Position":3}}'
    check(made, ['{"state":"ON","brightness":7}', "Online", tasmotas, f'{{"StatusSNS":{tasmotas}}}', "ON"])


@pytest.mark.parametrize(
    "payload",
    [b"{", b"[]", b"\xff\xfe", b"{}", b'{"dev":{}}', b'{"dev":{"ids":["a"]},"cmps":[]}', b"[" * 100_000,
     b'{"dev":{"ids":["a"]},"cmps":{"x":{"p":5}}}', b'{"a":' * 5_000, b"{" + b'"a":1,' * 40_000 + b'"b":1}'],
)  # fmt: skip
def test_a_wrong_description_leaves_what_stood(payload: bytes) -> None:
    made = mirror()
    [(topic, good)] = device(1).items()
    made.described(topic, good.encode(), set(), 0.0)
    began = time.process_time()
    news = made.described(topic, payload, set(), 1.0)
    assert time.process_time() - began < 0.5
    assert not news.gone and len(made.kept) == 4
    assert made.described(topic, b"", set(), 2.0).gone and not made.kept


def test_what_is_never_on() -> None:
    """Words that are neither on nor off, templates that fail, and silence say nothing."""
    made = mirror()
    config = {"uniq_id": "a", "stat_t": "a", "cmd_t": "b", "val_tpl": "{{ value_json.x.y }}"}
    made.described("homeassistant/switch/a/config", json.dumps(config).encode(), set(), 0.0)
    for payload in ("on", "ON ", "1", "true", "{}", '{"x":null}', '{"x":{"y":"on"}}', '{"x":{"y":true}}', "\0"):
        assert made.said("a", payload, 0.0).facts == [], payload
    assert made.said("a", '{"x":{"y":"ON"}}', 0.0).facts[0].value is True
    assert made.said("a", '{"x":{"y":"None"}}', 0.0).facts[0].value is None


def test_what_never_says_how_it_stands_is_left_out() -> None:
    made = mirror()
    for _ in range(2):  # devices repeat themselves
        made.described("homeassistant/switch/a/config", b'{"uniq_id":"a","cmd_t":"b"}', set(), 0.0)
        assert not made.kept and made.left_out == 1
    made.described("homeassistant/switch/a/config", b"", set(), 0.0)
    assert made.left_out == 0


def test_silence_and_motion() -> None:
    """``expire_after`` and ``off_delay``."""
    made = mirror()
    config = {"uniq_id": "a", "stat_t": "a", "exp_aft": 30, "off_dly": 5, "name": "Motion"}
    made.described("homeassistant/binary_sensor/a/config", json.dumps(config).encode(), set(), 100.0)
    assert made.said("a", "ON", 110.0).facts[0].value is True
    assert made.moment(114.0).facts == []
    assert made.moment(115.5).facts[0].value is False
    assert made.moment(139.0).offline == []
    assert made.moment(140.5).offline == ["motion"]
    assert made.said("a", "OFF", 150.0).online == ["motion"]


MODES = {"all": [False, False, True], "any": [False, True, True], "latest": [False, True, True]}


@pytest.mark.parametrize(("mode", "wanted"), MODES.items())
def test_availability(mode: str, wanted: list[bool]) -> None:
    made = mirror()
    ways = [{"t": "b"}, {"t": "c", "val_tpl": "{{ value_json.s }}"}]
    config = {"uniq_id": "a", "name": "A", "stat_t": "a", "avty_mode": mode, "avty": ways}
    made.described("homeassistant/switch/a/config", json.dumps(config).encode(), set(), 0.0)
    kept = made.kept["a"]
    found = [bool(kept.online)]
    for topic, payload in (("b", "online"), ("c", '{"s":"online"}')):
        made.said(topic, payload, 0.0)
        found.append(bool(kept.online))
    assert found == wanted
    made.said("c", '{"s":"offline"}', 0.0)
    assert bool(kept.online) is (mode == "any")


@pytest.mark.parametrize("announced", [False, True])
def test_a_device_goes_over_to_todays_form(announced: bool) -> None:
    """As Home Assistant wants it (``migrate_discovery`` first), or without a word before: it stays the same thing."""
    made = mirror()
    [(topic, said), *_] = zigbee_lamp().items()
    made.described(topic, said.encode(), set(), 0.0)
    config = json.loads(said)
    device = {"dev": config.pop("device"), "o": config.pop("origin"), "cmps": {"light": {"p": "light", **config}}}
    if announced:
        made.described(topic, b'{"migrate_discovery": true}', set(), 0.0)
    made.described("homeassistant/device/0x00158d0001a2b3c4/config", json.dumps(device).encode(), set(), 0.0)
    assert not made.described(topic, b"", set(), 0.0).gone
    assert list(made.kept) == ["hall-lamp"] and not made.wrong
    assert made.described("homeassistant/device/0x00158d0001a2b3c4/config", b"", set(), 0.0).gone == ["hall-lamp"]


def test_the_same_name_of_two_devices_is_two() -> None:
    """ESPHome calls every thermometer of a house ``ESPsensortemperature``; each keeps its id, whoever comes first."""
    said = {
        f"homeassistant/sensor/{node}/temperature/config": json.dumps({
            "name": "Temperature", "stat_t": f"{node}/sensor/temperature/state", "uniq_id": "ESPsensortemperature",
            "dev": {"ids": mac, "name": node.title(), "cns": [["mac", mac]]},
        }).encode()
        for node, mac in (("bath", "3c610512aa01"), ("attic", "3c610512aa02"))
    }  # fmt: skip
    for order in (list(said.items()), list(said.items())[::-1]):
        made = mirror()
        for topic, payload in order:
            made.described(topic, payload, set(), 0.0)
        assert sorted(made.kept) == ["attic-temperature", "bath-temperature"] and not made.wrong
    marks = {id: set(kept.thing.marks) for id, kept in made.kept.items()}
    assert not marks["attic-temperature"] & marks["bath-temperature"]
    assert "mac|3c:61:05:12:aa:01|sensor|temperature" in marks["bath-temperature"], "as registries write it"


def test_the_same_twice_and_our_own() -> None:
    made = mirror()
    said = b'{"uniq_id":"a","stat_t":"a","name":"A"}'
    made.described("homeassistant/switch/a/config", said, set(), 0.0)
    made.described("homeassistant/switch/b/config", said, set(), 0.0)
    assert len(made.kept) == 1 and "twice" in made.wrong["homeassistant/switch/b/config"]
    ours = device(1)["homeassistant/device/plug1/config"].encode()
    made.described("homeassistant/device/wayhome_su7/config", ours, set(), 0.0)
    assert len(made.kept) == 1
