"""What can be done with the household's sites."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from wayhome.errors import Conflict, NotAllowed, NotFound
from wayhome.features.sites.calling import calling
from wayhome.features.sites.relayed import RelayStatus
from wayhome.hub.group.group import anchor_of
from wayhome.hub.operations import operation
from wayhome.hub.session import Session
from wayhome.hub.sites.sites import SiteStatus


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class SitesListed(msgspec.Struct):
    """The site that answers, and how the others are doing as seen from there."""

    site: str
    others: list[SiteStatus]


class SiteInvitation(msgspec.Struct):
    """An invitation: the link for the other hub, and until when it is good (s since 1970)."""

    link: str
    expires: float


class SiteInviting(msgspec.Struct, forbid_unknown_fields=True):
    """``site``: one of the household that is to come in anew, as after a new certificate authority; empty: a new
    one."""

    site: str = ""


class SiteJoining(msgspec.Struct, forbid_unknown_fields=True):
    """``link``: of the invitation; ``name``: what people call this site."""

    link: str
    name: str = ""


class SiteJoined(msgspec.Struct):
    """The site that this hub talks with from now on."""

    site: str


class OneSite(msgspec.Struct, forbid_unknown_fields=True):
    site: str


class SiteMove(msgspec.Struct, forbid_unknown_fields=True):
    """``thing`` goes to ``site``. ``twin``: what a link there calls it, where no mark of it tells; empty: it is found
    by itself."""

    thing: str
    site: str
    twin: str = ""


class ThingMoved(msgspec.Struct):
    """It is said, and durable. ``before``: the site that it was at."""

    before: str
    done: bool = True


class RelayChoice(msgspec.Struct, forbid_unknown_fields=True):
    """``relay``: the relay's address, HOST:PORT; empty: none is used."""

    relay: str


class SiteRemoved(msgspec.Struct):
    """It is done, and durable. ``certified``: until when (s since 1970) the certificate stays good that this household
    gave it, for its own name and addresses; it is not renewed, and can't be called back. None: it has none."""

    certified: float | None = None
    done: bool = True


@operation("sites.list", reads=True)
async def list_(session: Session, data: Nothing) -> SitesListed:
    """How the household's sites are doing, as seen from this one."""
    sites = session.hub.sites
    return SitesListed(session.hub.household.house.site, [sites.status(id) for id in sorted(sites.all())])


@operation("sites.invite", fresh=True, parked=True)
async def invite(session: Session, data: SiteInviting) -> SiteInvitation:
    """Invite another hub into the household, a car's for example. Its link is used once, within 15 minutes."""
    hub = session.hub
    home = calling(hub).home
    if home is not None and not data.site:
        # Who joined here would talk with this hub alone, and never hear of the home's things.
        name = hub.sites.all().get(home, home)
        raise Conflict(f"the household's hubs meet at {name}", advice=f"Make the invitation at {name}.")
    served = hub.served() if hub.served is not None else None
    if served is None:
        raise NotFound("nobody serves this hub")
    secret, expires = calling(hub).door.invite(session.identity.actor, data.site or None)
    mark = f"&ca={served.fingerprint.replace(':', '').lower()}" if served.fingerprint else ""
    relays = "".join(f"&relay={quote(way)}" for way in calling(hub).relayed.ways() if "@" in way)
    numbers = "".join(f"&at={quote(one)}" for one in hub.reach.addresses()[:4]) if mark else ""
    anchor = anchor_of(hub)
    lists = f"&lists={anchor}" if anchor else ""
    # After the hash sign: it is sent to nobody, and so stands in nobody's log.
    return SiteInvitation(f"{served.url}/#site={secret}{mark}{lists}{numbers}{relays}", expires)


@operation("sites.join", fresh=True, parked=True)
async def join(session: Session, data: SiteJoining) -> SiteJoined:
    """Have this hub join the household of an invitation's link. It must be a fresh one, with no people of its own."""
    if not session.identity.actor.startswith("local:"):
        raise NotAllowed("a hub joins from its own machine", advice="Run wayhome site join there.")
    name = data.name or session.hub.household.house.site.title()
    return SiteJoined(await calling(session.hub).join(data.link, name))


@operation("sites.remove", fresh=True, parked=True)
async def remove(session: Session, data: OneSite) -> SiteRemoved:
    """Take a site out of the household: what it owned goes, and it is let in no more."""
    it, until = calling(session.hub), session.hub.sites.certified(data.site)
    await it.door.remove(data.site, session.context())
    await it.leave(data.site)
    return SiteRemoved(until if until is not None and until > session.hub.household.clock.now() else None)


@operation("sites.move", parked=True)
async def move(session: Session, data: SiteMove) -> ThingMoved:
    """Have a thing be of another site: a tablet that is taken along in the car. Its id, and with that its tiles, grants
    and history, stay."""
    thing = session.hub.household.house.things.get(data.thing)
    before = thing.site if thing is not None else ""
    await session.hub.moves.move(data.thing, data.site, data.twin or None, session.context())
    return ThingMoved(before)


@operation("sites.relay", reads=True)
async def relay(session: Session, data: Nothing) -> RelayStatus:
    """How this hub is reached from outside the house, through a relay."""
    return calling(session.hub).relayed.status()


@operation("sites.use_relay", fresh=True, parked=True)
async def use_relay(session: Session, data: RelayChoice) -> RelayStatus:
    """Have this hub be reached through a relay, or through none. The relay forwards what it can't read."""
    relayed = calling(session.hub).relayed
    await relayed.use(data.relay.strip())
    return relayed.status()
