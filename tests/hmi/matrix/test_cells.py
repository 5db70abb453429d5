"""The picker of looks: no pair is forgotten, and it takes no more pages than there are faces and situations."""

from __future__ import annotations

from itertools import product

from tests.hmi.matrix.cells import FACES, LOOKS, SITUATIONS, every, met, pairwise


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
