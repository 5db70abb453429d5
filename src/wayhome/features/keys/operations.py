"""What can be done with the group's keys."""

from __future__ import annotations

import anyio.to_thread
import msgspec

from wayhome.core.value import Value
from wayhome.errors import BadInput, FreshSignInNeeded, NotAllowed
from wayhome.hub.group import recovery
from wayhome.hub.group.group import group
from wayhome.hub.group.said import KEYS
from wayhome.hub.group.status import GroupStatus
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.operations import operation
from wayhome.hub.qr import svg
from wayhome.hub.session import FRESH, Session
from wayhome.sealing import signs as signs_of
from wayhome.sealing.device_list import Kind, Signed, Vouch
from wayhome.sealing.keys import data as bytes_of
from wayhome.sealing.keys import is_signed, public
from wayhome.sealing.paper import ID

PURPOSE = "wayhome keys 1"
"""Before what a device signs when it says its keys: it has them, and means this device."""
PROOF = 100
PORTION = 50
"""So many lists are told at once."""


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class GroupMember(msgspec.Struct):
    """One of the group: a screen by its device's id, a hub as ``hub.SITE``, the code on paper as ``paper``. ``since``:
    the version in which it came with the keys that it has; ``by``: the owner's screen that let it in, empty for the hub
    that kept the list. ``owner``: it is an owner's screen, which lets others in."""

    id: str
    kind: Kind
    person: str | None
    signs: bool
    since: int
    owner: bool
    by: str


class GroupListed(msgspec.Struct):
    """Who opens what is private. ``signer``: who signed the newest version, at ``made`` (s since 1970, by its clock);
    ``device``: what the screen that asks is called in the group. ``signs``: of this hub's keys, to be compared, while
    it waits for an owner's screen to let it in."""

    status: GroupStatus
    members: list[GroupMember]
    signer: str
    made: float
    device: str | None
    signs: str


class ChainAfter(msgspec.Struct, forbid_unknown_fields=True):
    """The newest version that is known already; 0: none."""

    version: int = 0


class ChainTold(msgspec.Struct):
    """Lists in order, at most 50 of them, and how the group is doing."""

    lists: list[Signed]
    status: GroupStatus


class KeysSaid(msgspec.Struct, forbid_unknown_fields=True):
    """The public halves of a device's keys (uncompressed points in base64url), and a signature with the first one over
    ``wayhome keys 1``, the device's id and both points, each in a line of its own. ``proof``: for the screen whose link
    it came in by, that these are the keys: the hub can't make or judge it."""

    sign: str
    open: str
    signature: str
    proof: str = ""


class WaitingMember(msgspec.Struct):
    """Who waits, with its public keys; ``owner``, ``signs``: what it may do once it is in. ``name``: a device's;
    ``proof``: see keys.say. ``refused``: an owner did not want it."""

    id: str
    kind: Kind
    person: str | None
    sign: str
    open: str
    signs: bool
    owner: bool
    name: str
    proof: str
    refused: bool


class GroupWaiting(msgspec.Struct):
    """``head``: the newest version's hash, which a signature names."""

    head: str
    waiting: list[WaitingMember]


class Vouched(msgspec.Struct, forbid_unknown_fields=True):
    """An owner's screen, ``by``, lets ``member`` into the version after ``before`` (a hash). What it signs stands in
    the reference of sealing."""

    member: str
    by: str
    signature: str
    before: str


class Refused(msgspec.Struct, forbid_unknown_fields=True):
    """Who is not let in, with the key that it said."""

    member: str
    sign: str


class ListsGiven(msgspec.Struct, forbid_unknown_fields=True):
    """Lists that this device knows and the hub does not."""

    lists: list[Signed]


class ListsTaken(msgspec.Struct):
    """How many of them count now. ``refused``: why the first that does not, does not."""

    taken: int
    refused: str | None


class PaperCode(msgspec.Struct):
    """The code, told this once, and as an SVG to scan; and its public keys, for an owner's screen to let it in."""

    code: str
    qr: str
    sign: str
    open: str


