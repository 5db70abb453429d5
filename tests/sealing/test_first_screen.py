"""Where nobody is left who lets others in one owner's screen comes in by itself; more signatures than fit in a list."""

from __future__ import annotations

import msgspec
import pytest

from tests.sealing.groups import HUB, Group, listed
from wayhome.sealing import change, keys, paper
from wayhome.sealing.change import Wanted
from wayhome.sealing.device_list import BYTES, MEMBERS, Signed, letting


def after_paper() -> Group:
    """The only owner's screen was lost, and the code on paper used. Mei's phone was in before."""
    group = Group()
    group.add("owner")
    group.add("phone", by="owner")
    group.keys["paper"] = paper.keys(bytes(range(20)))
    group.add("paper", by="owner")
    del group.wanted["owner"], group.wanted["paper"]
    group.take(group.next("paper"))
    del group.keys["owner"]
    return group


def begun_anew() -> Group:
    return Group(bound=True)


@pytest.fixture(params=[after_paper, begun_anew])
def group(request: pytest.FixtureRequest) -> Group:
    found: Group = request.param()
    return found


def with_these(group: Group, *ids: str) -> Signed:
    for id in ids:
        group.keys.setdefault(id, keys.fresh())
        group.wanted[id] = group.want(id)
    signed = group.next()
    for id in ids:
        del group.wanted[id]
    return signed


def test_one_owner_s_screen_comes_in_alone_and_from_then_on_nobody_does(group: Group) -> None:
    assert group.chain.letting == "one"
    for ids in (("tablet",), ("hub.car",), ("owner", "tablet"), ("owner", "second"), ("owner", "hub.car")):
        assert group.chain.judge(with_these(group, *ids)) == "unvouched", ids
    # Others may go meanwhile; who is there stays.
    group.take(group.next())
    group.add("owner")
    assert group.chain.letting == "vouched"
    assert group.chain.judge(with_these(group, "second")) == "unvouched"
    group.add("second", by="owner")


def test_who_was_in_before_stays_and_becomes_nothing_more_but_the_first() -> None:
    group = after_paper()
    assert group.chain.member("phone") is not None
    group.wanted["phone"] = msgspec.structs.replace(group.want("phone"), person="tom")
    assert group.chain.judge(group.next()) == "unvouched"
    group.keys["phone"] = keys.fresh()
    group.wanted["phone"] = group.want("phone")
    assert group.chain.judge(group.next()) == "unvouched"
    group = after_paper()
    group.wanted["phone"] = msgspec.structs.replace(group.want("phone"), owner=True)
    assert group.chain.judge(group.next()) is None, "its person is an owner now, and it is the only one"


def test_the_rule_does_not_come_again_once_an_owner_s_screen_was_there(group: Group) -> None:
    """Who has the keeper's key puts it out, and has one of their own: it waits for the code on paper."""
    group.add("owner")
    group.remove("owner")
    assert group.chain.letting == "vouched" and letting(group.chain.lists) == "vouched"
    del group.keys["owner"]
    assert group.chain.judge(with_these(group, "owner")) == "unvouched"


def test_by_the_code_on_paper_one_comes_in_at_once_where_none_is_left() -> None:
    group = Group()
    group.add("owner")
    group.keys["paper"] = paper.keys(bytes(range(20)))
    group.add("paper", by="owner")
    del group.wanted["paper"]

    def by_paper(*ids: str) -> Signed:
        for id in ids:
            group.keys[id] = keys.fresh()
            group.wanted[id] = group.want(id)
        signed = group.next("paper")
        for id in ids:
            del group.wanted[id]
        return signed

    assert group.chain.judge(by_paper("second")) == "unvouched", "the owner's screen that is there lets it in"
    del group.wanted["owner"]
    for ids in (("second", "tablet"), ("tablet",), ("second", "owner")):
        assert group.chain.judge(by_paper(*ids)) == "unvouched", ids
    signed = by_paper("second")
    assert group.chain.judge(signed) is None and listed(signed).bound


def want(id: str, owner: bool = True) -> Wanted:
    mine = keys.fresh()
    return Wanted(id, "screen", mine.sign, mine.open, "mei", owner=owner)


def test_which_one_is_the_first(group: Group) -> None:
    was = [*group.wanted.values()]
    one, other, member = want("a-screen"), want("b-screen"), want("c-screen", owner=False)

    def comes(*wanted: Wanted, refused: set[tuple[str, str]] | None = None) -> tuple[set[str], set[str]]:
        found = change.settled(group.chain, [*was, *wanted], {}, refused or set())
        group.chain.grown(
            change.changed(
                group.chain, found.members, HUB, HUB, group.keys[HUB], change.Random(bytes(32), bytes(12)), 2.0
            )
        ) if change.differs(group.chain, found.members) else None
        return {it.id for it in found.members} - {it.id for it in was}, {it.id for it in found.waiting}

    assert comes(one, member) == ({"a-screen"}, {"c-screen"})
    assert comes(member) == (set(), {"c-screen"})
    # Nobody can tell which of two is the owner's: neither comes in.
    assert comes(one, other) == (set(), {"a-screen", "b-screen"})
    assert comes(one, other, refused={("a-screen", one.sign)}) == ({"b-screen"}, {"a-screen"})
    assert comes(one, refused={("a-screen", other.sign)}) == (set(), {"a-screen"}), "whatever key it says now"


def test_of_many_that_were_signed_for_so_many_come_in_as_fit_and_the_others_with_the_next() -> None:
    group = Group()
    group.add("owner")
    ids = [f"{n:080d}" for n in range(MEMBERS - 2)]
    new = {id: msgspec.structs.replace(want(id, owner=False), person="m" * 80) for id in ids}
    wanted = [*group.wanted.values(), *new.values()]
    rounds = 0
    while change.differs(group.chain, wanted):
        rounds += 1
        assert rounds < 20, "each of them brings some in"
        there = {one.id for one in group.chain.lists[-1].members}
        group.wanted = {one.id: one for one in wanted}
        vouches = {id: group.vouch(id) for id in new if id not in there}
        found = change.settled(group.chain, wanted, vouches)
        assert len(found.vouches) + len(found.waiting) == len(vouches)
        group.wanted = {one.id: one for one in found.members}
        signed = group.next(vouches=found.vouches)
        assert len(signed.body) <= BYTES
        group.take(signed)
    assert rounds > 1
