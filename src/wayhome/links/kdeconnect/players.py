"""What players a phone or computer has, by what it tells of each, and which of them its thing shows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.ids import legible
from wayhome.core.value import Value
from wayhome.links.kdeconnect.wire import number, yes

MOST = 12
LETTERS = 200
MAX_ADDRESS = 2_000
LONGEST = 10 * 86_400_000.0
STEP = 6.0
"""It goes on while it is told a place: so many seconds its report may differ by, twice."""
DRIFT = 1.5
"""A place is told anew where it is so many seconds off what everybody works out who knows the last one."""


class Player(msgspec.Struct, frozen=True):
    """One of them. ``position`` and ``length`` in ms, ``at``: when it was there, s since 1970; ``volume`` in percent.
    What is None was not told."""

    name: str
    playing: bool = False
    title: str = ""
    artist: str = ""
    album: str = ""
    position: float | None = None
    at: float = 0.0
    length: float | None = None
    volume: float | None = None
    plays: bool = False
    pauses: bool = False
    next: bool = False
    previous: bool = False
    seeks: bool = False
    art: str = ""
    url: str = ""

    def place(self, now: float) -> float | None:
        """Where it is by now, in ms."""
        if self.position is None:
            return None
        on = self.position + (1000 * max(0.0, now - self.at) if self.playing else 0.0)
        return min(on, self.length) if self.length else on


_FLAGS = {"plays": "canPlay", "pauses": "canPause", "next": "canGoNext", "previous": "canGoPrevious",
          "seeks": "canSeek"}  # fmt: skip


def named(names: object) -> list[str]:
    """The players' names in a list that a device sent."""
    if not isinstance(names, list):
        return []
    return list(dict.fromkeys(one for one in names[:MOST] if isinstance(one, str) and 0 < len(one) <= LETTERS))


def now_known(player: Player, body: Mapping[str, Any], now: float) -> Player:
    """A player after a packet about it: what the packet does not speak of stays as it was."""
    found: dict[str, Any] = {}
    for field in ("title", "artist", "album"):
        if field in body:
            found[field] = line(body[field])
    if "title" not in body and not player.title and isinstance(body.get("nowPlaying"), str):
        found["title"] = line(body["nowPlaying"])  # players of a stream tell it in one
    for field, word in (("art", "albumArtUrl"), ("url", "url")):
        if word in body:
            found[field] = body[word] if isinstance(body[word], str) and len(body[word]) <= MAX_ADDRESS else ""
    for field, word in _FLAGS.items():
        if word in body:
            found[field] = yes(body[word])
    if "isPlaying" in body:
        found["playing"] = yes(body["isPlaying"])
    if "length" in body:
        length = number(body["length"])
        found["length"] = length if length is not None and 0 < length <= LONGEST else None
    if "volume" in body:
        volume = number(body["volume"])
        found["volume"] = None if volume is None or volume < 0 else min(volume, 100.0)
    position = number(body.get("pos"))
    if position is not None and 0 <= position <= LONGEST:
        found |= {"position": position, "at": now}
    elif found.get("playing", player.playing) != player.playing:
        found |= {"position": player.place(now), "at": now}
    if "title" in found and found["title"] != player.title and "pos" not in body:
        found |= {"position": None}  # another piece, whose place it has not told yet
    return msgspec.structs.replace(player, **found)


def line(said: object) -> str:
    """A text as it stands in one line, of a length."""
    return legible(said)[:LETTERS].strip() if isinstance(said, str) else ""


def chosen(players: Mapping[str, Player], before: str | None, kept: bool) -> str | None:
    """Which player is shown: ``before`` as long as it plays, or a person chose it (``kept``); else one that plays."""
    if before is not None and before in players and (kept or players[before].playing):
        return before
    playing = next((name for name, one in players.items() if one.playing), None)
    return playing or (before if before in players else next(iter(players), None))


def signals(players: Mapping[str, Player], name: str) -> dict[str, Refinement]:
    """What the thing can do while it shows this player."""
    one = players[name]
    found = {f"media_player.{word}": Refinement() for word in
             ("state", "title", "artist", "album", "duration", "picture")}  # fmt: skip
    found["media_player.media"] = Refinement(fixed=True)
    found["media_player.playing"] = Refinement(fixed=not (one.plays or one.pauses))
    found["media_player.position"] = Refinement(fixed=not one.seeks, step=STEP)
    found["media_player.source"] = Refinement(allowed=tuple(line(name) or "?" for name in players))
    if one.volume is not None:
        found["media_player.volume"] = Refinement()
    for word, can in (("next", one.next), ("previous", one.previous)):
        if can:
            found[f"media_player.{word}"] = Refinement()
    return found


def facts(one: Player, now: float, mark: str | None) -> dict[str, tuple[Value, float | None]]:
    """What is so, and since when where that counts. ``mark``: see ``LinkHost.playable``."""
    state = "playing" if one.playing else "paused" if one.title else "idle"
    position = None if one.position is None else round(one.position / 1000, 1)
    length = None if one.length is None else one.length / 1000
    told: dict[str, Value] = {
        "state": state, "playing": one.playing, "title": one.title or None, "artist": one.artist or None,
        "album": one.album or None, "duration": length, "source": line(one.name) or "?", "media": mark,
        "picture": f"{crc32(one.art.encode('utf-8', 'replace')):08x}" if one.art else None,
    }  # fmt: skip
    if one.volume is not None:
        told["volume"] = one.volume
    found: dict[str, tuple[Value, float | None]] = {f"media_player.{word}": (value, None)
                                                    for word, value in told.items()}  # fmt: skip
    found["media_player.position"] = position, one.at if position is not None else None
    return found
