"""The clipboard between a person and their phone: each copied text once, and none back to where it came from."""

from __future__ import annotations

import asyncio
import hashlib

from wayhome import log
from wayhome.core.ids import legible
from wayhome.errors import HubError, NotAllowed, TooLarge
from wayhome.hub.texts import Copied
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import UNSURE, Plugin, Reach
from wayhome.links.kdeconnect.wire import SHARE, Packet, number

CLIPBOARD, CLIPBOARD_NOW = "kdeconnect.clipboard", "kdeconnect.clipboard.connect"
LETTERS = 10_000
"""Longer texts stay where they are."""
FRESH = 300.0
"""What a phone had in its clipboard for longer, in s, when it comes is not taken for something to be handed on."""
EVERY = 0.3
"""Between two texts that are kept, in s; of those that come faster the last of each phone counts."""
TOLD_EVERY = 10.0


class Clipboards(Plugin):
    """See the module."""

    takes = frozenset({CLIPBOARD, CLIPBOARD_NOW, SHARE})
    sends = frozenset({CLIPBOARD, CLIPBOARD_NOW})

    def __init__(self, reach: Reach) -> None:
        self._host, self._phones, self._send, self._ahead = reach.host, reach.phones, reach.send, reach.ahead
        self._last: dict[str, bytes] = {}
        """The hash of what each phone has in its clipboard, as far as we know."""
        self._newest: dict[str, Copied] = {}
        """What each person copied last, as long as it is fresh: nobody keeps it here for longer than it is of use."""
        self._given: dict[str, float] = {}
        """When each phone was given what it has by us, by the loop's time."""
        self._lost_at: dict[str, float] = {}
        self._waiting: dict[str, str] = {}
        self._bell = asyncio.Event()

    async def run(self) -> None:
        """See Plugin."""
        with self._host.texts(self._told):
            while True:
                await self._bell.wait()
                self._bell.clear()
                waiting, self._waiting = self._waiting, {}
                for id, text in waiting.items():
                    phone = self._phones().get(id)
                    if phone is None or phone.owner is None:
                        continue
                    try:
                        await self._host.copied(phone.owner, text, id, legible(phone.name))
                    except NotAllowed as error:  # a child's, who has no clipboard: nobody misses it
                        log.get("links").info("a copied text is not kept", link=self._host.id, why=error.detail)
                    except HubError as error:
                        self._lost(phone, error)
                    except Exception as error:
                        # One odd text must not silence all that come after it.
                        self._lost(phone, HubError(log.fault(error)))
                await asyncio.sleep(EVERY)

    def heard(self, phone: Phone, packet: Packet) -> None:
        """A phone says what is in its clipboard, or somebody shares a text or link to us by hand. Files stay there."""
        type, body = packet.type, packet.body
        text = body.get("content") if type != SHARE else body.get("text") or body.get("url")
        if not phone.shares or not isinstance(text, str) or not text.strip():
            return
        if type == CLIPBOARD_NOW:
            # By the phone's own clock, which may be another one than ours.
            at = number(body.get("timestamp"))
            if not at or abs(self._host.now() + self._ahead(phone.id) - at / 1000) > FRESH:
                return
        # What we gave it may come back, and a line that is new tells what is known; what is sent anew is copied anew.
        again = type == CLIPBOARD_NOW or phone.id in self._given
        if again and type != SHARE and self._last.get(phone.id) == _mark(text):
            return
        if type != SHARE:  # what is shared does not lie in its clipboard
            self._last[phone.id] = _mark(text)
            self._given.pop(phone.id, None)
        if len(text) > LETTERS:
            self._lost(phone, TooLarge(f"a text has at most {LETTERS} letters"))
            return
        self._waiting[phone.id] = text
        self._bell.set()

    def cut(self, phone: Phone, type: str) -> None:
        """A text that is too long for a packet. What the phone had in its clipboard when it came may be an old one."""
        if phone.shares and type != CLIPBOARD_NOW:
            self._lost(phone, TooLarge("the text was too long for a packet"))

    def _lost(self, phone: Phone, error: HubError) -> None:
        log.get("links").warning("a copied text is not kept", link=self._host.id, why=error.detail)
        now = asyncio.get_running_loop().time()
        if now - self._lost_at.get(phone.id, -TOLD_EVERY) >= TOLD_EVERY:
            self._lost_at[phone.id] = now
            self._host.happened("PhoneTextLost", phone.thing, {"name": phone.name, "why": error.code})

    def came(self, phone: Phone) -> None:
        """It gets what its person copied while it was not there."""
        self._unsure(phone)
        copied = self._newest.get(phone.owner or "")
        if copied is not None and self._host.now() - copied.at < FRESH:
            at = copied.at + self._ahead(phone.id)  # what it put in itself since then, by its clock, is newer
            self._give(phone, copied, CLIPBOARD_NOW, {"timestamp": int(at * 1000)})

    def gone(self, phone: Phone) -> None:
        """See Plugin."""
        self._unsure(phone)

    def _unsure(self, phone: Phone) -> None:
        """Its line has ended, if without a word: what it was given last may not have come."""
        given = self._given.pop(phone.id, None)
        if given is not None and asyncio.get_running_loop().time() - given < UNSURE:
            self._last.pop(phone.id, None)

    def forget(self, id: str) -> None:
        """See Plugin."""
        self._last.pop(id, None)
        self._given.pop(id, None)
        self._lost_at.pop(id, None)
        self._waiting.pop(id, None)

    def _told(self, copied: Copied) -> None:
        mine = [one for one in self._phones().values() if one.shares and one.owner == copied.person]
        if mine:
            self._newest[copied.person] = copied
            asyncio.get_running_loop().call_later(FRESH, self._stale, copied)
        for phone in mine:
            self._give(phone, copied, CLIPBOARD, {})

    def _stale(self, copied: Copied) -> None:
        if self._newest.get(copied.person) is copied:
            del self._newest[copied.person]

    def _give(self, phone: Phone, copied: Copied, type: str, more: dict[str, object]) -> None:
        mark = _mark(copied.text)
        if not phone.shares or phone.owner != copied.person or type not in phone.takes:
            return
        if copied.origin == f"{self._host.id}/{phone.id}" or self._last.get(phone.id) == mark:
            return
        if self._send(phone.id, type, {"content": copied.text, **more}):
            self._last[phone.id], self._given[phone.id] = mark, asyncio.get_running_loop().time()


def _mark(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
