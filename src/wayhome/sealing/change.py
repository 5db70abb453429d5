"""Making the next version: who is in it, and the key that they have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from wayhome.sealing import device_list, group_key
from wayhome.sealing.chain import Chain
from wayhome.sealing.device_list import FIRST, DeviceList, Kind, Member, Signed, Vouch, is_vouched
from wayhome.sealing.keys import Keys

HEAD = 800
"""Letters of a list besides its members and vouches, at most."""
WRAPPED = 152
"""Letters of a member's wrap, and of what stands between two members."""


class Wanted(msgspec.Struct, frozen=True):
    """Who is to belong to the group."""

    id: str
    kind: Kind
    sign: str
    open: str
    person: str | None = None
    signs: bool = False
    owner: bool = False

    def wrapped(self, key: bytes, epoch: int) -> Member:
        return self.member(group_key.wrapped(key, self.open, epoch, self.id))

    def member(self, wrap: str = "") -> Member:
        return Member(self.id, self.kind, self.sign, self.open, wrap, self.person, self.signs, self.owner)


class Settled(msgspec.Struct, frozen=True):
    """Who of those that are wanted may be in the next version, who of them is vouched for by whom, and who waits for an
    owner's screen to do so."""

    members: tuple[Wanted, ...]
    vouches: tuple[Vouch, ...]
    waiting: tuple[Wanted, ...]


class Random(msgspec.Struct, frozen=True):
    """What chance gives to a new version: the key of an epoch, should it need one, and a nonce."""

    key: bytes
    nonce: bytes


def founded(
    wanted: Iterable[Wanted], keeper: str, keys: Keys, chance: Random, now: float, bound: bool = False
) -> Signed:
    """The first version, signed by the hub at which the household was founded. ``bound``: it is begun anew, so that of
    all who are signed in one owner's screen comes in by itself, and nobody else."""
    members = tuple(one.wrapped(chance.key, 1) for one in wanted)
    bound = bound or any(one.owner for one in members)
    listed = DeviceList(1, FIRST, 1, group_key.mark(chance.key), keeper, keeper, members, "", now, bound)
    return device_list.sign(listed, keys)


def differs(chain: Chain, wanted: Iterable[Wanted]) -> bool:
    """Whether the newest version names others than are wanted."""
    newest = chain.newest
    mine = set() if newest is None else {as_wanted(one) for one in newest.members}
    return mine != set(wanted)


def settled(
    chain: Chain, wanted: Iterable[Wanted], vouches: Mapping[str, Vouch], refused: Collection[tuple[str, str]] = ()
) -> Settled:
    """Who comes in: nobody without an owner's screen once one belongs to the group. Whoever has other keys than before,
    or may do more, stays as it was until then. ``refused``: whom an owner did not want, and with which key: they don't
    come in where nobody has to let them, either."""
    old, wanted = chain.newest, list(wanted)
    if old is None or chain.letting == "all":
        stay = {one.id: as_wanted(one) for one in old.members} if old is not None else {}
        free = ((stay.get(one.id) if (one.id, one.sign) in refused else one) for one in wanted)
        return Settled(tuple(one for one in free if one is not None), (), ())
    members: list[Wanted] = []
    waiting: list[Wanted] = []
    signed_for: list[tuple[Wanted, Vouch]] = []
    for one in wanted:
        known, vouch, new = old.member(one.id), vouches.get(one.id), one.member()
        if known is not None and new.at_most(known):
            members.append(one)
        elif vouch is not None and is_vouched(old, chain.head, new, vouch):
            signed_for.append((one, vouch))
        else:
            waiting.append(one)
    if chain.letting == "one" and (first := _first(waiting, refused)) is not None:
        waiting.remove(first)
        members.append(first)
    # One key is one member: who had it before counts.
    had = {one.sign: one.id for one in old.members}
    signed_for = [(one, vouch) for one, vouch in signed_for if had.get(one.sign, one.id) == one.id]
    fit = _fit(wanted, signed_for)
    waiting += [one for one, _ in signed_for[fit:]]
    members += [one for one, _ in signed_for[:fit]]
    for one in waiting:
        known = old.member(one.id)
        if known is not None and (known.kind, known.person) == (one.kind, one.person):
            may = {"signs": known.signs and one.signs, "owner": known.owner and one.owner}
            members.append(msgspec.structs.replace(as_wanted(known), **may))
    members = [one for one in members if had.get(one.sign, one.id) == one.id]
    return Settled(tuple(members), tuple(vouch for _, vouch in signed_for[:fit]), tuple(waiting))


