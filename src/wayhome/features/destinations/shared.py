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

_LINK = re.compile(r"(?:https?://\S|geo:)\S*", re.IGNORECASE)
_NUMBER = r"[-+]?\d{1,3}(?:\.\d{1,15})?"
_PAIR = re.compile(rf"\s*({_NUMBER})\s*[,;\s]\s*({_NUMBER})\s*")
_LABELLED = re.compile(rf"\s*({_NUMBER})\s*,\s*({_NUMBER})\s*(?:\((.*)\))?\s*")
_PLAIN = re.compile(r"\s*([-+]?\d{1,3}\.\d{2,15})\s*[,;\s]\s*([-+]?\d{1,3}\.\d{2,15})\s*")
_ANGLE = r"(\d{1,3})\s*°\s*(?:(\d{1,2})\s*['′]\s*)?(?:(\d{1,2}(?:\.\d{1,6})?)\s*[\"″]\s*)?"
_ANGLES = re.compile(rf"\s*{_ANGLE}([NS])[,;\s]*{_ANGLE}([EW])\s*", re.IGNORECASE)
_GOOGLE_AT = re.compile(rf"@({_NUMBER}),({_NUMBER})")
_GOOGLE_PIN = re.compile(rf"!3d({_NUMBER})!4d({_NUMBER})")
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
    link = found.group().rstrip(".,;>\"'")
    if "(" not in link:
        link = link.rstrip(".,;)")  # the sentence's own
    if len(link) > MAX_LINK:
        raise BadInput("this link is too long for a place")
    about = named(text[: found.start()] or text[found.end() :])
    try:
        shared = _geo(found.group()) if found.group()[:4].lower() == "geo:" else _linked(urlsplit(link))
    except ValueError:
        shared = None
    if shared is None:
        raise BadInput("this is no link to a place", advice="Share a place from a map, or type where to.")
    return Shared(about or named(shared.name), shared.point, link if link[:4].lower() == "http" else None)


def _written(text: str) -> Shared:
    # What is between numbers is tried in every way by the patterns: a page of nothing would hold the hub up.
    narrow = " ".join(text.split())
    plain = _PLAIN.fullmatch(narrow)
    if plain is not None:
        point = _point(plain[1], plain[2])
        if point is None:
            raise BadInput("there is no such place on earth", advice="Latitude first: 47.141, 9.522.")
        return Shared("", point)
    angles = _ANGLES.fullmatch(narrow)
    if angles is not None:
        latitude, longitude = _degrees(*angles.groups()[:4]), _degrees(*angles.groups()[4:])
        return Shared("", _point(latitude, longitude))
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
    label = _LABELLED.fullmatch(" ".join(asked.split()))
    if label is not None:
        return Shared(label[3] or "", _point(label[1], label[2]))
    if asked:  # by its words; 0,0 before them says that the point is not known
        return Shared(asked, point)
    return None if point is None else Shared("", point)


def _linked(link: SplitResult) -> Shared | None:
    host = (link.hostname or "").removeprefix("www.")
    query = dict(parse_qsl(link.query, max_num_fields=50))
    for fits, of in _PROGRAMS:
        if fits.fullmatch(host):
            shared = of(link, query)
            # A short link tells only its own server where it leads, and nobody asks that one.
            return shared if shared is not None else Shared("") if host in _SHORT else None
    return None


def _google(link: SplitResult, query: Mapping[str, str]) -> Shared | None:
    path = unquote(link.path)
    place = re.search(r"/maps/(?:place|search|dir/[^/]*)/([^/@]+)", link.path)
    name = unquote(place[1].replace("+", " ")) if place else ""
    for pattern in (_GOOGLE_PIN, _GOOGLE_AT):  # the pin is the place, the other one the middle of the map
        found = pattern.search(path)
        if found is not None:
            return Shared("" if _PAIR.fullmatch(name) else name, _point(found[1], found[2]))
    for key in ("destination", "daddr", "query", "q", "ll", "center"):
        if query.get(key):
            return _worded(query[key], query.get("q") if key == "ll" else None)
    return _worded(name) if name else None


def _apple(link: SplitResult, query: Mapping[str, str]) -> Shared | None:
    name = query.get("name") or query.get("q") or query.get("address") or ""
    for key in ("coordinate", "ll", "daddr", "destination", "sll"):
        if query.get(key):
            return _worded(query[key], name)
    return _worded(name) if name else None


def _osm(link: SplitResult, query: Mapping[str, str]) -> Shared | None:
    point = _point(query.get("mlat", query.get("lat", "")), query.get("mlon", query.get("lon", "")))
    pin = _PAIR.fullmatch(query.get("pin", ""))
    if pin is not None:
        point = _point(pin[1], pin[2])
    seen = _OSM.match(link.fragment)
    if point is None and seen is not None:
        point = _point(seen[1], seen[2])
    words = query.get("query", "")
    return Shared(words, point) if point is not None else _worded(words) if words else None


def _waze(link: SplitResult, query: Mapping[str, str]) -> Shared | None:
    return _worded(query.get("ll") or query.get("to", "").removeprefix("ll."), query.get("q")) or _worded(
        query.get("q", "")
    )


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
_SHORT = {"maps.app.goo.gl", "goo.gl", "maps.apple", "osm.org", "her.is", "surl.amap.com", "j.map.baidu.com"}


def _worded(text: str, name: str | None = None) -> Shared | None:
    """A parameter that is a point, or the words to look for."""
    pair = _LABELLED.fullmatch(" ".join(text.split()))
    if pair is not None:
        return Shared(name or pair[3] or "", _point(pair[1], pair[2]))
    return Shared(name or text) if text.strip() else None


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
    degrees = int(whole) + int(minutes or 0) / 60 + float(seconds or 0) / 3_600
    return -degrees if side.upper() in "SW" else degrees


def named(text: str) -> str:
    """The first line that says something, as it is shown."""
    lines = (" ".join(legible(line).split()) for line in text.splitlines() if line.strip())
    name = next((line for line in lines if line), "")
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1].rstrip() + "…"
