"""The device list: who belongs to the group, as somebody entitled signed it. Each version names the hash of the one
before, so that there is one history, and whoever was shown another one can tell. Who comes in has an owner's screen
that signs for it, too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from wayhome.sealing import group_key
from wayhome.sealing.keys import Keys, data, is_signed, mark, public, text

PURPOSE = b"wayhome list 1\n"
VOUCH = b"wayhome vouch 1\n"
MEMBERS = 100
BYTES = 60_000
"""Of one list: it is one record."""
FIRST = "0" * 64
"""What stands for the hash of the list before the first."""
_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")
_HASH = re.compile(r"[0-9a-f]{64}")

type Kind = Literal["hub", "screen", "paper"]
type Why = Literal[
    "unsound",
    "stranger",
    "known",
    "older",
    "gap",
    "wrong_hash",
    "unknown_signer",
    "unentitled",
    "forged",
    "fork",
    "epoch",
    "unvouched",
]
"""Why a list does not count. ``known``: it is one of the history. ``fork``: it is well signed, and another one of that
version counts: somebody tells different members different things. ``unvouched``: it is well signed, and lets somebody
in for whom no owner's screen has. The others say what is wrong with it."""


type Letting = Literal["all", "one", "vouched"]
"""Who comes into the next version without an owner's screen that signs for it. ``all``: whoever the keeper says, as no
owner's screen has belonged to the group yet. ``one``: one owner's screen and nobody else, as the code on paper was used
where none of these was left, or the group was begun anew. ``vouched``: nobody."""


