"""Path globs, against a matcher that is slow but plain."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.core.glob import MAX_GLOBS, matcher
from wayhome.errors import BadInput

THINGS = ["lamp", "car", "a", "hub"]
WORDS = ["light", "on", "Vehicle", "Cabin", "Door", "a"]
things = st.sampled_from(THINGS)
words = st.lists(st.sampled_from(WORDS), min_size=2, max_size=4)
paths = st.builds(lambda thing, signal: f"{thing}/{'.'.join(signal)}", things, words)
items = st.text("aab-", min_size=1, max_size=12)
record_paths = st.builds(lambda collection, item: f"@{collection}/{item}", st.sampled_from(["place", "op"]), items)
globs = st.one_of(
    st.just("**"),
    paths,
    st.builds(
        lambda thing, signal, end: f"{thing}/{'.'.join([*signal, *end])}",
        things | st.just("*"),
        st.lists(st.sampled_from([*WORDS, "*"]), max_size=3),
        st.sampled_from([["**"], ["*"], ["on"]]),
    ),
)
record_globs = st.just("@**") | st.builds(
    lambda collection, item: f"@{collection}/{item}",
    st.sampled_from(["place", "op", "*"]),
    st.text("aab-***", min_size=1, max_size=8),
)


def fits(glob: str, path: str) -> bool:
    """The meaning of a glob, word by word."""
    if glob in ("**", "@**"):
        return path.startswith("@") == glob.startswith("@")
    if glob.startswith("@") != path.startswith("@"):
        return False
    thing, _, rest = glob.removeprefix("@").partition("/")
    its_thing, _, its_rest = path.removeprefix("@").partition("/")
    if thing not in ("*", its_thing):
        return False
    return fits_text(rest, its_rest) if glob.startswith("@") else fits_words(rest.split("."), its_rest.split("."))


def fits_words(glob: list[str], path: list[str]) -> bool:
    if glob == ["**"]:
        return True
    if not glob or not path:
        return not glob and not path
    return glob[0] in ("*", path[0]) and fits_words(glob[1:], path[1:])


def fits_text(glob: str, text: str) -> bool:
    if not glob or not text:
        return not glob and not text
    if glob[0] != "*":
        return glob[0] == text[0] and fits_text(glob[1:], text[1:])
    rest = glob.lstrip("*")
    return any(fits_text(rest, text[at:]) for at in range(1, len(text) + 1))


@given(globs | record_globs, paths | record_paths)
def test_a_glob_means_what_the_plain_matcher_says(glob: str, path: str) -> None:
    assert matcher([glob])(path) == fits(glob, path), (glob, path)


@given(st.lists(globs | record_globs, max_size=8), paths | record_paths)
def test_several_globs_are_any_of_them(wanted: list[str], path: str) -> None:
    assert matcher(wanted)(path) == any(fits(glob, path) for glob in wanted)


@given(st.text(max_size=300) | st.text("ab*./@-_:(|)[]+?\\", max_size=40), paths | record_paths)
def test_whatever_is_sent_is_a_glob_or_bad_input(text: str, path: str) -> None:
    try:
        test = matcher([text])
    except BadInput:
        return
    test(path)


@pytest.mark.parametrize("part", ["*a", "*", "a*", "*-", "*ab"])
def test_no_glob_takes_long(part: str) -> None:
    """A glob with many stars must not make the matcher try every way to split the id."""
    glob = f"@device/{part * 100}"[:255] + "x"
    began = time.process_time()
    assert not matcher([glob])("@device/" + "ab" * 50 + "aaa" * 9)
    assert time.process_time() - began < 0.1


def test_no_list_of_globs_is_too_long() -> None:
    assert matcher([f"a{n}/light.on" for n in range(MAX_GLOBS)])("a7/light.on")
    with pytest.raises(BadInput):
        matcher(["a/light.on"] * (MAX_GLOBS + 1))
    assert not matcher([])("a/light.on")
