"""The program that reads an extract and writes its places: ``places_process EXTRACT FILE``. It prints its progress, a
line of JSON each, and at last what it found. Started by ``making``; nothing else of Wayhome imports this.

Exit code 3: what it was given is no extract of OpenStreetMap, and the last line says why.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import osmium  # type: ignore[import-untyped,unused-ignore]

from wayhome.adapters.maps import charging_tags, places_schema, spot_kinds
from wayhome.adapters.maps.programs import MOST_NUMBER, NO_EXTRACT, NO_POSITIONS, RENUMBER, unread
from wayhome.adapters.maps.spot_tags import ALSO, LANGUAGE, Found, Towns, read, streets
from wayhome.adapters.maps.staging import Staging
from wayhome.adapters.maps.writing import cell, folded, indexed, kind_indexed, one_line

KEYS = ("name", "addr:housenumber", "amenity", "place", "shop", "tourism", "leisure", "office", "railway")
EVERY = 20_000
LARGE = 200 * 2**20
"""Bytes of an extract whose nodes go to the disk while it is read, and not into memory."""


def main(extract: str, target: str) -> int:
    """Read and write. The exit code."""
    path = Path(target)
    staging = Staging(path.with_suffix(".staging"))
    try:
        header = osmium.io.Reader(extract, osmium.osm.NOTHING).header()
        if not _sorted(extract):
            _say(error="its points do not come first; `osmium sort` mends that")
            return NO_EXTRACT
        numbers = _numbers(extract)
        if not all(0 < number < MOST_NUMBER for number in numbers):
            _say(error=RENUMBER)
            return NO_EXTRACT
        stations, towns, box = _read(extract, staging, path.with_suffix(".nodes"))
        for name, pieces in staging.roads():
            for street in streets(name, pieces, towns):
                staging.add(street)
        count = staging.count()
        if box is None or not count:
            _say(error="nothing that has a name lies in it")
            return NO_EXTRACT
        if not numbers:
            _say(error="no road lies in it")
            return NO_EXTRACT
        _write(path, staging, count, stations, towns)
    except sqlite3.Error as error:
        _say(error=str(error))
        return 1
    except UnicodeDecodeError:
        _say(error="a name in it is no text")
        return NO_EXTRACT
    except osmium.InvalidLocationError:
        _say(error=NO_POSITIONS)
        return NO_EXTRACT
    except (RuntimeError, OSError, ValueError) as error:
        _say(error=unread(error))
        return NO_EXTRACT
    finally:
        staging.close()
    state = header.get("osmosis_replication_timestamp") or header.get("timestamp") or ""
    _say(spots=count, stations=len(stations), bounds=_bounds(header, box), state=one_line(state)[:10])
    return 0


def _sorted(extract: str) -> bool:
    """Whether it begins with its points: else nobody would know where its roads are."""
    first: Any = next(iter(osmium.FileProcessor(extract)), None)
    return first is None or bool(first.is_node())


def _numbers(extract: str) -> list[int]:
    """The numbers of the first road and its points, and of the first point, the least of one that is in order; none:
    there is no road."""
    least: list[int] = [thing.id for thing in islice(osmium.FileProcessor(extract), 1)]
    ways = osmium.FileProcessor(extract, osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway"))
    way: Any
    for way in ways:
        return [*least, way.id, *(node.ref for node in way.nodes)]
    return []


def _tags(thing: Any) -> dict[str, str]:
    """An object's tags, each a single line that can be read."""
    return {tag.k: one_line(tag.v) for tag in thing.tags}


def _read(extract: str, staging: Staging, nodes: Path) -> tuple[list[tuple[Any, ...]], Towns, list[float] | None]:
    stations: list[tuple[Any, ...]] = []
    towns = Towns()
    box: list[float] | None = None
    for number, (id, tags, latitude, longitude, line) in enumerate(_objects(extract, nodes)):
        if number % EVERY == 0:
            _say(read=number)
        if box is None:
            box = [longitude, latitude, longitude, latitude]
        box = [min(box[0], longitude), min(box[1], latitude), max(box[2], longitude), max(box[3], latitude)]
        if line:
            kept = {key: value for key, value in tags.items() if key in ALSO or LANGUAGE.fullmatch(key)}
            staging.add_piece(tags["name"], latitude, longitude, kept)
            continue
        if tags.get("amenity") == "charging_station":
            stations.append(_station(id, tags, latitude, longitude))
        for one in read(tags, latitude, longitude):
            staging.add(one)
            towns.add(one, tags)
    nodes.unlink(missing_ok=True)
    return stations, towns, box


