"""What people can do with notices."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from wayhome.core.ids import is_slug
from wayhome.errors import BadInput, NotAllowed, NotFound, TooMany
from wayhome.features.notices import living, model
from wayhome.features.notices.model import KEPT, Kind, Priority
from wayhome.features.notices.push import address, contacts
from wayhome.features.notices.push.encryption import keys
from wayhome.features.notices.push.subscriptions import Language, Subscription
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

TEST_EVERY = 5.0
type Minute = Annotated[int, Meta(ge=0, lt=24 * 60)]


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class NoticesDone(msgspec.Struct):
    """It is done."""

    done: bool = True


class ShownNotice(msgspec.Struct):
    """One notice. ``thing``: what it is about (empty: a link), ``at`` and ``until`` (its cause was over): s since 1970.
    ``count``: how often it happened. ``values``: ``name``, and by kind ``open``, ``unlocked``, ``charge`` and
    ``limit`` (percent), ``wheels``, ``to`` (the devices that it is for). ``seen``: whether you have seen it."""

    id: str
    kind: Kind
    priority: Priority
    thing: str
    at: float
    until: float | None
    count: int
    values: dict[str, Any]
    seen: bool


class NoticeList(msgspec.Struct):
    """Notices, newest first. ``cut``: there are more than the driving state leaves to you now."""

    notices: list[ShownNotice]
    cut: bool = False


class Seen(msgspec.Struct, forbid_unknown_fields=True):
    """Which notices you have seen, by id; ``all``: every one that you may see."""

    ids: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=KEPT)] = []
    all: bool = False


class Quiet(msgspec.Struct, forbid_unknown_fields=True):
    """Quiet hours: two minutes of the day, in the household's time. ``start`` may be the later one."""

    start: Minute
    end: Minute


class ThisDevice(msgspec.Struct, forbid_unknown_fields=True):
    """What this device is for. ``kinds``: what it is told of what you want; null: all of that. ``details``: its lock
    screen shows what happened. ``language``: of its texts. What is left out stays as it is."""

    kinds: list[Kind] | UnsetType | None = UNSET
    details: bool | UnsetType = UNSET
    language: Language | UnsetType = UNSET


class Wishes(msgspec.Struct, forbid_unknown_fields=True):
    """What you want to be told by push, on all your devices, and what of it on this one. What is left out stays as it
    is; ``quiet`` null: no quiet hours. ``phones``: in which language they are also sent to your phones by KDE Connect;
    null: they are not."""

    kinds: list[Kind] | UnsetType = UNSET
    quiet: Quiet | UnsetType | None = UNSET
    phones: Language | UnsetType | None = UNSET
    device: ThisDevice | UnsetType = UNSET


class DeviceChoice(msgspec.Struct):
    """How this device is told."""

    kinds: list[Kind] | None
    details: bool
    language: Literal["en", "zh"]


class PushChoice(msgspec.Struct):
    """What you have chosen. ``device``: null where push is off on this device. ``devices``: on how many of yours it is
    on. ``you``: by this mark notices say at ``@now/…`` that you have seen them. ``contact``: whom push services may
    write to (owners only). ``contact_missing``: this device's service delivers only for a hub that names somebody.
    ``phones``: in which language they are sent to your phones by KDE Connect; null: they are not."""

    kinds: list[Kind]
    quiet: Quiet | None
    device: DeviceChoice | None
    devices: int
    you: str
    contact: str | None = None
    contact_missing: bool = False
    phones: Language | None = None


class PushKey(msgspec.Struct):
    """The hub's public key for push, base64url: what browsers call ``applicationServerKey``."""

    key: str


class Contact(msgspec.Struct, forbid_unknown_fields=True):
    """Whom push services may write to about this hub: a mail address or an https address; empty: nobody."""

    contact: Annotated[str, Meta(max_length=200)]


class NewSubscription(msgspec.Struct, forbid_unknown_fields=True):
    """A browser's push subscription: ``endpoint``, and its ``keys``, base64url. ``language``, ``details``: see
    notices.choose; left out, they stay as they are."""

    endpoint: str
    p256dh: str
    auth: str
    language: Language | None = None
    details: bool | None = None


@operation("notices.list", reads=True)
async def list_(session: Session, data: Nothing) -> NoticeList:
    """What you should know: the notices of 30 days about things that you may see, newest first.

    Whoever drives gets the newest few, and what they are, without ``values``.
    """
    person = session.identity.person
    drives = session.limits()["state"] == "moving"
    found = [
        ShownNotice(
            n.id, n.kind, n.priority, n.thing, n.at, n.until, n.count,
            {} if drives else {name: value for name, value in n.values.items() if name != "key"}, person in n.seen,
        )
        for n in living.of(session).shelf.all()
        if session.may("read", n.about) and n.told_on(session.identity.device)
    ]  # fmt: skip
    most = min(KEPT, session.restrictions().items)
    return NoticeList(found[:most], len(found) > most)


@operation("notices.seen")
async def seen(session: Session, data: Seen) -> NoticesDone:
    """You have seen these notices: your other screens no longer ask for your attention."""
    shelf = living.of(session).shelf
    wanted = set(data.ids)
    ids = [n.id for n in shelf.all() if (data.all or n.id in wanted) and session.may("read", n.about)]
    await shelf.see(_person(session), ids)
    return NoticesDone()


