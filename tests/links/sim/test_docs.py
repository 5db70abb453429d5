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


def _table(heading: str) -> list[list[str]]:
    """The cells of each line of the table with that heading, without its rule."""
    assert heading in PAGE, f"the page has no table {heading}"
    lines = PAGE.partition(heading)[2].lstrip().partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


def _first_column(heading: str) -> set[str]:
    return {word for cells in _table(heading) for word in re.findall(r"`([a-z_-]+)`", cells[0])}


ORDERS = "| order | example | what happens |"


def test_every_setting_stands_there_with_its_default() -> None:
    shown = {cells[0].strip("`"): cells[1].strip("`") for cells in _table("| setting | default | meaning |")}
    for field in msgspec.structs.fields(SimConfig):
        default = field.default
        assert shown.pop(field.name) == (f"{default:g}" if isinstance(default, float) else str(default))
    assert not shown


def test_every_order_fault_and_thing_stands_there() -> None:
    assert _first_column(ORDERS) == set(Orders.__struct_fields__)
    assert _first_column("| fault | the thing then |") == set(KINDS)
    assert _first_column("| thing | kind | what is special about it |") == set(SimWorld(SimConfig(), 0.0).devices)


@pytest.mark.parametrize("cells", _table(ORDERS), ids=lambda cells: cells[0])
def test_the_examples_of_orders_are_orders(cells: list[str]) -> None:
    names = re.findall(r"`(\w+)`", cells[0])
    examples = [msgspec.json.decode(example) for example in re.findall(r"`([^`]+)`", cells[1])]
    assert examples
    for n, example in enumerate(examples):
        read({names[min(n, len(names) - 1)]: example})


def test_the_example_for_tests_runs() -> None:
    code = PAGE.partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {"SimWorld": SimWorld, "SimConfig": SimConfig}
    exec(code, names)
    assert names["world"].home.heater.target == 21.0
