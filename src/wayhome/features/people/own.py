"""What everybody can do about themselves, and letting devices in."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from wayhome.core.grant import Role
from wayhome.errors import BadInput, NotFound
from wayhome.features.people import rules, who
from wayhome.features.people.credentials import short_id
from wayhome.features.people.model import DeviceKind, Terms
from wayhome.features.people.operations import Done, Nothing
from wayhome.hub.group.group import anchor_of
from wayhome.hub.operations import operation
from wayhome.hub.qr import svg
from wayhome.hub.session import FRESH, Session


class ShownPasskey(msgspec.Struct):
    id: str
    name: str
    host: str
    added_at: float


class Me(msgspec.Struct):
    """Who is signed in here. ``placed``: it needs no word on where it stands, or somebody said it. ``fresh``: recently
    enough for what asks for it. ``password``: whether they have one."""

    actor: str
    role: Role
    person: str | None
    name: str | None
    device: str | None
    seat: Literal["driver", "passenger", "elsewhere"]
    car: str | None
    placed: bool
    fresh: bool
    password: bool
    passkeys: list[ShownPasskey]


class NewPassword(msgspec.Struct, forbid_unknown_fields=True):
    """At least ten characters, and none of those that are guessed first."""

    password: str


class OnePasskey(msgspec.Struct, forbid_unknown_fields=True):
    passkey: str


class For(msgspec.Struct, forbid_unknown_fields=True):
    """For whom a device is: yourself unless you are an owner. ``role``: the most it may do (the person's own role
    unless less is said). ``seat`` and ``car`` for a screen in a car, ``until`` (s since 1970) for a limited time.
    Without a ``seat`` a screen that is not carried may be at the wheel, until somebody says where it is."""

    person: str | None = None
    role: Role | None = None
    seat: Literal["driver", "passenger", "elsewhere"] | UnsetType = UNSET
    car: str | None = None
    until: float | None = None


class Code(msgspec.Struct, forbid_unknown_fields=True):
    """The code that the new device shows."""

    code: str


class Confirmation(For, forbid_unknown_fields=True, kw_only=True):
    """The code of the new device, and the signs that people.pair_look told: the same ones as on its screen."""

    code: str
    signs: str


class Shown(msgspec.Struct):
    """What to show for a new device: a code to type, a link to open, the link as an SVG to scan; until ``expires``
    (s since 1970)."""

    code: str
    link: str
    qr: str
    expires: float


class Waiting(msgspec.Struct):
    """A device that wants in. Its screen shows the same ``signs``; ``sign``, ``open``: the public keys that these come
    of, null for a device that has none."""

    name: str
    kind: DeviceKind
    signs: str
    address: str
    sign: str | None
    open: str | None


@operation("people.me", reads=True)
async def me(session: Session, data: Nothing) -> Me:
    """Who is signed in here, and how they can sign in."""
    identity, door = session.identity, who.door(session)
    actor = who.actor(session)
    person = door.sign_in.people().get(identity.person or "")
    keys = await door.credentials.passkeys(person.id) if person is not None else []
    return Me(
        identity.actor,
        actor.role,
        identity.person,
        person.name if person is not None else None,
        identity.device,
        identity.seat,
        identity.car,
        not session.hub.drivers.unplaced(identity),
        abs(session.hub.ports.clock.now() - identity.signed_in_at) <= FRESH,
        person is not None and await door.credentials.password(person.id) is not None,
        [ShownPasskey(short_id(key), key.name, key.rp, key.added_at) for key in keys],
    )


@operation("people.password", fresh=True, parked=True)
async def password(session: Session, data: NewPassword) -> Done:
    """Give yourself a (new) password."""
    await who.door(session).sign_in.set_password(who.person(session), data.password, session.context())
    return Done()


@operation("people.passkey_remove", fresh=True, parked=True)
async def passkey_remove(session: Session, data: OnePasskey) -> Done:
    """Remove one of your passkeys; not the only way to sign in."""
    await who.door(session).remove_passkey(who.person(session), data.passkey, session.context())
    return Done()


@operation("people.pair_start", fresh=True, parked=True)
async def pair_start(session: Session, data: For) -> Shown:
    """Invite a new device: show it the QR code, or type the code there."""
    door = who.door(session)
    offer = await door.joining.invite(
        who.actor(session), who.device(session), _terms(session, data), door.address, session.context()
    )
    # Whose device lists count is told on the way that is nobody's but theirs: from screen to screen.
    anchor = anchor_of(session.hub)
    link = f"{offer.link}.{anchor}" if anchor else offer.link
    return Shown(offer.code, link, svg(link), offer.expires)


@operation("people.pair_look")
async def pair_look(session: Session, data: Code) -> Waiting:
    """What the device is that shows this code: compare the signs before you let it in.

    Five wrong codes lock this out for ten minutes.
    """
    found = await who.door(session).joining.look(who.actor(session), who.device(session), data.code)
    return Waiting(found.name, found.kind, found.signs, found.address, found.sign, found.open)


@operation("people.pair_confirm", fresh=True, parked=True)
async def pair_confirm(session: Session, data: Confirmation) -> Done:
    """Let the device in that shows this code.

    Signs that differ end its question: somebody else's device asked at the same time.
    """
    terms = _terms(session, data)
    joining = who.door(session).joining
    await joining.confirm(who.actor(session), who.device(session), data.code, data.signs, terms, session.context())
    return Done()


@operation("people.pair_refuse")
async def pair_refuse(session: Session, data: Code) -> Done:
    """Keep the device out that shows this code."""
    joining = who.door(session).joining
    await joining.refuse(who.actor(session), who.device(session), data.code, session.context())
    return Done()


def _terms(session: Session, data: For) -> Terms:
    people = who.door(session).sign_in.people()
    id = data.person or session.identity.person
    if id is None and not people:
        raise NotFound(
            "there is nobody in this household yet",
            advice="First make yourself its owner, on the page that `wayhome up` names.",
        )
    if id is None:
        raise BadInput("it is not said whose device it will be", advice="Name the person by id; people.list has them.")
    person = rules.find(people, id)
    terms = Terms(person.id, data.role or person.role, car=data.car, until=data.until)
    return terms if data.seat is UNSET else msgspec.structs.replace(terms, seat=data.seat, placed=True)
