"""Files between a person and their phone, by the real KDE Connect."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.links.kdeconnect.house import House, Memory, household, paired, soon
from tests.peers.job_view import JobView
from tests.peers.kdeconnect import KdeConnect
from wayhome.adapters.footage_disk import DiskFootage
from wayhome.core.value import Context
from wayhome.features.files.keeper import keeper
from wayhome.features.files.model import Offer
from wayhome.features.files.outgoing import Outgoing, opened
from wayhome.features.files.to_phones import to_phones
from wayhome.hub.group.group import group
from wayhome.hub.parcels import Sent, parcels
from wayhome.links.kdeconnect import bulk, lines
from wayhome.sealing.pieces import PIECE

pytestmark = pytest.mark.anyio
MB = 1024 * 1024


async def ready(house: House) -> None:
    await soon(lambda: group(house.hub).status.state == "in")


def kept(house: House) -> list[Offer]:
    return sorted((one for one in keeper(house.hub).all() if one.state == "whole"), key=lambda one: one.at)


async def content(house: House, offer: Offer) -> tuple[str, bytes]:
    """What a member of the group reads of a file: its name, and all that is in it."""
    said = opened(group(house.hub), offer)
    read = b"".join([piece async for piece in Outgoing(keeper(house.hub), offer, said).pieces()])
    return said.text, read


def made(path: Path, size: int) -> Path:
    path.write_bytes(os.urandom(size))
    return path


def digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


async def arrives(phone: KdeConnect, file: Path) -> None:
    """Its own program puts what it has got into the folder in its own time: wait until all of it is there."""
    there = phone.downloads / file.name
    await soon(lambda: there.exists() and there.stat().st_size == file.stat().st_size, 60)
    await soon(lambda: digest(there) == digest(file))


def memory() -> int:
    """Resident bytes of this program, the hub in it."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def offered(house: House, file: Path) -> None:
    """As a screen of the person's sends a file to their phone."""
    [to] = to_phones(house.hub).addressees("ada")
    hub, read = house.hub, file.read_bytes()
    sent = Sent("ada", "", file.name, "", len(read))
    async with parcels(hub).take(sent, lambda: None, Context("c", "test")) as coming:
        for at in range(0, len(read), PIECE):
            await coming.put(read[at : at + PIECE])
        await coming.whole()
    newest = kept(house)[-1]
    await to_phones(hub).hand(newest, to, Context("c", "test"))


def share(house: House, phone: KdeConnect, *files: Path) -> None:
    for file in files:
        phone.plugin(house.identity, "share", "shareUrl", file.as_uri())


async def test_what_a_phone_sends_is_its_person_s(phone: KdeConnect, tmp_path: Path) -> None:
    async with household(disk=DiskFootage(tmp_path / "files")) as house:
        await ready(house)
        await paired(house, phone)
        film = made(tmp_path / "晚安 a film.mp4", 9 * MB + 17)
        share(house, phone, film)
        await soon(lambda: len(kept(house)) == 1)
        [one] = kept(house)
        assert one.person == "ada" and one.via == "adas-phone" and not one.to and not one.everybody
        assert await content(house, one) == (film.name, film.read_bytes())
        # Nowhere on the disk stands what is in it.
        [path] = (tmp_path / "files").iterdir()
        assert film.read_bytes()[5 * MB : 5 * MB + 64] not in path.read_bytes()
        # Many at once, each whole.
        several = [made(tmp_path / f"{n}.bin", n * 100_001) for n in range(1, 9)]
        share(house, phone, *several)
        await soon(lambda: len(kept(house)) == 9)
        assert [await content(house, one) for one in kept(house)[1:]] == [
            (one.name, one.read_bytes()) for one in several
        ]


async def test_an_empty_file_holds_nothing_up(phone: KdeConnect, tmp_path: Path) -> None:
    """kdeconnectd waits for ever for somebody to fetch one, and sends nothing else meanwhile."""
    async with household(disk=DiskFootage(tmp_path / "files")) as house:
        await ready(house)
        await paired(house, phone)
        share(house, phone, made(tmp_path / "empty.txt", 0))
        await soon(lambda: len(kept(house)) == 1)
        assert await content(house, kept(house)[0]) == ("empty.txt", b"")
        await asyncio.sleep(0.5)
        share(house, phone, made(tmp_path / "next.txt", 77))
        await soon(lambda: len(kept(house)) == 2)


async def test_what_is_for_a_phone_is_there(phone: KdeConnect, tmp_path: Path) -> None:
    async with household(disk=DiskFootage(tmp_path / "files")) as house:
        await ready(house)
        await paired(house, phone)
        film, empty = made(tmp_path / "a film.mp4", 9 * MB + 17), made(tmp_path / "nothing", 0)
        for one in (film, empty):
            await offered(house, one)
        await soon(lambda: all(one.got for one in kept(house)))
        # Of an empty one there is no end to wait for: its machine has been told of it, and makes it in its own time.
        for one in (film, empty):
            await arrives(phone, one)


