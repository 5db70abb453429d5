"""What is one person's own: its id says whose, and a right to every thing is none to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.core.glob import matcher
from wayhome.core.grant import OF_ROLE, Allowed, Role, of_person, parse
from wayhome.core.ids import MAX_THING, is_slug, is_thing, own, slug, split_path, whose

HERS = "ada_phone-player/media_player.title"


def allowed(role: Role, person: str, *more: str) -> Allowed:
    texts = [*OF_ROLE[role], *of_person(person), *more]
    return Allowed([parse(text, id=str(n), to="x") for n, text in enumerate(texts)])


@pytest.mark.parametrize("role", ["owner", "member", "child", "guest"])
def test_it_is_for_its_person_whatever_the_others_roles(role: Role) -> None:
    for verb in ("read", "act"):
        assert allowed(role, "ada").may(verb, HERS)  # type: ignore[arg-type]
        assert not allowed(role, "ben").may(verb, HERS)  # type: ignore[arg-type]
    assert allowed("owner", "ben").may("read", "phone-player/media_player.title")
    # Somebody whose id begins alike is somebody else.
    assert not allowed(role, "ad").may("read", HERS) and not allowed(role, "ada-2").may("read", HERS)


def test_a_grant_that_names_it_gives_it_and_no_other_does() -> None:
    ben = allowed("child", "ben", "read ada_phone-player/media_player.**", "act */media_player.**")
    assert ben.may("read", HERS) and not ben.may("act", HERS)
    assert not ben.may("read", "ada_laptop-player/media_player.title")
    # What stands of it among the notices is nobody else's either.
    assert not allowed("owner", "ben").may("read", f"@now/any/{HERS}")
    assert allowed("owner", "ada").may("read", f"@now/any/{HERS}")


def test_rights_of_different_people_are_told_apart() -> None:
    assert allowed("owner", "ada").key_for(["**"]) != allowed("owner", "ben").key_for(["**"])


def test_a_counted_grant_is_not_spared_by_a_right_to_every_thing() -> None:
    ben = allowed("owner", "ben", "act ada_phone-player/** uses 1")
    counted = ben.spends("act", "ada_phone-player/media_player.playing")
    assert counted is not None and counted.uses == 1
    assert ben.spends("act", "lamp/light.on") is None


def test_the_glob_of_all_that_is_somebody_s() -> None:
    hers = matcher(["ada_*/**"])
    assert hers(HERS) and not hers("ada-lamp/light.on") and not hers("ben_phone/light.on") and not hers("ada/light.on")


@given(st.text(max_size=80), st.text("abcdefghij-0", min_size=1, max_size=60).map(slug))
def test_every_name_gets_an_id_that_says_whose_it_is(name: str, person: str) -> None:
    id = own(person, name)
    assert is_thing(id) and len(id) <= MAX_THING and whose(id) == person and not is_slug(id)
    assert split_path(f"{id}/light.on") == (id, "light.on")
    assert own(person, name, {id}) not in ("", id)


@pytest.mark.parametrize("wrong", ["_a", "a_", "a__b", "a_b_c", "A_b", "a_-b", "_", "a_" + "b" * 64])
def test_what_is_no_thing(wrong: str) -> None:
    assert not is_thing(wrong)
