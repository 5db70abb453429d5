"""What a phone has told of its messages, for as long as somebody looks at it. Pure: it is told what time it is.

Nothing of it goes to a disk. The phone keeps its messages; what is here is a view of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from wayhome.features.messages.numbers import same
from wayhome.hub.telephony import Message

LASTS = 300.0
"""What nobody has looked at for so long, in s, is let go."""
CONVERSATIONS, OF_ONE, IN_ALL = 1_000, 2_000, 5_000
"""At most so many conversations, messages of one, and of all; the oldest go."""
PAGE = 25
"""Messages that are asked for at a time."""
UNSURE = 60.0
"""Of what the phone did not report so long after it was to be sent, in s, nobody knows what became."""
FORGOTTEN = 600.0
CLOCKS = 900.0
"""The phone's clock and the hub's may be apart by so many s."""
type Key = tuple[float, int]


class OnItsWay(msgspec.Struct):
    """A message that the phone was given, and has not reported. ``at``: s since 1970; ``asked``: how often the phone
    was asked for it; ``after``: the newest that was known of its conversation then, by the phone's own clock."""

    id: str
    conversation: int | None
    to: tuple[str, ...]
    text: str
    at: float
    asked: int = 0
    after: Key | None = None


class Held:
    """One phone's."""

    def __init__(self) -> None:
        self.newest: dict[int, Message] = {}
        """Of each conversation."""
        self.on_way: list[OnItsWay] = []
        self.looked_at = float("-inf")
        self.asked_at = float("-inf")
        """When its conversations were asked for, by the steady clock; ``answered_at``: when it last told anything."""
        self.answered_at = float("-inf")
        self._messages: dict[int, dict[Key, Message]] = {}
        self._asked: dict[int, float | None] = {}
        """What was asked of a conversation, and not answered: up to when."""
        self._whole: set[int] = set()
        self._loaded: set[int] = set()

    def let_go(self) -> None:
        """Nobody looks any more. What is on its way stays until it is known what became of it."""
        self.ask_anew()
        self.newest.clear()
        self.answered_at = float("-inf")

    def ask_anew(self) -> None:
        """It may have more to tell by now: of what it told before only the list is shown until it does."""
        self._messages.clear()
        self._asked.clear()
        self._whole.clear()
        self._loaded.clear()
        self.asked_at = float("-inf")

    @property
    def answers(self) -> bool:
        """Whether the phone has told anything since its conversations were asked for."""
        return float("-inf") < self.asked_at <= self.answered_at

    # What the phone tells

    def take(self, messages: Sequence[Message], steady: float) -> bool:
        """The phone tells these; whether any of it is news."""
        self.answered_at = steady
        news = False
        for conversation in {one.conversation for one in messages}:
            some = [one for one in messages if one.conversation == conversation]
            news |= self._take(conversation, some)
        self._bound()
        return news

    def _take(self, conversation: int, some: list[Message]) -> bool:
        known = self._messages.setdefault(conversation, {})
        fresh = [one for one in some if (one.at, one.id) not in known]
        changed = bool(fresh) or any(known[one.at, one.id] != one for one in some)
        known.update({(one.at, one.id): one for one in some})
        if conversation in self._asked:
            before = self._asked[conversation]
            answers = [one for one in some if before is None or one.at <= before]
            # One that comes by itself just then is no answer: it does not reach back to what is known.
            alone = before is None and len(some) == len(fresh) == 1 and len(known) > 1
            if answers and not alone:
                del self._asked[conversation]
                self._loaded.add(conversation)
                # Less than was asked for, or nothing that was not known: there is nothing before it.
                if len(answers) < PAGE or (before is not None and not any(one.at <= before for one in fresh)):
                    self._whole.add(conversation)
        newest = max(some, key=lambda one: (one.at, one.id))
        before_it = self.newest.get(conversation)
        if before_it is None or (newest.at, newest.id) >= (before_it.at, before_it.id):
            self.newest[conversation] = newest
        for one in fresh:
            self._reported(one)
        return changed

    def _reported(self, one: Message) -> None:
        """Whether this is one that was on its way: the oldest of those that it can be."""
        if one.state == "came":
            return
        for waiting in self.on_way:
            fits = waiting.conversation == one.conversation or _all_same(waiting.to, one.people)
            # An older one of the same words says nothing of this one.
            after = waiting.after
            later = one.at > waiting.at - CLOCKS if after is None else (one.at, one.id) > after
            if fits and later and waiting.text.strip() == one.text.strip():
                self.on_way.remove(waiting)
                return

    def _bound(self) -> None:
        for conversation, known in self._messages.items():
            if len(known) > OF_ONE:
                self._messages[conversation] = dict(sorted(known.items())[-OF_ONE:])
                self._whole.discard(conversation)
        while sum(map(len, self._messages.values())) > IN_ALL and len(self._messages) > 1:
            self._drop(next(iter(self._messages)))
        if len(self.newest) > CONVERSATIONS:
            for conversation in sorted(self.newest, key=lambda id: self.newest[id].at)[:-CONVERSATIONS]:
                del self.newest[conversation]
                self._drop(conversation)

    def _drop(self, conversation: int) -> None:
        self._messages.pop(conversation, None)
        self._loaded.discard(conversation)
        self._whole.discard(conversation)

    # What is shown

    def needs(self, conversation: int, before: float | None) -> bool:
        """Whether the phone has to be asked to show a page of a conversation."""
        if conversation not in self._loaded:
            return True
        return conversation not in self._whole and len(self.page(conversation, before)) < PAGE

    def asks(self, conversation: int, before: float | None) -> float | None:
        """It is asked now: for what is not known of before then, which is returned; None: for the newest."""
        known = self._messages.get(conversation, {})
        older = [at for at, _ in known if before is not None and at < before]
        since = None if conversation not in self._loaded or not known else min((*older, before or min(known)[0]))
        self._asked[conversation] = since
        return since

    def waits(self, conversation: int) -> bool:
        """Whether the phone has not answered yet."""
        return conversation in self._asked

    def whole(self, conversation: int) -> bool:
        """Whether there is nothing before what is known of a conversation."""
        return conversation in self._whole

    def page(self, conversation: int, before: float | None) -> list[Message]:
        """The newest messages of a conversation, or those before a time (s since 1970), newest first."""
        known = self._messages.get(conversation, {})
        if conversation in self._messages:  # what is looked at goes last
            self._messages[conversation] = self._messages.pop(conversation)
        found = sorted((key for key in known if before is None or key[0] < before), reverse=True)
        return [known[key] for key in found[:PAGE]]

    def conversations(self) -> list[Message]:
        """The newest message of each, newest first."""
        return sorted(self.newest.values(), key=lambda one: (one.at, one.id), reverse=True)

    def to(self, conversation: int) -> tuple[str, ...]:
        """Who an answer goes to; none: the conversation is not known."""
        newest = self.newest.get(conversation)
        return () if newest is None else newest.people

    def last(self, conversation: int | None, to: Sequence[str]) -> Key | None:
        """The newest that is known of a conversation, or of the one with exactly these numbers; None: there is none."""
        known = [
            (one.at, one.id)
            for id, one in self.newest.items()
            if id == conversation or (conversation is None and _all_same(to, one.people))
        ]
        return max(known, default=None)

    def sim(self, conversation: int) -> int | None:
        """The SIM card that a conversation goes by."""
        newest = self.newest.get(conversation)
        return None if newest is None else newest.sim


def _all_same(some: Sequence[str], others: Sequence[str]) -> bool:
    return len(some) == len(others) and all(any(same(one, other) for other in others) for one in some)
