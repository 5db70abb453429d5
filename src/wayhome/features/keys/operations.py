"""What can be done with the group's keys."""

from __future__ import annotations

import msgspec

from wayhome.core.value import Value
from wayhome.errors import BadInput, FreshSignInNeeded, NotAllowed
from wayhome.hub.group.group import GroupStatus, group
from wayhome.hub.group.wanted import GROWN, KEYS
from wayhome.hub.operations import operation
from wayhome.hub.qr import svg
from wayhome.hub.session import FRESH, Session
from wayhome.sealing.device_list import Kind, Signed
from wayhome.sealing.keys import data as bytes_of
from wayhome.sealing.keys import is_signed, public

PURPOSE = "wayhome keys 1"
"""Before what a device signs when it says its keys: it has them, and means this device."""
PORTION = 50
"""So many lists are told at once."""


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class GroupMember(msgspec.Struct):
    """One of the group: a screen by its device's id, a hub as ``hub.SITE``, the code on paper as ``paper``. ``since``:
    the version in which it came with the keys that it has."""

    id: str
    kind: Kind
    person: str | None
    signs: bool
    since: int


class GroupListed(msgspec.Struct):
    """Who opens what is private. ``signer``: who signed the newest version, at ``made`` (s since 1970, by its clock);
    ``device``: what the screen that asks is called in the group."""

    status: GroupStatus
    members: list[GroupMember]
    signer: str
    made: float
    device: str | None


class ChainAfter(msgspec.Struct, forbid_unknown_fields=True):
    """The newest version that is known already; 0: none."""

    version: int = 0


class ChainTold(msgspec.Struct):
    """Lists in order, at most 50 of them, and how the group is doing."""

    lists: list[Signed]
    status: GroupStatus


class KeysSaid(msgspec.Struct, forbid_unknown_fields=True):
    """The public halves of a device's keys (uncompressed points in base64url), and a signature with the first one over
    ``wayhome keys 1``, the device's id and both points, each in a line of its own."""

    sign: str
    open: str
    signature: str


class ListsGiven(msgspec.Struct, forbid_unknown_fields=True):
    """Lists that this device knows and the hub does not."""

    lists: list[Signed]


class ListsTaken(msgspec.Struct):
    """How many of them count now. ``refused``: why the first that does not, does not."""

    taken: int
    refused: str | None


class PaperCode(msgspec.Struct):
    """The code, told this once, and as an SVG to scan."""

    code: str
    qr: str


class RecoveryCode(msgspec.Struct, forbid_unknown_fields=True):
    """The code as it is printed; small letters and spaces do no harm."""

    code: str


class KeysDone(msgspec.Struct):
    """It is done, and durable."""

    done: bool = True


@operation("keys.list", reads=True)
async def list_(session: Session, data: Nothing) -> GroupListed:
    """Who belongs to the group that opens what is private, by the newest device list."""
    it = group(session.hub)
    newest = it.chain.newest if it.chain is not None else None
    if it.chain is None or newest is None:
        return GroupListed(it.status, [], "", 0.0, session.identity.device)
    members = []
    for one in newest.members:
        since = newest.version
        for listed in reversed(it.chain.lists):
            before = listed.member(one.id)
            if before is None or not before.same(one):
                break
            since = listed.version
        members.append(GroupMember(one.id, one.kind, one.person, one.signs, since))
    return GroupListed(it.status, members, newest.signer, newest.made, session.identity.device)


@operation("keys.chain", reads=True)
async def chain(session: Session, data: ChainAfter) -> ChainTold:
    """The device lists after a version, as they were signed."""
    it = group(session.hub)
    lists = it.chain.signed if it.chain is not None else ()
    return ChainTold([*lists[max(0, data.version) :][:PORTION]], it.status)


@operation("keys.say")
async def say(session: Session, data: KeysSaid) -> KeysDone:
    """Say which keys this device has; it is let into the group by them.

    Others in their place ask for a fresh sign-in.
    """
    household, identity = session.hub.household, session.identity
    if identity.device is None or identity.role not in GROWN:
        raise NotAllowed("only screens of owners and members belong to the group")
    if identity.key is not None:
        raise NotAllowed("keys are said at the page's own door", advice="Open the hub's own address.")
    try:
        public(data.sign), public(data.open)
        message = "\n".join((PURPOSE, identity.device, data.sign, data.open)).encode()
        if not is_signed(data.sign, bytes_of(data.signature, 64), message):
            raise BadInput("this is not signed by that key")
    except ValueError:
        raise BadInput("these are no points of P-256", advice="Uncompressed, in base64url.") from None
    record = household.records(KEYS).get(identity.device)
    mine: dict[str, Value] = {"sign": data.sign, "open": data.open}
    if record is not None and record.values() == mine:
        return KeysDone()
    if record is not None and abs(household.clock.now() - identity.signed_in_at) > FRESH:
        raise FreshSignInNeeded()
    await household.write(KEYS, identity.device, mine, session.context())
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
    """Make a code on paper, which lets a hub in that has lost its keys. The one of before is void."""
    code = await group(session.hub).print_paper()
    return PaperCode(code, svg(code))


@operation("keys.begin_anew", fresh=True, parked=True)
async def begin_anew(session: Session, data: Nothing) -> KeysDone:
    """Found the group anew at this hub: its keys are lost and there is no code on paper, or somebody has them.

    What was sealed until now can't be opened any more. Screens are signed out and in again, other hubs invited anew.
    """
    await group(session.hub).begin_anew()
    return KeysDone()


@operation("keys.recover", fresh=True, parked=True)
async def recover(session: Session, data: RecoveryCode) -> KeysDone:
    """Let this hub into the group by the code on paper. The code is void then: print another one."""
    await group(session.hub).recover(data.code)
    return KeysDone()
