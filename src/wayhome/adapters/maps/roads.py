"""The road tiles: Valhalla's, of all regions together, so that ways lead from one into the next."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TILES = "tiles"
CONFIG = "valhalla.json"
SMALL = 12 * 2**20
"""Bytes of roads up to which a matrix looks through all of them from each point: in a small country that takes half of
what meeting from both ends takes, and finds the same ways as a route does."""
FARTHEST = 5_000_000.0
"""Metres as the crow flies between two points of a matrix."""
SHAPE = 500_000
"""Points of a way's line whose roads are looked up: some across a continent have a hundred thousand."""
BETWEEN = 10_000
"""Pairs of points in one question for a matrix: 100 to 100."""


def programs() -> Path:
    """The folder with Valhalla's programs; its wheel has them inside the package."""
    found = importlib.util.find_spec("valhalla")
    assert found is not None and found.origin is not None
    return Path(found.origin).parent / "bin"


def settings(folder: Path, building: bool) -> dict[str, Any]:
    """Valhalla's settings for tiles in ``folder``; ``building``: it tells how far it is. What is not said here is as
    Valhalla has it."""
    # Asked of the module's file: importing the package would load the library itself.
    found = importlib.util.find_spec("valhalla")
    assert found is not None and found.origin is not None
    place = Path(found.origin).with_name("valhalla_build_config.py")
    spec = importlib.util.spec_from_file_location("_valhalla_settings", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    config: dict[str, Any] = _plain(module.config)
    mjolnir = config["mjolnir"]
    for unused in ("tile_extract", "traffic_extract", "landmarks", "timezone", "transit_dir", "transit_feeds_dir"):
        mjolnir.pop(unused, None)
    mjolnir["tile_dir"] = str(folder / TILES)
    mjolnir["admin"] = str(folder / "admins.sqlite")
    mjolnir["max_cache_size"] = 256 * 2**20
    mjolnir["concurrency"] = max(1, min(4, os.cpu_count() or 1))
    config["additional_data"].pop("elevation", None)
    config["logging"] = {"type": "std_out", "color": False} if building else {"type": ""}
    for limits in config["service_limits"].values():
        if isinstance(limits, dict) and "max_matrix_location_pairs" in limits:
            limits["max_matrix_location_pairs"] = BETWEEN
    config["service_limits"]["auto"]["max_matrix_distance"] = FARTHEST
    # The roads of a way that was found are looked up by its line: it is as long as ways are.
    config["service_limits"]["trace"] |= {"max_shape": SHAPE, "max_distance": 2 * FARTHEST}
    if not building and _size(folder / TILES) <= SMALL:
        config["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    config["service_limits"]["isochrone"]["max_distance_contour"] = 1_000
    config["service_limits"]["isochrone"]["max_time_contour"] = 600
    return config


def _size(folder: Path) -> int:
    """Bytes of all files in it."""
    return sum(one.stat().st_size for one in folder.rglob("*.gph"))


def _plain(config: dict[str, Any]) -> dict[str, Any]:
    """The settings without those that have no value unless somebody gives one."""
    plain: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, dict):
            plain[name] = _plain(value)
        elif type(value).__name__ != "Optional":
            plain[name] = value
    return plain


def prepare(folder: Path, building: bool = False) -> Path:
    """Make a folder for tiles, or say anew where it lies and what today's Valhalla wants; its settings' file."""
    (folder / TILES).mkdir(parents=True, exist_ok=True)
    config = folder / CONFIG
    config.write_text(json.dumps(settings(folder, building)), encoding="utf-8")
    return config


def commands(config: Path, extracts: Sequence[Path]) -> list[list[str]]:
    """The programs to run, in order: who rules where (on which side one drives), then the roads."""
    files = [str(extract) for extract in extracts]
    return [
        [str(programs() / "valhalla_build_admins"), "--config", str(config), *files],
        [str(programs() / "valhalla_build_tiles"), "--config", str(config), *files],
    ]


_STAGES = (
    "::ParseWays", "::ParseRelations", "::ParseNodes", "::BuildEdgeShapes", "::BuildLocalTiles", "::Enhance",
    "hierarchybuilder.cc::Build", "shortcutbuilder.cc::Build", "restrictionbuilder.cc::Build", "::Validate",
)  # fmt: skip
"""What Valhalla's program says it has done, in its order; each takes about as long as another."""


def share(line: str) -> float | None:
    """How much of making the roads is done, from 0 to 1, as far as a line of the program says; None: it does not."""
    for number, stage in enumerate(_STAGES, 1):
        if f"{stage} took" in line:
            return number / len(_STAGES)
    return None
