"""What is there stays there: a list that can't be read, a region that is damaged, a removal that is cut off, a file
that stops coming."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import msgspec
import pytest

from tests.peers.maps import MadeMaps, ended, extract, shelf
from wayhome.adapters.archive.backup import maps_left
from wayhome.adapters.data_dir import DataDir
from wayhome.adapters.maps import current, incoming, jobs, programs, room
from wayhome.adapters.maps.current import Current
from wayhome.errors import BadInput, Conflict, StoreError
from wayhome.hub.maps import Source

pytestmark = [pytest.mark.anyio, pytest.mark.real]
TOWN = (
    "<osm version='0.6'><node id='1' lat='47' lon='9' version='1'/><node id='2' lat='47' lon='9.01' version='1'/>"
    "<way id='3' version='1'><nd ref='1'/><nd ref='2'/><tag k='highway' v='primary'/><tag k='name' v='{name}'/></way>"
    "</osm>"
)
"""One street, far from all others."""


def twin(folder: Path) -> Path:
    """Have a second region there, which is the first once more; its places."""
    was = current.read(folder)
    (one,) = was.regions
    other = msgspec.structs.replace(one, id="twin", name="Twin", source="twin", revision="t" * 10)
    shutil.copytree(current.of(folder, one), current.of(folder, other), copy_function=os.link)
    current.write(folder, Current((one, other), was.roads))
    return current.of(folder, other) / jobs.PLACES


async def test_a_list_that_can_not_be_read_throws_nothing_away(tmp_path: Path, made_maps: MadeMaps) -> None:
    folder = made_maps.put(tmp_path / "maps", "helsinki")
    file = folder / current.CURRENT
    content = file.read_bytes()
    file.write_bytes(content[:-20])
    maps = shelf(folder)
    await maps.open()
    assert maps.regions() == []
    # Nor does another map, which would take the place of all that are there.
    with pytest.raises(StoreError):
        await maps.add(Source(str(extract("helsinki"))))
    assert maps_left(DataDir(tmp_path)) == [ANY]
    await maps.close()
    file.write_bytes(content)
    maps = shelf(folder)
    await maps.open()
    assert [one.id for one in maps.regions()] == ["helsinki"] and await maps.search("mannerheimintie", None, "en", 3)
    await maps.close()


async def test_a_map_of_an_older_program_says_that_only_names_are_searched(tmp_path: Path, made_maps: MadeMaps) -> None:
    folder = made_maps.put(tmp_path / "maps", "helsinki")
    file = folder / current.CURRENT
    listed = msgspec.json.decode(file.read_bytes())
    assert listed["regions"][0].pop("by_kind")
    file.write_bytes(msgspec.json.encode(listed))
    maps = shelf(folder)
    await maps.open()
    assert not maps.regions()[0].by_kind
    await maps.close()


async def test_a_damaged_region_does_not_take_the_others_along(tmp_path: Path, made_maps: MadeMaps) -> None:
    folder = made_maps.put(tmp_path / "maps", "helsinki")
    places = twin(folder)
    content = places.read_bytes()
    places.unlink()
    places.write_bytes(content[:40_960] + bytes(len(content) - 40_960))
    maps = shelf(folder)
    await maps.open()
    assert len(maps._places) == 2 and await maps.search("mannerheimintie", None, "en", 3)
    await maps.remove("helsinki")
    with pytest.raises(StoreError):
        await maps.search("mannerheimintie", None, "en", 3)
    await maps.close()


async def test_a_file_of_the_same_name_does_not_take_the_place_of_another_town(
    tmp_path: Path, made_maps: MadeMaps
) -> None:
    folder = made_maps.put(tmp_path / "maps", "helsinki")
    file = tmp_path / "map.osm"
    was = current.read(folder)
    current.write(folder, Current((msgspec.structs.replace(was.regions[0], source=str(file)),), was.roads))
    file.write_text(TOWN.format(name="Main Street"))
    maps = shelf(folder)
    await maps.open()
    await maps.add(Source(str(file)))
    await ended(maps)
    assert maps.making is not None and "another place" in str(maps.making.error)
    assert await maps.search("mannerheimintie", None, "en", 3)
    await maps.close()


async def test_a_removal_that_is_cut_off_is_gone_on_with(
    tmp_path: Path, made_maps: MadeMaps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ends the hub once the region is gone: the roads of the rest are made anew."""
    folder = made_maps.put(tmp_path / "maps", "helsinki")
    twin(folder)
    maps = shelf(folder)
    await maps.open()
    write, seen = current.write, []

    def written(at: Path, new: Current) -> None:
        seen.append(jobs.read(at / current.WORK))
        write(at, new)

    monkeypatch.setattr(current, "write", written)
    await maps.remove("twin")
    assert seen[0] is not None and seen[0].removal and seen[0].step() == "roads"
    await maps.stop()

    def full(at: Path, new: Current) -> None:
        raise StoreError("the disk is full")

    twin(folder)
    again = shelf(folder)
    await again.open()
    monkeypatch.setattr(current, "write", full)
    with pytest.raises(StoreError):
        await again.remove("twin")
    assert len(again.regions()) == 2 and not (folder / current.WORK).exists()
    await again.close()
    await maps.close()


