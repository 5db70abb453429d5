"""The page of settings names every setting with its default, and every variable that is looked at."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.docs.page import code, section, sections
from wayhome import config
from wayhome.config import AcmeSettings, Config

PAGE = "reference/settings.md"


@pytest.mark.parametrize(("title", "kind"), [("Settings", Config), ("An own domain", AcmeSettings)])
def test_every_setting_has_its_default_and_a_meaning(title: str, kind: type[msgspec.Struct]) -> None:
    shown = {code(name)[0]: (default, meaning) for name, default, meaning in section(PAGE, title).rows()}
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    assert list(shown) == list(fields)
    for name, (default, meaning) in shown.items():
        assert meaning
        assert _default(default) == _real(fields[name]), name


def _default(cell: str) -> Any:
    return tomllib.loads(f"x = {code(cell)[0]}")["x"] if "`" in cell else {"": "required", "not set": None}[cell]


def _real(field: msgspec.structs.FieldInfo) -> Any:
    return "required" if field.required else msgspec.json.decode(msgspec.json.encode(field.default))


def test_the_example_can_be_read(tmp_path: Path) -> None:
    (block,) = [block for found in sections(PAGE) for block in found.blocks]
    (tmp_path / config.FILE).write_text(block.text)
    assert config.load(tmp_path).listen == "0.0.0.0:8300"
    (tmp_path / "wayhome.toml").write_text('names = ["家.lan", "hub.example.org"]')
    assert config.load(tmp_path).names == ("xn--fct.lan", "hub.example.org"), "as certificates name them"


def test_every_variable_is_on_the_page() -> None:
    source = "\n".join(path.read_text() for path in Path(str(config.__file__)).parent.rglob("*.py"))
    looked_at = set(re.findall(r'environ(?:ment)?(?:\.get\(|\[)"([A-Z_]+)"', source))
    looked_at |= set(re.findall(r'envvar="([A-Z_]+)"', source)) | set(re.findall(r'"(WAYHOME_[A-Z_]+)"', source))
    assert looked_at == {code(row[0])[0] for row in section(PAGE, "Environment").rows()}
