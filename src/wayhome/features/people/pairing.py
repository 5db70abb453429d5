"""Pairing as a state machine: no I/O, no clock, no randomness; any transport can drive it.

Two directions. *A new device asks*: it shows a code (and a link with it), somebody signed in types or scans it, sees
the device's name and three signs, compares them with the new screen, and confirms; the new device's next poll gets
its token. *A signed-in device invites*: it shows a link or code that settles everything, and the new device opens
it. Everything lasts five minutes and works once.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from wayhome.errors import Conflict, Locked, NotFound, TooMany
from wayhome.features.people import tokens
from wayhome.features.people.model import DeviceKind, Terms
from wayhome.features.people.throttle import Throttle, address_key

LASTS = 300.0
"""How long a question or an invitation stands, in s."""
OPEN = 50
OPEN_OF_ADDRESS = 5
WRONG = 5
LOCKED_FOR = 600.0
"""After five wrong codes: how long no further one is taken from there, in s."""
WRONG_IN_ALL = 50

type State = Literal["waiting", "confirmed", "refused"]


class Ask(msgspec.Struct, frozen=True):
    """A new device's question. ``key``: hash of the secret that it polls with; ``signs``: what both screens show;
    ``sign``, ``open``: the public keys that they come of, where the device has some."""

    id: str
    code: str
    key: str
    name: str
    kind: DeviceKind
    signs: str
    address: str
    until: float
    state: State = "waiting"
    terms: Terms | None = None
    by: str | None = None
    sign: str | None = None
    open: str | None = None


class Invitation(msgspec.Struct, frozen=True):
    """A signed-in device's invitation. ``key``: hash of the secret in its link."""

    id: str
    code: str
    key: str
    terms: Terms
    by: str
    until: float


class Pairings:
    """The open questions and invitations of a household. Times in s of a clock that only goes forward."""

    def __init__(self) -> None:
        self._asks: dict[str, Ask] = {}
        self._invitations: dict[str, Invitation] = {}
        self._wrong = Throttle(WRONG, LOCKED_FOR, LOCKED_FOR)
        self._wrong_in_all = Throttle(WRONG_IN_ALL, LOCKED_FOR, LOCKED_FOR)

    # A new device asks

    def ask(self, ask: Ask, now: float) -> None:
        """A new device wants in. Raises TooMany; Conflict when its code is in use (make another)."""
        self.may_ask(ask.address, now)
        self._code_is_free(ask.code)
        self._asks[ask.id] = ask

    def may_ask(self, address: str, now: float) -> None:
        """Whether one more device may ask from there. Raises TooMany."""
        self._expire(now)
        near = address_key(address)
        if sum(address_key(other.address) == near for other in self._asks.values()) >= OPEN_OF_ADDRESS:
            raise TooMany("too many devices ask from this address", advice="Wait five minutes.")
        if len(self._asks) >= OPEN:
            raise TooMany("too many devices ask at once", advice="Wait five minutes.")

    def look(self, code: str, by: str, now: float) -> Ask:
        """What the device with this code is. ``by``: who typed the code; five wrong ones lock them out for ten
        minutes. Raises Locked, NotFound."""
        self._expire(now)
        return self._guess(code, by, now, self._asks)

    def confirm(self, code: str, signs: str, terms: Terms, by: str, now: float) -> Ask:
        """Let the device in on these terms. Other signs than its own end its question: somebody looked at another
        device. Raises Locked, NotFound, Conflict."""
        found = self.look(code, by, now)
        if found.state != "waiting":
            raise Conflict("this device was answered already")
        if not tokens.same(signs, found.signs):
            self._asks[found.id] = msgspec.structs.replace(found, state="refused")
            raise Conflict("the signs differ: this is not the device you look at", advice="Begin again on the device.")
        settled = msgspec.structs.replace(found, state="confirmed", terms=terms, by=by)
        self._asks[found.id] = settled
        return settled

    def refuse(self, code: str, by: str, now: float) -> Ask:
        """Keep the device out. Raises Locked, NotFound, Conflict."""
        found = self.look(code, by, now)
        if found.state != "waiting":
            raise Conflict("this device was answered already")
        self._asks[found.id] = msgspec.structs.replace(found, state="refused")
        return found

    def poll(self, key: str, now: float) -> Ask:
        """Where the question of the device with this key stands. Once answered it is taken by this and gone. Raises
        NotFound when there is none (any more)."""
        self._expire(now)
        found = next((ask for ask in self._asks.values() if tokens.same(ask.key, key)), None)
        if found is None:
            raise NotFound("this pairing is over", advice="Begin again on the new device.")
        if found.state != "waiting":
            del self._asks[found.id]
        return found

    def withdraw(self, by: str) -> None:
        """Nothing that this device has invited or confirmed counts any more."""
        self._invitations = {id: known for id, known in self._invitations.items() if known.by != by}
        self._asks = {id: known for id, known in self._asks.items() if known.by != by}

    # A signed-in device invites

    def invite(self, invitation: Invitation, now: float) -> None:
        """Raises TooMany; Conflict when its code is in use (make another)."""
        self._expire(now)
        if len(self._invitations) >= OPEN:
            raise TooMany("too many invitations are open", advice="Wait five minutes.")
        self._code_is_free(invitation.code)
        self._invitations[invitation.id] = invitation

    def accept(self, now: float, address: str, *, code: str | None = None, key: str | None = None) -> Invitation:
        """Use an invitation up, by the key of its link or by its code. Raises Locked, NotFound."""
        self._expire(now)
        if key is not None:
            found = next((known for known in self._invitations.values() if tokens.same(known.key, key)), None)
            if found is None:
                raise NotFound("this invitation is over", advice="Ask for a new one.")
        else:
            found = self._guess(code or "", address_key(address), now, self._invitations)
        del self._invitations[found.id]
        return found

    # Inside

    def _guess[T: Ask | Invitation](self, code: str, by: str, now: float, among: dict[str, T]) -> T:
        if self._wrong.wait(by, now) or self._wrong_in_all.wait("", now):
            raise Locked("too many wrong codes", advice="Wait ten minutes.")
        found = next((known for known in among.values() if tokens.same(known.code, tokens.read_code(code))), None)
        if found is None:
            self._wrong.begin(by, now)
            self._wrong_in_all.begin("", now)
            raise NotFound("no device asks with this code", advice="See whether it is still shown.")
        self._wrong.passed(by)
        return found

    def _code_is_free(self, code: str) -> None:
        codes = {ask.code for ask in self._asks.values()} | {known.code for known in self._invitations.values()}
        if code in codes:
            raise Conflict("this code is in use")

    def _expire(self, now: float) -> None:
        self._asks = {id: known for id, known in self._asks.items() if now < known.until}
        self._invitations = {id: known for id, known in self._invitations.items() if now < known.until}
