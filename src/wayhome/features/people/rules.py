"""Who may change what about people, devices and grants. Plain functions; what is not allowed raises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from wayhome.core.grant import ROLES, Grant, Role, whose_own
from wayhome.core.ids import is_slug
from wayhome.core.value import Value
from wayhome.errors import BadInput, Conflict, NotAllowed, NotFound
from wayhome.features.people.model import Device, Person, Terms
from wayhome.features.people.reach import within

RANK: tuple[Role, ...] = ("guest", "child", "member", "owner")
IDLE = 180 * 86_400.0
"""A device that nobody used for this long is signed out, in s."""
OWN_FIELDS = frozenset({"name", "language", "color"})
MAX_NAME = 80


class Actor(msgspec.Struct, frozen=True):
    """Who asks: the actor's name, the role its session has now, and the person behind it."""

    name: str
    role: Role
    person: str | None = None


def lesser(one: Role, other: Role) -> Role:
    """The role that may do less."""
    return min(one, other, key=RANK.index)


def clean_name(name: str) -> str:
    """A name as it is kept: one line, no outer blanks, nothing unprintable. Raises BadInput."""
    plain = " ".join(name.split())
    if not plain or len(plain) > MAX_NAME or not plain.isprintable():
        raise BadInput(f"a name has 1 to {MAX_NAME} visible characters")
    return plain


def free_name(name: str, people: Mapping[str, Person], own: str | None = None) -> str:
    """A clean name that nobody else has: people sign in by it and are told apart by it. Raises BadInput, Conflict."""
    plain = clean_name(name)
    taken = {known.casefold() for p in people.values() if p.id != own for known in (p.id, p.name)}
    if plain.casefold() in taken:
        raise Conflict("somebody else here is called that", advice="Add an initial, or another word.")
    return plain


def find(people: Mapping[str, Person], person: str) -> Person:
    found = people.get(person)
    if found is None:
        raise NotFound(f"there is no person {person[:60]!r}", advice="people.list names them.")
    return found


def may_add(actor: Actor, role: str) -> None:
    """Whether the actor may take a person into the household."""
    if role not in ROLES:
        raise BadInput(f"a role is one of {', '.join(ROLES)}")
    _owner(actor, "only an owner may add people")


def may_change(actor: Actor, person: Person, changes: Mapping[str, Value], people: Mapping[str, Person]) -> None:
    """Whether the actor may write these fields of a person. Everybody may write their own name, language and
    color; the rest is the owners'. The last owner stays one."""
    role = changes.get("role")
    if "role" in changes and role not in ROLES:
        raise BadInput(f"a role is one of {', '.join(ROLES)}")
    tracker = changes.get("tracker")
    if tracker is not None and not (isinstance(tracker, str) and is_slug(tracker)):
        raise BadInput("a tracker is a thing's id", advice="As noor-phone; home.things lists what there is.")
    if not (actor.person == person.id and set(changes) <= OWN_FIELDS):
        _owner(actor, "only an owner may change this")
    if role is not None and role != "owner":
        _not_last_owner(person, people)


def may_remove(actor: Actor, person: Person, people: Mapping[str, Person]) -> None:
    """Whether the actor may take a person out of the household."""
    _owner(actor, "only an owner may remove people")
    _not_last_owner(person, people)


def may_revoke(actor: Actor, device: Device) -> None:
    """Whether the actor may sign a device out: one's own, or as an owner any. Somebody else's device looks like
    one that is not there."""
    if actor.role != "owner" and (actor.person is None or actor.person != device.person):
        raise NotFound(f"there is no device {device.id[:60]!r} of yours")


def may_pair(actor: Actor, terms: Terms, people: Mapping[str, Person], now: float) -> None:
    """Whether the actor may let a device in on these terms. Owners for anybody, members for themselves."""
    person = people.get(terms.person)
    if actor.role not in ("owner", "member"):
        raise NotAllowed("children and guests can't let devices in")
    if actor.role != "owner" and (actor.person is None or terms.person != actor.person):
        raise NotAllowed("you can let in devices of your own only")
    if person is None:
        raise NotFound(f"there is no person {terms.person[:60]!r}")
    if RANK.index(terms.role) > RANK.index(lesser(person.role, actor.role)):
        raise NotAllowed("a device may not do more than its person, nor more than you")
    if terms.until is not None and terms.until <= now:
        raise BadInput("the end of a device's time lies in the past")
    if terms.seat != "elsewhere" and terms.car is None:
        raise BadInput("a seat belongs to a car", advice="Say which car the screen is in.")


def may_grant(actor: Actor, grant: Grant, held: Iterable[Grant]) -> None:
    """Whether the actor may give this grant. ``held``: the grants that the actor has now. An owner may give what
    an owner has; a member what they hold themselves and may share, to persons and devices only."""
    own = whose_own(grant.glob)
    if own is not None and own != actor.person:
        raise NotAllowed("what is a person's own is theirs to share")
    if actor.role == "owner":
        return
    if actor.role != "member":
        raise NotAllowed("children and guests can't grant")
    if grant.to.partition(":")[0] not in ("person", "device"):
        raise NotAllowed("only an owner may grant to a whole role")
    if grant.to == f"person:{actor.person}":
        raise NotAllowed("nobody grants to themselves", advice="Ask an owner of the household for it.")
    if grant.verb == "share":
        raise NotAllowed("only an owner may let others share")
    if grant.glob.startswith("@"):
        raise NotAllowed("only an owner may grant operations and records")
    held = list(held)
    shared = msgspec.structs.replace(grant, verb="share")
    if not any(within(shared, mine) for mine in held) or not any(within(grant, mine) for mine in held):
        raise NotAllowed("nobody can grant more than they hold")


def may_ungrant(actor: Actor, by: str | None) -> None:
    """Whether the actor may take back a grant that ``by`` gave."""
    if actor.role != "owner" and by != actor.name:
        raise NotFound("there is no such grant of yours")


def valid(device: Device, now: float) -> bool:
    """Whether a device's sign-in still counts."""
    return (device.until is None or now < device.until) and now - device.last_seen < IDLE


def _owner(actor: Actor, text: str) -> None:
    if actor.role != "owner":
        raise NotAllowed(text)


def _not_last_owner(person: Person, people: Mapping[str, Person]) -> None:
    if person.role == "owner" and sum(other.role == "owner" for other in people.values()) < 2:
        raise Conflict("the last owner stays one", advice="Make somebody else an owner first.")
