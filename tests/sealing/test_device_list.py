"""The device list: what follows what, who may sign, and that nobody goes back."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sealing.groups import HUB, Group, chance, listed
from wayhome.sealing import change, device_list, group_key, keys
from wayhome.sealing.chain import Chain
from wayhome.sealing.device_list import Signed, sign


def altered(signed: Signed, by: keys.Keys, **fields: Any) -> Signed:
    """The list with other fields, well signed."""
    return sign(msgspec.structs.replace(listed(signed), **fields), by)


def test_a_device_that_is_added_opens_what_there_was_before() -> None:
    group = Group()
    group.add("phone")
    group.add("tablet")
    group.remove("tablet")
    group.add("watch")
    assert [one.epoch for one in group.chain.lists] == [1, 1, 1, 2, 2]
    assert group.key("watch", 1) == group.key("phone", 1) == group.key(HUB, 1) != group.key(HUB, 2)
    assert group.key("watch", 2) == group.key("phone", 2) is not None


def test_a_removed_device_can_t_open_what_comes_then() -> None:
    group = Group()
    group.add("phone")
    stolen = group.add("tablet")
    known = group.chain
    group.remove("tablet")
    tablet = group.keys["tablet"]
    assert group.key("tablet", 1, known) is not None
    assert group.key("tablet", 2) is None
    # With its real keys: no wrap of the new epoch is for it, and the old key opens none of them.
    newest = group.chain.newest
    assert newest is not None and newest.member("tablet") is None
    assert all(group_key.unwrapped(one.wrap, tablet, 2, one.id) is None for one in newest.members)
    assert group_key.handed(newest.past, group.key("tablet", 1, known) or b"", 2) is None
    # It may not sign itself in again: it never might sign.
    again = change.changed(
        known, [*(change.as_wanted(one) for one in listed(stolen).members)], HUB, "tablet", tablet, chance(), 3.0
    )
    again = altered(again, tablet, version=5, before=group.chain.head, epoch=2, mark=newest.mark, past=newest.past)
    assert group.chain.judge(again) == "unknown_signer"


def test_what_does_not_follow() -> None:
    group = Group()
    group.add("phone")
    before = group.chain
    hub, phone, foreign = group.keys[HUB], group.keys["phone"], keys.fresh()
    good = group.add("tablet")
    assert before.judge(good) is None
    assert before.judge(altered(good, hub, version=4)) == "gap"
    assert before.judge(altered(good, hub, before="f" * 64)) == "wrong_hash"
    assert before.judge(altered(good, foreign)) == "forged"
    assert before.judge(altered(good, phone, signer="phone")) == "unentitled"
    assert before.judge(altered(good, foreign, signer="stranger")) == "unknown_signer"
    assert before.judge(Signed(good.body, before.signed[-1].signature)) == "forged"
    assert before.judge(Signed(good.body[:-1], good.signature)) == "unsound"
    assert before.judge(before.signed[-1]) == "known"
    # Somebody is out and the key stays: whoever signs so, it does not count.
    left = tuple(one for one in listed(good).members if one.id != "phone")
    assert before.judge(altered(good, hub, members=left)) == "epoch"
    other = tuple(
        msgspec.structs.replace(one, sign=foreign.sign) if one.id == "phone" else one for one in listed(good).members
    )
    assert before.judge(altered(good, hub, members=other)) == "epoch"


def test_the_first_list_is_of_whom_the_anchor_names() -> None:
    group, other = Group(), Group()
    assert Chain(group.chain.anchor).judge(other.chain.signed[0]) == "stranger"
    assert Chain(group.chain.anchor).judge(group.chain.signed[0]) is None
    # It says the right founder and is signed by somebody else.
    assert Chain(group.chain.anchor).judge(altered(group.chain.signed[0], keys.fresh())) == "forged"


def test_two_lists_of_one_version_are_a_fork_and_neither_takes_the_other_s_place() -> None:
    group = Group()
    group.add("phone")
    seen = group.chain
    group.add("tablet")
    group.keys["watch"] = keys.fresh()
    others = change.changed(
        seen,
        [*map(change.as_wanted, seen.lists[-1].members), group.want("watch")],
        HUB,
        HUB,
        group.keys[HUB],
        chance(),
        5.0,
    )
    assert seen.judge(others) is None
    assert group.chain.judge(others) == "fork"
    with pytest.raises(ValueError, match="fork"):
        group.chain.grown(others)
    # Who has taken the other one says the same of this one: nobody changes sides.
    assert seen.grown(others).judge(group.chain.signed[-1]) == "fork"
    # Noise is no alarm.
    assert group.chain.judge(altered(others, keys.fresh())) == "forged"


def test_a_key_that_is_not_the_others_is_none() -> None:
    group = Group()
    group.keys["phone"] = keys.fresh()
    lied = change.changed(group.chain, [group.want(HUB), group.want("phone")], HUB, HUB, group.keys[HUB], chance(), 2.0)
    phone = group_key.wrapped(b"\1" * 32, group.keys["phone"].open, 1, "phone")
    members = tuple(
        msgspec.structs.replace(one, wrap=phone) if one.id == "phone" else one for one in listed(lied).members
    )
    group.take(altered(lied, group.keys[HUB], members=members))
    assert group.key("phone", 1) is None and group.key(HUB, 1) is not None


def test_a_list_that_can_t_be_is_none() -> None:
    group = Group()
    hub = group.keys[HUB]
    good = group.add("phone")
    one, two = listed(good).members
    for fields in (
        {"members": ()},
        {"members": (one, one)},
        {"members": (one, msgspec.structs.replace(two, id="../x"))},
        {"members": (one, msgspec.structs.replace(two, open="A" * 87))},
        {"members": (one, msgspec.structs.replace(two, wrap="AAAA"))},
        {"members": (msgspec.structs.replace(one, signs=False), two)},
        {"keeper": "phone"},
        {"keeper": "nobody"},
        {"epoch": 3},
        {"epoch": 0},
        {"past": "AAAA"},
        {"mark": "x"},
    ):
        assert device_list.read(altered(good, hub, **fields)) is None, fields
    assert device_list.read(Signed("[" * 50_000, "")) is None
    assert device_list.read(Signed(good.body[:-1] + ',"more":1}', good.signature)) is None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["phone", "tablet", "watch", "hub.car"]), min_size=1, max_size=9), st.data())
def test_any_history(steps: list[str], data: st.DataObject) -> None:
    """Whatever comes and goes: those who are in have the key, those who are out do not, and no older list counts."""
    group = Group()
    states = [group.chain]
    for id in steps:
        if id in group.wanted:
            group.remove(id)
        else:
            group.keys.pop(id, None)
            group.add(id)
        states.append(group.chain)
        assert group.chain.newest is not None
        epoch = group.chain.newest.epoch
        real = group.key(HUB, epoch)
        for one in group.keys:
            assert (group.key(one, epoch) == real) is (one in group.wanted)
        if epoch > 1:
            assert group.key(HUB, 1) is not None
    # Told in any order, as often as one likes, with old ones in between: it is the same history in the end.
    told = data.draw(st.permutations(list(group.chain.signed) * 2))
    chain = Chain(group.chain.anchor)
    for _ in range(len(told)):
        for signed in told:
            if chain.judge(signed) is None:
                chain = chain.grown(signed)
    assert chain == group.chain
    for older in states[:-1]:
        assert group.chain.judge(older.signed[-1]) == "known"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    group = GROUP
    before = Chain(group.chain.anchor, group.chain.signed[:-1], group.chain.lists[:-1])
    good = group.chain.signed[-1]
    body = bytearray(good.body.encode())
    at, bit = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(0, 7))
    body[at] ^= 1 << bit
    assert before.judge(Signed(body.decode("utf-8", "replace"), good.signature)) is not None
    mark = bytearray(keys.data(good.signature))
    mark[data.draw(st.integers(0, len(mark) - 1))] ^= 1 << bit
    assert before.judge(Signed(good.body, keys.text(bytes(mark)))) is not None


GROUP = Group()
GROUP.add("phone")
GROUP.add("tablet")
GROUP.remove("phone")