@operation("notices.chosen", reads=True)
async def chosen(session: Session, data: Nothing) -> PushChoice:
    """What you want to be told by push, and how this device is told."""
    notices = living.of(session)
    person = session.identity.person or ""
    kept = model.choice(session.hub.household.house.record(model.CHOICE, person)) if person else model.Choice()
    on = notices.subscriptions.of(session.identity.device)
    contact = notices.contact
    return PushChoice(
        [*kept.wanted],
        Quiet(*kept.quiet) if kept.quiet is not None else None,
        DeviceChoice(None if on.kinds is None else [*on.kinds], on.details, on.language)
        if on is not None and on.person == person
        else None,
        sum(one.person == person for one in notices.subscriptions.all()),
        notices.shelf.mark(person),
        contact if session.identity.role == "owner" else None,
        not contact and on is not None and contacts.wanted(on.endpoint),
        kept.phones,
    )


@operation("notices.choose", parked=True)
async def choose(session: Session, data: Wishes) -> PushChoice:
    """Choose what you want to be told by push, your quiet hours, and how this device is told.

    What puts people or the house in danger (alarm, smoke, gas, water) comes through in quiet hours too.
    """
    person = _person(session)
    notices = living.of(session)
    on = notices.subscriptions.of(session.identity.device)
    if data.device is not UNSET and on is None:
        raise NotFound("push is off on this device", advice="Turn it on first.")
    fields: dict[str, Any] = {}
    if data.kinds is not UNSET:
        fields["kinds"] = [kind for kind in model.KINDS if kind in data.kinds]
    if data.quiet is not UNSET:
        fields["quiet"] = None if data.quiet is None else [data.quiet.start, data.quiet.end]
    if data.phones is not UNSET:
        fields["phones"] = data.phones
    if fields:
        await session.hub.household.write(model.CHOICE, person, fields, session.context())
    if data.device is not UNSET and on is not None:
        device = data.device
        kinds = on.kinds if device.kinds is UNSET else None if device.kinds is None else tuple(device.kinds)
        changed = msgspec.structs.replace(
            on,
            kinds=None if kinds is None else tuple(kind for kind in model.KINDS if kind in kinds),
            details=on.details if device.details is UNSET else device.details,
            language=on.language if device.language is UNSET else device.language,
        )
        await notices.subscriptions.keep(changed)
    return await chosen.run(session, Nothing())  # type: ignore[no-any-return]


@operation("notices.contact", parked=True)
async def contact(session: Session, data: Contact) -> PushChoice:
    """Name whom push services may write to about this hub. Apple's delivers only for hubs that name somebody, so
    iPhones, iPads and Safari need it. For owners."""
    if session.identity.role != "owner":
        raise NotAllowed("only owners name the household's contact")
    await living.of(session).name(contacts.checked(data.contact))
    return await chosen.run(session, Nothing())  # type: ignore[no-any-return]


@operation("notices.push_key", reads=True)
async def push_key(session: Session, data: Nothing) -> PushKey:
    """The hub's public key for push, which a browser asks for when it subscribes."""
    return PushKey(living.of(session).vapid.public)


@operation("notices.subscribe", parked=True)
async def subscribe(session: Session, data: NewSubscription) -> NoticesDone:
    """Tell this device by push, also while no page is open. Its person may have twenty such devices."""
    person, device = _person(session), session.identity.device
    if device is None:
        raise BadInput("only a device that is signed in can be told by push", advice="Do this in the device's browser.")
    notices = living.of(session)
    endpoint = address.checked(data.endpoint, private=notices.reach.private)
    on = notices.subscriptions.of(device)
    await notices.subscriptions.keep(
        Subscription(
            device,
            person,
            endpoint,
            keys(data.p256dh, data.auth),
            data.language or (on.language if on is not None else "en"),
            data.details if data.details is not None else on.details if on is not None else True,
            on.kinds if on is not None else None,
        )
    )
    return NoticesDone()


@operation("notices.unsubscribe")
async def unsubscribe(session: Session, data: Nothing) -> NoticesDone:
    """Tell this device no more by push."""
    if session.identity.device is not None:
        await living.of(session).subscriptions.forget(session.identity.device)
    return NoticesDone()


@operation("notices.test", parked=True)
async def test(session: Session, data: Nothing) -> NoticesDone:
    """Send a test to this device, and hear what the push service says to it."""
    notices = living.of(session)
    on = notices.subscriptions.of(session.identity.device)
    if on is None or on.person != session.identity.person:
        raise NotFound("push is off on this device", advice="Turn it on first.")
    now = session.hub.household.clock.steady()
    if now - notices.tested.get(on.device, -TEST_EVERY) < TEST_EVERY:
        raise TooMany("a test was sent just now", advice="Wait a few seconds.")
    notices.tested[on.device] = now
    try:
        await notices.teller.test(on)
    except NotFound:
        notices.subscriptions.lost(on.endpoint)
        raise
    return NoticesDone()


def _person(session: Session) -> str:
    person = session.identity.person
    if person is None or not is_slug(person):
        raise BadInput("this is for people", advice="Sign in as somebody of the household.")
    return person
