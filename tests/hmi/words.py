"""The cockpit's own words, out of its sources: key to message, in each language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).parents[2] / "web" / "src" / "lib" / "i18n"
MESSAGE = re.compile(r'^\s*"([\w.-]+)":\s*("(?:[^"\\]|\\.)*")', re.MULTILINE)


@cache
def words(language: str) -> Mapping[str, str]:
    """All messages of ``en`` or ``zh``."""
    found = {
        key: str(msgspec.json.decode(message))
        for path in sorted((HERE / language).rglob("*.ts"))
        for key, message in MESSAGE.findall(path.read_text(encoding="utf-8"))
    }
    assert len(found) > 200, f"where are the messages of {language}?"
    return found


def say(key: str, locale: str, **values: Any) -> str:
    """What the page says for a key, as far as it stands in one piece."""
    message = words(locale[:2])[key]
    for name, value in values.items():
        message = message.replace(f"{{{name}}}", str(value))
    return message


@cache
def untranslated() -> list[str]:
    """English messages that a Chinese page never shows: of several words, and said otherwise in Chinese."""
    chinese = words("zh")
    told = {
        message
        for key, message in words("en").items()
        if "{" not in message and re.search(r"[a-z]{3}", message) and chinese.get(key) != message
    }
    return sorted(told - set(chinese.values()))
