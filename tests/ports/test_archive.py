"""Backup, restore, export and import, and archives that mean harm."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import tarfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.ports.rows import T0, command, event, reading, record, sample, thing
from wayhome.adapters.archive.backup import SIGN_IN_AGAIN, backup, restore
from wayhome.adapters.archive.export import export
from wayhome.adapters.archive.sealed import Opener, Sealer
from wayhome.adapters.archive.take_in import take_in
from wayhome.adapters.archive.tarball import Writer
from wayhome.adapters.blobs_disk import DiskBlobs
from wayhome.adapters.data_dir import DataDir
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.adapters.vault_key import VaultKey, vault_key
from wayhome.adapters.vault_sealed import SealedVault
from wayhome.errors import BadInput, Conflict, HubError, TooLarge
from wayhome.hub.ports import ForeignRow

pytestmark = pytest.mark.anyio
PASSPHRASE = "correct horse battery"
QUICK = 10
"""scrypt's cost for tests."""
SECRET = b"canary-of-the-vault"


class Home:
    """A household with something of everything."""

    def __init__(self, path: Path) -> None:
        self.data = DataDir(path)
        self.data.lock()
        self.store = SqliteStore(self.data.database, now=lambda: T0)
        self.blobs = DiskBlobs(self.data.blobs)
        self.vault = SealedVault(self.data.vault, vault_key(self.data.vault_key, {}))
        self.hash = ""

    async def fill(self) -> None:
        await self.store.load()
        await self.store.append(
            [thing("lamp", "light.on"), reading(), command(), command("k2", "done"), event(), record()]
        )
        await self.store.append([thing("gone", "light.on"), thing("gone", gone=True), record("old", gone=True)])
        await self.store.append([ForeignRow("car", 7, event("TripEnded", id="f"))])  # type: ignore[arg-type]
        await self.store.append([sample(value=n / 7, at=T0 + n / 10) for n in range(900)])
        self.hash = await self.blobs.put(b"a picture")
        await self.vault.keep("link/home/token", SECRET)

    def backup(self, to: Path, passphrase: str | None = None) -> object:
        return backup(self.data, self.store, to, now=T0, passphrase=passphrase, environment={}, cost=QUICK)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    home = Home(tmp_path / "home")
    await home.fill()
    yield home
    await home.store.close()
    home.data.unlock()


async def contents(data: DataDir) -> tuple[Any, ...]:
    store = SqliteStore(data.database)
    saved = await store.load()
    # What is put back goes on as another log.
    saved = msgspec.structs.replace(saved, log="", before=[])
    everything = saved, await store.log(), await store.own(0, 10_000), await store.samples("su7/Vehicle.Speed", 0, 4e9)
    assert await store.check() == []
    await store.close()
    return everything


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
async def test_a_backup_brings_everything_back(home: Home, tmp_path: Path, passphrase: str | None) -> None:
    file = tmp_path / "home.backup"
    assert await home.backup(file, passphrase) == []
    assert file.stat().st_mode & 0o777 == 0o600
    with DataDir(tmp_path / "new") as fresh:
        notes = restore(file, fresh, passphrase=passphrase, environment={})
        assert notes == ([] if passphrase else [SIGN_IN_AGAIN])
        await home.store.close()
        assert await contents(fresh) == await contents(home.data)
        assert await DiskBlobs(fresh.blobs).get(home.hash) == b"a picture"
        vault = SealedVault(fresh.vault, vault_key(fresh.vault_key, {}))
        assert await vault.secret("link/home/token") == (SECRET if passphrase else None)
        assert {entry.name for entry in fresh.path.iterdir()} <= {
            "lock",
            "blobs",
            "wayhome.db",
            "vault.sealed",
            "vault.key",
        }
    assert not list(home.data.path.glob(".staging*"))


