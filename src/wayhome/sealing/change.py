"""Making the next version: who is in it, and the key that they have."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from wayhome.sealing import device_list, group_key
from wayhome.sealing.chain import Chain
from wayhome.sealing.device_list import FIRST, DeviceList, Kind, Member, Signed
from wayhome.sealing.keys import Keys


class Wanted(msgspec.Struct, frozen=True):
    """Who is to belong to the group."""

    id: str
    kind: Kind
    sign: str
    open: str
    person: str | None = None
    signs: bool = False

    def wrapped(self, key: bytes, epoch: int) -> Member:
        wrap = group_key.wrapped(key, self.open, epoch, self.id)
        return Member(self.id, self.kind, self.sign, self.open, wrap, self.person, self.signs)


class Random(msgspec.Struct, frozen=True):
    """What chance gives to a new version: the key of an epoch, should it need one, and a nonce."""

    key: bytes
    nonce: bytes


def founded(wanted: Iterable[Wanted], keeper: str, keys: Keys, chance: Random, now: float) -> Signed:
    """The first version, signed by the hub at which the household was founded."""
    members = tuple(one.wrapped(chance.key, 1) for one in wanted)
    listed = DeviceList(1, FIRST, 1, group_key.mark(chance.key), keeper, keeper, members, "", now)
    return device_list.sign(listed, keys)


def differs(chain: Chain, wanted: Iterable[Wanted]) -> bool:
    """Whether the newest version names others than are wanted."""
    newest = chain.newest
    mine = set() if newest is None else {as_wanted(one) for one in newest.members}
    return mine != set(wanted)


def other(old: DeviceList, new: DeviceList) -> list[Member]:
    """Who is in ``new`` and was not in ``old``, or has other keys."""
    return [one for one in new.members if (known := old.member(one.id)) is None or not one.same(known)]


def as_wanted(member: Member) -> Wanted:
    return Wanted(member.id, member.kind, member.sign, member.open, member.person, member.signs)


def changed(
    chain: Chain, wanted: Iterable[Wanted], keeper: str, signer: str, keys: Keys, chance: Random, now: float
) -> Signed:
    """The version after the newest one. Where somebody is out that has a key of its own. Raises ValueError where the
    signer can't open the group's key."""
    old = chain.newest
    mine = chain.key(old.epoch, signer, keys) if old is not None else None
    if old is None or mine is None:
        raise ValueError("who signs has no key of the group")
    wanted = list(wanted)
    after = {one.id: one for one in wanted}
    stay = {one.id: one for one in old.members if one.id in after and _keys(one) == _keys(after[one.id])}
    if len(stay) == len(old.members):
        members = tuple(
            msgspec.structs.replace(stay[one.id], person=one.person, signs=one.signs)
            if one.id in stay
            else one.wrapped(mine, old.epoch)
            for one in wanted
        )
        epoch, mark, past = old.epoch, old.mark, old.past
    else:
        epoch = old.epoch + 1
        members = tuple(one.wrapped(chance.key, epoch) for one in wanted)
        mark, past = group_key.mark(chance.key), group_key.handed_on(mine, chance.key, epoch, chance.nonce)
    listed = DeviceList(old.version + 1, chain.head, epoch, mark, keeper, signer, members, past, now)
    return device_list.sign(listed, keys)


def _keys(one: Member | Wanted) -> tuple[str, str, str]:
    return one.kind, one.sign, one.open
