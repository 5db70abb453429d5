"""The clipboard between a person and their phone: each copied text once, and none back to where it came from."""

from __future__ import annotations

import asyncio
import hashlib

from wayhome import log
from wayhome.errors import HubError
from wayhome.hub.texts import Copied
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import Plugin, Reach
from wayhome.links.kdeconnect.wire import SHARE, Packet, number

CLIPBOARD, CLIPBOARD_NOW = "kdeconnect.clipboard", "kdeconnect.clipboard.connect"
LETTERS = 10_000
"""Longer texts stay where they are."""
FRESH = 300.0
"""What a phone had in its clipboard for longer, in s, when it comes is not taken for something to be handed on."""
EVERY = 0.3
"""Between two texts that are kept, in s; of those that come faster the last of each phone counts."""


class Clipboards(Plugin):
    """See the module."""

    takes = frozenset({CLIPBOARD, CLIPBOARD_NOW, SHARE})
    sends = frozenset({CLIPBOARD, CLIPBOARD_NOW})

    def __init__(self, reach: Reach) -> None:
        self._host, self._phones, self._send = reach.host, reach.phones, reach.send
        self._last: dict[str, bytes] = {}
        """The hash of what each phone has in its clipboard, as far as we know."""
        self._newest: dict[str, Copied] = {}
        """What each person copied last, as long as it is fresh: nobody keeps it here for longer than it is of use."""
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
                        await self._host.copied(phone.owner, text, id)
                    except HubError as error:
                        log.get("links").warning("a copied text is not kept", link=self._host.id, why=error.detail)
                    except Exception as error:
                        # One odd text must not silence all that come after it.
                        log.get("links").error("a copied text is not kept", link=self._host.id, why=log.fault(error))
                await asyncio.sleep(EVERY)

    def heard(self, phone: Phone, packet: Packet) -> None:
        """A phone says what is in its clipboard, or somebody shares a text or link to us by hand. Files stay there."""
        type, body = packet.type, packet.body
        text = body.get("content") if type != SHARE else body.get("text") or body.get("url")
        if not phone.shares or not isinstance(text, str) or not text.strip() or len(text) > LETTERS:
            return
        if type == CLIPBOARD_NOW:
            at = number(body.get("timestamp"))
            if not at or abs(self._host.now() - at / 1000) > FRESH:
                return
        if self._last.get(phone.id) != _mark(text) or type == SHARE:
            if type != SHARE:  # what is shared does not lie in its clipboard
                self._last[phone.id] = _mark(text)
            self._waiting[phone.id] = text
            self._bell.set()

    def came(self, phone: Phone) -> None:
        """It gets what its person copied while it was not there."""
        copied = self._newest.get(phone.owner or "")
        if copied is not None and self._host.now() - copied.at < FRESH:
            self._give(phone, copied, CLIPBOARD_NOW, {"timestamp": int(copied.at * 1000)})

    def forget(self, id: str) -> None:
        """See Plugin."""
        self._last.pop(id, None)
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
            self._last[phone.id] = mark


def _mark(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
