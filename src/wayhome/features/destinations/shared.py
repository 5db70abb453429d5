"""What people share as a place, read without asking anybody: links of map programs, ``geo:`` (RFC 5870, and what
Android adds to it), coordinates, or a name alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import msgspec

from wayhome.core.ids import legible
from wayhome.errors import BadInput
from wayhome.features.destinations import grids
from wayhome.features.destinations.grids import Point

MAX_TEXT = 4_000
MAX_NAME = 120
"""What a driver may be shown at once."""
MAX_LINK = 1_000

# What is a link here, where it ends, and which links are places: the page offers those and no others to be sent, see
# web/src/panels/clipboard/places.ts. tests/features/destinations/offered.json holds both to it.
_IN_LINK = r"[^\s\x00-\x1f\x7f-\x9f\ufeff<>]"
_LINK = re.compile(rf"(?<![A-Za-z0-9_])(?:https?://{_IN_LINK}|geo:){_IN_LINK}*", re.IGNORECASE)
_CLOSES = {")": "(", "]": "[", "}": "{", "）": "（", "」": "「"}
_END = ".,;:!?\"'’”。，；：！？" + "".join(_CLOSES)
_OPENS = " <„" + "".join(_CLOSES.values())
# A name in brackets, with one pair of them in it, and with spaces that should have been encoded.
_GEO_LABEL = re.compile(r"[^()\r\n]*\([^()\r\n]*(?:\([^()\r\n]*\)[^()\r\n]*)*\)")
_NUMBER = r"[-+]?\d{1,3}(?:\.\d{1,15})?"
_PAIR = re.compile(rf"\s*({_NUMBER})\s*[,;\s]\s*({_NUMBER})\s*")
_LABELLED = re.compile(rf"\s*({_NUMBER})\s*,\s*({_NUMBER})\s*(?:\((.*))?")
_LOC = re.compile(rf"loc: ?({_NUMBER}) ?[, ] ?({_NUMBER}) ?(?:\((.*))?", re.IGNORECASE)
_PLAIN = re.compile(r"\s*([-+]?\d{1,3}\.\d{2,15})\s*[,;\s]\s*([-+]?\d{1,3}\.\d{2,15})\s*")
# Whole degrees only with their sign: 350 N 100 E is an address in Utah.
_ANGLE = (
    r"(\d{1,3}(?:\.\d{1,15})? ?°|\d{1,3}\.\d{1,15}) ?"
    r"(?:(\d{1,2}(?:\.\d{1,10})?) ?['′] ?)?(?:(\d{1,2}(?:\.\d{1,10})?) ?[\"″] ?)?"
)
_ANGLES = re.compile(rf"{_ANGLE}([NS]) ?[,;]? ?{_ANGLE}([EW])", re.IGNORECASE)
_SIDES = re.compile(rf"([NS]) ?{_ANGLE}[,;]? ?([EW]) ?{_ANGLE}", re.IGNORECASE)
_GOOGLE_AT = re.compile(rf"@({_NUMBER}),({_NUMBER})")
_GOOGLE_PIN = re.compile(rf"!3d({_NUMBER})!4d({_NUMBER})")
# Longitude first. After !2m2 it is a stop, after !1m2 a point that the way was drawn through. Google documents neither;
# it is known from many such links.
_GOOGLE_STOP = re.compile(rf"(!1m2)?!1d({_NUMBER})!2d({_NUMBER})")
_WAZE_HASH = re.compile(r"/ul/h([0-9a-z]{4,12})", re.IGNORECASE)
_OSM = re.compile(rf"(?:map=)?\d{{1,2}}(?:\.\d+)?/({_NUMBER})/({_NUMBER})")
_TENCENT = re.compile(r"(?:^|;)(coord|title):([^;]*)")


class Shared(msgspec.Struct, frozen=True):
    """What was shared. ``point`` (WGS 84) None: it says nowhere where that is, as a short link or a mere name does
    not. ``name`` may be empty; ``link`` is the one that was in it."""

    name: str
    point: Point | None = None
    link: str | None = None


def read(text: str) -> Shared:
    """Read what was shared. Raises BadInput where it is no place."""
    if len(text) > MAX_TEXT:
        raise BadInput("this is too long for a place")
    found = _LINK.search(text)
    if found is None:
        return _written(text)
    geo = found.group()[:4].lower() == "geo:"
    label = _GEO_LABEL.match(text, found.start()) if geo and "(" in found.group() else None
    link, end = _bare(found.group()), found.end()
    if label is not None and label.end() > end and len(label.group()) <= MAX_LINK:
        before, _, name = label.group().partition("(")
        link, end = before + "(" + name.replace("&", "%26"), label.end()
    if len(link) > MAX_LINK:
        raise BadInput("this link is too long for a place")
    try:
        shared = _geo(link) if geo else _linked(urlsplit(link))
    except ValueError:
        shared = None
    if shared is None:
        raise BadInput("this is no link to a place", advice="Share a place from a map, or type where to.")
    called = _beside(text[: found.start()]) or named(shared.name) or _beside(text[end:])
    if geo and not called and shared.point is None:
        raise BadInput("this says nowhere to", advice="Share a place from a map, or type where to.")
    return Shared(called, shared.point, None if geo else link)


def _bare(link: str) -> str:
    """Without what closes the sentence, or the brackets around the link; those that open in it are its own."""
    depth = dict.fromkeys(_CLOSES.values(), 0)
    own: set[int] = set()
    for at, sign in enumerate(link):
        if sign in depth:
            depth[sign] += 1
        elif sign in _CLOSES and depth[_CLOSES[sign]]:
            depth[_CLOSES[sign]] -= 1
            own.add(at)
    end = len(link)
    while end and link[end - 1] in _END and end - 1 not in own:
        end -= 1
    return link[:end]


def _beside(text: str) -> str:
    """What is said beside a link; signs alone are no name."""
    name = named(text).rstrip(_OPENS)
    return name if any(sign.isalnum() for sign in name) else ""


def _written(text: str) -> Shared:
    # What is between numbers is tried in every way by the patterns: a page of nothing would hold the hub up.
    narrow = " ".join(text.split())
    plain = _PLAIN.fullmatch(narrow)
    said = (plain[1], plain[2]) if plain is not None else _angles(narrow)
    if said is not None:
        point = _point(*said)
        if point is None:
            raise BadInput("there is no such place on earth", advice="Latitude first: 47.141, 9.522.")
        return Shared("", point)
    name = named(text)
    if not name:
        raise BadInput("this says nowhere to", advice="Share a place from a map, or type where to.")
    return Shared(name)


def _geo(uri: str) -> Shared | None:
    body, _, query = uri[4:].partition("?")
    at, *parameters = body.split(";")
    crs = next((one[4:] for one in parameters if one.lower().startswith("crs=")), "wgs84")
    coordinates = at.split(",")
    point = _point(*coordinates[:2]) if len(coordinates) >= 2 and crs.lower() == "wgs84" else None
    asked = dict(parse_qsl(query)).get("q", "")
    if _LABELLED.fullmatch(" ".join(asked.split())):
        return _worded(asked)
    if asked:  # by its words; 0,0 before them says that the point is not known
        return Shared(asked, point)
    return None if point is None else Shared("", point)


def _linked(link: SplitResult) -> Shared | None:
    host = (link.hostname or "").removeprefix("www.")
    fields = ((key, " ".join(said.split())) for key, said in parse_qsl(link.query, max_num_fields=50))
    query = {key: said for key, said in fields if said}
    for fits, of in _PROGRAMS:
        if fits.fullmatch(host):
            shared = of(link, query)
            # A short link tells only its own server where it leads, and nobody asks that one.
            return shared if shared is not None else Shared("") if _SHORT.match(host + link.path) else None
    return None


def _google(link: SplitResult, query: Mapping[str, str]) -> Shared | None:
    _, route, stops = link.path.partition("/maps/dir/")
    if route:
        return _google_end(stops) or _worded(query.get("destination") or query.get("daddr", ""))
    path = unquote(link.path)
    place = re.search(r"/maps/(?:place|search)/([^/@]+)", link.path)
    name = _segment(place[1]) if place else ""
    for pattern in (_GOOGLE_PIN, _GOOGLE_AT):  # the pin is the place, the other one the middle of the map
        found = pattern.search(path)
        if found is not None:
            return Shared("" if _PAIR.fullmatch(name) or _angles(name) else name, _point(found[1], found[2]))
    for key in ("destination", "daddr", "query", "q", "ll", "center"):
        if key in query:
            return _worded(query[key], query.get("q") if key == "ll" else None)
    # The number of a business says as little as a short link.
    return _worded(name) or (Shared("") if "cid" in query else None)


def _google_end(path: str) -> Shared | None:
    """The last stop of a route: /from/by/to/@the middle of the map/data=what is known of them."""
    told = path.removesuffix("/").split("/")
    count = next((at for at, one in enumerate(told) if one.startswith(("@", "data=", "am="))), len(told))
    end = _worded(_segment(told[count - 1])) if count >= 2 else None
    if end is None or end.point is not None:
        return end
    data = unquote(next((one for one in told[count:] if one.startswith("data=")), ""))
    for last in list(_GOOGLE_STOP.finditer(data))[-1:]:
        # Another stop after it has no point; the way may have been drawn through this one.
        if last[1] is None and "!1m" not in data[last.end() :]:
            return Shared(end.name, _point(last[3], last[2]))
    return end


def _segment(text: str) -> str:
    return " ".join(unquote(text.replace("+", " ")).split())


def _apple(link: SplitResult, query: Mapping[str, str]) -> Shared | None:
    name = query.get("name") or query.get("q") or query.get("address") or ""
    for key in ("coordinate", "ll", "daddr", "destination", "sll"):
        if key in query:
            return _worded(query[key], name)
    return _worded(name) if name else None


def _osm(link: SplitResult, query: Mapping[str, str]) -> Shared | None:
    if link.path.startswith("/directions"):
        end = _PAIR.fullmatch(query.get("route", "").rpartition(";")[2])
        point = _point(end[1], end[2]) if end is not None else None
        return Shared("", point) if point is not None else None
    point = _point(query.get("mlat", query.get("lat", "")), query.get("mlon", query.get("lon", "")))
    pin = _PAIR.fullmatch(query.get("pin", ""))
    if pin is not None:
        point = _point(pin[1], pin[2]) or point
    seen = _OSM.match(link.fragment)
    if point is None and seen is not None:
        point = _point(seen[1], seen[2])
    words = query.get("query", "")
    return Shared(words, point) if point is not None else _worded(words) if words else None


def _waze(link: SplitResult, query: Mapping[str, str]) -> Shared | None:
    told = _WAZE_HASH.fullmatch(link.path)
    point = grids.of_geohash(told[1]) if told is not None else None
    if point is not None:
        return Shared(query.get("q", ""), _point(*point))
    said = query.get("ll") or query.get("to", "").removeprefix("ll.")
    return _worded(said, query.get("q")) or _worded(query.get("q", ""))


def _here(link: SplitResult, query: Mapping[str, str]) -> Shared | None:
    at, _, name = unquote(link.path).removeprefix("/l/").partition(",")
    longitude, _, name = name.partition(",")
    point = _point(at, longitude)
    return Shared(name, point) if point is not None else None


def _amap(link: SplitResult, query: Mapping[str, str]) -> Shared | None:
    to = query.get("position") or query.get("to") or query.get("dest") or query.get("location") or ""
    longitude, _, rest = to.partition(",")
    latitude, _, name = rest.partition(",")
    point = _point(latitude, longitude)
    if point is not None and query.get("coordinate", "gaode") != "wgs84":
        point = grids.of_mars(point)
    name = query.get("name") or query.get("toname") or name or query.get("keyword", "")
    return Shared(name, point) if point is not None or name else None


def _baidu(link: SplitResult, query: Mapping[str, str]) -> Shared | None:
    name = query.get("title") or query.get("name") or query.get("query", "")
    pair = _PAIR.fullmatch(query.get("location") or query.get("latlng") or "")
    point = _point(pair[1], pair[2]) if pair is not None else None
    if point is not None:
        kind = query.get("coord_type", "bd09ll").lower()
        point = grids.of_baidu(point) if kind.startswith("bd09") else grids.of_mars(point) if "gcj" in kind else point
    return Shared(name, point) if point is not None or name else None


def _tencent(link: SplitResult, query: Mapping[str, str]) -> Shared | None:
    told = dict(_TENCENT.findall(query.get("marker", "")))
    pair = _PAIR.fullmatch(told.get("coord") or query.get("tocoord") or query.get("center") or "")
    point = _point(pair[1], pair[2]) if pair is not None else None
    name = told.get("title") or query.get("to") or query.get("keyword", "")
    return Shared(name, grids.of_mars(point) if point is not None else None) if point is not None or name else None


type _Reader = Callable[[SplitResult, Mapping[str, str]], Shared | None]
_PROGRAMS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (re.compile(r"(?:maps\.)?google(?:\.[a-z]{2,3}){1,2}|maps\.app\.goo\.gl|goo\.gl"), _google),
    (re.compile(r"maps\.apple(?:\.com)?"), _apple),
    (re.compile(r"openstreetmap\.org|osmand\.net|osm\.org"), _osm),
    (re.compile(r"waze\.com|ul\.waze\.com"), _waze),
    (re.compile(r"share\.here\.com|her\.is"), _here),
    (re.compile(r"(?:uri|surl|m|ditu)\.(?:amap|gaode)\.com|amap\.com"), _amap),
    (re.compile(r"(?:api\.)?map\.baidu\.com|j\.map\.baidu\.com"), _baidu),
    (re.compile(r"(?:apis\.)?map\.qq\.com"), _tencent),
)
_SHORT = re.compile(
    r"(?:maps\.app\.goo\.gl|maps\.apple|her\.is|surl\.(?:amap|gaode)\.com|j\.map\.baidu\.com)/[^/]"
    r"|goo\.gl/maps/[^/]|maps\.apple\.com/p/[^/]|share\.here\.com/p/[^/]"
    r"|(?:openstreetmap|osm)\.org/(?:go/[^/]|(?:node|way|relation)/\d)"
)


def _worded(text: str, name: str | None = None) -> Shared | None:
    """A parameter that is a point, or the words to look for."""
    said = " ".join(text.split())
    pair = _LABELLED.fullmatch(said) or _LOC.fullmatch(said)
    if pair is not None:
        return Shared(name or (pair[3] or "").removesuffix(")").strip(), _point(pair[1], pair[2]))
    angles = _angles(said)
    if angles is not None:
        return Shared(name or "", _point(*angles))
    return Shared(name or said) if said else None


def _angles(text: str) -> Point | None:
    """What is written with the sides of the earth, wherever that is."""
    after, before = _ANGLES.fullmatch(text), _SIDES.fullmatch(text)
    if after is not None:
        return _degrees(*after.group(1, 2, 3, 4)), _degrees(*after.group(5, 6, 7, 8))
    if before is not None:
        return _degrees(*before.group(2, 3, 4, 1)), _degrees(*before.group(6, 7, 8, 5))
    return None


def _point(latitude: str | float, longitude: str | float) -> Point | None:
    """None: not on earth. 0, 0 is what programs say that do not know."""
    try:
        point = float(latitude), float(longitude)
    except ValueError:
        return None
    if not (abs(point[0]) <= 90 and abs(point[1]) <= 180) or point == (0.0, 0.0):
        return None
    return point


def _degrees(whole: str, minutes: str | None, seconds: str | None, side: str) -> float:
    degrees = float(whole.rstrip("° ")) + float(minutes or 0) / 60 + float(seconds or 0) / 3_600
    return -degrees if side.upper() in "SW" else degrees


def named(text: str) -> str:
    """The first line that says something, as it is shown."""
    lines = (" ".join(legible(line).split()) for line in text.splitlines() if line.strip())
    name = next((line for line in lines if line), "")
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1].rstrip() + "…"
