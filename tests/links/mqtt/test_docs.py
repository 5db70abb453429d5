"""The link's page names every setting, secret and domain; settings that can't be are said so."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from wayhome.links.mqtt import link
from wayhome.links.mqtt.domains import DOMAINS
from wayhome.links.mqtt.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "links" / "mqtt.md").read_text()


def test_every_setting_secret_and_domain_is_on_the_page() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    for name in (*(field.name for field in msgspec.structs.fields(Settings)), *link.secrets):
        assert name in rows, name
    table = PAGE.partition("## What there is")[2].partition("## One lamp")[0]
    assert [domain for domain in DOMAINS if f"`{domain}`" not in table] == []


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"url": ""},
        {"url": "http://broker"},
        {"url": "mqtt://ada:secret@broker"},
        {"url": "mqtt://broker:99999"},
        {"url": "mqtt://broker/path"},
        {"url": "broker", "prefix": "a/#"},
        {"url": "broker", "prefix": "a/"},
        {"url": "broker", "ca": "no certificate"},
        {"url": "broker", "shows": ["Not A Slug"]},
        {"url": "broker", "grants": ["read **"]},
        {"url": "broker", "grants": ["open the door"]},
    ],
)
def test_impossible_settings_are_said_so(settings: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(settings, Settings)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("broker.local", "mqtt://broker.local:1883"),
        (" mqtts://10.0.0.2 ", "mqtts://10.0.0.2:8883"),
        ("mqtt://[fd00::1]:1884", "mqtt://[fd00::1]:1884"),
    ],
)
def test_an_address_as_typed(typed: str, url: str) -> None:
    assert Settings(typed).url == url