async def test_an_empty_file_is_not_there_before_it_has_arrived(
    phone: KdeConnect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with household(disk=DiskFootage(tmp_path / "files")) as house:
        await ready(house)
        await paired(house, phone)
        await soon(lambda: to_phones(house.hub).addressees("ada")[0].online)
        with monkeypatch.context() as patched:
            # As where the phone's machine has not said yet that it has what was sent.
            patched.setattr(lines.Line, "_on_its_way", lambda line: 1)
            await offered(house, made(tmp_path / "nothing", 0))
            await asyncio.sleep(1)
            assert not kept(house)[0].got
        await soon(lambda: kept(house)[0].got)
        await soon(phone.downloads.joinpath("nothing").exists)


async def test_what_is_for_a_phone_waits_until_it_comes(phone: KdeConnect, tmp_path: Path) -> None:
    memory, disk = Memory(), DiskFootage(tmp_path / "files")
    async with household(memory, disk) as house:
        await ready(house)
        thing = await paired(house, phone)
        phone.daemon.kill()
        await soon(lambda: not house.online(thing))
        file = made(tmp_path / "later.bin", 5 * MB)
        await offered(house, file)
        await asyncio.sleep(0.3)
        assert not kept(house)[0].got
    async with household(memory, disk) as house:  # also where the hub was restarted meanwhile
        await asyncio.to_thread(phone.restart)
        await soon(lambda: kept(house)[0].got)
        await arrives(phone, file)


async def test_a_large_file_both_ways_in_flat_memory(phone: KdeConnect, tmp_path: Path, soak: bool) -> None:
    """100 MB, and in the soak 1 GB: so much does not lie in memory."""
    large = tmp_path / "large.bin"
    with large.open("wb") as out:
        for _ in range(250 if soak else 25):
            out.write(os.urandom(4 * MB))
    async with household(disk=DiskFootage(tmp_path / "files")) as house:
        await ready(house)
        await paired(house, phone)
        before, most = memory(), 0
        share(house, phone, large)

        def here() -> bool:
            nonlocal most
            most = max(most, memory())
            return len(kept(house)) == 1

        await soon(here, 300)
        [offer], [to] = kept(house), to_phones(house.hub).addressees("ada")
        await to_phones(house.hub).hand(offer, to, Context("c", "test"))

        def there() -> bool:
            nonlocal most
            most = max(most, memory())
            return bool(kept(house)[0].got)

        await soon(there, 300)
        assert most - before < 60 * MB
        await arrives(phone, large)


async def test_a_file_that_the_road_was_cut_under_is_whole_there_in_the_end(
    phone: KdeConnect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kdeconnectd, which only listens, never misses who vanished: it would keep a part, and take no other file."""
    monkeypatch.setattr(lines, "UNSAID", 1_000)
    monkeypatch.setattr(bulk, "SILENT", 1.0)
    write = bulk._write

    def slow(*words: Any) -> None:
        time.sleep(0.3)
        write(*words)

    monkeypatch.setattr(bulk, "_write", slow)
    async with household(disk=DiskFootage(tmp_path / "files")) as house:
        await ready(house)
        await paired(house, phone)
        film = made(tmp_path / "film.mp4", 24 * MB)
        await offered(house, film)
        there = phone.downloads / film.name
        await soon(lambda: there.exists() and there.stat().st_size > MB)
        phone.places.cut(phone.place, 1)
        await asyncio.sleep(2.5)
        assert there.stat().st_size < 24 * MB and not kept(house)[0].got
        phone.places.mend(phone.place, 1, via="10.77.1.1")
        await soon(lambda: kept(house)[0].got, 60)
        await arrives(phone, film)
        assert len([*phone.downloads.iterdir()]) == 1


async def test_several_files_for_a_phone_are_one_progress_there(phone: KdeConnect, tmp_path: Path) -> None:
    """The desktop beside the real kdeconnectd is the judge: it is told of one job, and how far all of them are."""
    files = [made(tmp_path / f"{n}.bin", size) for n, size in enumerate((3 * MB, 700_001, 5))]
    with JobView(phone) as view:
        async with household(disk=DiskFootage(tmp_path / "files")) as house:
            await ready(house)
            await paired(house, phone)
            await asyncio.sleep(0.1)
            phone.daemon.kill()
            await soon(lambda: not house.online("adas-phone"))
            for one in files:
                await offered(house, one)
            view.shows(phone)
            await asyncio.to_thread(phone.restart)
            await soon(lambda: all(one.got for one in kept(house)), 60)
            await soon(lambda: "ended" in view.job(1))
            told = view.job(1)
            assert view.jobs == 1 and told["ended"] == 0, view.told
            assert (told["totalFiles"], told["processedFiles"]) == ("3", "3")
            assert told["totalBytes"] == told["processedBytes"] == str(sum(one.stat().st_size for one in files))
            for one in files:
                await arrives(phone, one)
            # What comes later is another one.
            last = made(tmp_path / "last.bin", 900)
            await offered(house, last)
            await soon(lambda: "ended" in view.job(2))
            assert view.job(2)["totalFiles"] == "1"
