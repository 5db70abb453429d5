"""Links: adapters to the outside world, and what each is given to work with.

A link package holds one ``Link`` record, found by entry point (group ``wayhome.links``). The supervisor opens it
for each configured instance, runs it, backs off when it fails, and shows its status in words.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import msgspec

from wayhome.core.command import Command
from wayhome.core.thing import Thing
from wayhome.core.value import Fact, Value

if TYPE_CHECKING:
    from wayhome.hub.maps import Maps, Point, Way
    from wayhome.hub.notices import Told
    from wayhome.hub.notifications import Answers, Heard
    from wayhome.hub.parcels import Carrier, Coming, Sent
    from wayhome.hub.telephony import Telephony
    from wayhome.hub.texts import Copied
    from wayhome.hub.visit import Visit


class Picture(msgspec.Struct, frozen=True):
    """A still picture of a camera: its bytes and media type. ``at``: when it was taken, s since 1970 by the hub's
    clock, where that is not just now. ``video/h264``: a film's own key picture, for the browser to draw."""

    content: bytes
    media_type: str
    at: float | None = None


class LinkHost(Protocol):
    """The household as one link instance sees it: it may announce and report its own things only."""

    @property
    def id(self) -> str:
        """This instance's id, a slug: ``home``."""

    @property
    def name(self) -> str:
        """What people call this instance: "Broker"."""

    def announce(self, things: Iterable[Thing]) -> None:
        """These things are here (or described anew). A thing of another link: Conflict."""

    def withdraw(self, thing_ids: Iterable[str]) -> None:
        """These things are gone for good."""

    def things(self) -> dict[str, Thing]:
        """This link's things as the household has them, also those of before a restart."""

    def taken(self) -> set[str]:
        """Every thing id in use in the household."""

    def online(self, thing_ids: Iterable[str], online: bool) -> None:
        """Whether these things answer. Their readings keep their age; offline ones are shown as unreachable."""

    def report(self, facts: Iterable[Fact], cause: str | None = None) -> list[str]:
        """What the devices say. Facts outside the catalogue or of other links' things are refused, each with a
        sentence in the returned list; the rest counts. ``cause``: the key of the command that led to it, if known."""

    def ready(self) -> None:
        """Connected and in step: the status turns to "connected", the back-off is reset."""

    def note(self, text: str) -> None:
        """What the link is doing right now, for people: "reading 312 devices"."""

    def asked(self, device: str | None, name: str = "", key: str = "") -> None:
        """A device asks to be let in: its id there, its name, and the key that it shows; None: none does any more.
        The household's owners are told."""

    def happened(self, name: str, about: str | None = None, data: dict[str, Value] | None = None) -> None:
        """Tell an event (past tense)."""

    async def secret(self, name: str) -> str | None:
        """A secret of this instance: ``token``."""

    async def keep_secret(self, name: str, value: str | None) -> None:
        """Keep or (None) forget a secret."""

    async def remember(self, config: dict[str, Value]) -> None:
        """Write back settings that the link itself has changed (merged into its config, durable)."""

    def code(self, key: str) -> str | None:
        """What the person typed along with the wish of this key, while it is carried out. It is kept nowhere."""

    def visit(self, told: Callable[[str], None]) -> AbstractContextManager[Visit]:
        """See and ask of things that are not its own, as far as the link's settings (``shows``, ``grants``) and grants
        to ``link:<id>`` let it. ``told`` gets the path of whatever is published; it must neither raise nor block."""

    def acting(self, person: str, carried: bool, told: Callable[[str], None]) -> AbstractContextManager[Visit]:
        """The same for a person, with their rights, by a device that they said is theirs. ``carried``: it is a phone,
        and so the driver's while they drive. Raises NotAllowed where there is no such person."""

    def playable(self, url: str) -> str | None:
        """A player plays what is at this address: the mark by which another one may be asked to go on with it. None:
        no address that others could play."""

    def played(self, mark: str) -> str | None:
        """The address that a mark stands for; None: it is not known here."""

    async def copied(self, person: str, text: str, device: str, name: str) -> None:
        """What a person copied on a device of this link (by its id there, and what it is called): it is theirs
        elsewhere, too. Raises HubError."""

    def texts(self, told: Callable[[Copied], None]) -> AbstractContextManager[None]:
        """Meanwhile ``told`` gets what people of the household copy; it must neither raise nor block."""

    def telephony(self) -> Telephony | None:
        """What shows people the calls and messages of their own phones; None: nothing does here."""

    def notifications(self, answers: Answers) -> AbstractContextManager[Heard | None]:
        """Meanwhile this link tells what apps of its phones say, and answers them; None: nobody is interested."""

    def notices(self, told: Told) -> AbstractContextManager[None]:
        """Meanwhile ``told`` gets the household's notices for people who want them on their phones."""

    async def notice_seen(self, person: str, id: str) -> None:
        """A person has put a notice away on a phone of this link. Raises HubError."""

    def parcel(self, sent: Sent, stop: Callable[[], None]) -> AbstractAsyncContextManager[Coming]:
        """A file comes from one of this link's devices, see ``Parcels.take``. Raises HubError."""

    def carries(self, carrier: Carrier) -> AbstractContextManager[Callable[[str], None]]:
        """Meanwhile this link hands files to its devices, see ``Parcels.carry``."""

    def maps(self) -> Maps | None:
        """The household's maps; None: it has nothing that makes any."""

    def places(self) -> dict[str, Point]:
        """Where the household's places are, by id (``home``), for a simulation that lives there. A link to something
        real is told of none."""

    def led(self, thing: str) -> Way | None:
        """The way on which the household leads this car, for a simulation that follows it; None: on none. A link to
        something real is told of none."""

    def now(self) -> float:
        """The hub's time, s since 1970."""


