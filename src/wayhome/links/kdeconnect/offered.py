"""The home's players for phones: the app's media control works them, with the rights of the person whose phone that
is."""

from __future__ import annotations

from collections.abc import Iterator

from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.errors import Unreachable
from wayhome.hub.visit import Visit
from wayhome.links.kdeconnect import art
from wayhome.links.kdeconnect.dirty import Dirty
from wayhome.links.kdeconnect.media import ASKS, TOLD
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import Plugin, Reach
from wayhome.links.kdeconnect.visits import Visits
from wayhome.links.kdeconnect.wire import Packet, number, plain_name, yes

MOST = 20
EVERY = 0.15
"""What changes within so many seconds is told a phone at once."""
TRAIT = "media_player."
ART = "file:///wayhome/"
"""What looks to the apps like a file on our side: they ask us for such, and fetch nothing by themselves."""


class Offered(Plugin):
    """See the module."""

    takes = frozenset({ASKS})
    sends = frozenset({TOLD})

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._visits = Visits(reach, self._published)
        self._names: dict[str, dict[str, str]] = {}
        """What each phone knows: the things by the names that it calls them by."""
        self._told: dict[tuple[str, str], dict[str, object]] = {}
        self._dirty = Dirty[tuple[str, str]](EVERY)

    async def run(self) -> None:
        """See Plugin."""
        try:
            async for dirty in self._dirty.rounds():
                for id in {id for id, thing in dirty if not thing}:
                    self._list(id)
                for id, thing in dirty:
                    if thing:
                        self._tell(id, thing)
        finally:
            self._visits.close()

    def _published(self, id: str, path: str) -> None:
        thing, _, signal = path.partition("/")
        if signal.startswith(TRAIT):
            self._soon(id, thing)
        elif signal in ("thing.info", "thing.online"):
            self._soon(id, "")

    def _soon(self, id: str, thing: str) -> None:
        self._dirty.add((id, thing))

    # Phones

    def came(self, phone: Phone) -> None:
        """It learns which players there are."""
        if TOLD in phone.takes and ASKS in phone.sends and self._visits.enter(phone):
            self._knows_nothing(phone.id)
            self._soon(phone.id, "")

    def gone(self, phone: Phone) -> None:
        """See Plugin."""
        self.forget(phone.id)

    def forget(self, id: str) -> None:
        """See Plugin."""
        self._visits.leave(id)
        self._knows_nothing(id)

    def _knows_nothing(self, id: str) -> None:
        self._names.pop(id, None)
        self._told = {key: body for key, body in self._told.items() if key[0] != id}

    def _players(self, id: str, visit: Visit) -> Iterator[Thing]:
        """Those that its person may work, but for its own."""
        for thing in visit.things():
            if "media_player.playing" not in thing.signals or thing.signals["media_player.playing"].fixed:
                continue
            own = self._reach.whose(thing.id) if thing.link == self._reach.host.id else None
            if own is not None and own.id == id:
                continue
            if visit.may(f"{thing.id}/media_player.playing") and visit.value(f"{thing.id}/thing.online") is True:
                yield thing

    def _list(self, id: str, again: bool = False) -> None:
        visit = self._visits.of(id)
        if visit is None:
            return
        names: dict[str, str] = {}
        for thing in sorted(self._players(id, visit), key=lambda one: (one.name.casefold(), one.id))[:MOST]:
            plain = plain_name(thing.name)
            name = next(n for n in (plain, *(f"{plain} {k}" for k in range(2, MOST + 2))) if n not in names)
            names[name] = thing.id
        if names == self._names.get(id) and not again:
            return
        fresh = set(names.values()) - set(self._names.get(id, {}).values())
        self._names[id] = names
        self._reach.send(id, TOLD, {"playerList": list(names), "supportAlbumArtPayload": True})
        for thing_id in fresh:
            self._tell(id, thing_id)

    def _tell(self, id: str, thing_id: str, always: bool = False) -> None:
        visit = self._visits.of(id)
        name = next((name for name, one in self._names.get(id, {}).items() if one == thing_id), None)
        thing = visit.thing(thing_id) if visit is not None else None
        if visit is None or name is None or thing is None:
            return
        body = {"player": name, **_state(visit, thing, self._reach.host.now())}
        if not always and self._told.get((id, thing_id)) == body:
            return
        if self._reach.send(id, TOLD, body):
            self._told[id, thing_id] = body

    # Asked

    def heard(self, phone: Phone, packet: Packet) -> None:
        """See Plugin."""
        body, visit = packet.body, self._visits.of(phone.id)
        if packet.type != ASKS or visit is None:
            return
        if yes(body.get("requestPlayerList")):
            self._list(phone.id, again=True)
        name = body.get("player")
        thing_id = self._names.get(phone.id, {}).get(name) if isinstance(name, str) else None
        thing = visit.thing(thing_id) if thing_id is not None else None
        if thing is None or thing_id is None or not isinstance(name, str):
            return
        if yes(body.get("requestNowPlaying")) or yes(body.get("requestVolume")):
            self._tell(phone.id, thing_id, always=True)
        asked = body.get("albumArtUrl")
        if isinstance(asked, str) and asked.startswith(f"{ART}{thing_id}/"):
            self._visits.ask(phone.id, self._give_art(visit, phone, thing_id, name, asked), lambda: None)
        wish = _wish(visit, thing, body, self._reach.host.now())
        if wish is not None:
            signal, target = wish
            # What is not done, as where somebody drives, shows as it is.
            self._visits.ask(
                phone.id,
                visit.act(f"{thing_id}/{signal}", target),
                lambda: self._tell(phone.id, thing_id, always=True),
            )

    async def _give_art(self, visit: Visit, phone: Phone, thing_id: str, name: str, asked: str) -> None:
        picture = await visit.call("home.picture", {"thing": thing_id})
        if not picture.media_type.startswith("image/"):
            raise Unreachable("there is no such picture")
        body: dict[str, object] = {"player": name, "transferringAlbumArt": True, "albumArtUrl": asked}
        await art.given(self._reach, phone, TOLD, body, picture)


