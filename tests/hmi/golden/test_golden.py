"""The page looks as it was agreed on. What differs is put side by side into var/golden; when that is as it should be,
``script/golden`` makes it the new picture."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hmi.conftest import Opens
from tests.hmi.golden.compare import compare, read, told, write
from tests.hmi.golden.conftest import Take
from tests.hmi.golden.pictures import PICTURES, SUBJECTS, Picture

pytestmark = pytest.mark.anyio

KEPT = Path(__file__).parent / "pictures"
FOUND = Path(__file__).parents[3] / "var" / "golden"
RENEW = os.environ.get("WAYHOME_GOLDEN") == "renew"
MOST = 4_000_000
"""Bytes that all of them may take."""


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
async def test_it_looks_as_agreed(take: Take, picture: Picture) -> None:
    actual = await take(picture)
    kept = KEPT / f"{picture.name}.webp"
    expected = read(kept) if kept.exists() else None
    found = compare(expected, actual) if expected else None
    if found is not None and found.same:
        return
    if RENEW:
        write(kept, actual)
        return
    write(FOUND / f"{picture.name}.actual.webp", actual)
    if expected is None or found is None:
        pytest.fail(f"there is no picture of {picture.name} yet; look at {FOUND}, then run script/golden")
    write(FOUND / f"{picture.name}.expected.webp", expected)
    write(FOUND / f"{picture.name}.differs.webp", told(expected, actual))
    pytest.fail(f"{picture.name}: {found.why}. Look at {FOUND}/{picture.name}.*.webp; if it is right: script/golden")


def test_the_pictures_are_those_of_the_list_and_small() -> None:
    there = {path.stem: path for path in KEPT.glob("*.webp")}
    listed = {picture.name for picture in PICTURES}
    assert len(listed) == len(PICTURES), "two pictures of one name"
    if RENEW:
        for name in set(there) - listed:
            there.pop(name).unlink()
    assert set(there) == listed, "run script/golden"
    assert sum(path.stat().st_size for path in there.values()) < MOST


async def test_every_page_of_the_gallery_is_pictured(open_page: Opens) -> None:
    page = await open_page((1024, 768), "#/gallery", wait="main nav a")
    leads = await page.locator("main nav a").evaluate_all("all => all.map(e => e.getAttribute('href'))")
    pages = {str(one).partition("?")[0].removeprefix("#/gallery/") for one in leads}
    assert {one for one in pages if "/" not in one} == set(SUBJECTS)
    assert {one for one in pages if one.startswith("faces/")} == {"faces/home", "faces/car"}
