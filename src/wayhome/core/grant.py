"""Grants: who may do what, where, under which conditions. Everything else is denied.

A grant is a sentence: ``act kitchen-lamp/** when home until 2026-12-01T18:00 uses 1``. The verbs: ``read`` sees,
``act`` wishes, ``provide`` reports readings, ``share`` passes on what one holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from typing import Literal, get_args

import msgspec

from wayhome.core import glob
from wayhome.core.ids import is_slug, whose
from wayhome.errors import BadInput

type Verb = Literal["read", "act", "provide", "share"]
type Role = Literal["owner", "member", "child", "guest"]
VERBS: tuple[str, ...] = get_args(Verb.__value__)
ROLES: tuple[str, ...] = get_args(Role.__value__)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NOW = "@now/"
"""Notices that stand are shown at ``@now/KIND/PATH``, and are read by whoever may read ``PATH``."""
CALL = "@call/"
"""Calls of somebody's phone stand at ``@call/PERSON:…``."""
PERSONAL = frozenset({"@call", "@message_news", "@notification_news", "@clip_news", "@file_news", "@recent"})
"""What is told of these is one person's: a grant that names them opens it, one of all records does not."""


class Grant(msgspec.Struct, frozen=True, omit_defaults=True):
    """One permission. ``to``: ``person:mei``, ``role:guest``, ``device:…`` or ``link:…``.

    ``since``/``until``: s since 1970. ``daily``: two minutes of the day, household time; the first may be the
    later one (over midnight). ``days``: 0 is Monday. ``place``: where the person must be known to be. ``driving``:
    the driving states of the household's cars it holds in. ``uses``: how often it may still be used to act.
    """

    id: str
    to: str
    verb: Verb
    glob: str
    since: float | None = None
    until: float | None = None
    daily: tuple[int, int] | None = None
    days: tuple[int, ...] | None = None
    place: str | None = None
    driving: tuple[str, ...] | None = None
    uses: int | None = None

    @property
    def conditional(self) -> bool:
        """Whether it may begin or cease to hold without being changed."""
        conditions = (self.since, self.until, self.daily, self.days, self.place, self.driving)
        return any(condition is not None for condition in conditions)


class Situation(msgspec.Struct, frozen=True):
    """What grants' conditions are judged by: time (s since 1970), the person's place if known, driving states."""

    now: float
    place: str | None = None
    driving: frozenset[str] = frozenset({"parked"})
    zone: tzinfo = UTC


def holds(grant: Grant, situation: Situation) -> bool:
    """Whether the grant's conditions are met. An unknown place or driving state meets none."""
    if grant.since is not None and situation.now < grant.since:
        return False
    if grant.until is not None and situation.now >= grant.until:
        return False
    if grant.uses is not None and grant.uses <= 0:
        return False
    if grant.place is not None and not _place_fits(grant.place, situation.place):
        return False
    if grant.driving is not None and not (situation.driving and situation.driving <= set(grant.driving)):
        return False
    if grant.days is None and grant.daily is None:
        return True
    local = datetime.fromtimestamp(situation.now, situation.zone)
    if grant.days is not None and local.weekday() not in grant.days:
        return False
    if grant.daily is None:
        return True
    start, end = grant.daily
    minute = local.hour * 60 + local.minute
    return start <= minute < end if start <= end else minute >= start or minute < end


def _place_fits(wanted: str, place: str | None) -> bool:
    if place is None:
        return False
    return place != "home" if wanted == "away" else place == wanted


