"""Calls and messages of people's phones, while the hub runs: what the phones tell, and what they are asked for.

Nothing is written to a disk. What is told of messages is let go when nobody has looked at it for some minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress

from wayhome.errors import BadInput, HubError, NotFound, Unreachable
from wayhome.features.messages.calls import Calls
from wayhome.features.messages.held import FORGOTTEN, LASTS, PAGE, Held, OnItsWay
from wayhome.features.messages.numbers import Names
from wayhome.features.messages.sealing import KIND
from wayhome.hub import telephony
from wayhome.hub.group.sealer import Sealer
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.onlookers import Texts, somewhere, texts_of
from wayhome.hub.running import Hub
from wayhome.hub.telephony import Contact, Conversations, Handset, Message, Messages, Phones, Ring, Wish, Write

NAME = "messages"
NEWS = "@message_news/"
"""Below it stands for each person who has a phone that tells messages when it last told something."""
EVERY = 0.5
"""Screens hear of news at most so often, in s."""
ANSWERS = 3.0
"""A phone is waited for so long, in s; what it says later is news."""
SETTLED = 0.25
"""A phone that tells its conversations, each by itself, has told the most of them when it is silent for so long."""
AGAIN = 30.0
ASKED_AT = (3.0, 10.0, 30.0)
"""A phone that did not report what it was to send is asked for it after so many s."""
SENT = 500


class Keeper:
    """``Telephony`` of a running hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.sealer = Sealer(hub, KIND)
        self.calls = Calls(hub, self.sealer, self.named)
        self._served: list[Phones] = []
        self._held: dict[str, Held] = {}
        self._books: dict[str, tuple[str, Names]] = {}
        """The person and the names of each phone's address book."""
        self._news: dict[str, float] = {}
        self._shown: set[str] = set()
        self._looks: dict[str, tuple[bool, Texts]] = {}
        """Of each person: whether others look at a screen of theirs, and how much they want to see."""
        self._sent: dict[str, asyncio.Future[bool]] = {}
        self._bell = asyncio.Event()

    # Telephony

    @contextmanager
    def serve(self, phones: Phones) -> Iterator[None]:
        """See Telephony."""
        self._served.append(phones)
        try:
            yield
        finally:
            self._served.remove(phones)

    def moved(self, phone: Handset) -> None:
        """See Telephony. Screens that look ask anew: it may have been sent something while it was away."""
        held = self._held.get(phone.id)
        if held is not None and phone.near:
            held.ask_anew()
        self._news.setdefault(phone.person, 0.0)

    def rang(self, phone: Handset, ring: Ring) -> None:
        """See Telephony."""
        if self._grown(phone.person):
            self.calls.rang(phone, ring)

    def told(self, phone: Handset, messages: Sequence[Message]) -> None:
        """See Telephony."""
        if not messages or not self._grown(phone.person):
            return
        held, steady = self._held.get(phone.id), self._hub.household.clock.steady()
        looked = held is not None and (steady - held.looked_at < LASTS or held.on_way)
        if not looked or held is None or held.take(messages, steady):
            self._news.setdefault(phone.person, 0.0)
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()

    def missed(self, phone: str, words: str) -> bool:
        """See Telephony."""
        return self.calls.missed(phone, words)

    def known(self, phone: Handset, contacts: Sequence[Contact]) -> None:
        """See Telephony."""
        self._books[phone.id] = phone.person, Names(contacts)

    def forget(self, id: str) -> None:
        """See Telephony."""
        self.calls.forget(id)
        self._held.pop(id, None)
        self._books.pop(id, None)

    # Who and what there is

    def phones(self, person: str) -> list[Handset]:
        """A person's phones, with all that each of them can."""
        found: dict[str, Handset] = {}
        for served in self._served:
            for one in served.handsets():
                if one.person != person:
                    continue
                before = found.get(one.id, one)
                found[one.id] = Handset(one.id, one.thing, one.name, person, one.can | before.can, one.near)
        return sorted(found.values(), key=lambda one: (one.name, one.id))

    def phone(self, person: str, thing: str) -> Handset:
        """One of them, by its thing's id. Raises NotFound."""
        found = next((one for one in self.phones(person) if one.thing == thing), None)
        if found is None:
            raise NotFound("you have no such phone", advice="Pair it as your own, see the page of KDE Connect.")
        return found

    def named(self, person: str, number: str) -> str:
        """Who has a number, by the address books of a person's phones; empty: nobody that is known."""
        return next((name for whose, book in self._books.values() if whose == person and (name := book.of(number))), "")

    def people(self, person: str, asked: str, most: int) -> list[Contact]:
        """Those in a person's address books whom a search finds, each once."""
        found: dict[str, Contact] = {}
        for whose, book in self._books.values():
            for one in book.search(asked, most) if whose == person else ():
                before = found.get(one.name)
                numbers = (*(before.numbers if before is not None else ()), *one.numbers)
                found[one.name] = Contact(one.name, tuple(dict.fromkeys(numbers)))
        return list(found.values())[:most]

    def held(self, phone: Handset) -> Held:
        """What a phone has told, for somebody who looks at it now."""
        held = self._held.setdefault(phone.id, Held())
        held.looked_at = self._hub.household.clock.steady()
        return held

    # What is asked of phones

    def ask(self, phone: Handset, wish: Wish) -> None:
        """Hand a wish to a phone. Raises Unreachable, BadInput."""
        if not any(served.ask(phone.id, wish) for served in self._served):
            raise BadInput(f"{phone.name} takes no such thing", advice="Look which plugins its KDE Connect app has on.")

    async def give(self, phone: Handset, wish: Wish) -> None:
        """As ``ask``, for what is said once only: see that it comes there. Raises Unreachable, BadInput."""
        self.ask(phone, wish)
        for served in list(self._served):
            if not await served.arrived(phone.id):
                raise _silent(phone)

    async def listed(self, phone: Handset) -> Held:
        """Its conversations, as far as it has told them within some seconds."""
        held, now = self.held(phone), self._hub.household.clock.steady
        if now() - held.asked_at > AGAIN:
            with suppress(Unreachable):  # that counts as not asked
                self.ask(phone, Conversations())
                held.asked_at = now()
        until = held.asked_at + ANSWERS
        while phone.near and now() < until:
            if held.answers and now() - held.answered_at > SETTLED:
                break
            await self._wait(SETTLED if held.answers else until - now())
        return held

    async def look_up(self, phone: Handset, conversation: int | None) -> Held:
        """What it has told of a conversation, or of any; asked anew where that was let go meanwhile."""
        held = self.held(phone)
        if not held.newest or (conversation is not None and conversation not in held.newest):
            held = await self.listed(phone)
        return held

    async def read(self, phone: Handset, conversation: int, before: float | None) -> list[Message]:
        """A page of a conversation, as far as the phone has told it within some seconds."""
        held, now = self.held(phone), self._hub.household.clock.steady
        until = now() + ANSWERS
        if held.needs(conversation, before) and phone.near:
            with suppress(Unreachable):
                self.ask(phone, Messages(conversation, held.asks(conversation, before), PAGE))
            while held.waits(conversation) and now() < until:
                await self._wait(until - now())
        return held.page(conversation, before)

    async def write(self, phone: Handset, id: str, to: tuple[str, ...], text: str, conversation: int | None) -> None:
        """Have a phone send a message; the same ``id`` does it once. Raises Unreachable, BadInput."""
        if id in self._sent:
            if not await asyncio.shield(self._sent[id]):  # who stops waiting stops it for nobody else
                raise _silent(phone)
            return
        held, now = self.held(phone), self._hub.household.clock.now()
        sim = None if conversation is None else held.sim(conversation)
        # Before it is said: the phone's own word of it may come at once.
        waiting = OnItsWay(id, conversation, to, text, now, after=held.last(conversation, to))
        held.on_way.append(waiting)
        came = self._sent[id] = asyncio.get_running_loop().create_future()
        try:
            await self.give(phone, Write(to, text, sim))
        except HubError:
            came.set_result(False)
            self._sent.pop(id, None)
            with suppress(ValueError):
                held.on_way.remove(waiting)
            raise
        finally:
            if not came.done():  # also where nobody waits for it any more: it may have come there, and goes once
                came.set_result(True)
        while len(self._sent) > SENT:
            del self._sent[next(iter(self._sent))]
        self._news.setdefault(phone.person, 0.0)

    # Life

    async def run(self) -> None:
        """Tell news, ask again, and let go; until cancelled."""
        while True:
            self._tell()
            self.calls.sweep()
            self._look()
            self._sweep()
            await asyncio.sleep(EVERY)
            if not self._news:
                await self._wait(EVERY)

    async def _wait(self, seconds: float) -> None:
        """Until a phone tells something, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._bell.wait()

    def _tell(self) -> None:
        now = self._hub.household.clock.now()
        news, self._news = self._news, {}
        people = {one.person for served in self._served for one in served.handsets() if "read" in one.can}
        people = {person for person in people if self._grown(person)}
        for person in people - self._shown | (people & set(news)):
            self._hub.household.own(NEWS + person, now)
        self._hub.household.vanish(NEWS + person for person in self._shown - people)
        self._shown = people

    def _look(self) -> None:
        """Where others look, or do no longer, or a person has chosen otherwise, screens ask anew."""
        looks = {person: (somewhere(self._hub, person), texts_of(self._hub, person)) for person in self._shown}
        for person, look in looks.items():
            if look != self._looks.get(person, (False, "all")):
                self._news.setdefault(person, 0.0)
        self._looks = looks
        self.calls.look_again()

    def _sweep(self) -> None:
        steady, now = self._hub.household.clock.steady(), self._hub.household.clock.now()
        for id, held in list(self._held.items()):
            if steady - held.looked_at > LASTS:
                held.let_go()
                if not held.on_way:
                    del self._held[id]
                    continue
            for one in list(held.on_way):
                if abs(now - one.at) > FORGOTTEN:
                    held.on_way.remove(one)
                elif one.asked < len(ASKED_AT) and now - one.at > ASKED_AT[one.asked]:
                    one.asked += 1
                    wish = Conversations() if one.conversation is None else Messages(one.conversation, None, PAGE)
                    with suppress(HubError):
                        for served in self._served:
                            served.ask(id, wish)

    def _grown(self, person: str) -> bool:
        record = self._hub.household.records("person").get(person)
        return record is not None and record.values().get("role") in GROWN


def _silent(phone: Handset) -> Unreachable:
    return Unreachable(f"{phone.name} does not answer", advice="It has to be in the same network.")


def keeper(hub: Hub) -> Keeper:
    """Raises NotFound where there is none."""
    found = hub.extra.get(NAME)
    if not isinstance(found, Keeper):
        raise NotFound("this hub shows no messages")
    return found


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """Pass calls and messages on as long as the hub runs."""
    it = hub.extra[NAME] = hub.extra[telephony.NAME] = Keeper(hub)
    hub.soon_run(it.run())
    yield
