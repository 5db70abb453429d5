"""Templates: those that devices use come out as Jinja makes them; hostile ones end at once, and say nothing."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import SandboxedEnvironment

from wayhome.links.mqtt.template import TemplateFault, Templates

USED = [
    ("{{ value_json.battery }}", {"battery": 87}, "87"),
    ("{{ value_json['update']['state'] == 'available' }}", {"update": {"state": "idle"}}, "False"),
    ("{{value_json.Color.split(',')[0:3]|join(',')}}", {"Color": "255,0,12,0"}, "255,0,12"),
    ("{% set m = {'idle':'off','heat':'heating'} %}{{ m[value_json.running] }}", {"running": "heat"}, "heating"),
    (
        "{% if value_json.mode in ['auto', 'eco'] %}{{ value_json.mode }}{% else %}None{% endif %}",
        {"mode": "x"},
        "None",
    ),
    ("{{ value_json.temp | float * 1.8 + 32 }}", {"temp": "20"}, "68.0"),
    ("{{ (value_json.power | float(0) / 1000) | round(2) }}", {"power": 1234.5}, "1.23"),
    ("{{ 'ON' if value_json.contact == false else 'OFF' }}", {"contact": False}, "ON"),
    ("{{ value_json.missing }}", {"a": 1}, ""),
    ("{{ value_json.missing | default('None') }}", {"a": 1}, "None"),
    ("{{ value_json.a[0].b }}", {"a": [{"b": True}]}, "True"),
    (
        "{% for x in value_json.l %}{{ loop.index }}{{ x }}{% if not loop.last %},{% endif %}{% endfor %}",
        {"l": "ab"},
        "1a,2b",
    ),
    ("{{ value_json.s | upper | replace('A', 'b') | trim }}", {"s": " aX "}, "bX"),
    ("{{ -value_json.n // 2 }}{{ 7 % 4 }}{{ 2 ** 5 }}", {"n": 5}, "-3332"),
    ("{{ 'a' ~ value_json.n ~ none }}", {"n": 1.5}, "a1.5None"),
    ("{{ value_json.n is defined and value_json.n is number and not value_json.n > 4 }}", {"n": 4}, "True"),
]


def render(source: str, said: Any = None, **names: Any) -> str:
    text = json.dumps(said)
    return Templates().render(source, {"value": text, "value_json": said, **names})


@pytest.mark.parametrize(("source", "said", "wanted"), USED)
def test_what_devices_use(source: str, said: Any, wanted: str) -> None:
    assert render(source, said) == wanted
    # Jinja itself says the same, where it knows the filter as Home Assistant has it.
    theirs = SandboxedEnvironment().from_string(source).render(value_json=said, value=json.dumps(said))
    assert theirs.strip() == wanted


HOSTILE = [
    "{{ 'a' * 10**9 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ 9 ** 9 ** 9 ** 9 }}",
    "{% for a in value_json.l %}" * 3 + "x" + "{% endfor %}" * 3,
    "{% set a = 'xxxxxxxxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
    "{% set a = [1] %}{% set b = [1] %}" + "{% set a = [a, a] %}{% set b = [b, b] %}" * 40 + "{{ a == b }}",
    "{% set a = [1] %}" + "{% set a = [a, a, a, a, a, a, a, a] %}" * 30 + "{{ a }}",
    "{{ " + "(" * 3_000 + "1" + ")" * 3_000 + " }}",
    "{{ " + "-" * 5_000 + "1 }}",
    "{{ " + "[" * 2_000 + "]" * 2_000 + " }}",
    "{% if 1 %}" * 300 + "{% endif %}" * 300,
    "{{ '%99999999d' % 1 }}",
    "{{ '{:>99999999}'.format(1) }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ value_json.l | join('" + "x" * 4_000 + "') }}",
    "{{ value.replace('', value).replace('', value).replace('', value) }}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% include 'x' %}",
    "{% for a in range(99999999) %}x{% endfor %}",
    "{{ value | regex_replace('(a+)+$', '') }}",
    "{{ value.encode().hex() }}",
    "{{ " + "x" * 9_000 + " }}",
    "{{ }}",
    "{{ 1 / 0 }}",
    "{{ value_json.l | multiply(3) }}",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_templates_end_at_once(source: str) -> None:
    began = time.process_time()
    with pytest.raises(TemplateFault):
        print(render(source, {"l": list(range(300))})[:100])
    assert time.process_time() - began < 0.5


PARTS = st.sampled_from(
    ["{{", "}}", "{%", "%}", "(", ")", "[", "]", "value_json", ".a", "|", "join", "for", " x ", "in", "if", "end", "~",
     "set", "=", "'a'", "*", "**", "9", "10", ",", "is", "not", "defined", "else", "endfor", "endif", "{", "}"]
)  # fmt: skip


@given(
    st.lists(PARTS, max_size=40),
    st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)),
)
def test_whatever_stands_there(parts: list[str], said: Any) -> None:
    began = time.process_time()
    try:
        assert isinstance(render(" ".join(parts), said), str)
    except TemplateFault:
        pass
    assert time.process_time() - began < 1.0
