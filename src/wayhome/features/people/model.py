"""The people feature's values: persons, their devices, and what a pairing settles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

import msgspec

from wayhome.core.driving import Seat
from wayhome.core.grant import ROLES, Role
from wayhome.core.record import Record

type DeviceKind = Literal["browser", "phone", "tablet", "car", "watch", "tv"]
KINDS: tuple[str, ...] = get_args(DeviceKind.__value__)

PERSON = "person"
DEVICE = "device"
GRANT = "grant"
HOUSEHOLD = "household"


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member or guest. ``tracker``: the thing that tells where they are. ``added_at``: s since 1970."""

    id: str
    name: str
    role: Role
    added_at: float = 0.0
    language: str | None = None
    color: str | None = None
    tracker: str | None = None


class Device(msgspec.Struct, frozen=True, omit_defaults=True):
    """A device that is signed in for a person. Its token is not here: the vault keeps the hash of it.

    ``role``: the most it may do, never more than its person. ``signed_in_at``: when the person last proved to be
    there; ``last_seen``: within ten minutes; ``until``: it is signed out then. All in s since 1970. ``seat`` and
    ``car`` are for screens in a car; ``placed``: somebody said where it is. ``by``: the actor who let it in. ``key``:
    the public half of its own key, by which it is known at other doors of the household.
    """

    id: str
    person: str
    name: str
    kind: DeviceKind
    role: Role
    added_at: float
    signed_in_at: float
    last_seen: float
    seat: Seat = "elsewhere"
    car: str | None = None
    until: float | None = None
    by: str | None = None
    placed: bool = False
    key: str | None = None


class Terms(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a confirmed pairing settles: whose device it becomes, the most it may do, and where it sits, if that was
    said (``placed``)."""

    person: str
    role: Role
    seat: Seat = "elsewhere"
    car: str | None = None
    until: float | None = None
    placed: bool = False


class Visitor(msgspec.Struct, frozen=True):
    """Who knocks at a door, as the transport saw it.

    ``address``: of the other end (behind a trusted proxy, the one it names). ``origin``: the hub's own, as the
    visitor calls it: ``https://wayhome.local:8300``. ``near``: the call came over the hub machine's loopback.
    """

    address: str
    origin: str
    host: str
    secure: bool = False
    near: bool = False


class Arrival(msgspec.Struct, frozen=True):
    """The device that somebody comes in with: what to call it, and the token that it has already, if any."""

    name: str
    kind: DeviceKind = "browser"
    token: str | None = None


class PublicKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The public halves of a new device's keys (uncompressed points of P-256 in base64url): what it will sign and open
    with once it is in."""

    sign: str
    open: str


class Entered(msgspec.Struct, frozen=True):
    """Somebody has come in: the new token (told this once), and who it speaks for."""

    token: str
    person: Person
    device: Device


def persons(records: Mapping[str, Record]) -> dict[str, Person]:
    """The persons among the household's records. One that can't be read is nobody."""
    return _read(records, Person)


def in_order(people: Iterable[Person]) -> list[Person]:
    """Persons as they are listed: the grown-ups first, then by name; the same at every site and after every start."""
    return sorted(people, key=lambda one: (ROLES.index(one.role), one.name.casefold(), one.id))


def devices(records: Mapping[str, Record]) -> dict[str, Device]:
    """The devices among the household's records. One that can't be read is signed out."""
    return _read(records, Device)


def _read[T: msgspec.Struct](records: Mapping[str, Record], kind: type[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for id, record in records.items():
        try:
            found[id] = msgspec.convert({**record.values(), "id": id}, kind)
        except msgspec.ValidationError:
            continue
    return found
