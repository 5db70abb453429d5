"""The link's page names every setting, secret and signal; settings that can't be are said so."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from wayhome.core.traits import SIGNALS
from wayhome.links.rtsp import link
from wayhome.links.rtsp.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "links" / "cameras.md").read_text()


def test_every_setting_secret_and_signal_is_on_the_page() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \|", PAGE, re.MULTILINE)
    signals = [signal.path for signal in SIGNALS if signal.path.startswith("camera.")]
    for name in (*(field.name for field in msgspec.structs.fields(Settings)), *link.secrets, *signals):
        assert name in rows, name


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"url": ""},
        {"url": "https://camera/film"},
        {"url": "rtsp://ada:secret@camera/film"},
        {"url": "rtsp://camera:99999/film"},
        {"url": "rtsp://camera/a b"},
        {"url": "rtsp://camera/\r\nX: y"},
        {"url": "rtsp://camera", "user": "a\r\nb"},
        {"url": "rtsp://camera", "open": "never"},
    ],
)
def test_impossible_settings_are_said_so(settings: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(settings, Settings)


@pytest.mark.parametrize("url", ["rtsp://ada:s3cret@cam:port/", "rtsp://ada:12#s3cret@cam/", "rtsp://ada:s3cret@cam/"])
def test_a_password_in_an_address_is_not_said_again(url: str) -> None:
    with pytest.raises(msgspec.ValidationError) as said:
        msgspec.convert({"url": url}, Settings)
    assert "s3cret" not in str(said.value)


@pytest.mark.parametrize(
    ("typed", "url", "port"),
    [
        (" camera.local/film ", "rtsp://camera.local/film", 554),
        ("rtsp://[fd00::1]:8554/live?channel=1", "rtsp://[fd00::1]:8554/live?channel=1", 8554),
    ],
)
def test_an_address_as_typed(typed: str, url: str, port: int) -> None:
    settings = Settings(typed)
    assert (settings.url, settings.port) == (url, port)
