"""What can be done with people, devices and grants. Who may do what stands in ``rules``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from wayhome.core import grant as grants
from wayhome.core.grant import Role
from wayhome.errors import BadInput, FreshSignInNeeded, LastOwnersScreen, NotWhileDriving
from wayhome.features.people import who
from wayhome.features.people.model import Device, DeviceKind, Person, in_order
from wayhome.hub.group.group import contested, lasts
from wayhome.hub.operations import operation
from wayhome.hub.session import FRESH, Session


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class Done(msgspec.Struct):
    """It is done, and durable."""

    done: bool = True


class People(msgspec.Struct):
    """The household's people."""

    people: list[Person]


class NewPerson(msgspec.Struct, forbid_unknown_fields=True):
    """A name and a role: owner, member, child or guest."""

    name: str
    role: Role


class Changes(msgspec.Struct, forbid_unknown_fields=True):
    """What to write of a person; what is not sent stays, null takes a field away. ``tracker``: the thing that tells
    where they are. ``sure``: also where the household's last owner's screen becomes none by it."""

    person: str
    name: str | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    language: str | UnsetType | None = UNSET
    color: str | UnsetType | None = UNSET
    tracker: str | UnsetType | None = UNSET
    sure: bool = False


class GonePerson(msgspec.Struct, forbid_unknown_fields=True):
    """Who is taken out. ``sure``: also where the household's last owner's screen goes with them."""

    person: str
    sure: bool = False


class ShownDevice(msgspec.Struct):
    """A device that is signed in. ``placed``: somebody said where it is; ``this``: the one that asks. Times in s since
    1970."""

    id: str
    person: str
    name: str
    kind: DeviceKind
    role: Role
    added_at: float
    last_seen: float
    seat: Literal["driver", "passenger", "elsewhere"]
    car: str | None
    placed: bool
    until: float | None
    this: bool


class Devices(msgspec.Struct):
    devices: list[ShownDevice]


class GoneDevice(msgspec.Struct, forbid_unknown_fields=True):
    """Which one is signed out. ``sure``: also where it is the household's last owner's screen."""

    device: str
    sure: bool = False


class ShownGrant(msgspec.Struct):
    """A grant: ``sentence`` as ``act */light.** when home``, ``to`` as ``person:mei``."""

    id: str
    to: str
    sentence: str


class Grants(msgspec.Struct):
    grants: list[ShownGrant]


class NewGrant(msgspec.Struct, forbid_unknown_fields=True):
    """A grant's sentence, and to whom: ``person:mei``, ``role:guest``, ``device:ID``."""

    sentence: str
    to: str


class OneGrant(msgspec.Struct, forbid_unknown_fields=True):
    grant: str


def _must_last(session: Session, sure: bool, goes: Callable[[Device], bool]) -> None:
    """Raises LastOwnersScreen where nobody could be let in any more once these of the actor's devices are gone."""
    devices = who.door(session).members.devices(who.actor(session))
    if not sure and not lasts(session.hub, {one.id for one in devices if goes(one)}):
        raise LastOwnersScreen()


@operation("people.list", reads=True)
async def list_(session: Session, data: Nothing) -> People:
    """Who belongs to the household.

    Guests see themselves only.
    """
    actor = who.actor(session)
    people = in_order(who.door(session).sign_in.people().values())
    return People([p for p in people if actor.role != "guest" or p.id == actor.person])


@operation("people.add", fresh=True, parked=True)
async def add(session: Session, data: NewPerson) -> Person:
    """Take a person into the household.

    They come in by a device that is paired for them (people.pair_start, people.pair_confirm).
    """
    return await who.door(session).members.add(who.actor(session), data.name, data.role, session.context())


@operation("people.change", fresh=True, parked=True)
async def change(session: Session, data: Changes) -> Person:
    """Change a person: their name, role, language, color, tracker.

    Everybody may change their own name, language and color; an owner the rest. Where the last owner's screen becomes
    none by it and there is no code on paper, it is asked for once more (``sure``).
    """
    fields = [f for f in data.__struct_fields__ if f not in ("person", "sure")]
    changes = {f: v for f in fields if (v := getattr(data, f)) is not UNSET}
    if not changes:
        raise BadInput("nothing to change was sent")
    if changes.get("role", "owner") != "owner":
        _must_last(session, data.sure, lambda one: one.person == data.person)
    return await who.door(session).members.change(who.actor(session), data.person, changes, session.context())


@operation("people.remove", fresh=True, parked=True)
async def remove(session: Session, data: GonePerson) -> Done:
    """Take a person out of the household: their devices are signed out, their grants end.

    Where the last owner's screen goes with them and there is no code on paper, it is asked for once more (``sure``).
    """
    _must_last(session, data.sure, lambda one: one.person == data.person)
    await who.door(session).members.remove(who.actor(session), data.person, session.context())
    return Done()


@operation("people.devices", reads=True)
async def devices(session: Session, data: Nothing) -> Devices:
    """The devices that are signed in: an owner sees all, others their own."""
    found = who.door(session).members.devices(who.actor(session))
    fields = set(ShownDevice.__struct_fields__)
    return Devices(
        [
            ShownDevice(
                **{k: v for k in d.__struct_fields__ if k in fields and (v := getattr(d, k)) is not UNSET},
                this=d.id == session.identity.device,
            )
            for d in sorted(found, key=lambda d: -d.last_seen)
        ]
    )


@operation("people.revoke")
async def revoke(session: Session, data: GoneDevice) -> Done:
    """Sign a device out, at once.

    The last owner's screen, where there is no code on paper, is asked for once more (``sure``): nobody could be let in
    then to open what is private. While none is left, and this one waits to be the next, it asks for a fresh sign-in.
    """
    if data.device == session.identity.device and not session.restrictions().setup:
        raise NotWhileDriving()
    # A stolen screen would sign the others out that wait, and come in by itself as the only one.
    old = abs(session.hub.household.clock.now() - session.identity.signed_in_at) > FRESH
    if old and data.device != session.identity.device and contested(session.hub, data.device):
        raise FreshSignInNeeded()
    _must_last(session, data.sure, lambda one: one.id == data.device)
    await who.door(session).revoke(who.actor(session), data.device, session.context())
    return Done()


@operation("people.grants", reads=True)
async def list_grants(session: Session, data: Nothing) -> Grants:
    """The grants beyond what the roles give: an owner sees all, others those to them."""
    actor, zone = who.actor(session), session.hub.zone
    own = {f"person:{actor.person}", f"device:{session.identity.device}", f"role:{actor.role}"}
    found = [g for g in who.door(session).members.grants() if actor.role == "owner" or g.to in own]
    return Grants([ShownGrant(g.id, g.to, grants.sentence(g, zone)) for g in found])


@operation("people.grant", fresh=True, parked=True)
async def grant(session: Session, data: NewGrant) -> ShownGrant:
    """Allow somebody something: ``act */light.** when home until 2026-12-01T18:00``.

    Nobody can grant more than they hold and may share.
    """
    given = await who.door(session).members.grant(
        who.actor(session), data.sentence, data.to, who.held(session), session.hub.zone, session.context()
    )
    return ShownGrant(given.id, given.to, grants.sentence(given, session.hub.zone))


@operation("people.ungrant")
async def ungrant(session: Session, data: OneGrant) -> Done:
    """Take a grant back. It ends at once, on open screens too."""
    await who.door(session).members.ungrant(who.actor(session), data.grant, session.context())
    return Done()
