"""Making maps of what people give: other formats, what is no extract, two at once, giving up, no room."""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.maps.no_extracts import NO_EXTRACTS
from tests.peers.maps import MadeMaps, ended, extract, made, shelf
from wayhome.adapters.maps import current, jobs, making, programs, room, tiles
from wayhome.adapters.maps.shelf import MapShelf
from wayhome.errors import BadInput, Conflict, HubError, NotFound, StoreError, TooLarge
from wayhome.hub.maps import Point, Source, Wanted

pytestmark = [pytest.mark.anyio, pytest.mark.real]

WAY = Wanted((Point(60.1700, 24.9415), Point(60.1650, 24.9500)))
LESS = """
import sys, osmium
source, target = sys.argv[1:]
ways = [way.id for way in osmium.FileProcessor(source, osmium.osm.WAY) if way.tags.get("name", "").startswith("Alek")]
with osmium.BackReferenceWriter(target, ref_src=source, overwrite=True) as writer:
    for thing in osmium.FileProcessor(source, osmium.osm.WAY):
        if thing.id in ways:
            writer.add(thing)
"""
"""One street of an extract: enough for a map, quickly made."""


def osmium(code: str, *words: Path | str) -> None:
    subprocess.run([sys.executable, "-c", code, *map(str, words)], check=True, timeout=60)


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("street") / "street.osm.pbf"
    osmium(LESS, extract("helsinki"), target)
    return target


@pytest.fixture
async def maps(tmp_path: Path) -> AsyncIterator[MapShelf]:
    found = shelf(tmp_path / "maps")
    await found.open()
    yield found
    await found.close()


async def failed(maps: MapShelf, path: Path | str) -> tuple[str, str]:
    """Why a map can't be made of it, and what to do."""
    await maps.add(Source(str(path)))
    await ended(maps)
    assert maps.making is not None and maps.making.error and maps.making.advice, maps.making
    return maps.making.error, maps.making.advice


def program(name: str, *words: Path) -> str:
    """One of our programs, run to its end; its last line."""
    command = programs.own(name, *map(str, words))
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return (done.stdout.splitlines() or [""])[-1]


def test_other_formats_of_openstreetmap(tmp_path: Path, street: Path) -> None:
    """Plain and packed XML, o5m; and XML whose ways come before their nodes, as some services send it: the same places
    are in each, and the same roads."""
    write = "import sys, osmium\nwith osmium.SimpleWriter(sys.argv[2], overwrite=True) as w:\n"
    write += "    for one in osmium.FileProcessor(sys.argv[1]): w.add(one)"
    files = [tmp_path / f"street.{ending}" for ending in ("osm", "osm.bz2", "osm.gz")]
    for file in files:
        osmium(write, street, file)
    turned = tmp_path / "turned.osm"
    lines = files[0].read_text().splitlines(keepends=True)
    nodes = [line for line in lines if line.lstrip().startswith("<node")]
    first = next(at for at, line in enumerate(lines) if line.lstrip().startswith("<way"))
    rest = [line for line in lines[first:] if not line.lstrip().startswith("</osm")]
    turned.write_text("".join([*lines[:2], *rest, *nodes, "</osm>\n"]))
    wanted = program("places_process", street, tmp_path / "wanted.db")
    base = sqlite3.connect(tmp_path / "wanted.db")
    rows = base.execute("SELECT name, latitude, longitude FROM spot").fetchall()
    base.close()
    assert ("Aleksanterinkatu" in {row[0] for row in rows}) and json.loads(wanted)["spots"] == len(rows)
    for file in (*files, turned):
        with file.open("rb") as content:
            assert making._format(content.read(256)) is not None
        made_of, places = tmp_path / f"{file.name}.osm.pbf", tmp_path / f"{file.name}.db"
        for _ in range(2):  # and once more over what a program that was killed has left
            program("convert_process", file, made_of)
        assert json.loads(program("places_process", made_of, places))["spots"] == len(rows)
        base = sqlite3.connect(places)
        assert base.execute("SELECT name, latitude, longitude FROM spot").fetchall() == rows, file.name
        base.close()


