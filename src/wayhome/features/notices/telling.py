"""Who is told of a notice by push, and what their lock screen shows."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import get_args

import msgspec

from wayhome.core.grant import ROLES, Role
from wayhome.features.notices import model, words
from wayhome.features.notices.model import Kind, Notice
from wayhome.features.notices.push.sender import Message, Sender, Urgency
from wayhome.features.notices.push.subscriptions import Subscription, Subscriptions
from wayhome.hub.running import Hub
from wayhome.hub.session import Identity

HOUR = 3600
WORTH: Mapping[Kind, int] = {
    "doorbell": 120,
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
}
"""How long a message is worth delivering, in s: nobody waits at the door for ten minutes."""
TEST_WORTH = 60


class Teller:
    """Tells people's devices."""

    def __init__(self, hub: Hub, subscriptions: Subscriptions, sender: Sender) -> None:
        self._hub = hub
        self._subscriptions = subscriptions
        self._sender = sender

    def tell(self, notice: Notice) -> None:
        """Send to each device whose person may know of it and wants to."""
        for one in self._subscriptions.all():
            if self._wants(one, notice) and reads(self._hub, one, notice.about):
                self._sender.send(one.endpoint, one.keys, message(notice, one), self._still(one))

    async def test(self, to: Subscription) -> None:
        """Send a test and wait for what the push service says. Raises what ``Sender.post`` raises."""
        await self._sender.post(to.endpoint, to.keys, test_message(to))

    def _wants(self, one: Subscription, notice: Notice) -> bool:
        chosen = model.choice(self._hub.household.house.record(model.CHOICE, one.person))
        if notice.kind not in chosen.wanted or (one.kinds is not None and notice.kind not in one.kinds):
            return False
        local = datetime.fromtimestamp(self._hub.household.clock.now(), self._hub.zone)
        return notice.priority == "stop" or not model.quiet(chosen.quiet, local.hour * 60 + local.minute)

    def _still(self, one: Subscription) -> _Still:
        return _Still(self._subscriptions, one)


class _Still:
    """Whether a device still has the subscription that a message was made for."""

    def __init__(self, subscriptions: Subscriptions, one: Subscription) -> None:
        self._subscriptions = subscriptions
        self._one = one

    def __call__(self) -> bool:
        now = self._subscriptions.of(self._one.device)
        return now is not None and now.endpoint == self._one.endpoint


def reads(hub: Hub, one: Subscription, path: str) -> bool:
    """Whether the device's person may read the path now, on this device."""
    person = hub.household.house.record("person", one.person)
    device = hub.household.house.record("device", one.device)
    if person is None or person.gone or device is None or device.gone:
        return False
    role = lesser([person.values().get("role"), device.values().get("role") or "owner"])
    if role is None:
        return False
    session = hub.open_session(Identity(f"person:{one.person}", role, one.person, one.device))
    try:
        return session.may("read", path)
    finally:
        hub.sessions.close(session, "asked")


def lesser(roles: Iterable[object]) -> Role | None:
    """The role that may least; None where one is none."""
    known = get_args(Role.__value__)
    found = list(roles)
    if any(role not in known for role in found):
        return None
    return max((role for role in known if role in found), key=ROLES.index)


def message(notice: Notice, to: Subscription) -> Message:
    """A notice as it goes to a device."""
    title, text = words.said(notice, to.language) if to.details else words.HIDDEN[words.index(to.language)]
    urgent = notice.priority == "stop"
    urgency: Urgency = (
        "high" if urgent or notice.kind == "doorbell" else "low" if notice.priority == "calm" else "normal"
    )
    shown = _shown(notice.id, title, text, to, urgent=urgent, at=notice.at)
    # A newer message of the same takes the older one's place; by the device's own secret, so it tells nobody what of.
    topic = hmac.digest(to.keys.auth, f"{notice.kind} {notice.about}".encode(), hashlib.sha256)
    return Message(shown, WORTH[notice.kind], urgency, base64.urlsafe_b64encode(topic[:24]).decode())


def test_message(to: Subscription) -> Message:
    """A test as it goes to a device."""
    title, text = words.TEST[words.index(to.language)]
    return Message(_shown("", title, text, to, urgent=False, at=None), TEST_WORTH, "high")


def _shown(id: str, title: str, text: str, to: Subscription, *, urgent: bool, at: float | None) -> bytes:
    at_ = words.index(to.language)
    labels = {"seen": words.SEEN[at_], "open": words.OPEN[at_]}
    shown = {"id": id, "title": title, "body": text, "urgent": urgent, "at": at, "lang": to.language, "labels": labels}
    return msgspec.json.encode(shown)
