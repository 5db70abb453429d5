"""Pairing devices with a link, one by one: both sides show a key, and a person compares. None of it asks for a fresh
sign-in: a device that asks waits for half a minute only."""

from __future__ import annotations

import msgspec

from wayhome.errors import BadInput, Conflict, NotFound
from wayhome.features.links.operations import Which
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


@operation("links.near", reads=True)
async def near(session: Session, data: Which) -> NearOnes:
    """The devices that a link is paired with, or could be: those that are near."""
    return NearOnes(_pairs(session, data.id).near())


@operation("links.call", parked=True)
async def call(session: Session, data: Called) -> NearOnes:
    """Tell devices that this hub is here: all that are near, or one by its address, which is kept."""
    session.spend(20)
    run = _pairs(session, data.id)
    await run.call(data.address)
    return NearOnes(run.near())


@operation("links.pair", parked=True)
async def pair(session: Session, data: Device) -> NearOnes:
    """Ask a device that is near to pair. Both show a key then, see ``links.near``."""
    run = _pairs(session, data.id)
    await run.pair(data.device, _person(session, data.owner), _shares(session, data.owner))
    return NearOnes(run.near())


@operation("links.confirm", parked=True)
async def confirm(session: Session, data: Seen) -> NearOnes:
    """Both show the same key: let the device in. Refused where it shows another one by now."""
    run = _pairs(session, data.id)
    if data.key is not None and all(one.key != data.key for one in run.near() if one.id == data.device):
        raise Conflict("it shows another key by now", advice="Compare again.")
    await run.confirm(data.device, _person(session, data.owner), _shares(session, data.owner))
    return NearOnes(run.near())


@operation("links.part", parked=True)
async def part(session: Session, data: Device) -> NearOnes:
    """Refuse a device that asks, or be paired with it no longer."""
    run = _pairs(session, data.id)
    await run.part(data.device)
    return NearOnes(run.near())


def _pairs(session: Session, id: str) -> Pairs:
    instance = session.hub.links.find(id)
    if not isinstance(instance.run, Pairs):
        raise BadInput(f"{instance.link.title} pairs with no devices")
    return instance.run


def _person(session: Session, id: str | None) -> str | None:
    if id is not None and id not in session.hub.household.records("person"):
        raise NotFound(f"nobody of the household is {id[:64]!r}")
    return id


def _shares(session: Session, owner: str | None) -> bool:
    """A person's clipboard is shared with a phone of which they themselves said that it is theirs."""
    return owner is not None and owner == session.identity.person