async def test_a_plain_backup_is_a_tar_file_without_the_key(home: Home, tmp_path: Path) -> None:
    await home.backup(tmp_path / "plain.tar")
    with tarfile.open(tmp_path / "plain.tar") as tar:
        assert set(tar.getnames()) == {
            "wayhome.db",
            "vault.sealed",
            f"blobs/{home.hash[:2]}/{home.hash}",
            "manifest.json",
        }
    raw = (tmp_path / "plain.tar").read_bytes()
    assert SECRET not in raw and home.data.vault_key.read_bytes().strip() not in raw
    await home.backup(tmp_path / "sealed", PASSPHRASE)
    assert b"light.on" not in (tmp_path / "sealed").read_bytes()


async def test_a_backup_while_writing_goes_on(home: Home, tmp_path: Path) -> None:
    going = True

    async def write() -> int:
        count = 0
        while going:
            await home.store.append([event("later"), reading(value=count)])
            count += 1
        return count

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.02)
    await home.backup(tmp_path / "file")
    going = False
    assert await writing > 0
    with DataDir(tmp_path / "new") as fresh:
        restore(tmp_path / "file", fresh, passphrase=None, environment={})
        saved, lines, *_ = await contents(fresh)
        assert saved.seq == len(lines) >= 9


async def test_the_surroundings_key(home: Home, tmp_path: Path) -> None:
    await home.backup(tmp_path / "plain")
    await home.backup(tmp_path / "sealed", PASSPHRASE)
    other = {"WAYHOME_VAULT_KEY": "07" * 32}
    same = {"WAYHOME_VAULT_KEY": vault_key(home.data.vault_key, {}).bytes.hex()}
    with DataDir(tmp_path / "a") as fresh:  # sealed anew with the key that this machine gives
        assert restore(tmp_path / "sealed", fresh, passphrase=PASSPHRASE, environment=other) == []
        assert await SealedVault(fresh.vault, VaultKey(b"\x07" * 32)).secret("link/home/token") == SECRET
    with DataDir(tmp_path / "b") as fresh:
        assert restore(tmp_path / "plain", fresh, passphrase=None, environment=same) == []
        assert await SealedVault(fresh.vault, vault_key(fresh.vault_key, same)).secret("link/home/token") == SECRET
    with DataDir(tmp_path / "c") as fresh:
        assert restore(tmp_path / "plain", fresh, passphrase=None, environment=other) == [SIGN_IN_AGAIN]