class Allowed:
    """The grants that hold for one actor now, compiled to a test per verb. Equal ``key``: equal rights."""

    def __init__(self, grants: Iterable[Grant]) -> None:
        by_verb: dict[str, set[str]] = {}
        self._counted: list[Grant] = []
        for grant in grants:
            by_verb.setdefault(grant.verb, set()).add(grant.glob)
            if grant.uses is not None:
                self._counted.append(grant)
        self._uncounted = (
            {verb: {g.glob for g in grants if g.verb == verb and g.uses is None} for verb in by_verb}
            if self._counted
            else by_verb
        )
        self.key = frozenset((verb, path) for verb, paths in by_verb.items() for path in paths)
        self._key_of_things = frozenset(one for one in self.key if one[0] != "read" or not one[1].startswith("@"))
        self._key_of_others = frozenset(one for one in self._key_of_things if whose_own(one[1]) is None)
        self._tests: dict[str, Callable[[str], bool]] = {verb: _any(sorted(paths)) for verb, paths in by_verb.items()}
        # A right to every thing is none to what is one person's own: only one that names it.
        self._own: dict[str, Callable[[str], bool]] = {
            verb: _any(sorted(path for path in paths if whose_own(path))) for verb, paths in by_verb.items()
        }
        self._cache: dict[tuple[str, str], bool] = {}

    def key_for(self, wanted: Iterable[str]) -> frozenset[tuple[str, str]]:
        """The rights that matter to who looks at these globs. Everybody has records and things of their own; those who
        look at other things alone have equal rights all the same."""
        looks = [*wanted]
        if any(text.startswith("@") for text in looks):
            return self.key
        some = any("*" in text.partition("/")[0] or whose_own(text) is not None for text in looks)
        return self._key_of_things if some else self._key_of_others

    def may(self, verb: Verb, path: str) -> bool:
        """Whether the path may be read, acted on, provided or shared."""
        asked = (verb, path)
        known = self._cache.get(asked)
        if known is None:
            if path.startswith(NOW):
                # What is told of a thing goes to whoever may see it for themselves: no grant of records opens it.
                if verb != "read":
                    return False
                path = path.removeprefix(NOW).partition("/")[2]
            test = (self._own if whose_own(path) else self._tests).get(verb)
            known = test is not None and test(path)
            if len(self._cache) < 20_000:
                self._cache[asked] = known
        return known

    def spends(self, verb: Verb, path: str) -> Grant | None:
        """The counted grant that an act would use up: None when one without a count allows it already."""
        own = whose_own(path) is not None
        free = (g for g in self._uncounted.get(verb, ()) if not own or whose_own(g))
        if not self._counted or any(glob.matcher([g])(path) for g in free):
            return None
        fits = (g for g in self._counted if g.verb == verb and (not own or whose_own(g.glob)))
        return next((g for g in fits if glob.matcher([g.glob])(path)), None)


def whose_own(path: str) -> str | None:
    """The person whose own a path or glob is about, if it names one: a thing of theirs, or what is told of their calls,
    messages, clipboard and files."""
    kind, _, rest = path.partition("/")
    if not path.startswith("@"):
        return whose(kind)
    return rest.partition(":")[0] if kind in PERSONAL and "*" not in rest.partition(":")[0] else None


def _any(globs: list[str]) -> Callable[[str], bool]:
    if not globs:
        return lambda path: False
    # A session may hold more grants than one matcher takes.
    tests = [glob.matcher(globs[at : at + glob.MAX_GLOBS]) for at in range(0, len(globs), glob.MAX_GLOBS)]
    return tests[0] if len(tests) == 1 else lambda path: any(test(path) for test in tests)


_PART = re.compile(
    r"\s+(?:(when)\s+([a-z0-9-]+)|(while)\s+([a-z,]+)|(since|until)\s+([0-9T:+Z.-]+)"
    r"|(daily)\s+(\d\d):(\d\d)-(\d\d):(\d\d)|(on)\s+([a-z,]+)|(uses)\s+(\d{1,6}))"
)


def parse(text: str, *, id: str, to: str, zone: tzinfo = UTC) -> Grant:
    """Read a grant's sentence. Times without an offset are in ``zone``. Raises BadInput with what is wrong."""
    verb, _, rest = text.strip().partition(" ")
    path, space, tail = rest.strip().partition(" ")
    if verb not in VERBS:
        raise BadInput(f"a grant begins with one of {', '.join(VERBS)}, not {verb[:20]!r}")
    glob.pattern(path)
    found: dict[str, object] = {}
    rest = space + tail
    at = 0
    while at < len(rest.rstrip()):
        part = _PART.match(rest, at)
        if part is None:
            raise BadInput(
                f"cannot read {rest[at:][:40]!r} in a grant",
                advice="Known: when PLACE, while parked, since/until TIME, daily 07:00-20:00, on mon,tue, uses N.",
            )
        at = part.end()
        _take(part, found, zone)
    return msgspec.convert({"id": id, "to": to, "verb": verb, "glob": path, **found}, Grant)


def _take(part: re.Match[str], found: dict[str, object], zone: tzinfo) -> None:
    when, place, while_, states, edge, time, daily, h1, m1, h2, m2, on, days, uses, count = part.groups()
    if when:
        found["place"] = place
    elif while_:
        known = tuple(states.split(","))
        if not set(known) <= {"parked", "idling", "moving"}:
            raise BadInput(f"driving states are parked, idling, moving, not {states[:40]!r}")
        found["driving"] = known
    elif edge:
        try:
            moment = datetime.fromisoformat(time)
        except ValueError:
            raise BadInput(f"{time[:40]!r} is not a time", advice="As 2026-12-01T18:00.") from None
        if not 1970 < moment.year < 3000:
            raise BadInput(f"{time[:40]!r} is not a time of these centuries")
        found[edge] = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()
    elif daily:
        start, end = int(h1) * 60 + int(m1), int(h2) * 60 + int(m2)
        if max(start, end) > 24 * 60 or int(m1) > 59 or int(m2) > 59:
            raise BadInput("times of day go from 00:00 to 24:00")
        found["daily"] = (start, end)
    elif on:
        names = days.split(",")
        if not set(names) <= set(DAYS):
            raise BadInput(f"days are {', '.join(DAYS)}, not {days[:40]!r}")
        found["days"] = tuple(sorted(DAYS.index(name) for name in names))
    elif uses:
        found["uses"] = int(count)


