"""What stands now, of each person: in the hub's memory alone. Phones tell it anew after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import msgspec

from wayhome import log
from wayhome.errors import HubError, NotFound
from wayhome.features.notifications import model
from wayhome.features.notifications.choices import Choices
from wayhome.features.notifications.guests import aboard, drive, look
from wayhome.features.notifications.handed import Handed
from wayhome.features.notifications.model import NAME, Origin, Standing
from wayhome.features.notifications.pictures import Pictures
from wayhome.features.notifications.rules import of_texts
from wayhome.features.notifications.sealing import Sealing
from wayhome.features.notifications.telling import Telling
from wayhome.hub import onlookers, telephony
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.notifications import Answers, Said
from wayhome.hub.onlookers import Texts
from wayhome.hub.running import Hub
from wayhome.hub.session import Session

TELLS_WITHIN = 10.0
"""A phone that is asked tells all that stands there within so many s."""
PUT_AWAY = 500
"""What was put away here while its phone was not there, is remembered for so many."""


class Desk:
    """``Notifications`` of a running hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.run = hub.ids.ulid()
        """Of this start of the hub: revisions begin anew with it."""
        self.pictures = Pictures()
        self.choices = Choices(hub)
        self.sealing = Sealing(hub)
        self.handed = Handed()
        self._telling = Telling(hub, self)
        self._links: dict[str, Answers] = {}
        self._standing: dict[str, Standing] = {}
        self._of: dict[Origin, Standing] = {}
        self._put_away: dict[Origin, tuple[str, str, str]] = {}
        self._twins: dict[Origin, tuple[str, str, str]] = {}
        """Of missed calls, which have a place of their own."""
        self._came: dict[tuple[str, str], float] = {}
        """When each phone was there again."""
        self._revisions: dict[str, int] = {}
        """Of each person: it rises with each change of anything of theirs."""
        self._texters: dict[str, set[str]] = {}
        """What the apps are called that tell of each person's text messages."""
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._aboard: tuple[frozenset[str], frozenset[str]] = frozenset(), frozenset()
        """Who else may look."""

    # What is there

    def revision(self, person: str) -> int:
        """It rises with each change of anything of this person's."""
        return self._revisions.get(person, 0)

    def of(self, person: str) -> list[Standing]:
        """A person's, the newest first."""
        found = [one for one in self._standing.values() if one.person == person]
        return sorted(found, key=lambda one: (one.said.at, one.id), reverse=True)

    def find(self, person: str, id: str) -> Standing:
        """Raises NotFound, also for what is not theirs."""
        found = self._standing.get(id)
        if found is None or found.person != person:
            raise NotFound("this notification is not there any more")
        return found

    def look(self, session: Session) -> bool:
        """See Onlookers."""
        person = session.identity.person
        return person is not None and look(session, self.choices.of(person))

    def texts(self, person: str) -> Texts:
        """See Onlookers."""
        return of_texts(self.choices.of(person), self.texters(person))

    def texters(self, person: str) -> frozenset[str]:
        """What the apps are called that tell of this person's text messages, as far as it is known."""
        return frozenset((*self._texters.get(person, ()), *self.choices.of(person).texters))

    def link(self, link: str) -> Answers | None:
        return self._links.get(link)

    # What links tell

    @contextmanager
    def join(self, link: str, answers: Answers) -> Iterator[Hearing]:
        """See Notifications."""
        self._links[link] = answers
        try:
            yield Hearing(self, link)
        finally:
            del self._links[link]
            self.drop(lambda origin: origin[0] == link)

    def said(self, person: str, origin: Origin, said: Said) -> None:
        """See Heard."""
        record = self._hub.household.records("person").get(person)
        if record is None or record.values().get("role") not in GROWN:
            return
        now = self._hub.household.clock.now()
        if self._twins.get(origin) == model.mark(said):
            return
        if self._is_call(origin, said):
            self._leave_to_calls(origin, said)
            return
        self._twins.pop(origin, None)
        said = msgspec.structs.replace(said, picture=model.picture(*origin[:2], said.picture))
        if said.at < self._came.get(origin[:2], 0.0) >= now - TELLS_WITHIN:
            said = msgspec.structs.replace(said, silent=True)  # it stood there already, and is told with all others
        before = self._of.get(origin)
        if before is not None and before.person != person:
            self.over(origin)  # its phone is somebody else's now
            before = None
        if self._put_away.get(origin) == model.mark(said):
            self._dismiss_there(origin)
            return
        self._put_away.pop(origin, None)
        if before is None:
            before = self._same(person, origin, said)
            if before is not None:
                self._of[origin] = before
                before.origins.append(origin)
                before.heard = now
                return
            self._make_room(origin)
            sms = model.texts(said.id)
            if sms:
                self._texters.setdefault(person, set()).add(said.app)
            id = f"{person}:{self._hub.ids.ulid().lower()}"
            before = Standing(id, person, said, [origin], now, sms=sms)
            self._standing[before.id] = self._of[origin] = before
            news = True
        else:
            before.heard = now
            if not said.picture:  # what is told anew comes without it
                said = msgspec.structs.replace(said, picture=before.said.picture)
            if _anew(before.said, said):
                return
            news = not said.once and before.mark != model.mark(said)
            before.said = msgspec.structs.replace(said, silent=before.said.silent) if said.once else said
        self._changed(before, news=news)

    def over(self, origin: Origin) -> None:
        """See Heard."""
        self._put_away.pop(origin, None)
        self._twins.pop(origin, None)
        one = self._of.pop(origin, None)
        if one is not None:
            one.origins.remove(origin)
            if not one.origins:
                self._remove(one)

    def drop(self, which: object) -> None:
        """Those of some origins are gone."""
        assert callable(which)
        for origin in [origin for origin in self._of if which(origin)]:
            self.over(origin)

    def parted(self, link: str, phone: str) -> None:
        """See Heard."""
        self._came.pop((link, phone), None)
        self.drop(lambda origin: origin[:2] == (link, phone))

    def came(self, link: str, phone: str, *, tells_all: bool) -> None:
        """See Heard."""
        began = self._came[link, phone] = self._hub.household.clock.now()
        if not tells_all:
            return

        def settle() -> None:
            self._timers.pop(name, None)
            mine = {origin: one for origin, one in self._of.items() if origin[:2] == (link, phone)}
            for origin, one in mine.items():
                if one.heard < began:
                    self.over(origin)

        name = f"{link}/{phone}"
        self._later(name, TELLS_WITHIN, settle)

    def pictured(self, picture: str, content: bytes) -> None:
        """See Heard."""
        if self.pictures.put(picture, content):
            for one in self._standing.values():
                if one.said.picture == picture:
                    self._changed(one, news=False)

    # What people do

    def put_away(self, one: Standing) -> None:
        """It is gone from all of its person's screens at once, and from their phones; from one that is not there, when
        it comes."""
        for origin in one.origins:
            if len(self._put_away) >= PUT_AWAY:
                self._put_away.pop(next(iter(self._put_away)))
            self._put_away[origin] = one.mark
            self._of.pop(origin, None)
            if one.said.clears:
                self._dismiss_there(origin)
        self._remove(one)

    def _dismiss_there(self, origin: Origin) -> None:
        link, phone, id = origin
        answers = self._links.get(link)
        if answers is not None:
            self._hub.soon_run(_quietly(answers, phone, id))

    # Inside

    def _same(self, person: str, origin: Origin, said: Said) -> Standing | None:
        """What another phone of this person tells already, or this one by another link."""
        for one in self._standing.values():
            same = one.person == person and one.mark == model.mark(said)
            if same and all(other[:2] != origin[:2] for other in one.origins):
                return one
        return None

    def _is_call(self, origin: Origin, said: Said) -> bool:
        """Whether it is a phone's own word of a missed call that screens show already."""
        if said.sender or model.DIALLERS.search(said.id) is None:
            return False
        calls = self._hub.extra.get(telephony.NAME)
        phone, words = f"{origin[0]}/{origin[1]}", f"{said.title}\n{said.text}"
        return isinstance(calls, telephony.Telephony) and calls.missed(phone, words)

    def _leave_to_calls(self, origin: Origin, said: Said) -> None:
        self.over(origin)
        if len(self._twins) >= PUT_AWAY:
            self._twins.pop(next(iter(self._twins)))
        self._twins[origin] = model.mark(said)

    def _make_room(self, origin: Origin) -> None:
        mine = [one for other, one in self._of.items() if other[:2] == origin[:2]]
        if len(mine) >= model.PER_PHONE:
            oldest = min(mine, key=lambda one: one.heard)
            for other in list(oldest.origins):
                self.over(other)

    def _remove(self, one: Standing) -> None:
        self._standing.pop(one.id, None)
        self.sealing.forget(one.id)
        self._revisions[one.person] = self.revision(one.person) + 1
        self._telling.news(one.person)

    def _changed(self, one: Standing, *, news: bool) -> None:
        one.revision = self._revisions[one.person] = self.revision(one.person) + 1
        if news:
            one.told = one.revision
        self.sealing.forget(one.id)
        self._telling.news(one.person)

    def look_again(self, person: str | None = None) -> None:
        """What may be shown of them has changed: for one person, or for all."""
        for one in self._standing.values():
            if person in (None, one.person):
                self._changed(one, news=False)
        if person is not None:
            self._revisions[person] = self.revision(person) + 1
            self._telling.news(person)

    def _later(self, name: str, seconds: float, then: object) -> None:
        assert callable(then)
        before = self._timers.pop(name, None)
        if before is not None:
            before.cancel()
        self._timers[name] = asyncio.get_running_loop().call_later(seconds, then)

    def tick(self) -> None:
        """What time alone brings, and who came aboard. To be called about once a second."""
        if not self._standing:
            return
        now = self._hub.household.clock.now()
        for one in [one for one in self._standing.values() if now - one.heard > model.LASTS]:
            for origin in list(one.origins):
                self.over(origin)
        for origin, one in list(self._of.items()):
            if self._is_call(origin, one.said):
                self._leave_to_calls(origin, one.said)
        now_aboard = aboard(self._hub), drive(self._hub)
        if now_aboard != self._aboard:
            self._aboard = now_aboard
            self.look_again()

    async def seconds(self) -> None:
        """Tick, until cancelled."""
        while True:
            await asyncio.sleep(1)
            try:
                self.tick()
            except Exception as error:
                log.get(NAME).error("what is done over and over failed", why=log.fault(error))

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._telling.close()