class Member(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One of the group. ``sign``, ``open``: the public halves of its keys; ``wrap``: the epoch's key for it; ``signs``:
    whether it may sign the next list. ``person``: whose it is, none for the household's own. ``owner``: it is an
    owner's screen, which vouches for who comes in."""

    id: str
    kind: Kind
    sign: str
    open: str
    wrap: str
    person: str | None = None
    signs: bool = False
    owner: bool = False

    def same(self, other: Member) -> bool:
        """Whether it is the same device, with the same keys."""
        return (self.id, self.kind, self.sign, self.open) == (other.id, other.kind, other.sign, other.open)

    def at_most(self, known: Member) -> bool:
        """Whether it is the same device of the same person, and may do no more than it might."""
        may = (not self.owner or known.owner) and (not self.signs or known.signs)
        return may and self.same(known) and self.person == known.person

    def vouched(self, before: str) -> bytes:
        """What an owner's screen signs to have it in the version after the one with that hash."""
        what = (self.id, self.kind, self.person or "", self.sign, self.open)
        may = ("owner" if self.owner else "", "signs" if self.signs else "")
        return VOUCH + "\n".join((before, *what, *may)).encode()


class Vouch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An owner's screen, ``by``, lets ``member`` in. It counts for one version only: the signature names the hash of
    the one before."""

    member: str
    by: str
    signature: str


class DeviceList(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One version. ``before``: the hash of the version before. ``mark``: of the epoch's key; ``past``: the key of the
    epoch before, for whoever has this one. ``keeper``: the hub that takes the next version, so that two sites that are
    apart don't write two. ``made``: s since 1970 by the signer's clock, for people; nothing depends on it. ``bound``:
    from here on who comes in is vouched for; ``vouches``: by whom in this version."""

    version: int
    before: str
    epoch: int
    mark: str
    keeper: str
    signer: str
    members: tuple[Member, ...]
    past: str = ""
    made: float = 0.0
    bound: bool = False
    vouches: tuple[Vouch, ...] = ()

    def member(self, id: str) -> Member | None:
        return next((one for one in self.members if one.id == id), None)


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list as it travels: ``body`` is the very text that was signed."""

    body: str
    signature: str

    @property
    def hash(self) -> str:
        """Of the list, whoever signed it how often."""
        return hashlib.sha256(PURPOSE + self.body.encode("utf-8", "replace")).hexdigest()


def is_id(text: str) -> bool:
    """Whether a member, or a person, can be called so."""
    return _ID.fullmatch(text) is not None


def sign(listed: DeviceList, keys: Keys) -> Signed:
    """The list, signed with a member's keys."""
    body = msgspec.json.encode(listed, order="deterministic").decode()
    return Signed(body, text(keys.signed(PURPOSE + body.encode())))


def read(signed: Signed) -> DeviceList | None:
    """What a list says; None: it can't be one."""
    try:
        if len(signed.body) > BYTES:
            return None
        listed = msgspec.json.decode(signed.body, type=DeviceList)
        return listed if _sound(listed) else None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def letting(lists: Sequence[DeviceList]) -> Letting:
    """Who comes in after these, the history from the first one on."""
    if not lists:
        return "all"
    if lists[-1].bound:
        # One that was bound before any owner's screen was there was begun anew.
        return "vouched" if any(one.owner for each in lists for one in each.members) else "one"
    return "one" if any(each.bound for each in lists) else "all"


def follows(old: DeviceList | None, old_hash: str, new: Signed, anchor: str, lets: Letting) -> Why | None:
    """Why ``new`` is not the version after ``old`` (whose hash is ``old_hash``); None: it is. ``old`` None: it is the
    first one, signed by the key that ``anchor`` names. ``lets``: who comes in after ``old``."""
    listed = read(new)
    if listed is None:
        return "unsound"
    if old is None:
        founder = listed.member(listed.signer)
        if listed.version != 1 or listed.before != FIRST or listed.epoch != 1:
            return "gap"
        if founder is None or not founder.signs or mark(founder.sign) != anchor:
            return "stranger"
        return None if _by(founder, new) else "forged"
    if listed.version <= old.version:
        return "older"
    if listed.version > old.version + 1:
        return "gap"
    if listed.before != old_hash:
        return "wrong_hash"
    return _signed(old, new, listed) or _vouched(old, old_hash, listed, lets) or _epoch(old, listed)


def _signed(old: DeviceList, new: Signed, listed: DeviceList) -> Why | None:
    signer = old.member(listed.signer)
    if signer is None:
        return "unknown_signer"
    if not signer.signs:
        return "unentitled"
    return None if _by(signer, new) else "forged"


def is_vouched(old: DeviceList, old_hash: str, member: Member, vouch: Vouch) -> bool:
    """Whether an owner's screen of the version before has signed that this one comes in, with these keys."""
    by = old.member(vouch.by)
    if vouch.member != member.id or by is None or not by.owner:
        return False
    try:
        return is_signed(by.sign, data(vouch.signature, 64), member.vouched(old_hash))
    except ValueError:
        return False


def _vouched(old: DeviceList, old_hash: str, new: DeviceList, lets: Letting) -> Why | None:
    """Once an owner's screen belongs to the group nobody comes in without one, whoever signs the list. The code on
    paper stands for it: for the hub that it lets in, and for one owner's screen where none is left. It is spent."""
    if lets == "all":
        return None
    signer = old.member(new.signer)
    by_paper = signer is not None and signer.kind == "paper"
    spent = signer is not None and any(one.sign == signer.sign for one in new.members)
    if (by_paper and spent) or (old.bound and not (new.bound or by_paper)):
        return "unvouched"
    vouches = {one.member: one for one in new.vouches}
    free: list[Member] = []
    for one in new.members:
        known, vouch = old.member(one.id), vouches.get(one.id)
        if (known is not None and one.at_most(known)) or (by_paper and one.id == new.keeper):
            continue
        if vouch is None or not is_vouched(old, old_hash, one, vouch):
            free.append(one)
    owners = sum(one.owner for one in new.members)
    # The one that lets the others in from then on. Where another one is there it would not be needed.
    first = (lets == "one" or by_paper) and len(free) == owners == 1 and free[0].owner
    return None if not free or first else "unvouched"


def _epoch(old: DeviceList, new: DeviceList) -> Why | None:
    """Whoever is out must not know the key that comes next."""
    gone = any((kept := new.member(one.id)) is None or not one.same(kept) for one in old.members)
    if new.epoch == old.epoch:
        return "epoch" if gone or (new.mark, new.past) != (old.mark, old.past) else None
    if new.epoch != old.epoch + 1 or new.mark == old.mark or not new.past:
        return "epoch"
    return None


def _by(member: Member, new: Signed) -> bool:
    try:
        signature = data(new.signature, 64)
    except ValueError:
        return False
    return is_signed(member.sign, signature, PURPOSE + new.body.encode("utf-8", "replace"))


def _sound(listed: DeviceList) -> bool:
    """Whether a list can be one, whoever signed it. Raises ValueError for keys that are none."""
    members = listed.members
    if not (1 <= listed.version < 2**31 and 1 <= listed.epoch <= listed.version and 0 < len(members) <= MEMBERS):
        return False
    if not (_HASH.fullmatch(listed.before) and _HASH.fullmatch(listed.mark)):
        return False
    if (listed.epoch == 1) != (listed.past == "") or (listed.past and not data(listed.past, group_key.PAST)):
        return False
    keeper = listed.member(listed.keeper)
    if keeper is None or keeper.kind != "hub" or not any(one.signs for one in members):
        return False
    if len({one.id for one in members}) != len(members) or len({one.sign for one in members}) != len(members):
        return False
    for one in members:
        if not is_id(one.id) or not (one.person is None or is_id(one.person)):
            return False
        public(one.sign), public(one.open), data(one.wrap, group_key.WRAP)
        if one.owner and not (listed.bound and one.kind == "screen" and one.person is not None):
            return False
    if len({one.member for one in listed.vouches}) != len(listed.vouches) or (listed.vouches and not listed.bound):
        return False
    return all(is_id(one.member) and is_id(one.by) and data(one.signature, 64) for one in listed.vouches)