def sentence(grant: Grant, zone: tzinfo = UTC) -> str:
    """The grant as the sentence that ``parse`` reads."""
    words = [grant.verb, grant.glob]
    if grant.place is not None:
        words += ["when", grant.place]
    if grant.driving is not None:
        words += ["while", ",".join(grant.driving)]
    for edge, moment in (("since", grant.since), ("until", grant.until)):
        if moment is not None:
            local = datetime.fromtimestamp(moment, zone)
            whole = local.second == local.microsecond == 0
            words += [edge, local.isoformat(timespec="minutes" if whole else "auto")]
    if grant.daily is not None:
        words += ["daily", "-".join(f"{m // 60:02}:{m % 60:02}" for m in grant.daily)]
    if grant.days is not None:
        words += ["on", ",".join(DAYS[day] for day in grant.days)]
    if grant.uses is not None:
        words += ["uses", str(grant.uses)]
    return " ".join(words)


_EVERYBODY = (
    "act @op/home.*",
    "act @op/notices.*",
    "act @op/media.*",
    *(f"act @op/maps.{name}" for name in ("list", "search", "at", "stations")),
    *(
        f"act @op/people.{name}"
        for name in ("list", "me", "password", "passkey_*", "devices", "revoke", "change", "device_change", "passenger")
    ),
    "act @op/upkeep.reached",
    *(f"act @op/scenes.{name}" for name in ("list", "show", "run", "undo")),
    "read @scene/*",
    *(f"act @op/recordings.{name}" for name in ("list", "still")),
)

OF_ROLE: dict[Role, tuple[str, ...]] = {
    "owner": ("read **", "read @**", "act **", "act @**", "share **"),
    "member": (
        "read **",
        "read @place/*",
        "read @preference/*",
        "read @person/*",
        "read @driver/*",
        "read @charging/*",
        "read @drive/*",
        "read @scene_part/*",
        "read @scene_run/*",
        "read @recording/*",
        "read @destination/*",
        "read @navigation/*",
        "read @parked/*",
        "act **",
        *_EVERYBODY,
        "act @op/drives.*",
        "act @op/recordings.*",
        "act @op/people.*",
        "act @op/charging.*",
        "act @op/scenes.*",
        "act @op/clipboard.*",
        "act @op/destinations.*",
        "act @op/files.*",
        "act @op/navigation.*",
        "act @op/places.*",
        "act @op/throws.*",
        "act @op/messages.*",
        "act @op/notifications.*",
        *(f"act @op/keys.{name}" for name in ("list", "chain", "say", "give")),
        *(f"act @op/links.{name}" for name in ("list", "near", "pair", "confirm", "part")),
        "act @op/upkeep.about",
        "share **",
    ),
    "child": (
        *(
            f"read */{signals}"
            for signals in (
                "thing.**",
                "light.**",
                "switch.**",
                "climate.**",
                "fan.**",
                "media_player.**",
                "cover.**",
                "sensor.**",
                "scene.**",
                "driving.**",
                "Vehicle.Speed",
                "Vehicle.Cabin.**",
            )
        ),
        "read hub/**",
        *(f"act */{trait}.**" for trait in ("light", "fan", "media_player", "scene")),
        *_EVERYBODY,
    ),
    "guest": (
        *(f"read */{trait}.**" for trait in ("thing", "light", "climate", "scene", "driving")),
        "read hub/**",
        *(f"act */{trait}.** when home" for trait in ("light", "scene")),
        *_EVERYBODY,
    ),
}
"""What each role may do before any grant of its own. ``@op/feature.verb`` are the operations. What an operation
reads and does in turn is checked path by path, and each of ``people.*`` checks whom it is about, so they open nothing
that the role's other lines don't."""


def of_person(person: str) -> tuple[str, ...]:
    """What somebody may do because it is theirs, whatever their role: all with things that are their own (what plays
    on their phone), see the tiles of their own board, that their clipboard, files or messages have changed, what has
    come for their screens, where they were led, and who calls them. Such a record's id begins with the person's and a
    colon, which no person's id can hold, so nobody else's fits."""
    if not is_slug(person):
        return ()
    news = tuple(f"read @{kind}_news/{person}" for kind in ("clip", "file", "notification"))
    came = (f"read @came/{person}:*", f"read @came_text/{person}:*", f"read @throw/{person}:*")
    phone = (f"read @message_news/{person}", f"read {CALL}{person}:*")
    own = (f"{verb} {person}_*/**" for verb in ("read", "act", "share"))
    return (f"read @tile/{person}:*", f"read @recent/{person}:*", *news, *came, *phone, *own)
