"""What plays goes from one player to another: step by step, each done when the player itself has said so.

Act is not provide: that a player took a wish does not mean that it plays. What the first one plays goes on until the
other one plays it, so that whatever fails there costs nobody their music.
"""

from __future__ import annotations

import asyncio
from typing import Literal

from wayhome.core.command import Command
from wayhome.core.value import Value
from wayhome.errors import BadInput, Conflict, HubError, NotAllowed, NotFound
from wayhome.hub.ends import Ends
from wayhome.hub.playing import addresses
from wayhome.hub.session import Session

MEDIA, PLAYING, POSITION = "media_player.media", "media_player.playing", "media_player.position"
DURATION, STATE = "media_player.duration", "media_player.state"
PLAYS_WITHIN, THERE_WITHIN, PAUSED_WITHIN = 12.0, 10.0, 6.0
"""How long each step may take, in s."""
LOOK = 0.05

type State = Literal["done", "kept", "both"]
type Failed = tuple[str, str]


async def hand_over(
    session: Session, player: str, to: str, key: str | None
) -> tuple[State, float | None, Failed | None]:
    """See ``media.hand_over``. Raises NotFound, NotAllowed, BadInput, Conflict."""
    mark, long = _looked_over(session, player, to)
    steps = _Steps(session, key)
    failed = await steps.do(to, MEDIA, mark, PLAYS_WITHIN) or await steps.plays(to, mark)
    place: float | None = None
    if failed is None and long:
        place = _place(session, player)
        if place is not None:
            failed = await steps.do(to, POSITION, place, THERE_WITHIN)
    if failed is not None:
        # It goes on here as before, so there it is to be quiet: from its beginning is not at the same place.
        return ("kept" if await steps.quiet(to, mark) else "both"), None, failed
    if _value(session, player, STATE) in ("playing", "buffering"):
        failed = await steps.do(player, PLAYING, False, PAUSED_WITHIN)
    return ("done" if failed is None else "both"), place, failed


def _looked_over(session: Session, player: str, to: str) -> tuple[str, bool]:
    """The mark of what plays, and whether it has a length. Raises NotFound, NotAllowed, BadInput, Conflict."""
    things = session.hub.household.house.things
    one, other = things.get(player), things.get(to)
    for id, thing in ((player, one), (to, other)):
        if thing is None or not session.may("read", f"{id}/{STATE}") or STATE not in thing.signals:
            raise NotFound(f"there is no player {id[:64]!r} for you")
    assert one is not None
    assert other is not None
    for path in (f"{to}/{MEDIA}", f"{to}/{POSITION}", f"{player}/{PLAYING}"):
        if not session.may("act", path):
            raise NotAllowed(f"you may see {path.partition('/')[0]}, but not tell it what to do")
    mark = _value(session, player, MEDIA)
    if not isinstance(mark, str) or addresses(session.hub.extra).find(mark) is None:
        raise Conflict(f"what {one.name} plays lies where no other player can get it", advice="Choose it there anew.")
    media, place = other.signals.get(MEDIA), other.signals.get(POSITION)
    if media is None or media.fixed or other.site != session.hub.household.house.site:
        raise BadInput(f"{other.name} can't be told what to play from here")
    long = isinstance(_value(session, player, DURATION), int | float)
    if long and (place is None or place.fixed):
        raise BadInput(f"{other.name} can't be sent to a place in a piece")
    return mark, long


def _value(session: Session, thing: str, signal: str) -> Value:
    reading = session.hub.household.house.readings.get(f"{thing}/{signal}")
    return reading.value if reading is not None and reading.quality == "good" else None


def _place(session: Session, player: str) -> float | None:
    """Where it is by now, in s: it was told once, and goes on by itself."""
    reading = session.hub.household.house.readings.get(f"{player}/{POSITION}")
    if reading is None or not isinstance(reading.value, int | float):
        return None
    on = _value(session, player, STATE) == "playing"
    since = reading.source_at if reading.source_at is not None else reading.at
    place = reading.value + (max(0.0, session.hub.household.clock.now() - since) if on else 0.0)
    duration = _value(session, player, DURATION)
    return min(place, float(duration)) if isinstance(duration, int | float) else place


class _Steps:
    """Wishes one after the other, each waited for until the player's report ends it."""

    def __init__(self, session: Session, key: str | None) -> None:
        self._session, self._key = session, key
        self._count = 0
        self._context = session.context()

    async def do(self, thing: str, signal: str, target: Value, within: float) -> Failed | None:
        """Why it did not come to be so; None: it is so."""
        path, household = f"{thing}/{signal}", self._session.hub.household
        if signal == MEDIA and _value(self._session, thing, signal) == target:
            signal, target, path = PLAYING, True, f"{thing}/{PLAYING}"  # it has it already
        self._count += 1
        key = None if self._key is None else f"{self._key}.{self._count}"
        with Ends(household) as ends:
            try:
                command: Command = await self._session.act(path, target, key=key, ttl=within, parent=self._context.id)
            except HubError as error:
                return error.code, error.detail
            ended = command if not command.open else (await ends.wait([command.key], within)).get(command.key)
        if ended is None:
            return "expired", "the player did not report it in time"
        if ended.state != "done":
            return ended.code or ended.state, ended.why or "the player did not do it"
        return None

    async def quiet(self, to: str, mark: str) -> bool:
        """Have it pause what it was given, where it has it; whether that is not heard there."""
        if _value(self._session, to, MEDIA) != mark:
            return True  # it never had it, or somebody chose something else there meanwhile: that is theirs
        failed = await self.do(to, PLAYING, False, PAUSED_WITHIN)
        return failed is None or _value(self._session, to, STATE) not in ("playing", "buffering")

    async def plays(self, thing: str, mark: str) -> Failed | None:
        """Wait until it plays: it has the piece, and may still be fetching it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PLAYS_WITHIN
        while loop.time() < until:
            there = _value(self._session, thing, MEDIA)
            if there == mark and _value(self._session, thing, STATE) == "playing":
                return None
            if there not in (mark, None):
                return "conflict", "somebody chose something else there meanwhile"
            await asyncio.sleep(LOOK)
        return "unreachable", "the player took it, but does not play it"
