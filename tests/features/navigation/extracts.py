"""Three made-up towns beside a real extract, in one file, so that one map is made for all tests. Each is a grid of
streets. A one-way bridge leads from the western one to the eastern one, and nothing back; the third lies on an island.
In the western one a tunnel runs under the middle of its main street."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wayhome.hub.maps import Point

SOUTH, WEST = 60.2, 24.5
NORTH_STEP, EAST_STEP = 0.001, 0.002
"""About 111 m each. The towns lie some km from the real map: what lies between two places of a file is drawn, too."""
SIZE = 9
FIRST = 15_000_000_000
"""Numbers that the real map has not given yet."""
TOWNS = {"west": 0.0, "east": 0.04, "island": 0.13}


def crossing(town: str, column: int, row: int) -> Point:
    """A crossing of a town's streets, by its column from the west and its row from the south."""
    return Point(SOUTH + row * NORTH_STEP, WEST + TOWNS[town] + column * EAST_STEP)


def write(path: Path, real: Path) -> Path:
    """Write them as a file of OpenStreetMap, with all that is in a real one."""
    import osmium

    with osmium.SimpleWriter(str(path)) as writer:
        for kind in (osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION):
            for found in osmium.FileProcessor(str(real), kind):
                writer.add(found)
            if kind == osmium.osm.NODE:
                numbers = _crossings(writer)
            elif kind == osmium.osm.WAY:
                _streets(writer, numbers)
    return path


def _crossings(writer: Any) -> dict[tuple[str, int, int], int]:
    from osmium.osm.mutable import Node

    numbers: dict[tuple[str, int, int], int] = {}
    for town in TOWNS:
        for column in range(SIZE):
            for row in range(SIZE):
                number = numbers[town, column, row] = FIRST + len(numbers)
                point = crossing(town, column, row)
                writer.add_node(Node(id=number, version=1, location=(point.longitude, point.latitude)))
    return numbers


def _streets(writer: Any, numbers: dict[tuple[str, int, int], int]) -> None:
    from osmium.osm.mutable import Way

    ways: list[tuple[list[int], dict[str, str]]] = []
    for town in TOWNS:
        for line in range(SIZE):
            east = [numbers[town, column, line] for column in range(SIZE)]
            north = [numbers[town, line, row] for row in range(SIZE)]
            for name, nodes in ((f"{town} row {line}", east), (f"{town} column {line}", north)):
                tags = {"highway": "residential", "name": name, "maxspeed": "50"}
                under = {**tags, "tunnel": "yes", "layer": "-1"}
                main = town == "west" and nodes is east and line == 4
                parts = [(nodes[:3], tags), (nodes[2:7], under), (nodes[6:], tags)] if main else [(nodes, tags)]
                ways += parts
    bridge = {"highway": "secondary", "name": "Bridge", "oneway": "yes", "maxspeed": "80"}
    ways.append(([numbers["west", SIZE - 1, 4], numbers["east", 0, 4]], bridge))
    for place, (nodes, tags) in enumerate(ways):
        writer.add_way(Way(id=FIRST + place, version=1, nodes=nodes, tags=tags))
