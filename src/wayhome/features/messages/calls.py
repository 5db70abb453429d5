"""Calls: who rings now, and whom a person has missed and not seen yet. Each is shown on that person's screens only."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from wayhome.core.value import Value
from wayhome.errors import NotFound
from wayhome.features.messages.numbers import same
from wayhome.hub.group.sealer import Sealer
from wayhome.hub.onlookers import somewhere
from wayhome.hub.running import Hub
from wayhome.hub.telephony import Handset, Ring

CALL = "@call/"
"""Below it stands each call, by its person's id, a colon and its own."""
RINGS = 120.0
"""A phone that says nothing more rings no longer than so many s."""
LASTS = 86_400.0
MISSED = 10
"""So many missed calls of a person stand; the oldest go."""
ONCE = 300.0
"""Who is missed again within so many s stands there once, with a count; ..."""
REPEATED = 5.0
"""... within so many it is the same call, told twice: by two phones, or by two apps."""
TELLING = 7
"""By its last so many digits a number is known in other words."""


class Call(msgspec.Struct):
    """One that stands. ``phones``: the phones that ring, or that missed it. ``at``: s since 1970, the last time.
    ``muted``: the phones were asked to be quiet. ``hidden``: it is not said who it is, as others look."""

    id: str
    person: str
    missed: bool
    number: str
    name: str
    picture: str
    at: float
    phones: dict[str, Handset]
    count: int = 1
    muted: bool = False
    hidden: bool = False

    @property
    def path(self) -> str:
        return f"{CALL}{self.id}"


class Calls:
    """``named``: who has a number in the address books of a person."""

    def __init__(self, hub: Hub, sealer: Sealer, named: Callable[[str, str], str]) -> None:
        self._hub, self._sealer, self._named = hub, sealer, named
        self._all: dict[str, Call] = {}

    def rang(self, phone: Handset, ring: Ring) -> None:
        """A phone says something of a call."""
        if ring.event == "over":
            self._over(phone.id)
            return
        name = ring.name or self._named(phone.person, ring.number)
        if ring.event == "ringing":
            self._ringing(phone, ring, name)
        else:
            self._over(phone.id)
            self._missed(phone, ring, name)

    def _ringing(self, phone: Handset, ring: Ring, name: str) -> None:
        """It rings; or it rings still, and more is known: Android says it once without the number, and then with it."""
        of_it = next((one for one in self._standing(phone.person, missed=False) if phone.id in one.phones), None)
        known = of_it or self._find(phone.person, ring.number, missed=False)
        if of_it is not None and of_it.number and ring.number and not same(of_it.number, ring.number):
            self._over(phone.id)  # another one calls
            known = self._find(phone.person, ring.number, missed=False)
        if known is None:
            known = self._new(phone, False, ring, name)
        known.phones[phone.id] = phone
        known.number, known.name = ring.number or known.number, name or known.name
        known.picture = ring.picture or known.picture
        self._show(known)

    def _missed(self, phone: Handset, ring: Ring, name: str) -> None:
        now = self._hub.household.clock.now()
        known = self._find(phone.person, ring.number, missed=True)
        if known is None or now - known.at > ONCE:
            known = self._new(phone, True, ring, name)
            for old in sorted(self._standing(phone.person, missed=True), key=lambda one: one.at)[:-MISSED]:
                self._go(old)
        elif now - known.at > REPEATED:
            known.count += 1
            known.at = now
        known.phones[phone.id] = phone
        self._show(known)

    def ringing(self, person: str, id: str) -> Call:
        """A call of this person that rings. Raises NotFound."""
        found = self._all.get(id)
        if found is None or found.person != person or found.missed:
            raise NotFound("it does not ring any more")
        return found

    def mute(self, call: Call) -> None:
        """Its phones were asked to be quiet."""
        call.muted = True
        self._show(call)

    def seen(self, person: str, id: str) -> None:
        """A person has seen that they missed it. Raises NotFound."""
        found = self._all.get(id)
        if found is None or found.person != person or not found.missed:
            raise NotFound("this call does not stand any more")
        self._go(found)

    def missed(self, phone: str, words: str) -> bool:
        """See Telephony."""
        digits = "".join(sign for sign in words if sign.isdigit())
        for one in self._all.values():
            number = "".join(sign for sign in one.number if sign.isdigit())[-TELLING:]
            unknown = not one.name and not number
            if (
                one.missed
                and phone in one.phones
                and (unknown or (one.name and one.name in words) or (number and number in digits))
            ):
                return True
        return False

    def look_again(self) -> None:
        """Who looks may be others than before."""
        for one in self._all.values():
            if one.hidden is not somewhere(self._hub, one.person):
                self._show(one)

    def sweep(self) -> None:
        """Let go what is over."""
        now = self._hub.household.clock.now()
        for one in list(self._all.values()):
            if abs(now - one.at) > (LASTS if one.missed else RINGS):
                self._go(one)

    def forget(self, phone: str) -> None:
        """A phone is nobody's any more."""
        for one in list(self._all.values()):
            one.phones.pop(phone, None)
            if not one.phones:
                self._go(one)

    def _over(self, phone: str) -> None:
        for one in list(self._all.values()):
            if not one.missed and one.phones.pop(phone, None) is not None and not one.phones:
                self._go(one)

    def _standing(self, person: str, *, missed: bool) -> list[Call]:
        return [one for one in self._all.values() if one.person == person and one.missed is missed]

    def _find(self, person: str, number: str, *, missed: bool) -> Call | None:
        return next((one for one in self._standing(person, missed=missed) if same(one.number, number)), None)

    def _new(self, phone: Handset, missed: bool, ring: Ring, name: str) -> Call:
        id = f"{phone.person}:{self._hub.ids.ulid().lower()}"
        now = self._hub.household.clock.now()
        made = Call(id, phone.person, missed, ring.number, name, ring.picture, now, {phone.id: phone})
        self._all[id] = made
        return made

    def _show(self, call: Call) -> None:
        said = {"text": call.name or call.number, "name": call.name, "number": call.number, "picture": call.picture}
        # All screens are told the same: where others look at one of them, none is told who it is.
        call.hidden = somewhere(self._hub, call.person)
        phones: list[Value] = [*dict.fromkeys(phone.thing for phone in call.phones.values())]
        shown: dict[str, Value] = {
            "state": "missed" if call.missed else "ringing",
            "frame": None if call.hidden else self._sealer.sealed_or_none(call.id, said),
            "phones": phones,
            "mute": any("mute" in phone.can for phone in call.phones.values()),
            "muted": call.muted,
            "count": call.count,
        }
        self._hub.household.own(call.path, shown, call.at)

    def _go(self, call: Call) -> None:
        self._all.pop(call.id, None)
        self._hub.household.vanish([call.path])
