"""What apps on a person's phone say: told to the hub, and answered, put away and acted on at the phone."""

from __future__ import annotations

import asyncio
from typing import Any

from wayhome import log
from wayhome.core.ids import legible
from wayhome.errors import HubError, NotFound, Unreachable
from wayhome.hub.notifications import ICON, Heard, Said
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import Plugin, Reach
from wayhome.links.kdeconnect.wire import Packet, number, yes

TOLD, ASKED = "kdeconnect.notification", "kdeconnect.notification.request"
REPLY, ACTION = "kdeconnect.notification.reply", "kdeconnect.notification.action"
NAME, TITLE, TEXT, BUTTON, ID = 60, 200, 4_000, 60, 400
"""Letters of an app's name, a title, a text, a button and an id: of longer ones the rest is cut off, and what has a
longer id is passed over."""
BUTTONS = 5
LINES = 12
"""So many of a talk's newest lines are shown."""
ICON_WITHIN = 15.0
ICONS = 16
"""So many icons of a phone are fetched or wait for that; whatever more there are come with the next word of the app."""
COMPUTERS = ("desktop", "laptop")
OWN = "org.kde.kdeconnect_tp"
"""What the KDE Connect app itself says on a phone, as what was sent to it, is told to nobody again."""
KNOWN = 200
"""For so many notifications of a phone it is known how they are answered; the oldest are forgotten."""


