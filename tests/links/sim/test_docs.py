"""The page about the demo household says what is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from wayhome.links.sim.config import SimConfig
from wayhome.links.sim.faults import KINDS
from wayhome.links.sim.orders import Orders, read
from wayhome.links.sim.world import SimWorld

PAGE = (Path(__file__).parents[3] / "docs" / "links" / "sim.md").read_text(encoding="utf-8")


def _first_column(heading: str) -> set[str]:
    table = PAGE.partition(heading)[2].lstrip().partition("\n\n")[0]
    return {word for line in table.splitlines()[1:] for word in re.findall(r"`([a-z_-]+)`", line.split("|")[1])}


def test_every_setting_stands_there_with_its_default() -> None:
    for field in msgspec.structs.fields(SimConfig):
        line = re.search(rf"^\| `{field.name}` \| (.*?) \|", PAGE, re.MULTILINE)
        assert line is not None, f"{field.name} is not described"
        shown = line[1].strip().strip("`")
        default = field.default
        assert shown == (f"{default:g}" if isinstance(default, float) else str(default))


def test_every_order_fault_and_thing_stands_there() -> None:
    assert _first_column("| order | example | what happens |") == set(Orders.__struct_fields__)
    assert _first_column("| fault | the thing then |") == set(KINDS)
    assert _first_column("| thing | kind | what is special about it |") == set(SimWorld(SimConfig(), 0.0).devices)


@pytest.mark.parametrize("line", [line for line in PAGE.splitlines() if re.match(r"\| `(?!fault|link)\w+` \|", line)])
def test_the_examples_of_orders_are_orders(line: str) -> None:
    _, name, examples, *_ = (cell.strip() for cell in line.split("|"))
    order = name.strip("`")
    if order not in Orders.__struct_fields__ or (order in SimConfig.__struct_fields__ and "simulated" not in line):
        return
    for example in re.findall(r"`([^`]+)`", examples):
        read({order: msgspec.json.decode(example)})


def test_the_example_for_tests_runs() -> None:
    code = PAGE.partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {"SimWorld": SimWorld, "SimConfig": SimConfig}
    exec(code, names)
    assert names["world"].home.heater.target == 21.0
