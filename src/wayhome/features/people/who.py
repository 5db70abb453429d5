"""From a session to what the people feature works with: its door, and who asks."""

from __future__ import annotations

from wayhome.core import grant as grants
from wayhome.core.grant import Grant
from wayhome.errors import NotAllowed, NotFound
from wayhome.features.people.door import Door
from wayhome.features.people.model import Person
from wayhome.features.people.rules import Actor
from wayhome.hub.session import Session


def door(session: Session) -> Door:
    """The hub's door."""
    found = session.hub.extra.get("people")
    if not isinstance(found, Door):
        raise NotFound("this hub has no door")
    return found


def actor(session: Session) -> Actor:
    """Who asks. Raises NotAllowed for things and links: they are nobody among people."""
    identity = session.identity
    if identity.role is None:
        raise NotAllowed("only people do this")
    return Actor(identity.actor, identity.role, identity.person)


def device(session: Session) -> str:
    """What pairing tries are counted for, and what a revocation takes along: the device, else the actor."""
    return session.identity.device or session.identity.actor


def person(session: Session) -> Person:
    """The person who asks. Raises NotAllowed for programs."""
    found = door(session).sign_in.people().get(session.identity.person or "")
    if found is None:
        raise NotAllowed("only a signed-in person has this", advice="Sign in as a person of the household.")
    return found


def held(session: Session) -> list[Grant]:
    """The grants that the session's person has, by role and of their own."""
    identity = session.identity
    to = {f"person:{identity.person}", f"device:{identity.device}", f"role:{identity.role}"}
    roles = grants.OF_ROLE[identity.role] if identity.role is not None else ()
    of_role = [grants.parse(text, id=f"role-{n}", to=f"role:{identity.role}") for n, text in enumerate(roles)]
    return of_role + [grant for grant in door(session).members.grants() if grant.to in to]