class LinkRun(Protocol):
    """One running instance of a link."""

    async def run(self) -> None:
        """Connect and serve until cancelled. On trouble raise a LinkError: AuthNeeded stops until somebody signs in
        anew, the others are tried again with back-off. Returning counts as Unreachable."""

    async def execute(self, command: Command) -> None:
        """Hand one wish to the device. Returning means that it took it; whether it fulfilled it, its own report
        says. Raises a LinkError (Refused, Unreachable, Asleep). May run several at once."""

    async def picture(self, thing_id: str) -> Picture:
        """A camera's still picture. Raises NotFound for things that have none."""


# What some links can do besides


@runtime_checkable
class KnowsCars(Protocol):
    """A run that finds cars on the other side, each with a mapping of its signals for a person to confirm."""

    async def cars(self) -> dict[str, Any]:
        """The suggestions, see the link's page."""

    async def map_car(self, car: dict[str, Any], remove: bool) -> dict[str, Any]:
        """Take (or, with ``remove``, forget) a confirmed mapping; durable. Raises BadInput."""


@runtime_checkable
class Steered(Protocol):
    """A run that can be steered: a simulation."""

    async def steer(self, orders: dict[str, Any]) -> dict[str, Any]:
        """Follow orders, see the link's page. Raises BadInput."""


class Near(msgspec.Struct, frozen=True):
    """A device that could be paired with a link, or is. ``type``: phone, tablet, laptop, desktop, tv. ``state``:
    ``stranger``, ``asked`` (we asked it), ``asks`` (it asked us), ``paired``. ``online``: it is connected. ``key``:
    what both sides show while they pair. ``until``: when that is over, s since 1970. ``theirs``: it has said yes, and
    waits for us. ``end``: why the last pairing came to nothing (``refused``, ``late``, ``clock``, ``cancelled``).
    ``other_key``: somebody who calls himself this device shows another key than it had. ``thing``: its thing's id.
    ``owner``: whose it is, or is to be when it is paired, a person's id. ``address``: where it is."""

    id: str
    name: str
    type: str
    state: Literal["stranger", "asked", "asks", "paired"]
    online: bool
    key: str | None = None
    until: float | None = None
    theirs: bool = False
    end: str | None = None
    other_key: bool = False
    thing: str | None = None
    owner: str | None = None
    address: str | None = None


@runtime_checkable
class Pairs(Protocol):
    """A run whose devices are paired one by one, each with a key that both sides show and a person compares."""

    def near(self) -> list[Near]:
        """Who is near, and who is paired. Raises Unreachable while the link does not run."""

    async def call(self, address: str | None) -> None:
        """Tell everybody near, or one address, that we are here; it is kept. Raises BadInput, Unreachable."""

    async def pair(self, device: str, owner: str | None, shares: bool) -> None:
        """Ask a device to pair; ``owner``: whose it is to be, ``shares``: its owner said so, and shares with it what
        they copy. Raises NotFound, Conflict, Unreachable."""

    async def confirm(self, device: str, owner: str | None, shares: bool) -> None:
        """A person saw the same key on both. Raises NotFound, Conflict, Unreachable."""

    async def part(self, device: str) -> None:
        """Refuse a device, or be paired with it no longer."""


@runtime_checkable
class Leaves(Protocol):
    """A run that tells the other side when it is removed for good (gives back a token)."""

    async def leave(self) -> None: ...


class Begun(msgspec.Struct, frozen=True):
    """A sign-in under way: where the browser has to go, the state that comes back, what must be kept until then."""

    go: str
    state: str
    kept: dict[str, Any]


class Joined(msgspec.Struct, frozen=True):
    """A sign-in that succeeded: the link's settings and secrets, and a name for it."""

    name: str
    config: dict[str, Any]
    secrets: dict[str, str]


class SignIn(Protocol):
    """Signing in at the other side's own page (OAuth's authorization code)."""

    async def begin(self, url: str, back: str) -> Begun:
        """``url``: the other side's address as typed, ``back``: this hub's callback address. Raises BadInput,
        Unreachable."""

    async def finish(self, kept: dict[str, Any], answer: dict[str, str]) -> Joined:
        """``answer``: the query that the browser brought back. Raises AuthNeeded, Refused, Unreachable."""


class Link(msgspec.Struct, frozen=True):
    """What a link package offers. ``config``: a msgspec struct of its settings (secrets are not among them, their
    names stand in ``secrets``); ``open`` makes a run, without I/O. ``look``: see whether settings and secrets work,
    before they are kept; it tells what there is, and raises a LinkError when there is nothing or nobody lets us in.
    ``search``: what there is to join in the home's network, each with the ``url`` for its settings, and a ``name``.
    ``hops``: how many programs stand between us and a device: of two links to the same device the nearer is used."""

    name: str
    title: str
    config: type[msgspec.Struct]
    open: Callable[[LinkHost, Any], LinkRun]
    secrets: tuple[str, ...] = ()
    about: str = ""
    simulated: bool = False
    hops: int = 2
    sign_in: SignIn | None = None
    look: Callable[[Any, dict[str, str]], Awaitable[dict[str, Value]]] | None = None
    search: Callable[[], Awaitable[list[dict[str, Value]]]] | None = None