def _can(visit: Visit, thing: Thing, signal: str) -> bool:
    found = thing.signals.get(signal)
    return found is not None and not found.fixed and visit.may(f"{thing.id}/{signal}")


def _state(visit: Visit, thing: Thing, now: float) -> dict[str, object]:
    """A player as the apps understand it. Times in ms."""

    def told(word: str) -> Value:
        return visit.value(f"{thing.id}/{TRAIT}{word}")

    playing = told("state") in ("playing", "buffering")
    duration, volume, mark = told("duration"), told("volume"), told("picture")
    turns = _can(visit, thing, "media_player.playing")
    body: dict[str, object] = {
        "isPlaying": playing,
        **{word: str(told(word) or "") for word in ("title", "artist", "album")},
        "canPlay": turns, "canPause": turns,
        "canGoNext": _can(visit, thing, "media_player.next"),
        "canGoPrevious": _can(visit, thing, "media_player.previous"),
        "canSeek": _can(visit, thing, "media_player.position") and isinstance(duration, int | float),
        "length": int(duration * 1000) if isinstance(duration, int | float) else -1,
        "pos": int(_place(visit, thing, now) * 1000),
        "loopStatus": "None", "shuffle": False, "url": "",
        "albumArtUrl": f"{ART}{thing.id}/{mark}" if isinstance(mark, str) else "",
    }  # fmt: skip
    artist, title = body["artist"], body["title"] or told("app") or thing.name
    body |= {"title": str(title), "nowPlaying": f"{artist} - {title}" if artist else str(title)}
    if isinstance(volume, int | float) and _can(visit, thing, "media_player.volume"):
        body["volume"] = round(volume)
    return body


def _place(visit: Visit, thing: Thing, now: float) -> float:
    found = visit.fact(f"{thing.id}/media_player.position")
    if found is None or not isinstance(found[0], int | float):
        return 0.0
    on = visit.value(f"{thing.id}/media_player.state") == "playing"
    at = found[0] + (max(0.0, now - found[1]) if on else 0.0)
    duration = visit.value(f"{thing.id}/media_player.duration")
    return min(at, float(duration)) if isinstance(duration, int | float) else at


def _wish(visit: Visit, thing: Thing, body: dict[str, object], now: float) -> tuple[str, Value] | None:
    """What a phone asks of a player, as a wish; None: nothing that it can."""
    action, volume = body.get("action"), number(body.get("setVolume"))
    to, by = number(body.get("SetPosition")), number(body.get("Seek"))
    wish: tuple[str, Value] | None = None
    match action:
        case "PlayPause":
            playing = visit.value(f"{thing.id}/media_player.state") in ("playing", "buffering")
            wish = "media_player.playing", not playing
        case "Play":
            wish = "media_player.playing", True
        case "Pause":
            wish = "media_player.playing", False
        case "Stop":
            stops = "media_player.stop" in thing.signals
            wish = ("media_player.stop", True) if stops else ("media_player.playing", False)
        case "Next":
            wish = "media_player.next", True
        case "Previous":
            wish = "media_player.previous", True
    if wish is None and volume is not None:
        wish = "media_player.volume", float(min(max(volume, 0), 100))
    elif wish is None and to is not None:
        wish = "media_player.position", max(0.0, to / 1000)
    elif wish is None and by is not None:
        wish = "media_player.position", max(0.0, _place(visit, thing, now) + by / 1_000_000)
    return wish if wish is not None and wish[0] in thing.signals and not thing.signals[wish[0]].fixed else None
