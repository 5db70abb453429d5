"""What can be done with links, also what only some kinds of link can do: signing in at their own page, suggesting cars,
being steered."""

from __future__ import annotations

from typing import Any

import msgspec

from wayhome.errors import BadInput, NotFound
from wayhome.hub.instance import Status
from wayhome.hub.link import KnowsCars, Steered
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

OWN = ("ids", "published")
"""Settings that links keep for themselves."""


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class Kind(msgspec.Struct):
    """A kind of link: what it is called and what it needs. ``settings``: JSON Schema of its configuration."""

    link: str
    title: str
    about: str
    settings: dict[str, Any]
    secrets: list[str]
    signs_in: bool


class Kinds(msgspec.Struct):
    """Every kind of link that is installed."""

    kinds: list[Kind]


class Statuses(msgspec.Struct):
    """How each link is doing."""

    links: list[Status]


class New(msgspec.Struct, forbid_unknown_fields=True):
    """A link to be added. ``secrets`` are sealed and never shown again."""

    link: str
    name: str
    config: dict[str, Any] = {}
    secrets: dict[str, str] = {}


class Changed(msgspec.Struct, forbid_unknown_fields=True):
    """What changes: settings are merged into the present ones."""

    id: str
    name: str | None = None
    config: dict[str, Any] | None = None
    secrets: dict[str, str] = {}


class Which(msgspec.Struct, forbid_unknown_fields=True):
    """A link's id."""

    id: str


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """Sign in at the other side's own page. ``back``: this hub's address as the browser sees it; ``url``: the other
    side's address; ``id``: the link to sign in anew (its own address is known), none for a new one called ``name``."""

    link: str
    back: str
    url: str = ""
    name: str | None = None
    id: str | None = None


class Go(msgspec.Struct):
    """Where the browser has to go."""

    url: str


class Orders(msgspec.Struct, forbid_unknown_fields=True):
    """Orders for a simulated link, see its page in the docs."""

    id: str
    orders: dict[str, Any] = {}


class Answer(msgspec.Struct):
    """What the link says."""

    answer: dict[str, Any]


@operation("links.available", reads=True)
async def available(session: Session, data: Nothing) -> Kinds:
    """The kinds of link that can be added."""
    kinds = session.hub.links.kinds.values()
    return Kinds(
        [
            Kind(k.name, k.title, k.about, msgspec.json.schema(k.config), list(k.secrets), k.sign_in is not None)
            for k in kinds
        ]
    )


@operation("links.list", reads=True)
async def list_(session: Session, data: Nothing) -> Statuses:
    """How each link is doing, in words, and what to do where one is not well."""
    return Statuses(session.hub.links.statuses())


@operation("links.add", fresh=True, parked=True)
async def add(session: Session, data: New) -> Status:
    """Add a link and start it."""
    if not data.name.strip() or len(data.name) > 80:
        raise BadInput("a link needs a name of at most 80 characters")
    instance = await session.hub.links.add(data.link, data.name, data.config, data.secrets, session.context())
    return instance.status


class Settings(msgspec.Struct):
    """A link's settings, without its secrets and what it keeps for itself."""

    settings: dict[str, Any]


@operation("links.settings", reads=True)
async def settings(session: Session, data: Which) -> Settings:
    """A link's settings, to be looked at and changed. Secrets are never shown."""
    config = session.hub.links.find(data.id).config
    return Settings({name: value for name, value in msgspec.to_builtins(config).items() if name not in OWN})


class Seen(msgspec.Struct):
    """What a look found: counts, by what they count (``devices``, ``things``)."""

    found: dict[str, Any]


@operation("links.look", fresh=True, parked=True)
async def look(session: Session, data: New) -> Seen:
    """See whether a link would work with these settings and secrets, and what it finds. Nothing is kept."""
    return Seen(await session.hub.links.look(data.link, data.config, data.secrets))


class Searched(msgspec.Struct, forbid_unknown_fields=True):
    """A kind of link: what of it there is in the home's network."""

    link: str