class PaperMade(msgspec.Struct, forbid_unknown_fields=True):
    """The public halves of a code's keys, and a signature with the first one, as a device's (keys.say) with the id
    ``paper``. The code itself is told to no hub."""

    sign: str
    open: str
    signature: str


class RecoveryCode(msgspec.Struct, forbid_unknown_fields=True):
    """The code as it is printed; small letters and spaces do no harm. ``screen``: the owner's screen that comes in by
    it, of those that wait; without one it is the only one that waits, or the next one that comes."""

    code: str
    screen: str | None = None


class KeysDone(msgspec.Struct):
    """It is done, and durable."""

    done: bool = True


@operation("keys.list", reads=True)
async def list_(session: Session, data: Nothing) -> GroupListed:
    """Who belongs to the group that opens what is private, by the newest device list."""
    it = group(session.hub)
    newest = it.chain.newest if it.chain is not None else None
    if it.chain is None or newest is None:
        return GroupListed(it.status, [], "", 0.0, session.identity.device, "")
    members = []
    for one in newest.members:
        since = newest.version
        for listed in reversed(it.chain.lists):
            before = listed.member(one.id)
            if before is None or not before.same(one):
                break
            since = listed.version
        came = it.chain.lists[since - 1]
        by = next((vouch.by for vouch in came.vouches if vouch.member == one.id), "")
        members.append(GroupMember(one.id, one.kind, one.person, one.signs, since, one.owner, by))
    signs = await anyio.to_thread.run_sync(signs_of.of_keys, *it.public) if it.id in it.status.waiting else ""
    return GroupListed(it.status, members, newest.signer, newest.made, session.identity.device, signs)


@operation("keys.chain", reads=True)
async def chain(session: Session, data: ChainAfter) -> ChainTold:
    """The device lists after a version, as they were signed."""
    it = group(session.hub)
    lists = it.chain.signed if it.chain is not None else ()
    return ChainTold([*lists[max(0, data.version) :][:PORTION]], it.status)


@operation("keys.say")
async def say(session: Session, data: KeysSaid) -> KeysDone:
    """Say which keys this device has; an owner's screen lets it into the group by them.

    Others in their place ask for a fresh sign-in.
    """
    household, identity = session.hub.household, session.identity
    if identity.device is None or identity.role not in GROWN:
        raise NotAllowed("only screens of owners and members belong to the group")
    if identity.key is not None:
        raise NotAllowed("keys are said at the page's own door", advice="Open the hub's own address.")
    _must_be_signed(identity.device, data.sign, data.open, data.signature)
    if len(data.proof) > PROOF:
        raise BadInput(f"a proof has at most {PROOF} letters")
    record = household.records(KEYS).get(identity.device)
    known = record.values() if record is not None else {}
    mine: dict[str, Value] = {"sign": data.sign, "open": data.open}
    if (known.get("sign"), known.get("open")) == (data.sign, data.open):
        if data.proof and known.get("proof") != data.proof:
            await household.write(KEYS, identity.device, {"proof": data.proof}, session.context())
        return KeysDone()
    if record is not None and abs(household.clock.now() - identity.signed_in_at) > FRESH:
        raise FreshSignInNeeded()
    # What was signed for the keys of before does not count for these.
    mine |= {"proof": data.proof, "by": None, "vouch": None}
    await household.write(KEYS, identity.device, mine, session.context())
    return KeysDone()


def _must_be_signed(id: str, sign: str, open: str, signature: str) -> None:
    """Raises BadInput for what are no keys, and where who says them does not have them."""
    try:
        public(sign), public(open)
        if not is_signed(sign, bytes_of(signature, 64), "\n".join((PURPOSE, id, sign, open)).encode()):
            raise BadInput("this is not signed by that key")
    except ValueError:
        raise BadInput("these are no points of P-256", advice="Uncompressed, in base64url.") from None


