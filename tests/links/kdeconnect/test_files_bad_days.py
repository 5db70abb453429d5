"""Files on bad days: cut anywhere, lies about their size, other certificates, full disks, phones that hang or go."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.links.kdeconnect.house import House, Memory, household, soon, until
from tests.links.kdeconnect.stranger import HUB, Stranger
from tests.links.kdeconnect.test_files import MB, content, kept, made, offered, ready
from tests.peers.places import Places
from wayhome.adapters.footage_disk import DiskFootage, DiskSpace
from wayhome.core.value import Context
from wayhome.features.files.keeper import keeper
from wayhome.features.files.to_phones import to_phones
from wayhome.links.kdeconnect import bulk, files, identity, wire
from wayhome.links.kdeconnect.wire import SHARE, Packet

pytestmark = pytest.mark.anyio
BOTH = frozenset({SHARE})


class Disk(DiskFootage):
    """A folder on a disk whose room a test chooses."""

    free = 100 * 2**30

    def disk(self) -> DiskSpace:
        return DiskSpace(200 * 2**30, self.free)


@pytest.fixture
async def house(places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(files, "SETTLES", 0.0)
    async with household(disk=Disk(tmp_path / "files")) as house:
        await ready(house)
        yield house


async def phone(house: House, **owner: Any) -> tuple[Stranger, list[Packet]]:
    """A phone that shares files, paired; and what it is given."""
    given: list[Packet] = []
    one = Stranger("Phone", incoming=BOTH, outgoing=BOTH)
    one.other = given.append
    await one.comes(house)
    one.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
    await until(house, one.id, lambda is_: is_.state == "asks")
    await house.call("confirm", one.id, **(owner or {"owner": "ada"}))
    await soon(lambda: {"pair": True} in one.heard)
    return one, given


@contextlib.asynccontextmanager
async def offers(
    house: House, one: Stranger, name: str, size: int, *parts: bytes, as_: identity.Own | None = None, wait: float = 0.0
) -> AsyncIterator[asyncio.Event]:
    """The phone offers a file of that ``size``, and sends these parts of it, with a moment between. Set: somebody came
    for it."""
    presence = house.hub.links.find(house.link).run._presence  # type: ignore[attr-defined]
    context = identity.server(as_ or one.own, ssl.PEM_cert_to_DER_cert(presence._own.certificate))
    came = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        with contextlib.suppress(OSError):
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(wait)
            writer.close()

    port = 1750
    server = await asyncio.start_server(serve, HUB, port, ssl=context)
    assert one.line is not None
    one.line.send(SHARE, {"filename": name, "numberOfFiles": 1}, time.time(), (size, port))
    try:
        yield came
    finally:
        server.close()


def lost(house: House) -> list[str]:
    """Why files were not kept, as it was told."""
    return [str(event.data.get("why")) for event in house.events if event.name == "PhoneFileLost"]


async def nothing_left(house: House, tmp_path: Path) -> None:
    """Neither in the list nor on the disk."""
    await soon(lambda: not keeper(house.hub).all())
    await soon(lambda: not [*(tmp_path / "files").glob("*.file")])


@pytest.mark.parametrize("sent", [0, 1, 4 * MB - 1, 4 * MB, 4 * MB + 1, 9 * MB - 1])
async def test_what_is_cut_anywhere_is_gone(house: House, tmp_path: Path, sent: int) -> None:
    one, _ = await phone(house)
    async with offers(house, one, "film.mp4", 9 * MB, os.urandom(sent)):
        await soon(lambda: lost(house) == ["unreachable"])
        await nothing_left(house, tmp_path)
    async with offers(house, one, "film.mp4", 10, b"0123456789"):  # and the next one is welcome
        await soon(lambda: len(kept(house)) == 1)


async def test_more_than_was_said_is_no_file(house: House, tmp_path: Path) -> None:
    one, _ = await phone(house)
    async with offers(house, one, "film.mp4", 5 * MB, os.urandom(5 * MB + 1)):
        await soon(lambda: lost(house) == ["refused"])
        await nothing_left(house, tmp_path)


@pytest.mark.parametrize("size", [-1, 10 * 1024**3 + 1])
async def test_sizes_that_are_none(house: House, tmp_path: Path, size: int) -> None:
    one, _ = await phone(house)
    async with offers(house, one, "film.mp4", size, b"x") as came:
        await soon(lambda: lost(house) == [{-1: "refused"}.get(size, "too_large")])
        await soon(came.is_set)  # somebody came, and hung up: or the phone would wait for ever
        await nothing_left(house, tmp_path)


async def test_another_certificate_at_the_port_is_not_the_phone(house: House, tmp_path: Path) -> None:
    one, _ = await phone(house)
    mallory = identity.fresh(time.time())
    async with offers(house, one, "film.mp4", 3, b"abc", as_=identity.Own(one.id, mallory.certificate, mallory.key)):
        await soon(lambda: lost(house) == ["unreachable"])
    one.line.send(SHARE, {"filename": "x"}, time.time(), (3, 1751))  # type: ignore[union-attr]
    one.line.send(SHARE, {"filename": "x"}, time.time(), (3, 22))  # type: ignore[union-attr]
    await nothing_left(house, tmp_path)


async def test_who_sends_a_byte_now_and_then_is_given_up(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SLOWEST", 10 * MB)
    monkeypatch.setattr(bulk, "SILENT", 0.5)
    one, _ = await phone(house)
    async with offers(house, one, "film.mp4", MB, *(b"x" for _ in range(100)), wait=0.1):
        await soon(lambda: lost(house) == ["unreachable"])
        await nothing_left(house, tmp_path)


async def test_a_full_disk_and_what_a_person_takes_back(house: House, tmp_path: Path) -> None:
    one, _ = await phone(house)
    disk = keeper(house.hub).shelf.disk
    assert isinstance(disk, Disk)
    async with offers(house, one, "film.mp4", 9 * MB, os.urandom(4 * MB), os.urandom(5 * MB), wait=0.5):
        await soon(lambda: [*(tmp_path / "files").glob("*.file")] and keeper(house.hub).all())
        disk.free = 0
        await soon(lambda: lost(house) == ["store_failed"])
        await nothing_left(house, tmp_path)
    disk.free = Disk.free
    async with offers(house, one, "film.mp4", 9 * MB, os.urandom(4 * MB), wait=30.0):
        await soon(lambda: keeper(house.hub).all())
        [coming] = keeper(house.hub).all()
        await keeper(house.hub).remove(coming, Context("c", "test"))
        await nothing_left(house, tmp_path)  # at once: nobody waits for more of it


async def test_a_hub_that_ended_in_the_middle_shows_no_part(places: Places, tmp_path: Path) -> None:
    memory, disk = Memory(), Disk(tmp_path / "files")
    async with household(memory, disk) as house:
        await ready(house)
        one, _ = await phone(house)
        async with offers(house, one, "film.mp4", 9 * MB, os.urandom(5 * MB), wait=30.0):
            await soon(lambda: [one for one in (tmp_path / "files").glob("*.file") if one.stat().st_size > 4 * MB])
            # What a kill -9 leaves: the record and a piece of the file.
            left = next((tmp_path / "files").glob("*.file"))
            piece = left.read_bytes()
            record = house.hub.household.house.record("file", keeper(house.hub).all()[0].id)
        one.goes()
    assert record is not None
    async with household(memory, disk) as house:
        await house.hub.household.write("file", record.id, record.values(), Context("c", "test"))
        left.write_bytes(piece)
    async with household(memory, disk) as house:
        await nothing_left(house, tmp_path)


async def test_names_lead_nowhere(house: House) -> None:
    one, _ = await phone(house)
    names = {
        "../../../etc/passwd": "passwd", "C:\\Windows\\a.dll": "a.dll", "..": "file", ".bashrc": "bashrc", "/": "file",
        "\u202egpj.exe": "gpj.exe", "a\u0000b\n.txt": "ab.txt", "x" * 500 + ".pdf": "x" * 176 + ".pdf",
        "晚" * 100 + ".mp4": "晚" * 58 + ".mp4",
    }  # fmt: skip
    for name, is_ in names.items():
        assert files.plain(name) == is_
    async with offers(house, one, "../../../etc/passwd", 1, b"x"):
        await soon(lambda: len(kept(house)) == 1)
    assert (await content(house, kept(house)[0]))[0] == "passwd"


async def test_a_phone_that_is_not_theirs_sends_and_gets_nothing(house: House, tmp_path: Path) -> None:
    context = Context("c", "test")
    await house.hub.household.write("person", "mei", {"name": "Mei", "role": "member"}, context)
    one, given = await phone(house, owner="mei")  # Ada says that it is Mei's
    async with offers(house, one, "film.mp4", 3, b"abc") as came:
        await soon(lambda: lost(house) == ["refused"])
        await soon(came.is_set)
    assert not to_phones(house.hub).addressees("mei") and not to_phones(house.hub).addressees("ada")
    assert not given and not keeper(house.hub).all()


@pytest.mark.parametrize("owner", ["ada", "mei"])
async def test_what_waits_its_turn_fills_no_memory(house: House, owner: str) -> None:
    await house.hub.household.write("person", "mei", {"name": "Mei", "role": "member"}, Context("c", "test"))
    one, _ = await phone(house, owner=owner)
    run = house.hub.links.find(house.link).run
    [plugin] = [it for it in run._plugins if isinstance(it, files.Files)]  # type: ignore[attr-defined]
    assert one.line is not None
    with socket.create_server((HUB, 1751)):  # there the first one stays: nobody answers
        for number in range(9):
            body = {"filename": f"{'x' * 300_000}{number}.txt", "numberOfFiles": 9, "more": "x" * 500_000}
            one.line.send(SHARE, body, time.time(), (3, 1751))
            await one.line._writer.drain()
        if owner == "ada":
            await soon(lambda: len(plugin._waiting.get(one.id, ())) == 8)
            assert not lost(house)
        else:
            await soon(lambda: lost(house) == ["too_many"])
            assert len(plugin._waiting[one.id]) == files.WAITING_UNSHARED
        assert len(repr(plugin._waiting)) < 9 * 400


# Out


async def _fetch(house: House, one: Stranger, packet: Packet, size: int, own: identity.Own | None = None) -> bytes:
    """As a phone fetches so much of what it is offered, and hangs up."""
    context = identity.client(own or one.own)
    reader, writer = await asyncio.open_connection(HUB, packet.port, ssl=context, server_hostname="")
    try:
        return await reader.readexactly(size)
    finally:
        writer.transport.abort()


async def test_a_phone_that_hangs_up_does_not_want_it(house: House, tmp_path: Path) -> None:
    one, given = await phone(house)
    await offered(house, made(tmp_path / "film.mp4", 40 * MB))
    await soon(lambda: given)
    await _fetch(house, one, given[0], 1000)
    await soon(lambda: kept(house)[0].refused)
    assert not kept(house)[0].got
    await asyncio.sleep(0.3)
    assert len(given) == 1, "it is not pressed upon it"


async def test_somebody_else_does_not_get_it(house: House, tmp_path: Path) -> None:
    one, given = await phone(house)
    await offered(house, made(tmp_path / "film.mp4", 3))
    await soon(lambda: given)
    mallory = identity.fresh(time.time())
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        assert not await _fetch(house, one, given[0], 3, identity.Own(one.id, mallory.certificate, mallory.key))
    assert not kept(house)[0].got


async def test_a_phone_that_never_fetches_is_offered_it_again_when_it_comes(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "FETCHED", 0.3)
    one, given = await phone(house)
    await offered(house, made(tmp_path / "film.mp4", 5))
    await soon(lambda: given)
    await asyncio.sleep(0.6)
    monkeypatch.setattr(files, "FETCHED", 30.0)
    one.goes()
    await soon(lambda: not house.online("phone"))
    await one.comes(house)
    await soon(lambda: len(given) == 2)
    assert len(await _fetch(house, one, given[1], 5)) == 5
    await soon(lambda: kept(house)[0].got)


async def test_a_damaged_file_is_never_whole_on_a_phone(house: House, tmp_path: Path) -> None:
    """Somebody has changed what the hub keeps: the phone gets no end of it."""
    one, given = await phone(house)
    disk = keeper(house.hub).shelf.disk
    file = made(tmp_path / "film.mp4", 5 * MB)
    read = disk.read

    async def other(name: str, start: int, size: int) -> bytes:
        found = await read(name, start, size)
        return found if not start or size < MB else found[:-9] + b"x" + found[-8:]

    disk.read = other  # type: ignore[method-assign]
    await offered(house, file)
    await soon(lambda: given)
    with pytest.raises((OSError, asyncio.IncompleteReadError)):
        await _fetch(house, one, given[0], 5 * MB)
    assert not kept(house)[0].got