async def test_work_of_nobody_goes_when_the_hub_opens(tmp_path: Path, made_maps: MadeMaps) -> None:
    folder = made_maps.put(tmp_path / "maps", "helsinki")
    (folder / current.WORK).mkdir()
    (folder / current.WORK / jobs.EXTRACT).write_bytes(b"much")
    maps = shelf(folder)
    await maps.open()
    assert not (folder / current.WORK).exists() and len(maps.regions()) == 1
    await maps.close()


async def test_a_file_that_stops_coming_does_not_keep_others_from_sending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maps = shelf(tmp_path / "maps")
    await maps.open()
    come, go_on = asyncio.Event(), asyncio.Event()

    async def hanging() -> AsyncIterator[bytes]:
        yield b"x"
        come.set()
        await go_on.wait()
        yield b"x"
        await asyncio.Event().wait()

    sending = asyncio.create_task(maps.take("x.osm.pbf", hanging()))
    await come.wait()
    # What takes long to send does not find another one begun meanwhile.
    with pytest.raises(Conflict, match="being sent"):
        await maps.add(Source(str(extract("helsinki"))))
    monkeypatch.setattr(incoming, "QUIET", 0.5)
    go_on.set()
    async with asyncio.timeout(20):
        with pytest.raises(BadInput, match="stopped coming"):
            await sending
    await maps.add(Source(str(extract("helsinki"))))
    await maps.stop()
    await maps.close()


async def test_what_goes_wrong_is_told_to_everybody_without_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "private" / "town.osm.pbf"
    file.parent.mkdir()
    shutil.copy(extract("helsinki"), file)
    maps = shelf(tmp_path / "maps")
    await maps.open()

    monkeypatch.setattr(room, "LEAST", 1 << 62)
    await maps.add(Source(str(file)))
    await ended(maps)
    monkeypatch.undo()
    file.unlink()  # a stick that was taken out
    await maps.add(Source(str(file)))
    await ended(maps)
    assert maps.making is not None and maps.making.error == "there is no file that was named"
    await maps.close()


def test_an_extract_whose_points_come_last_is_told_so(tmp_path: Path) -> None:
    whole = TOWN.format(name="Main Street")
    points, road, end = (whole.index(part) for part in ("<node", "<way", "</osm>"))
    (tmp_path / "turned.osm").write_text(whole[:points] + whole[road:end] + whole[points:road] + whole[end:])
    command = programs.own("places_process", str(tmp_path / "turned.osm"), str(tmp_path / "turned.db"))
    done = subprocess.run(command, timeout=60, stdout=subprocess.PIPE, text=True)
    assert done.returncode == programs.NO_EXTRACT and "osmium sort" in done.stdout


def test_names_are_single_lines_that_turn_nothing_round(tmp_path: Path) -> None:
    (tmp_path / "evil.osm").write_text(TOWN.format(name="Evil&#10;Street&#x202e;gnp"))
    command = programs.own("places_process", str(tmp_path / "evil.osm"), str(tmp_path / "evil.db"))
    subprocess.run(command, check=True, timeout=60, stdout=subprocess.DEVNULL)
    base = sqlite3.connect(tmp_path / "evil.db")
    rows: list[Any] = base.execute("SELECT name FROM spot").fetchall()
    base.close()
    assert rows == [("Evil Streetgnp",)]