@operation("keys.waiting", reads=True)
async def waiting(session: Session, data: Nothing) -> GroupWaiting:
    """Who waits for an owner's screen to let them into the group, and for which version it would sign."""
    it, household = group(session.hub), session.hub.household
    told = []
    for one in it.waiting():
        record, device = household.records(KEYS).get(one.id), household.records("device").get(one.id)
        values = record.values() if record is not None else {}
        name = device.values().get("name") if device is not None else None
        told.append(
            WaitingMember(
                one.id, one.kind, one.person, one.sign, one.open, one.signs, one.owner, str(name or ""),
                str(values.get("proof") or ""), values.get("refused") == one.sign,
            )
        )  # fmt: skip
    return GroupWaiting(it.chain.head if it.chain is not None else "", told)


@operation("keys.vouch", parked=True)
async def vouch(session: Session, data: Vouched) -> KeysDone:
    """Let somebody into the group who waits, as an owner's screen, by a signature with the screen's own key.

    It counts by who signed it, not by who hands it in.
    """
    await group(session.hub).vouch(Vouch(data.member, data.by, data.signature), data.before)
    return KeysDone()


@operation("keys.refuse", parked=True)
async def refuse(session: Session, data: Refused) -> KeysDone:
    """Do not let somebody in who waits: no screen asks for these keys again. An owner's screen of the group says so.

    An owner's sign-in alone does not: a stolen one would put the others out of the way, and come in by itself.
    """
    it, device = group(session.hub), session.identity.device
    known = it.member(device) if device is not None else None
    if session.identity.role != "owner" or known is None or not known.owner:
        raise NotAllowed(
            "only an owner's screen of the group decides who opens what is private",
            advice="Do it on a screen that opens what is private, or sign the device out.",
        )
    if any((one.id, one.sign) == (data.member, data.sign) for one in it.waiting()):
        await session.hub.household.write(KEYS, data.member, {"refused": data.sign}, session.context())
    return KeysDone()


@operation("keys.give")
async def give(session: Session, data: ListsGiven) -> ListsTaken:
    """Give the hub lists that it does not know: one that was put back from a backup has lost the newest.

    They count by who signed them, not by who gives them.
    """
    if len(data.lists) > PORTION:
        raise BadInput(f"at most {PORTION} lists at once")
    return ListsTaken(*await group(session.hub).give(data.lists))


@operation("keys.print", fresh=True, parked=True)
async def print_(session: Session, data: Nothing) -> PaperCode:
    """Make a code on paper at this hub, which lets a hub in that has lost its keys. For who has no owner's screen.

    Where an owner's screen belongs to the group, the code counts, and the one of before is void, once one lets it in.
    An owner's screen makes one itself, of which the hub knows nothing but the public keys (keys.paper).
    """
    code, printed = await recovery.print_paper(group(session.hub))
    return PaperCode(code, svg(code), printed.sign, printed.open)


@operation("keys.paper", fresh=True, parked=True)
async def take_paper(session: Session, data: PaperMade) -> KeysDone:
    """Take the public keys of a code on paper that an owner's screen has made. An owner's.

    The code counts, and the one of before is void, once an owner's screen lets it in.
    """
    if session.identity.role != "owner":
        raise NotAllowed("only an owner makes a code on paper")
    _must_be_signed(ID, data.sign, data.open, data.signature)
    await recovery.take_paper(group(session.hub), data.sign, data.open)
    return KeysDone()


@operation("keys.begin_anew", fresh=True, parked=True)
async def begin_anew(session: Session, data: Nothing) -> KeysDone:
    """Found the group anew at this hub: its keys are lost and there is no code on paper, or somebody has them.

    What was sealed until now can't be opened any more. Screens are signed out and in again, other hubs invited anew.
    One owner's screen comes in by itself, and lets the others in.
    """
    await recovery.begin_anew(group(session.hub))
    return KeysDone()


@operation("keys.recover", fresh=True, parked=True)
async def recover(session: Session, data: RecoveryCode) -> KeysDone:
    """Let this hub into the group by the code on paper, and one owner's screen where none is left.

    The code is void then: print another one. Whoever else waits is let in by that screen.
    """
    await recovery.recover(group(session.hub), data.code, data.screen)
    return KeysDone()
