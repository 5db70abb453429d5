"""The picker of looks: no pair is forgotten, and it takes no more pages than there are faces and situations."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

from tests.hmi.matrix.cells import FACES, LOOKS, SITUATIONS, every, met, pairwise
from tests.hmi.matrix.sheets import ELSEWHERE, SHEETS, due

SOURCES = Path(__file__).parents[3] / "web" / "src"


def test_every_face_and_situation_is_met_in_every_theme_and_language() -> None:
    cells = pairwise()
    assert [(cell.face, cell.situation) for cell in cells] == list(product(FACES, SITUATIONS))
    there = set().union(*(met(*cell) for cell in cells))
    for one, part in product([*FACES, *SITUATIONS], ["dark", "light", "en-GB", "zh-CN"]):
        assert (one, part) in there
    assert set(LOOKS) <= there


def test_the_full_run_is_all_of_it() -> None:
    assert len(set(every())) == len(FACES) * len(SITUATIONS) * len(LOOKS)
    assert set(pairwise()) <= set(every())


def test_no_sheet_of_the_page_is_forgotten() -> None:
    there = {
        str(path.relative_to(SOURCES)).removeprefix("panels/").removesuffix(".svelte")
        for path in SOURCES.rglob("*.svelte")
        if re.search(r"<Sheet\s", path.read_text(encoding="utf-8"))
    }
    opened = {sheet.file for sheet in SHEETS if not sheet.view}
    assert there - opened - set(ELSEWHERE) == set(), "say in sheets.py how these are opened"
    assert opened | set(ELSEWHERE) <= there | {"gallery/Lists"}


def test_every_sheet_is_opened_on_each_of_its_faces() -> None:
    cells = pairwise()
    for sheet in SHEETS:
        met = {cell.face.kind for cell in cells if due(sheet, cell, full=False)}
        assert met == set(sheet.faces), sheet
        assert not sheet.driven or any(
            due(sheet, cell, full=False) for cell in cells if cell.situation == SITUATIONS[2]
        )
