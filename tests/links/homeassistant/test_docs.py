"""The link's page names every setting, secret and domain."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from wayhome.links.homeassistant import link
from wayhome.links.homeassistant.settings import Settings
from wayhome.links.homeassistant.wire_domains import DOMAINS

PAGE = (Path(__file__).parents[3] / "docs" / "links" / "homeassistant.md").read_text()


def test_every_setting_secret_and_domain_is_on_the_page() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    for name in (*(field.name for field in msgspec.structs.fields(Settings)), *link.secrets):
        assert name in rows, name
    table = PAGE.partition("## What there is")[2].partition("## Cars")[0]
    assert [domain for domain in DOMAINS if f"`{domain}`" not in table] == []


@pytest.mark.parametrize(
    "settings",
    [
        {"url": "nothing at all"},
        {"url": "http://u:p@ha"},
        {"url": "http://ha", "cars": [{"id": "Not A Slug", "name": "X", "signals": {}}]},
        {"url": "http://ha", "cars": [{"id": "x", "name": "X", "signals": {"Vehicle.Nothing": {"entity": "a.b"}}}]},
        {},
    ],
)
def test_impossible_settings_are_said_so(settings: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(settings, Settings)


def test_settings_are_put_right() -> None:
    found = msgspec.convert({"url": "homeassistant.local/", "ids": {"a": "ok", "b": "NOT OK"}}, Settings)
    assert found.url == "http://homeassistant.local:8123" and found.ids == {"a": "ok"}
    many = {f"{n:012x}": f"thing-{n}" for n in range(5_000)}
    kept = found.kept({**many, "0" * 11 + "x": "lamp-2"}, {f"thing-{n}" for n in range(5_000)})
    assert "lamp-2" in kept.values() and len(msgspec.json.encode(kept)) < 60_000