@pytest.mark.long
async def test_a_map_is_made_of_xml(tmp_path: Path, maps: MapShelf, street: Path) -> None:
    write = "import sys, osmium\nwith osmium.SimpleWriter(sys.argv[2], overwrite=True) as w:\n"
    write += "    for one in osmium.FileProcessor(sys.argv[1]): w.add(one)"
    osmium(write, street, tmp_path / "street.osm.bz2")
    await made(maps, tmp_path / "street.osm.bz2")
    assert await maps.search("aleksanterinkatu", None, "en", 5)


@pytest.mark.parametrize("name", NO_EXTRACTS)
async def test_what_is_no_extract(tmp_path: Path, maps: MapShelf, name: str) -> None:
    content, words = NO_EXTRACTS[name]
    (tmp_path / name).write_bytes(content)
    error, _ = await failed(maps, tmp_path / name)
    assert words in error
    assert not re.search(r"[{]|Error|Exception|what\(\)|fault", error), error
    assert maps.regions() == []
    # It is mended, and asked for again by the same name: what was fetched before is not gone on with.
    shutil.copy(extract("helsinki"), tmp_path / name)
    await maps.stop()
    assert maps.making is None and not (tmp_path / "maps" / current.WORK).exists()


async def test_an_extract_that_was_cut_off_or_damaged_is_fetched_anew(
    tmp_path: Path, made_maps: MadeMaps, street: Path
) -> None:
    maps = shelf(made_maps.put(tmp_path / "maps", "helsinki"))
    await maps.open()
    whole, given = extract("helsinki").read_bytes(), tmp_path / "given.osm.pbf"
    damaged = bytearray(whole)
    damaged[len(whole) // 2 : len(whole) // 2 + 64] = os.urandom(64)
    for content in (whole[: len(whole) // 2], bytes(damaged)):
        given.write_bytes(content)
        error, advice = await failed(maps, given)
        assert "can't be read" in error and "again" in advice
        assert [one.id for one in maps.regions()] == ["helsinki"] and await maps.search("manner", None, "en", 3)
    shutil.copy(street, given)
    await maps.add(Source(str(given)))
    async with asyncio.timeout(60):
        while maps.making is not None and maps.making.step != "tiles":
            assert maps.making.error is None, maps.making
            await asyncio.sleep(0.005)
    await maps.close()


async def test_what_can_not_be_asked_for(tmp_path: Path, maps: MapShelf) -> None:
    empty = tmp_path / "empty.osm.pbf"
    empty.write_bytes(b"")
    assert "empty" in (await failed(maps, empty))[0]
    os.mkfifo(tmp_path / "pipe.osm.pbf")
    for text, kind in (
        (str(tmp_path / "none.osm.pbf"), NotFound), (str(tmp_path), NotFound),
        (str(tmp_path / "pipe.osm.pbf"), NotFound),
        ("here.osm.pbf", BadInput), ("../x.osm.pbf", BadInput), ("ftp://example.org/x.osm.pbf", BadInput),
        ("https:///x", BadInput), ("http://[::1/x", BadInput), ("", BadInput), ("  ", BadInput), ("a\nb", BadInput),
        ("~nobody-at-all/x.osm.pbf", BadInput), ("no//such-name", BadInput), ("<Größe>", BadInput),
    ):  # fmt: skip
        with pytest.raises(kind):
            await maps.add(Source(text))


async def test_two_at_once_and_giving_up(tmp_path: Path, made_maps: MadeMaps, street: Path) -> None:
    maps = shelf(made_maps.put(tmp_path / "maps", "helsinki"))
    await maps.open()
    sources = [Source(str(extract("helsinki")), name) for name in ("", "Other")]
    answers = await asyncio.gather(*(maps.add(one) for one in sources), return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in answers) == 1, answers
    for refused in (maps.remove("helsinki"), maps.take("x.osm.pbf", sent(b"x")), maps.add(Source(str(street)))):
        with pytest.raises(Conflict):
            await refused
    until = asyncio.timeout(60)
    async with until:
        while maps.making is None or maps.making.step not in ("tiles", "roads"):
            await asyncio.sleep(0.01)
    async with asyncio.timeout(20):
        while not programs_of(tmp_path):  # tilemaker or Valhalla is at work
            await asyncio.sleep(0.005)
    await maps.stop()
    assert maps.making is None and programs_of(tmp_path) == []
    assert sorted(one.name for one in (tmp_path / "maps").iterdir()) == ["current.json", "regions", "roads"]
    assert [one.id for one in maps.regions()] == ["helsinki"] and await maps.search("aleksan", None, "en", 3)
    await maps.stop()  # nothing to give up
    await maps.close()


def programs_of(folder: Path) -> list[str]:
    """The command lines of programs that are at work in a folder."""
    found = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = one.read_bytes().split(b"\0")
        except OSError:
            continue
        if any(str(folder / "maps").encode() in word for word in words):
            found.append(b" ".join(words).decode())
    return found


async def sent(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 65_536):
        yield content[at : at + 65_536]


async def test_a_file_that_is_sent(
    tmp_path: Path, maps: MapShelf, street: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = await maps.take("C:\\maps\\old-town.osm.pbf", sent(street.read_bytes()))
    assert (begun.id, begun.name, begun.step) == ("old-town", "Old Town", "check")
    await maps.stop()
    for name, content, words in (("x.osm.pbf", b"", "no file"), ("\n", b"x", "name"), ("", b"x", "name")):
        with pytest.raises(BadInput, match=words):
            await maps.take(name, sent(content))

    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 3_000_000
        raise BadInput("the file was cut off")

    with pytest.raises(BadInput, match="cut off"):
        await maps.take("x.osm.pbf", broken())
    monkeypatch.setattr(room, "LEAST", 1 << 62)
    with pytest.raises(TooLarge):
        await maps.take("x.osm.pbf", sent(b"x" * 100))
    assert not [*(tmp_path / "maps").glob("incoming*")] and maps.making is None


async def test_a_sent_file_that_is_no_good_has_to_be_sent_again(maps: MapShelf) -> None:
    await maps.take("x.osm.pbf", sent(b"<html>" * 100))
    await ended(maps)
    assert maps.making is not None and "no extract" in str(maps.making.error)
    assert "Send it again" in (await failed(maps, "x.osm.pbf"))[1]


@pytest.mark.parametrize("step", [*(pytest.param(one, marks=pytest.mark.long) for one in ("fetch", "tiles")), "roads"])
async def test_a_disk_that_gets_full_stops_the_map_and_not_the_house(
    tmp_path: Path, made_maps: MadeMaps, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Once so much is taken that what has to stay free is touched, at whichever step."""
    maps = shelf(made_maps.put(tmp_path / "maps", "helsinki"))
    await maps.open()
    monkeypatch.setattr(room, "LOOK", 0.001)

    def fill() -> None:
        if maps.making is not None and maps.making.step == step:
            monkeypatch.setattr(room, "LEAST", 1 << 62)

    maps.changed.append(fill)
    error, advice = await failed(maps, extract("helsinki"))
    assert "room" in error or "full" in error
    assert "Free disk space" in advice
    assert len(await maps.ways(WAY)) == 1 and [one.id for one in maps.regions()] == ["helsinki"]
    maps.changed.remove(fill)
    monkeypatch.setattr(room, "LEAST", 1 << 20)
    before = maps.regions()[0].revision
    await made(maps, extract("helsinki"))  # and it goes on
    assert maps.regions()[0].revision != before
    await maps.close()


async def test_the_kernel_refuses_to_write(tmp_path: Path, made_maps: MadeMaps) -> None:
    """No file may grow beyond a limit, for us and for the programs: as a quota, or a disk that is full."""
    maps = shelf(made_maps.put(tmp_path / "maps", "helsinki"))
    await maps.open()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        for most in (100_000, 700_000):
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
            error, _ = await failed(maps, extract("helsinki"))
            assert any(words in error for words in ("full", "File too large", "disk I/O error")), error
            assert len(await maps.ways(WAY)) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await maps.close()


async def test_a_map_is_too_large_for_the_disk_from_the_start(
    tmp_path: Path, maps: MapShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "TIMES", 10_000_000)
    error, advice = await failed(maps, extract("helsinki"))
    assert "no room" in error and "GB" in error and "Free disk space" in advice


async def test_made_anew_each_step_is_told_and_who_asks_meanwhile_never_meets_a_gap(
    tmp_path: Path, made_maps: MadeMaps
) -> None:
    folder = made_maps.put(tmp_path / "maps", "helsinki")
    maps = shelf(folder)
    await maps.open()
    told: list[tuple[str, float | None]] = []
    asked = {"ways": 0, "search": 0, "tiles": 0}
    gaps: list[object] = []
    over = False

    def note() -> None:
        if maps.making is not None:
            told.append((maps.making.step, maps.making.share))

    async def ask(name: str) -> None:
        while not over:
            try:
                if name == "ways":
                    assert (await maps.ways(WAY))[0].length > 100
                elif name == "search":
                    assert await maps.search("manner", None, "en", 5)
                else:
                    assert tiles.sound(maps.tiles("helsinki"))
                asked[name] += 1
            except (HubError, OSError, AssertionError) as error:
                gaps.append(error)
            await asyncio.sleep(0.001)

    asking = [asyncio.create_task(ask(name)) for name in ("ways", "ways", "search", "search", "tiles")]
    maps.changed.append(note)
    (before,) = maps.regions()
    await made(maps, before.source)
    await asyncio.sleep(0.1)
    over = True
    await asyncio.gather(*asking)
    assert gaps == [] and min(asked.values()) > 10, (gaps[:3], asked)
    (region,) = maps.regions()
    assert region.revision != before.revision and (region.id, region.spots) == (before.id, before.spots)
    steps = list(dict.fromkeys(step for step, _ in told))
    assert steps == list(jobs.STEPS)
    for step in steps:
        shares = [share for one, share in told if one == step and share is not None]
        assert shares == sorted(shares) and all(0 <= share <= 1 for share in shares), step
        assert shares or step in ("check", "places"), f"{step} says how far it is"
    await maps.stop()
    assert sorted(one.name for one in folder.iterdir()) == ["current.json", "regions", "roads"]
    assert len([*(folder / "regions").iterdir()]) == len([*(folder / "roads").iterdir()]) == 1
    await maps.close()


async def test_removing_one_of_two_takes_its_roads_along(tmp_path: Path, made_maps: MadeMaps, street: Path) -> None:
    maps = shelf(made_maps.put(tmp_path / "maps", "helsinki"))
    await maps.open()
    await made(maps, street)
    assert len(await maps.ways(WAY)) == 1
    await maps.remove("helsinki")
    assert [one.id for one in maps.regions()] == ["street"]
    assert await maps.search("mannerheimintie 10", None, "en", 3) == []
    assert maps.making is not None and maps.making.step == "roads"
    await ended(maps)
    with pytest.raises(NotFound):
        await maps.ways(WAY)
    assert len([*(tmp_path / "maps" / "regions").iterdir()]) == len([*(tmp_path / "maps" / "roads").iterdir()]) == 1
    await maps.remove("street")
    assert maps.regions() == [] and maps.making is None
    with pytest.raises(NotFound, match="no map"):
        await maps.ways(WAY)
    for folder in ("regions", "roads"):
        assert [*(tmp_path / "maps" / folder).iterdir()] == []
    with pytest.raises(NotFound):
        await maps.remove("street")
    await maps.close()


async def test_a_store_error_has_words() -> None:
    with pytest.raises(StoreError, match=r"GB are free, and"):
        room.need(Path("/"), 1 << 60)