async def test_restore_refuses_what_is_not_empty_or_not_sealed_so(home: Home, tmp_path: Path) -> None:
    await home.backup(tmp_path / "sealed", PASSPHRASE)
    with pytest.raises(Conflict, match="not empty"):
        restore(tmp_path / "sealed", home.data, passphrase=PASSPHRASE, environment={})
    with DataDir(tmp_path / "new") as fresh:
        for passphrase, says in ((None, "sealed with a passphrase"), ("wrong horse battery", "passphrase is wrong")):
            with pytest.raises(BadInput, match=says):
                restore(tmp_path / "sealed", fresh, passphrase=passphrase, environment={})
        with pytest.raises(HubError, match="No such file"):
            restore(tmp_path / "nothing", fresh, passphrase=None, environment={})
        assert fresh.empty()
    with pytest.raises(BadInput, match="at least"):
        await home.backup(tmp_path / "weak", "short")
    assert not (tmp_path / "weak").exists()


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
async def test_an_altered_or_cut_off_backup_is_refused(home: Home, tmp_path: Path, passphrase: str | None) -> None:
    await home.backup(tmp_path / "file", passphrase)
    content = (tmp_path / "file").read_bytes()
    harms: list[bytes] = [content[:cut] for cut in (0, 10, 600, len(content) // 2, len(content) - 1500)]
    for place in (5, 700, len(content) // 3, len(content) // 2):
        harms.append(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    with DataDir(tmp_path / "new") as fresh:
        for harm in harms:
            (tmp_path / "harm").write_bytes(harm)
            with pytest.raises(BadInput):
                restore(tmp_path / "harm", fresh, passphrase=passphrase, environment={})
            assert fresh.empty()


def hostile(change: Callable[[tarfile.TarInfo], None], name: str = "wayhome.db", size: int = 3) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        head = tarfile.TarInfo(name)
        head.size = size
        change(head)
        tar.addfile(head, io.BytesIO(b"abc") if head.size == 3 else None)
    return out.getvalue()


def a(type: bytes, link: str = "") -> Callable[[tarfile.TarInfo], None]:
    def change(head: tarfile.TarInfo) -> None:
        head.type, head.linkname, head.size = type, link, 0

    return change


def nothing(head: tarfile.TarInfo) -> None:
    return


HOSTILE = {
    "a path out of the folder": hostile(nothing, "../wayhome.db"),
    "an absolute path": hostile(nothing, "/tmp/wayhome.db"),
    "a blob out of the folder": hostile(nothing, "blobs/../../../wayhome.db"),
    "a strange name": hostile(nothing, "authorized_keys"),
    "a symbolic link": hostile(a(tarfile.SYMTYPE, "/etc/passwd")),
    "a hard link": hostile(a(tarfile.LNKTYPE, "/etc/passwd")),
    "a device": hostile(a(tarfile.CHRTYPE)),
    "a pipe": hostile(a(tarfile.FIFOTYPE)),
    "a folder": hostile(a(tarfile.DIRTYPE)),
    "a sparse file": hostile(a(tarfile.GNUTYPE_SPARSE)),
    "a long name": hostile(nothing, "blobs/" + "a" * 300),
    "the same name twice": hostile(nothing)[:1024] * 2 + bytes(1024),
    "no manifest": hostile(nothing),
    "noise": b"\x07" * 4096,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_archive_is_refused_and_leaves_nothing(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    with DataDir(tmp_path / "new") as fresh:
        for open_it in (
            lambda: restore(tmp_path / "file", fresh, passphrase=None, environment={}),
            lambda: take_in(tmp_path / "file", fresh),
        ):
            with pytest.raises(BadInput):
                open_it()
            assert fresh.empty()
    assert {entry.name for entry in tmp_path.iterdir()} == {"file", "new"}


def test_an_archive_that_claims_more_than_the_disk_holds(tmp_path: Path) -> None:
    def huge(head: tarfile.TarInfo) -> None:
        head.size = 1 << 60

    out = tarfile.TarInfo("wayhome.db")
    huge(out)
    (tmp_path / "file").write_bytes(out.tobuf(tarfile.GNU_FORMAT) + bytes(10_240))
    with DataDir(tmp_path / "new") as fresh, pytest.raises(TooLarge):
        restore(tmp_path / "file", fresh, passphrase=None, environment={})


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_sealed_streams_of_any_length(size: int) -> None:
    out = io.BytesIO()
    sealer = Sealer(out, PASSPHRASE, QUICK)
    content = bytes(n % 251 for n in range(size))
    for start in range(0, size, 10_000):
        sealer.write(content[start : start + 10_000])
    sealer.close()
    opener = Opener(io.BytesIO(out.getvalue()), PASSPHRASE)
    got = b""
    while piece := opener.read(7_777):
        got += piece
    assert got == content
    for cut in {cut for cut in (len(out.getvalue()) - 1, 36, 36 + 65_552) if cut < len(out.getvalue())}:
        with pytest.raises(BadInput):
            opener = Opener(io.BytesIO(out.getvalue()[:cut]), PASSPHRASE)
            while opener.read(100_000):
                pass


async def test_an_export_opens_on_a_fresh_hub(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "export.tar"
    assert await export(home.data, home.store, file, now=T0) == []
    assert SECRET not in file.read_bytes()
    with DataDir(tmp_path / "new") as fresh:
        (note,) = take_in(file, fresh)
        assert "sign in again" in note
        await home.store.close()
        assert await contents(fresh) == await contents(home.data)
        assert await DiskBlobs(fresh.blobs).get(home.hash) == b"a picture"
        store = SqliteStore(fresh.database)
        seq = (await store.load()).seq
        await store.append([event("next")])
        assert [line.seq for line in await store.log(since=seq)] == [seq + 1]
        again = tmp_path / "again.tar"
        await export(fresh, store, again, now=T0)
        await store.close()
        with pytest.raises(Conflict):
            take_in(file, fresh)


async def test_an_export_is_readable_without_wayhome(home: Home, tmp_path: Path) -> None:
    await export(home.data, home.store, tmp_path / "export.tar", now=T0)
    with tarfile.open(tmp_path / "export.tar") as tar:
        tar.extractall(tmp_path / "out", filter="data")
    out = tmp_path / "out"
    log = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert [line["seq"] for line in log] == list(range(1, 11))
    assert [line.get("site") for line in log] == [*[None] * 9, "car"]
    assert [line["kind"] for line in log[:6]] == ["thing", "reading", "command", "command", "event", "record"]
    assert log[1]["what"]["value"] is True
    rows = list(csv.DictReader((out / "samples.csv").open(newline="")))
    assert len(rows) == 900 and float(rows[7]["value"]) == 1.0 and rows[0]["path"] == "su7/Vehicle.Speed"
    assert json.loads((out / "manifest.json").read_text())["format"] == "wayhome-export"
    assert "log.jsonl" in (out / "README.txt").read_text()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("things.jsonl", '{"id": "../x", "name": "x", "link": "l", "kind": "k", "signals": {}}'),
        ("records.jsonl", '{"collection": "../x", "id": "y", "fields": {"a": [1, [1, 0, "n"]]}}'),
        ("records.jsonl", "{"),
        ("readings.jsonl", '{"path": 5}'),
        ("readings.jsonl", '{"path": "../x", "value": 1, "at": 1}'),
        ("readings.jsonl", '{"path": "lamp/light.on", "value": [[[[[[[[[[1]]]]]]]]]], "at": 1}'),
        ("commands.jsonl", "[" * 100_000),
        ("log.jsonl", '{"seq": 12, "at": 0, "kind": "event", "what": {}}'),
        ("log.jsonl", '{"seq": 1e400, "at": 0, "kind": "nonsense", "what": {}}'),
        ("samples.csv", "su7/Vehicle.Speed,nan,1"),
        ("samples.csv", "su7/Vehicle.Speed,1"),
        ("samples.csv", "nonsense,1,1"),
    ],
)
async def test_an_export_with_nonsense_in_it_is_refused(home: Home, tmp_path: Path, name: str, line: str) -> None:
    await export(home.data, home.store, tmp_path / "export.tar", now=T0)
    with tarfile.open(tmp_path / "export.tar") as tar, (tmp_path / "harm").open("wb") as out:
        harm = Writer(out, T0)
        for member in tar:
            content = tar.extractfile(member)
            assert content is not None
            if member.name != "manifest.json":
                harm.add(member.name, content.read() + (line.encode() + b"\n" if member.name == name else b""))
        harm.finish("wayhome-export", 1)
    with DataDir(tmp_path / "new") as fresh:
        with pytest.raises(BadInput, match=name.replace(".", r"\.")):
            take_in(tmp_path / "harm", fresh)
        assert fresh.empty()


async def test_erase_leaves_no_trace_of_anything(home: Home) -> None:
    canary = "canary-7c1d"
    await home.store.append([event(canary), reading("lamp/light.effect", canary), record("c", {"name": canary})])
    await home.blobs.put(canary.encode())
    key = home.data.vault_key.read_bytes().strip()
    await home.store.close()
    home.data.erase()
    left = [file for file in home.data.path.rglob("*") if file.is_file()]
    assert [file.name for file in left] == ["lock"]
    for needle in (canary.encode(), SECRET, key, b"a picture"):
        assert not any(needle in file.read_bytes() for file in left)
    assert home.data.empty()


def test_erasing_overwrites_before_it_deletes(tmp_path: Path) -> None:
    """A second name of the same blocks shows what became of them."""
    with DataDir(tmp_path / "home") as data:
        vault_key(data.vault_key, {})
        other = tmp_path / "same-blocks"
        other.hardlink_to(data.vault_key)
        size = other.stat().st_size
        data.erase()
        assert other.read_bytes() == bytes(size)


def test_erasing_does_not_follow_links(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"not ours")
    with DataDir(tmp_path / "home") as data:
        (data.path / "folder").symlink_to(outside)
        (data.path / "file").symlink_to(outside / "file")
        data.erase()
        assert data.empty()
    assert (outside / "file").read_bytes() == b"not ours"