class There(msgspec.Struct):
    """What answered: each with the ``url`` for a new link's settings, a ``name``, and what else it says of itself."""

    found: list[dict[str, Any]]


@operation("links.search", fresh=True, parked=True)
async def search(session: Session, data: Searched) -> There:
    """Search the home's network for what can be joined by a kind of link: cameras. It takes some seconds."""
    session.spend(100)
    return There(await session.hub.links.search(data.link))


@operation("links.change", fresh=True, parked=True)
async def change(session: Session, data: Changed) -> Status:
    """Change a link's name, settings or secrets, and start it anew."""
    instance = await session.hub.links.change(data.id, data.name, data.config, data.secrets, session.context())
    return instance.status


@operation("links.remove", fresh=True, parked=True)
async def remove(session: Session, data: Which) -> Statuses:
    """Remove a link with its things and secrets."""
    await session.hub.links.remove(data.id, session.context())
    return Statuses(session.hub.links.statuses())


class Apart(msgspec.Struct, forbid_unknown_fields=True):
    """A thing that several links see; ``apart``: show it as one for each link, else as one."""

    thing: str
    apart: bool = True


class Same(msgspec.Struct):
    """The links that see each thing which several see, by the thing: the link whose id and name it has comes first."""

    things: dict[str, list[str]]


@operation("links.apart", parked=True)
async def apart(session: Session, data: Apart) -> Same:
    """Show what was taken for one thing as two, or let it be one again."""
    await session.hub.twins.set_apart(data.thing, data.apart, session.context())
    return Same(session.hub.twins.found())


@operation("links.retry")
async def retry(session: Session, data: Which) -> Status:
    """Try to connect now instead of waiting."""
    return await session.hub.links.retry(data.id)


@operation("links.sign_in", fresh=True, parked=True)
async def sign_in(session: Session, data: SignIn) -> Go:
    """Sign in at the other side's own page: where the browser has to go. It comes back to ``/api/links/callback``."""
    url = data.url
    if not url and data.id is not None:
        url = str(getattr(session.hub.links.find(data.id).config, "url", ""))
    return Go(
        await session.hub.links.sign_ins.begin(data.link, url, data.back, data.name, data.id, session.identity.actor)
    )


class Answered(msgspec.Struct, forbid_unknown_fields=True):
    """The query that the browser brought back from the other side's page."""

    answer: dict[str, str]


@operation("links.finish", parked=True)
async def finish(session: Session, data: Answered) -> Status:
    """Finish a sign-in that ``links.sign_in`` began: adds the link, or signs the present one in anew."""
    instance = await session.hub.links.sign_ins.finish(data.answer, session.identity.actor, session.context())
    return instance.status


@operation("links.cars", reads=True)
async def cars(session: Session, data: Which) -> Answer:
    """The cars that the other side seems to know, each with a mapping to confirm."""
    return Answer(await _cars(session, data.id).cars())


class CarMapping(msgspec.Struct, forbid_unknown_fields=True):
    """A confirmed car: see ``links.cars`` for its form; ``remove``: forget this car's mapping."""

    id: str
    car: dict[str, Any]
    remove: bool = False


@operation("links.map_car", parked=True)
async def map_car(session: Session, data: CarMapping) -> Answer:
    """Confirm how a car's signals are found on the other side: it becomes one thing."""
    return Answer(await _cars(session, data.id).map_car(data.car, data.remove))


@operation("links.steer")
async def steer(session: Session, data: Orders) -> Answer:
    """Steer a simulated link: drive, plug in, break things. Only in a demo household."""
    if not session.hub.demo:
        raise NotFound("only a demo household can be steered")
    instance = session.hub.links.find(data.id)
    if not isinstance(instance.run, Steered):
        raise BadInput(f"{instance.link.title} can't be steered")
    return Answer(await instance.run.steer(data.orders))


def _cars(session: Session, id: str) -> KnowsCars:
    instance = session.hub.links.find(id)
    if not isinstance(instance.run, KnowsCars):
        raise BadInput(f"{instance.link.title} does not know of cars")
    return instance.run