def _bounds(header: Any, box: list[float]) -> list[float]:
    """What the extract says it was cut to; else what lies in it."""
    said = header.box()
    if not said.valid() or said.size() <= 0:
        return box
    return [said.bottom_left.lon, said.bottom_left.lat, said.top_right.lon, said.top_right.lat]


def _objects(extract: str, nodes: Path) -> Iterator[tuple[str, Mapping[str, str], float, float, bool]]:
    """Each object with a place: its id, tags, the middle of it, and whether it is a road."""
    large = Path(extract).stat().st_size > LARGE
    files = osmium.FileProcessor(extract).with_locations(f"sparse_file_array,{nodes}" if large else "flex_mem")
    files = files.with_areas(osmium.filter.KeyFilter(*KEYS))
    thing: Any  # osmium's own types do not follow what is asked of a thing
    for thing in files.with_filter(osmium.filter.KeyFilter(*KEYS)):
        if thing.is_node():
            if thing.location.valid():
                yield f"node/{thing.id}", _tags(thing), thing.location.lat, thing.location.lon, False
        elif thing.is_area():
            points = [(node.lat, node.lon) for ring in thing.outer_rings() for node in ring if node.location.valid()]
            if points:
                kind = "way" if thing.from_way() else "relation"
                latitude, longitude = _middle(points)
                yield f"{kind}/{thing.orig_id()}", _tags(thing), latitude, longitude, False
        elif thing.is_way() and "highway" in thing.tags and "name" in thing.tags:
            points = [(node.lat, node.lon) for node in thing.nodes if node.location.valid()]
            if points:
                latitude, longitude = points[len(points) // 2]
                yield f"way/{thing.id}", _tags(thing), latitude, longitude, True


def _middle(points: list[tuple[float, float]]) -> tuple[float, float]:
    """The middle of a ring's box: good enough to drive to, and inside it or close by."""
    latitudes, longitudes = [p[0] for p in points], [p[1] for p in points]
    return (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2


def _station(id: str, tags: Mapping[str, str], latitude: float, longitude: float) -> tuple[Any, ...]:
    sockets = charging_tags.connectors(tags)
    name = tags.get("name") or tags.get("operator") or tags.get("brand") or tags.get("network") or ""
    fee = {"yes": 1, "no": 0}.get(tags.get("fee", ""))
    said = [{"standard": one.standard, "count": one.count, "power": one.power} for one in sockets]
    who = tags.get("operator") or tags.get("network")
    return id, name, latitude, longitude, who, charging_tags.strongest(tags, sockets), fee, json.dumps(said)


def _write(target: Path, staging: Staging, count: int, stations: list[tuple[Any, ...]], towns: Towns) -> None:
    target.unlink(missing_ok=True)
    base = sqlite3.connect(target)
    # One file that either becomes whole or is thrown away: nothing to be undone, and one sync at its end.
    base.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192;")
    base.executescript(places_schema.SCHEMA)
    base.execute("INSERT INTO about VALUES ('version', ?)", (str(places_schema.VERSION),))
    base.executemany("INSERT OR REPLACE INTO station VALUES (?, ?, ?, ?, ?, ?, ?, ?)", stations)
    first = 1
    for batch in staging.every():
        _say(written=first, of=count)
        rows = [(n, one, one.town or towns.around(one.latitude, one.longitude)) for n, one in enumerate(batch, first)]
        base.executemany(
            "INSERT INTO spot VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(n, o.kind, o.name, folded(*_names(o)), *_rest(o, town)) for n, o, town in rows],
        )
        base.executemany(
            "INSERT INTO word (rowid, words) VALUES (?, ?)",
            [(n, _indexed(o, town)) for n, o, town in rows],
        )
        base.executemany(
            "INSERT INTO near VALUES (?, ?, ?, ?, ?)",
            [(n, o.longitude, o.longitude, o.latitude, o.latitude) for n, o, _ in rows if o.name],
        )
        first += len(batch)
    base.execute("INSERT INTO word(word) VALUES ('optimize')")
    base.commit()
    base.execute("ANALYZE")
    base.commit()
    base.close()


def _names(one: Found) -> tuple[str | None, ...]:
    return one.name, one.english, one.chinese, *one.also


def _indexed(one: Found, town: str | None) -> str:
    """By what it is found. What has no name is found by what it is alone, not by its street or town."""
    named = indexed(*_names(one), one.street, one.number, town) if one.name else ""
    what = kind_indexed(one.about, one.latitude, one.longitude) if one.about and spot_kinds.known(one.about) else ""
    return f"{named} {cell(one.latitude, one.longitude)} {what}"


def _rest(one: Found, town: str | None) -> tuple[Any, ...]:
    return (
        one.english, one.chinese, one.street, one.number, town, one.about, one.latitude, one.longitude,
    )  # fmt: skip


def _say(**what: Any) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201 - to whoever runs it


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
