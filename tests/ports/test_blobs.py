"""What Blobs promise, on the disk."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.adapters.blobs_disk import DiskBlobs
from wayhome.errors import BadInput, NotFound, StoreError, TooLarge

pytestmark = pytest.mark.anyio


async def all_of(blobs: DiskBlobs) -> set[str]:
    return {hash async for hash in blobs.hashes()}


async def test_content_comes_back_by_its_hash(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path / "blobs")
    assert await all_of(blobs) == set()
    hash = await blobs.put(b"a picture")
    assert hash == hashlib.sha256(b"a picture").hexdigest() == await blobs.put(b"a picture")
    assert await blobs.get(hash) == b"a picture"
    assert await all_of(blobs) == {hash}
    await blobs.delete(hash)
    await blobs.delete(hash)
    with pytest.raises(NotFound):
        await blobs.get(hash)
    assert await all_of(blobs) == set()


async def test_many_at_once(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path / "blobs")
    hashes = await asyncio.gather(*(blobs.put(bytes([n % 8]) * 1000) for n in range(64)))
    assert len(set(hashes)) == 8 == len(await all_of(blobs))
    assert not list(tmp_path.rglob("*.new"))


async def test_damage_is_found_and_a_new_put_mends_it(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path / "blobs")
    hash = await blobs.put(b"a picture")
    (tmp_path / "blobs" / hash[:2] / hash).write_bytes(b"a pictur!")
    with pytest.raises(StoreError, match="damaged"):
        await blobs.get(hash)
    await blobs.put(b"a picture")
    assert await blobs.get(hash) == b"a picture"


async def test_limits_and_names(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path / "blobs", limit=10)
    await blobs.put(b"1234567890")
    with pytest.raises(TooLarge):
        await blobs.put(b"12345678901")
    for name in ("", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"):
        with pytest.raises(BadInput):
            await blobs.get(name)
        with pytest.raises(BadInput):
            await blobs.delete(name)


async def test_what_does_not_belong_there_is_not_listed(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path / "blobs")
    hash = await blobs.put(b"x")
    (tmp_path / "blobs" / "stray").write_bytes(b"")
    (tmp_path / "blobs" / hash[:2] / ".part.new").write_bytes(b"")
    assert await all_of(blobs) == {hash}


async def test_a_place_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_bytes(b"")
    with pytest.raises(StoreError):
        await DiskBlobs(tmp_path / "blobs").put(b"x")


@given(st.binary(max_size=5000))
def test_any_content(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    blobs = DiskBlobs(tmp_path_factory.getbasetemp() / "any-blobs")
    assert asyncio.run(blobs.get(asyncio.run(blobs.put(content)))) == content
