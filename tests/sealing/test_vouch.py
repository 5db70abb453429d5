"""Who comes in has an owner's screen that signs for it: whoever else signs the list."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.sealing.groups import HUB, Group, listed
from wayhome.sealing import change, device_list, keys, paper, signs
from wayhome.sealing.chain import Chain
from wayhome.sealing.device_list import Signed, Vouch, sign


@pytest.fixture
def group() -> Group:
    """With an owner's screen, and Mei's phone that it let in."""
    group = Group()
    group.add("owner")
    group.add("phone", by="owner")
    return group


def ghost(group: Group, **wanted: Any) -> Signed:
    """What who has the keeper's key would write: somebody more is in it."""
    group.keys["ghost"] = keys.fresh()
    group.wanted["ghost"] = msgspec.structs.replace(group.want("ghost"), **wanted)
    return group.next()


def with_vouch(group: Group, vouch: Vouch) -> Signed:
    return group.next(vouches=(vouch,))


def altered(signed: Signed, by: keys.Keys, **fields: Any) -> Signed:
    return sign(msgspec.structs.replace(listed(signed), **fields), by)


def test_the_first_owner_s_screen_comes_in_by_the_keeper_and_from_then_on_nobody_does() -> None:
    group = Group()
    assert not group.chain.lists[-1].bound
    group.add("hub.car")
    group.add("owner")
    assert [one.bound for one in group.chain.lists] == [False, False, True]
    assert group.chain.judge(ghost(group)) == "unvouched"
    group.wanted.pop("ghost")
    assert group.add("tablet", by="owner") and group.key("tablet", 1) == group.key(HUB, 1)


def test_a_list_of_yesterday_counts_as_it_did_and_the_rule_holds_from_the_next_version_on() -> None:
    """Its owner's screens were not told apart: nothing is in the list that could say so."""
    group = Group()
    group.keys["owner"] = keys.fresh()
    group.wanted["owner"] = msgspec.structs.replace(group.want("owner"), owner=False)
    group.take(group.next())
    for word in ('owner":', "bound", "vouches"):
        assert word not in group.chain.signed[-1].body
    group.add("phone")
    group.wanted["owner"] = group.want("owner")
    group.take(group.next())
    assert group.chain.lists[-1].bound and group.chain.lists[-1].epoch == 1
    assert group.chain.judge(ghost(group)) == "unvouched"


def test_who_can_t_let_in(group: Group) -> None:
    """A member's screen, the hub, a stranger, an owner's screen that is out, one that is not in yet."""
    ghost(group)
    for by in ("phone", HUB, "ghost"):
        assert group.chain.judge(with_vouch(group, group.vouch("ghost", by))) == "unvouched", by
    assert group.chain.judge(with_vouch(group, group.vouch("ghost", "owner", keys.fresh()))) == "unvouched"
    assert group.chain.judge(with_vouch(group, Vouch("ghost", "nobody", group.vouch("ghost").signature))) == "unvouched"
    assert group.chain.judge(with_vouch(group, Vouch("phone", "owner", group.vouch("ghost").signature))) == "unvouched"
    assert group.chain.judge(with_vouch(group, group.vouch("ghost"))) is None
    group.wanted.pop("ghost")
    group.add("second", by="owner")
    group.remove("second")
    ghost(group)
    assert group.chain.judge(with_vouch(group, group.vouch("ghost", "second"))) == "unvouched"
    # Nor in the very version in which it comes.
    group.wanted["second"] = group.want("second")
    both = group.next(vouches=(group.vouch("second"), group.vouch("ghost", "second")))
    assert group.chain.judge(both) == "unvouched"


def test_a_signature_is_for_one_device_with_its_keys_and_for_one_version(group: Group) -> None:
    group.keys["tablet"] = keys.fresh()
    group.wanted["tablet"] = group.want("tablet")
    vouch = group.vouch("tablet")
    good = with_vouch(group, vouch)
    assert group.chain.judge(good) is None
    for fields in ({"owner": True}, {"signs": True}, {"person": "tom"}, {"kind": "hub"}, {"sign": keys.fresh().sign},
                   {"open": keys.fresh().open}, {"id": "table"}):  # fmt: skip
        group.wanted["tablet"] = msgspec.structs.replace(group.want("tablet"), **fields)  # type: ignore[arg-type]
        other = with_vouch(group, Vouch(str(fields.get("id", "tablet")), "owner", vouch.signature))
        assert group.chain.judge(other) == "unvouched", fields
    # It was let in and put out: what let it in then does not do so again, though its keys are the same.
    group.wanted["tablet"] = group.want("tablet")
    group.take(good)
    group.remove("tablet")
    group.wanted["tablet"] = group.want("tablet")
    assert group.chain.judge(with_vouch(group, vouch)) == "unvouched"


def test_who_is_in_gets_no_other_keys_and_no_more_rights_without_one(group: Group) -> None:
    hub = group.keys[HUB]
    last = group.next()
    for fields in ({"owner": True}, {"signs": True}, {"person": "tom"}):
        other = tuple(
            msgspec.structs.replace(one, **fields) if one.id == "phone" else one for one in listed(last).members
        )
        assert group.chain.judge(altered(last, hub, members=other)) == "unvouched", fields
    group.keys["phone"] = keys.fresh()
    group.wanted["phone"] = group.want("phone")
    assert group.chain.judge(group.next()) == "unvouched"
    assert group.chain.judge(with_vouch(group, group.vouch("phone"))) is None
    # Less is the keeper's alone: it has to be quick.
    group.wanted["owner"] = msgspec.structs.replace(group.want("owner"), owner=False)
    group.wanted.pop("phone")
    group.take(group.next())
    assert group.chain.lists[-1].epoch == 2 and group.chain.lists[-1].bound


