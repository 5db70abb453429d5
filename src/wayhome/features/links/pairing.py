"""Pairing devices with a link, one by one: both sides show a key, and a person compares. None of it asks for a fresh
sign-in: a device that asks waits for half a minute only.

Whoever may change links pairs any device, for anybody. Other grown-ups pair their own: they are shown those and what
nobody has paired, and what they ask to be paired is theirs. Which asks by itself is for the others: of whom it is,
nobody has said yet, and whoever says that it is theirs gets all that it tells."""

from __future__ import annotations

import msgspec

from wayhome.errors import BadInput, Conflict, NotAllowed, NotFound, TooMany
from wayhome.features.links.operations import Which
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.link import Near, Pairs
from wayhome.hub.operations import operation
from wayhome.hub.session import Session


class Device(msgspec.Struct, forbid_unknown_fields=True):
    """A device near a link, by both ids; ``owner``: the person whose it is to be."""

    id: str
    device: str
    owner: str | None = None


class Seen(Device, forbid_unknown_fields=True):
    """``key``: the one that was seen on both, as ``links.near`` tells it. Another device may have taken its place."""

    key: str | None = None


class Called(msgspec.Struct, forbid_unknown_fields=True):
    """A link, and the address of a device that it does not find by itself; none: whoever is near."""

    id: str
    address: str | None = None


class NearOnes(msgspec.Struct):
    """The devices that are near, the paired ones first."""

    devices: list[Near]


MINE = 5
"""So many devices of their own somebody pairs who may not change links."""


@operation("links.near", reads=True)
async def near(session: Session, data: Which) -> NearOnes:
    """The devices that a link is paired with, or could be: those that are near. Who may not change links is told of
    their own, and of those that nobody has paired."""
    return _near(session, _pairs(session, data.id))


@operation("links.call", parked=True)
async def call(session: Session, data: Called) -> NearOnes:
    """Tell devices that this hub is here: all that are near, or one by its address, which is kept."""
    session.spend(20)
    run = _pairs(session, data.id)
    await run.call(data.address)
    return _near(session, run)


@operation("links.pair", parked=True)
async def pair(session: Session, data: Device) -> NearOnes:
    """Ask a device that is near to pair. Both show a key then, see ``links.near``. Who may not change links pairs it as
    their own."""
    run = _pairs(session, data.id)
    owner = _owner(session, run, data)
    await run.pair(data.device, owner, _shares(session, owner))
    return _near(session, run)


@operation("links.confirm", parked=True)
async def confirm(session: Session, data: Seen) -> NearOnes:
    """Both show the same key: let the device in. Refused where it shows another one by now. Who may not change links
    lets in what they have asked to be paired, as their own."""
    run = _pairs(session, data.id)
    if data.key is not None and all(one.key != data.key for one in run.near() if one.id == data.device):
        raise Conflict("it shows another key by now", advice="Compare again.")
    owner = _owner(session, run, data)
    await run.confirm(data.device, owner, _shares(session, owner))
    return _near(session, run)


@operation("links.part", parked=True)
async def part(session: Session, data: Device) -> NearOnes:
    """Refuse a device that asks, or be paired with it no longer. Who may not change links parts with their own."""
    run = _pairs(session, data.id)
    _own(session, run, data.device)
    await run.part(data.device)
    return _near(session, run)


def _pairs(session: Session, id: str) -> Pairs:
    instance = session.hub.links.find(id)
    if not isinstance(instance.run, Pairs):
        raise BadInput(f"{instance.link.title} pairs with no devices")
    return instance.run


def _alone(session: Session) -> str | None:
    """The person whose own devices alone this session pairs; None: it pairs any. Raises NotAllowed."""
    if session.may("act", "@op/links.change"):
        return None
    person = session.identity.person
    if person is None or session.identity.role not in GROWN:
        raise NotAllowed("devices are paired by grown-ups of the household")
    return person


def _near(session: Session, run: Pairs) -> NearOnes:
    mine = _alone(session)
    return NearOnes([one for one in run.near() if mine is None or _of(one, mine)])


def _of(one: Near, person: str) -> bool:
    """Whether a device is this person's, or may become so."""
    return one.owner == person or (one.owner is None and one.state == "stranger")


def _own(session: Session, run: Pairs, device: str) -> None:
    """Raises NotFound for a device that this session has nothing to say of."""
    mine = _alone(session)
    if mine is not None and not any(one.id == device and _of(one, mine) for one in run.near()):
        raise NotFound("this device is not near, or not yours")


def _owner(session: Session, run: Pairs, data: Device) -> str | None:
    """Whose the device is to be. Raises NotFound, NotAllowed, TooMany."""
    mine = _alone(session)
    if mine is None:
        return _person(session, data.owner)
    _own(session, run, data.device)
    if data.owner not in (None, mine):
        raise NotAllowed("you pair a device as your own", advice="An owner pairs it for somebody else.")
    if sum(one.state == "paired" and one.owner == mine for one in run.near()) >= MINE:
        raise TooMany(f"at most {MINE} devices of yours are paired", advice="Remove one first, or ask an owner.")
    return mine


def _person(session: Session, id: str | None) -> str | None:
    if id is not None and id not in session.hub.household.records("person"):
        raise NotFound(f"nobody of the household is {id[:64]!r}")
    return id


def _shares(session: Session, owner: str | None) -> bool:
    """A person's clipboard is shared with a phone of which they themselves said that it is theirs."""
    return owner is not None and owner == session.identity.person
