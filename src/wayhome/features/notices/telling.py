"""Who is told of a notice by push, and what their lock screen shows."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import get_args

import msgspec

from wayhome.core.driving import Seat
from wayhome.core.grant import ROLES, Role
from wayhome.features.notices import model, words
from wayhome.features.notices.model import Kind, Notice
from wayhome.features.notices.push.sender import Message, Sender, Urgency
from wayhome.features.notices.push.subscriptions import Subscription, Subscriptions
from wayhome.features.notices.shelf import Shelf
from wayhome.hub.running import Hub
from wayhome.hub.session import Identity, Session

HOUR = 3600
WORTH: Mapping[Kind, int] = {
    "doorbell": 120,
    "motion": 600,
    "left_open": HOUR,
    "charged": 12 * HOUR,
    "charge_stopped": 4 * HOUR,
    "alarm": 4 * HOUR,
    "smoke": 4 * HOUR,
    "gas": 4 * HOUR,
    "water": 12 * HOUR,
    "jammed": 4 * HOUR,
    "tyre_low": 12 * HOUR,
    "sign_in": 24 * HOUR,
    "recording_stopped": 24 * HOUR,
    "file": 24 * HOUR,
    "text": HOUR,
    "walk": HOUR,
}
"""How long a message is worth delivering, in s: nobody waits at the door for ten minutes."""
TEST_WORTH = 60


class Teller:
    """Tells people's devices."""

    def __init__(self, hub: Hub, subscriptions: Subscriptions, sender: Sender, shelf: Shelf) -> None:
        self._hub = hub
        self._subscriptions = subscriptions
        self._sender = sender
        self._shelf = shelf

    def tell(self, notice: Notice) -> None:
        """Send to each device whose person may know of it and wants to."""
        told = [one for one in self._subscriptions.all() if self._wants(one, notice) and reads(self._hub, one, notice)]
        if told:
            self._shelf.owe(notice.id, [one.device for one in told])
        for one in told:
            self._send(notice, one, WORTH[notice.kind])

    def go_on(self) -> None:
        """Send what an earlier run of the hub did not come to, where it still matters."""
        for notice in self._shelf.all():
            gone_by = max(0.0, self._hub.household.clock.now() - notice.at)
            for one in self._subscriptions.among(notice.owed):
                if gone_by < WORTH[notice.kind] and self._still(notice, one):
                    self._send(notice, one, int(WORTH[notice.kind] - gone_by))
                else:
                    self._shelf.paid(notice.id, one.device)

    async def test(self, to: Subscription) -> None:
        """Send a test and wait for what the push service says. Raises what ``Sender.post`` raises."""
        await self._sender.post(to, test_message(to))

    def _send(self, notice: Notice, one: Subscription, worth: int) -> None:
        said = message(notice, one, worth, brief=_drives(self._hub, one))
        self._sender.send(one, said, lambda: self._still(notice, one), lambda: self._shelf.paid(notice.id, one.device))

    def _wants(self, one: Subscription, notice: Notice) -> bool:
        if not notice.told_on(one.device):
            return False
        chosen = model.choice(self._hub.household.house.record(model.CHOICE, one.person))
        if notice.kind not in chosen.wanted or (one.kinds is not None and notice.kind not in one.kinds):
            return False
        local = datetime.fromtimestamp(self._hub.household.clock.now(), self._hub.zone)
        return notice.priority == "stop" or not model.quiet(chosen.quiet, local.hour * 60 + local.minute)

    def _still(self, notice: Notice, one: Subscription) -> bool:
        """Whether a device still has the subscription that a message was made for, and its person has still to know."""
        now = self._subscriptions.of(one.device)
        same = now is not None and now.endpoint == one.endpoint and now.person == one.person
        return same and self._shelf.matters(notice.id, one.person) and reads(self._hub, one, notice)


def reads(hub: Hub, one: Subscription, notice: Notice) -> bool:
    """Whether the device's person may know of the notice now, on this device."""
    session = _session(hub, one)
    if session is None:
        return False
    try:
        return session.may("read", notice.about)
    finally:
        hub.sessions.close(session, "asked")


def _drives(hub: Hub, one: Subscription) -> bool:
    """Whether who would read it on this device is driving."""
    session = _session(hub, one)
    if session is None:
        return False
    try:
        return session.limits()["state"] == "moving"
    finally:
        hub.sessions.close(session, "asked")


def _session(hub: Hub, one: Subscription) -> Session | None:
    """The household as the subscription's person sees it on its device; None where either is gone."""
    person = hub.household.house.record("person", one.person)
    device = hub.household.house.record("device", one.device)
    if person is None or person.gone or device is None or device.gone:
        return None
    values = device.values()
    until = values.get("until")
    if values.get("person") != one.person or (isinstance(until, int | float) and hub.household.clock.now() >= until):
        return None
    role = lesser([person.values().get("role"), values.get("role") or "owner"])
    seat: Seat = values["seat"] if values.get("seat") in ("driver", "passenger") else "elsewhere"  # type: ignore[assignment]
    car = values.get("car")
    if role is None:
        return None
    return hub.open_session(
        Identity(
            f"person:{one.person}",
            role,
            one.person,
            one.device,
            seat,
            car if isinstance(car, str) else None,
        )
    )


def lesser(roles: Iterable[object]) -> Role | None:
    """The role that may least; None where one is none."""
    known = get_args(Role.__value__)
    found = list(roles)
    if any(role not in known for role in found):
        return None
    return max((role for role in known if role in found), key=ROLES.index)


def message(notice: Notice, to: Subscription, worth: int, *, brief: bool = False) -> Message:
    """A notice as it goes to a device, for so many s. ``brief``: what it is, and nothing to read."""
    at = words.index(to.language)
    title, text = words.said(notice, to.language) if to.details else words.HIDDEN[at]
    urgent = notice.priority == "stop"
    urgency: Urgency = (
        "high" if urgent or notice.kind == "doorbell" else "low" if notice.priority == "calm" else "normal"
    )
    late = words.PAST[notice.kind][at] if to.details and notice.kind in words.PAST else ""
    shown = _Shown(
        notice.id,
        title,
        "" if brief else text,
        to.language,
        urgent=urgent,
        at=notice.at,
        until=notice.at + WORTH[notice.kind],
        late=late,
        labels=_Labels(words.SEEN[at], words.OPEN[at]),
    )
    # A newer message of the same takes the older one's place; by the device's own secret, so it tells nobody what of.
    of = f"{notice.kind} {notice.values.get('key')}"
    topic = hmac.digest(to.keys.auth, of.encode(), hashlib.sha256)
    return Message(msgspec.json.encode(shown), worth, urgency, base64.urlsafe_b64encode(topic[:24]).decode())


def test_message(to: Subscription) -> Message:
    """A test as it goes to a device."""
    title, text = words.TEST[words.index(to.language)]
    return Message(msgspec.json.encode(_Shown("", title, text, to.language)), TEST_WORTH, "high")


class _Labels(msgspec.Struct):
    """What the buttons are called."""

    seen: str
    open: str


class _Shown(msgspec.Struct, omit_defaults=True):
    """What the device's service worker reads. ``until``: after that ``late`` takes the title's place, if there is
    one (both s since 1970)."""

    id: str
    title: str
    body: str
    lang: str
    urgent: bool = False
    at: float | None = None
    until: float | None = None
    late: str = ""
    labels: _Labels | None = None
