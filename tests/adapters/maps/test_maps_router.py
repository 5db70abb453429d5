"""The program that holds Valhalla dies, hangs, or answers nonsense: a question fails in words, the next is answered."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.maps.test_maps_made import WAY
from tests.peers.maps import MadeMaps, shelf
from wayhome.adapters.maps import programs, router
from wayhome.adapters.maps.router import Router
from wayhome.adapters.maps.shelf import MapShelf
from wayhome.errors import NotFound, TooMany, Unreachable

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
async def maps(made_maps: MadeMaps, tmp_path: Path) -> AsyncIterator[MapShelf]:
    found = shelf(made_maps.put(tmp_path / "maps", "helsinki"))
    await found.open()
    yield found
    await found.close()


def pid_of(folder: Path) -> int:
    """The program that answers for the roads of a folder."""
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = one.read_bytes().decode().split("\0")
        except OSError:
            continue
        if any(str(folder) in word for word in words) and "wayhome.adapters.maps.router_process" in words:
            return int(one.parent.name)
    raise AssertionError("it does not run")


async def test_killed_it_is_started_anew_and_nobody_notices(maps: MapShelf, tmp_path: Path) -> None:
    before = await maps.ways(WAY)
    for _ in range(3):
        os.kill(pid_of(tmp_path), signal.SIGKILL)
        assert await maps.ways(WAY) == before


async def test_hanging_it_is_given_up_and_started_anew(
    maps: MapShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await maps.ways(WAY)
    monkeypatch.setattr(router, "WITHIN", 0.3)
    hanging = pid_of(tmp_path)
    os.kill(hanging, signal.SIGSTOP)
    with pytest.raises(Unreachable, match="too long"):
        await maps.ways(WAY)
    monkeypatch.undo()
    assert len(await maps.ways(WAY)) == 1 and pid_of(tmp_path) != hanging


async def test_somebody_who_gives_up_does_not_spoil_it_for_the_next(maps: MapShelf) -> None:
    before = await maps.ways(WAY)
    for wait in (0.0, 0.001, 0.004):
        asking = asyncio.create_task(maps.ways(WAY))
        await asyncio.sleep(wait)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert await maps.ways(WAY) == before


async def test_it_ends_with_the_hub(maps: MapShelf, tmp_path: Path) -> None:
    await maps.ways(WAY)
    pid = pid_of(tmp_path)
    await maps.close()
    assert not Path(f"/proc/{pid}").exists()


async def test_it_is_told_no_secret(maps: MapShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYHOME_VAULT_KEY", "hush")
    await maps.ways(WAY)
    assert b"hush" not in Path(f"/proc/{pid_of(tmp_path)}/environ").read_bytes()


LIES = {
    "garbage": "import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\5hello')",
    "a length without end": "import sys; sys.stdout.buffer.write(b'\\xff\\xff\\xff\\xff')",
    "another kind": "import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\2[]')",
    "nothing in it": "import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\2{}')",
    "half": "import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\x20{')",
    "its end": "pass",
}


@pytest.mark.parametrize("lie", LIES)
async def test_what_is_no_answer(lie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"import sys; sys.stdin.buffer.read(4)\n{LIES[lie]}\nsys.stdout.flush()"
    monkeypatch.setattr(programs, "own", lambda name, *words: [sys.executable, "-c", code])
    asked = Router(tmp_path)
    with pytest.raises(Unreachable, match="could not be read") as refused:
        await asked.ask("route", {})
    assert "wayhome map add" in refused.value.hint
    await asked.end()


async def test_too_many_at_once_are_refused(maps: MapShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(router, "WAITING", 4)
    answers = await asyncio.gather(*(maps.ways(WAY) for _ in range(12)), return_exceptions=True)
    assert {type(one) for one in answers} == {list, TooMany}
    assert sum(isinstance(one, list) for one in answers) == 4


async def test_tiles_that_are_damaged(made_maps: MadeMaps, tmp_path: Path) -> None:
    folder = made_maps.put(tmp_path / "damaged", "helsinki")
    for tile in folder.rglob("*.gph"):
        content = tile.read_bytes()
        tile.unlink()
        tile.write_bytes(content[: len(content) // 3])
    maps = shelf(folder)
    await maps.open()
    for _ in range(2):
        with pytest.raises((Unreachable, NotFound)):
            await maps.ways(WAY)
    assert await maps.search("mannerheimintie", None, "en", 3), "the rest goes on"
    await maps.close()