def test_the_keeper_alone_does_not_get_rid_of_the_rule(group: Group) -> None:
    """Not by saying so, and not by putting all owners' screens out first."""
    hub = group.keys[HUB]
    assert group.chain.judge(altered(group.next(), hub, bound=False)) == "unsound"
    left = tuple(one for one in listed(group.next()).members if one.id != "owner")
    assert group.chain.judge(altered(group.next(), hub, members=left, bound=False)) == "unvouched"
    group.remove("owner")
    assert group.chain.judge(ghost(group)) == "unvouched"
    group.wanted.pop("ghost")
    group.wanted["owner"] = group.want("owner")
    assert group.chain.judge(group.next()) == "unvouched"


def test_the_code_on_paper_is_let_in_by_an_owner_and_stands_for_one(group: Group) -> None:
    group.keys["paper"] = paper.keys(bytes(range(20)))
    group.wanted["paper"] = group.want("paper")
    assert group.chain.judge(group.next()) == "unvouched", "the keeper prints none for itself"
    group.take(with_vouch(group, group.vouch("paper")))
    group.keys["hub.new"] = keys.fresh()
    group.wanted["hub.new"] = group.want("hub.new")
    del group.wanted[HUB]
    assert group.chain.judge(group.next("paper", keeper="hub.new")) == "unvouched", "it stays, and could sign again"
    del group.wanted["paper"]
    # It lets the hub in that keeps the list from now on, and nobody else.
    ghost(group)
    assert group.chain.judge(group.next("paper", keeper="hub.new")) == "unvouched"
    del group.wanted["ghost"]
    signed = group.next("paper", keeper="hub.new")
    assert group.chain.judge(signed) is None and listed(signed).bound
    # No owner's screen is left: the next one comes in as the first one did.
    del group.wanted["owner"]
    signed = group.next("paper", keeper="hub.new")
    assert group.chain.judge(signed) is None and not listed(signed).bound


def test_who_may_come_in_is_settled_before_it_is_signed(group: Group) -> None:
    group.add("second", by="owner")
    for id in ("tablet", "other"):
        group.keys[id] = keys.fresh()
        group.wanted[id] = group.want(id)
    group.keys["phone"] = keys.fresh()
    group.wanted["phone"] = group.want("phone")
    group.wanted["second"] = msgspec.structs.replace(group.want("second"), owner=False)
    stale = Vouch("other", "owner", group.vouch("tablet").signature)
    found = change.settled(group.chain, group.wanted.values(), {"tablet": group.vouch("tablet"), "other": stale})
    was = group.chain.member("phone")
    assert was is not None
    assert {one.id: (one.sign, one.owner) for one in found.members} == {
        HUB: (group.keys[HUB].sign, False), "owner": (group.keys["owner"].sign, True), "phone": (was.sign, False),
        "second": (group.keys["second"].sign, False), "tablet": (group.keys["tablet"].sign, False),
    }  # fmt: skip
    assert {one.id for one in found.waiting} == {"phone", "other"}
    group.wanted = {one.id: one for one in found.members}
    group.take(group.next(vouches=found.vouches))
    # Somebody says the keys of another one that is in: that one keeps its place.
    group.wanted["other"] = msgspec.structs.replace(group.want("other"), sign=was.sign)
    vouch = group.vouch("other")
    assert "other" not in {
        one.id for one in change.settled(group.chain, group.wanted.values(), {"other": vouch}).members
    }


def test_what_can_t_be(group: Group) -> None:
    hub, good = group.keys[HUB], group.next()
    vouch = Vouch("phone", "owner", "A" * 86)
    assert device_list.read(altered(good, hub, vouches=(vouch,))) is not None
    for fields in ({"vouches": (vouch, vouch)}, {"vouches": (msgspec.structs.replace(vouch, by="../x"),)},
                   {"vouches": (msgspec.structs.replace(vouch, signature="AAAA"),)}):  # fmt: skip
        assert device_list.read(altered(good, hub, **fields)) is None, fields
    one, *others = listed(good).members
    assert one.kind == "hub"
    assert device_list.read(altered(good, hub, members=(msgspec.structs.replace(one, owner=True), *others))) is None
    unbound = Chain(group.chain.anchor, group.chain.signed[:1], group.chain.lists[:1])
    assert device_list.read(altered(unbound.signed[0], hub, vouches=(vouch,))) is None


def test_signs_come_of_both_keys_and_are_the_same_each_time() -> None:
    one, other = keys.fresh(), keys.fresh()
    told = signs.of_keys(one.sign, one.open)
    pictures, letters = told.split(" ")[:3], told.split(" ")[3]
    assert all(picture in signs.SIGNS for picture in pictures) and len(letters.replace("-", "")) == signs.LETTERS
    assert told == signs.of_keys(one.sign, one.open)
    assert len({told, signs.of_keys(one.sign, other.open), signs.of_keys(other.sign, one.open)}) == 3
    with pytest.raises(ValueError, match="bytes"):
        signs.of_keys(one.sign, "AAAA")
