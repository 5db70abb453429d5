"""The link's page names every setting and signal; settings that can't be are said so."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from wayhome.core.traits import SIGNALS
from wayhome.links.kdeconnect.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "links" / "kdeconnect.md").read_text()


def test_every_setting_and_signal_is_on_the_page() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \|", PAGE, re.MULTILINE)
    signals = [signal.path for signal in SIGNALS if signal.path.startswith(("phone.", "battery."))]
    for name in (*(field.name for field in msgspec.structs.fields(Settings)), *signals):
        assert name in rows, name


@pytest.mark.parametrize(
    "settings",
    [
        {"type": "car"},
        {"addresses": ["phone.local"]},
        {"addresses": ["255.255.255.255"]},
        {"addresses": ["224.0.0.251"]},
        {"addresses": ["127.0.0.1"]},
        {"addresses": ["10.0.0.1"] * 17},
    ],
)
def test_impossible_settings_are_said_so(settings: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(settings, Settings)


def test_a_name_is_one_that_phones_take() -> None:
    assert Settings('Ada\'s "car" <1>!').shown == "Adas car 1"
    assert Settings("a\u202ecar\u2066").shown == "acar", "what turns a line round goes"
    assert Settings("!?").shown == "Wayhome" and Settings("x" * 40).shown == "x" * 32