class Notifications(Plugin):
    """See the module. It is the ``Answers`` of its link."""

    takes = frozenset({TOLD})
    sends = frozenset({ASKED, REPLY, ACTION})

    def __init__(self, reach: Reach) -> None:
        self._host, self._phones, self._send, self._fetch = reach.host, reach.phones, reach.send, reach.fetch
        self._arrived, self._ahead = reach.arrived, reach.ahead
        self._heard: Heard | None = None
        self._reply_ids: dict[str, dict[str, str]] = {}
        """By which id each notification of a phone is answered, which may be another with each of its words."""
        self._there: set[str] = set()
        self._icons: dict[str, dict[str, tuple[Phone, Packet]]] = {}
        """Icons of each phone that wait, and the one that is being fetched."""
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Fetch icons, until cancelled."""
        with self._host.notifications(self) as heard:
            self._heard = heard
            try:
                for phone in [one for one in self._phones().values() if one.id in self._there]:
                    self.came(phone)
                async with asyncio.TaskGroup() as self._tasks:
                    await asyncio.Event().wait()
            finally:
                self._heard = self._tasks = None
                self._icons.clear()

    def came(self, phone: Phone) -> None:
        """It is asked for all that stands there now: what went while it was away is not told otherwise."""
        self._there.add(phone.id)
        if self._heard is not None and phone.shares:
            asked = ASKED in phone.takes and self._send(phone.id, ASKED, {"request": True})
            # A computer's KDE Connect is asked in vain: it tells each once.
            self._heard.came(phone.id, asked and phone.type not in COMPUTERS)

    def forget(self, id: str) -> None:
        """See Plugin."""
        self._reply_ids.pop(id, None)
        self._there.discard(id)
        if self._heard is not None:
            self._heard.parted(id)

    def heard(self, phone: Phone, packet: Packet) -> None:
        """See Plugin."""
        body, id = packet.body, _id(packet.body.get("id"))
        if self._heard is None or not phone.shares or phone.owner is None or id is None:
            return
        ids = self._reply_ids.setdefault(phone.id, {})
        ids.pop(id, None)
        if yes(body.get("isCancel")):
            self._heard.over(phone.id, id)
            return
        answer = body.get("requestReplyId")
        if isinstance(answer, str) and 0 < len(answer) <= ID:
            if len(ids) >= KNOWN:
                ids.pop(next(iter(ids)))
            ids[id] = answer
        said = told(packet, id, self._host.now(), replies=id in ids, ahead=self._ahead(phone.id))
        if said is None or OWN in id:
            return
        self._heard.said(phone.owner, phone.id, said)
        if 0 < packet.size <= ICON and self._heard.wants(phone.id, said.picture):
            self._ask_icon(phone, packet, said.picture)

    def gone(self, phone: Phone) -> None:
        """See Plugin."""
        self._there.discard(phone.id)

    # Answers

    def near(self, phone: str) -> str | None:
        """See Answers."""
        found = self._phones().get(phone) if phone in self._there else None
        return found.name if found is not None else None

    async def dismiss(self, phone: str, id: str) -> None:
        """See Answers."""
        self._say(phone, ASKED, {"cancel": id})

    async def reply(self, phone: str, id: str, text: str) -> None:
        """See Answers."""
        answer = self._reply_ids.get(phone, {}).get(id)
        if answer is None:
            raise NotFound("this can't be answered any more")
        await self._hand(phone, REPLY, {"requestReplyId": answer, "message": text})

    async def act(self, phone: str, id: str, action: str) -> None:
        """See Answers."""
        await self._hand(phone, ACTION, {"key": id, "action": action})

    async def _hand(self, id: str, type: str, body: dict[str, object]) -> None:
        """Say what is said once only, and see that it comes there. Raises Unreachable."""
        self._say(id, type, body)
        if not await self._arrived(id):
            raise Unreachable("the phone does not answer", advice="It has to be in the same network.")

    def _say(self, id: str, type: str, body: dict[str, object]) -> None:
        phone = self._phones().get(id)
        if phone is None or type not in phone.takes or not self._send(id, type, body):
            name = phone.name if phone is not None else "the phone"
            raise Unreachable(f"{name} is not near", advice="It has to be in the same network.")

    # Icons

    def _ask_icon(self, phone: Phone, packet: Packet, picture: str) -> None:
        waiting = self._icons.setdefault(phone.id, {})
        if picture in waiting or len(waiting) >= ICONS or self._tasks is None:
            return
        waiting[picture] = phone, packet
        if len(waiting) == 1:
            self._tasks.create_task(self._fetch_icons(phone.id, waiting))

    async def _fetch_icons(self, id: str, waiting: dict[str, tuple[Phone, Packet]]) -> None:
        """One after the other; a phone that does not send its own keeps no other waiting."""
        while waiting:
            picture, (phone, packet) = next(iter(waiting.items()))
            try:
                async with asyncio.timeout(ICON_WITHIN), self._fetch(phone, packet) as streams:
                    content = await streams.reader.readexactly(packet.size)
                if self._heard is not None:
                    self._heard.pictured(id, picture, content)
            except (HubError, OSError, EOFError, TimeoutError) as error:
                log.get("links").info("an icon did not come", link=self._host.id, why=log.fault(error))
            del waiting[picture]


def told(packet: Packet, id: str, now: float, *, replies: bool, ahead: float = 0.0) -> Said | None:
    """What a packet says; None: nothing that anybody could read. ``now``: s since 1970. ``ahead``: so many s the
    phone's clock is ahead."""
    body: dict[str, Any] = packet.body
    app = _line(body.get("appName"), NAME)
    title, talk = _line(body.get("title"), TITLE), _line(body.get("groupName"), TITLE)
    lines = _lines(body.get("conversation"))
    text = lines or _text(body.get("text")) or ("" if title else _text(body.get("ticker")))
    if not title and not text:
        return None
    message = replies or bool(lines) or bool(talk)
    buttons = body.get("actions")
    named = [_line(one, BUTTON) for one in buttons[:BUTTONS]] if isinstance(buttons, list) else []
    at = number(body.get("time"))
    hash = body.get("payloadHash")
    if not isinstance(hash, str) or not 0 < len(hash) <= 128:
        hash = f"{app} {packet.size}" if packet.size else ""  # computers give it no name
    return Said(
        id, app, title, text,
        at / 1000 - ahead if at is not None and 0 < at / 1000 <= now + ahead + 60 else now,
        sender=(talk or title) if message else "",
        clears=body.get("isClearable") is None or yes(body.get("isClearable")),
        replies=replies,
        actions=tuple(one for one in named if one),
        silent=yes(body.get("silent")),
        once=yes(body.get("onlyOnce")),
        picture=hash,
    )  # fmt: skip


def _id(value: object) -> str | None:
    """Some devices count them, others name them."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and 0 < len(value) <= ID else None


def _line(value: object, most: int) -> str:
    return legible(value[: 4 * most])[:most] if isinstance(value, str) else ""


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    lines = (legible(line) for line in value[:TEXT].splitlines())
    return "\n".join(lines).strip()


def _lines(value: object) -> str:
    """A talk's newest lines; the apps send it as one text, or as a list of them."""
    if not isinstance(value, list):
        return _text(value)
    found = []
    for one in value[-LINES:]:
        if isinstance(one, dict):
            who, what = _line(one.get("sender"), NAME), _text(one.get("message") or one.get("text"))
            found.append(f"{who}: {what}" if who and what else what)
        else:
            found.append(_text(one))
    return "\n".join(one for one in found if one)[-TEXT:]
