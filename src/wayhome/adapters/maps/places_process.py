"""The program that reads an extract and writes its places: ``places_process EXTRACT FILE``. It prints its progress, a
line of JSON each, and at last what it found. Started by ``making``; nothing else of Wayhome imports this.

Exit code 3: what it was given is no extract of OpenStreetMap, and the last line says why.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from itertools import batched
from pathlib import Path
from typing import Any

import osmium  # type: ignore[import-untyped,unused-ignore]

from wayhome.adapters.maps import charging_tags, places_schema
from wayhome.adapters.maps.programs import NO_EXTRACT
from wayhome.adapters.maps.spot_tags import Found, Streets, Towns, read
from wayhome.adapters.maps.writing import cell, indexed, words

KEYS = ("name", "addr:housenumber", "amenity", "place", "shop", "tourism", "leisure", "office", "railway")
EVERY = 20_000


def main(extract: str, target: str) -> int:
    """Read and write. The exit code."""
    try:
        header = osmium.io.Reader(extract, osmium.osm.NOTHING).header()
        found, stations, towns, streets, box = _read(extract)
    except (RuntimeError, OSError) as error:
        _say(error=str(error))
        return NO_EXTRACT
    if box is None or not (found or streets.count):
        _say(error="nothing that has a name lies in it")
        return NO_EXTRACT
    state = header.get("osmosis_replication_timestamp") or header.get("timestamp") or ""
    count = _write(Path(target), found, stations, towns, streets)
    _say(spots=count, stations=len(stations), bounds=box, state=state[:10])
    return 0


def _read(extract: str) -> tuple[list[Found], list[tuple[Any, ...]], Towns, Streets, tuple[float, ...] | None]:
    found: list[Found] = []
    stations: list[tuple[Any, ...]] = []
    towns, streets = Towns(), Streets()
    box: list[float] | None = None
    for number, (id, tags, latitude, longitude, line) in enumerate(_objects(extract)):
        if number % EVERY == 0:
            _say(read=number)
        if box is None:
            box = [longitude, latitude, longitude, latitude]
        box = [min(box[0], longitude), min(box[1], latitude), max(box[2], longitude), max(box[3], latitude)]
        if line:
            streets.add(tags, latitude, longitude)
            continue
        if tags.get("amenity") == "charging_station":
            stations.append(_station(id, tags, latitude, longitude))
        for one in read(tags, latitude, longitude):
            found.append(one)
            towns.add(one, tags)
    return found, stations, towns, streets, tuple(box) if box else None


def _objects(extract: str) -> Iterator[tuple[str, Mapping[str, str], float, float, bool]]:
    """Each object with a place: its id, tags, the middle of it, and whether it is a road."""
    files = osmium.FileProcessor(extract).with_areas(osmium.filter.KeyFilter(*KEYS))
    for thing in files.with_filter(osmium.filter.KeyFilter(*KEYS)):
        if thing.is_node():
            if thing.location.valid():
                yield f"node/{thing.id}", dict(thing.tags), thing.location.lat, thing.location.lon, False
        elif thing.is_area():
            points = [
                (node.lat, node.lon) for ring in thing.outer_rings() for node in ring if node.location.valid()
            ]
            if points:
                kind = "way" if thing.from_way() else "relation"
                latitude, longitude = _middle(points)
                yield f"{kind}/{thing.orig_id()}", dict(thing.tags), latitude, longitude, False
        elif thing.is_way() and "highway" in thing.tags and "name" in thing.tags:
            points = [(node.lat, node.lon) for node in thing.nodes if node.location.valid()]
            if points:
                latitude, longitude = points[len(points) // 2]
                yield f"way/{thing.id}", dict(thing.tags), latitude, longitude, True


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


def _write(
    target: Path, found: list[Found], stations: list[tuple[Any, ...]], towns: Towns, streets: Streets
) -> int:
    target.unlink(missing_ok=True)
    base = sqlite3.connect(target)
    # One file that either becomes whole or is thrown away: nothing to be undone, and one sync at its end.
    base.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192;")
    base.executescript(places_schema.SCHEMA)
    base.execute("INSERT INTO about VALUES ('version', ?)", (str(places_schema.VERSION),))
    base.executemany("INSERT OR REPLACE INTO station VALUES (?, ?, ?, ?, ?, ?, ?, ?)", stations)
    every = [*found, *streets.found(towns)]
    every.sort(key=lambda one: (one.rank, one.name))
    for batch in batched(enumerate(every, 1), EVERY):
        _say(written=batch[0][0], of=len(every))
        rows = [(number, one, one.town or towns.around(one.latitude, one.longitude)) for number, one in batch]
        base.executemany(
            "INSERT INTO spot VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(n, o.kind, o.name, _folded(o), *_rest(o, town)) for n, o, town in rows],
        )
        base.executemany(
            "INSERT INTO word (rowid, words) VALUES (?, ?)",
            [(n, f"{indexed(*_names(o), o.street, o.number, town)} {cell(o.latitude, o.longitude)}") for n, o, town in rows],
        )
        base.executemany(
            "INSERT INTO near VALUES (?, ?, ?, ?, ?)",
            [(n, o.longitude, o.longitude, o.latitude, o.latitude) for n, o, _ in rows],
        )
    base.execute("INSERT INTO word(word) VALUES ('optimize')")
    base.commit()
    base.execute("ANALYZE")
    base.commit()
    base.close()
    return len(every)


def _names(one: Found) -> tuple[str | None, ...]:
    return one.name, one.english, one.chinese, *one.also


def _folded(one: Found) -> str:
    return "\n".join(dict.fromkeys(" ".join(words(name)) for name in _names(one) if name))


def _rest(one: Found, town: str | None) -> tuple[Any, ...]:
    return (
        one.english, one.chinese, one.street, one.number, town, one.about, one.latitude, one.longitude,
    )  # fmt: skip


def _say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