class Hearing:
    """``Heard`` of one link."""

    def __init__(self, desk: Desk, link: str) -> None:
        self._desk, self._link = desk, link

    def said(self, person: str, phone: str, said: Said) -> None:
        self._desk.said(person, (self._link, phone, said.id), said)

    def over(self, phone: str, id: str) -> None:
        self._desk.over((self._link, phone, id))

    def came(self, phone: str, tells_all: bool) -> None:
        self._desk.came(self._link, phone, tells_all=tells_all)

    def wants(self, phone: str, picture: str) -> bool:
        return self._desk.pictures.wants(model.picture(self._link, phone, picture))

    def pictured(self, phone: str, picture: str, content: bytes) -> None:
        self._desk.pictured(model.picture(self._link, phone, picture), content)

    def parted(self, phone: str) -> None:
        self._desk.parted(self._link, phone)


def _anew(before: Said, now: Said) -> bool:
    """Whether it was only told once more."""
    return msgspec.structs.replace(before, at=now.at, silent=now.silent) == now


async def _quietly(answers: Answers, phone: str, id: str) -> None:
    with suppress(HubError):  # it is told again when it comes
        await answers.dismiss(phone, id)


def desk(session: Session) -> Desk:
    """The feature of the hub that the session is on."""
    found = session.hub.extra[NAME]
    assert isinstance(found, Desk)
    return found


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """Show notifications as long as the hub runs."""
    it = hub.extra[NAME] = hub.extra[onlookers.NAME] = Desk(hub)
    hub.household.watchers.append(it.choices)
    it.choices.changed = it.look_again
    hub.soon_run(it.seconds())
    try:
        yield
    finally:
        hub.household.watchers.remove(it.choices)
        it.close()
