"""Names of things, signals and records."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.core.ids import MAX_PATH, is_signal, is_slug, legible, record_path, slug, split_path
from wayhome.errors import BadInput

any_text = st.text(max_size=300) | st.text("abc-/.@*_:AZ09\n", max_size=300)


@given(any_text)
def test_a_path_is_taken_apart_and_makes_the_same_path_again(text: str) -> None:
    try:
        thing, signal = split_path(text)
    except BadInput as error:
        assert error.detail
        return
    assert f"{thing}/{signal}" == text
    assert is_slug(thing) and is_signal(signal) and len(text) <= MAX_PATH


@given(any_text, st.sets(st.integers(1, 4)))
def test_every_name_gets_a_free_slug(name: str, numbers: set[int]) -> None:
    first = slug(name)
    taken = {first} | {f"{first}-{n}" for n in numbers}
    found = slug(name, taken)
    assert is_slug(first) and is_slug(found) and found not in taken


@pytest.mark.parametrize("name", ["客厅的灯", "🚗", "", "---", "\x00", "É", "a" * 500])
def test_names_of_any_script_get_a_slug(name: str) -> None:
    assert is_slug(slug(name, fallback="lamp"))


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("\u200b\u200d\u2060", ""),
        ("\u202e \u0300", ""),
        ("Hall\nlamp\t", "Hall lamp"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("\u202eLamp\u202c of \u2066the hall\u2069", "Lamp of the hall"),
        ("客厅的灯", "客厅的灯"),
    ],
)
def test_a_name_has_signs_that_people_see(name: str, read: str) -> None:
    assert legible(name) == read


@given(any_text, any_text)
def test_a_records_path_holds_nothing_that_could_break_out_of_it(collection: str, item: str) -> None:
    try:
        path = record_path(collection, item)
    except BadInput:
        return
    assert path.isascii() and path.isprintable()
    assert path.count("/") == 1 and path.startswith("@") and not set(path) & set('"\\ \n*')


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "a/", "/a.b", "a/b", "A/b.c", "a/b.c\n", "a/b..c", "../a.b", "a/b.c/d", "a/1b.c", "-a/b.c", "a-/b.c",
        "a" * 65 + "/b.c", "a/b." + "c" * 300, "a/б.c", "@a/b.c", "a/b.c\x00", "*/light.on", "a/b.*",
    ],
)  # fmt: skip
def test_what_is_no_path_is_said_to_be_none(path: str) -> None:
    with pytest.raises(BadInput):
        split_path(path)