def first_ones(waiting: Iterable[Wanted], refused: Collection[tuple[str, str]]) -> list[Wanted]:
    """Owners' screens that may be the first one, and let the others in then: none that an owner did not want, whatever
    key it says now."""
    not_wanted = {id for id, _ in refused}
    return [one for one in waiting if one.owner and one.id not in not_wanted]


def _first(waiting: Iterable[Wanted], refused: Collection[tuple[str, str]]) -> Wanted | None:
    """The one owner's screen that comes in by itself. Where several wait nobody can tell whose they are: none does,
    until all but one are signed out."""
    found = first_ones(waiting, refused)
    return found[0] if len(found) == 1 else None


def _fit(wanted: Iterable[Wanted], signed_for: Sequence[tuple[Wanted, Vouch]]) -> int:
    """For how many of them there is room in one list. The others are signed for anew, for the next one."""
    room = device_list.BYTES - HEAD - sum(len(msgspec.json.encode(one.member())) + WRAPPED for one in wanted)
    for count, (_, vouch) in enumerate(signed_for):
        room -= len(msgspec.json.encode(vouch)) + 1
        if room < 0:
            return count
    return len(signed_for)


def other(old: DeviceList, new: DeviceList) -> list[Member]:
    """Who is in ``new`` and was not in ``old``, or has other keys."""
    return [one for one in new.members if (known := old.member(one.id)) is None or not one.same(known)]


def as_wanted(member: Member) -> Wanted:
    return Wanted(member.id, member.kind, member.sign, member.open, member.person, member.signs, member.owner)


def changed(
    chain: Chain,
    wanted: Iterable[Wanted],
    keeper: str,
    signer: str,
    keys: Keys,
    chance: Random,
    now: float,
    vouches: tuple[Vouch, ...] = (),
) -> Signed:
    """The version after the newest one, with another key where somebody is out. From the first owner's screen on who
    comes in is vouched for; a code on paper that signs ends that where none is left. Raises ValueError where the signer
    can't open the group's key."""
    old = chain.newest
    mine = chain.key(old.epoch, signer, keys) if old is not None else None
    if old is None or mine is None:
        raise ValueError("who signs has no key of the group")
    wanted = list(wanted)
    after = {one.id: one for one in wanted}
    stay = {one.id: one for one in old.members if one.id in after and _keys(one) == _keys(after[one.id])}
    if len(stay) == len(old.members):
        members = tuple(
            one.member(stay[one.id].wrap) if one.id in stay else one.wrapped(mine, old.epoch) for one in wanted
        )
        epoch, mark, past = old.epoch, old.mark, old.past
    else:
        epoch = old.epoch + 1
        members = tuple(one.wrapped(chance.key, epoch) for one in wanted)
        mark, past = group_key.mark(chance.key), group_key.handed_on(mine, chance.key, epoch, chance.nonce)
    signed_by = old.member(signer)
    by_paper = signed_by is not None and signed_by.kind == "paper"
    bound = any(one.owner for one in members) or (old.bound and not by_paper)
    listed = DeviceList(
        old.version + 1, chain.head, epoch, mark, keeper, signer, members, past, now, bound, vouches if bound else ()
    )
    return device_list.sign(listed, keys)


def _keys(one: Member | Wanted) -> tuple[str, str, str]:
    return one.kind, one.sign, one.open
