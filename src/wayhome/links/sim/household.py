"""The people and places of the demo household, as plain data. Places lie on the car's route."""

from __future__ import annotations

from typing import NamedTuple

from wayhome.core.grant import Role, Verb
from wayhome.links.sim.config import Language


class DemoPerson(NamedTuple):
    """Somebody of the demo: ``id`` is the record's, ``color`` for the badge."""

    id: str
    name: str
    role: Role
    color: str


class DemoPlace(NamedTuple):
    """A place: degrees, radius in metres, ``icon`` a Material symbol's name."""

    id: str
    name: str
    latitude: float
    longitude: float
    radius: float
    icon: str


class DemoGrant(NamedTuple):
    """What somebody of the demo may do beyond the role."""

    person: str
    verb: Verb
    glob: str
    place: str | None


_PEOPLE: tuple[tuple[str, tuple[str, str], Role, str], ...] = (
    ("anna", ("Anna", "安娜"), "owner", "#ffb45e"),
    ("mei", ("Mei", "梅"), "member", "#4cc9ff"),
    ("leo", ("Leo", "小乐"), "child", "#5bd99a"),
    ("noor", ("Noor", "努尔"), "guest", "#c9a2ff"),
)
_PLACES: tuple[tuple[str, tuple[str, str], float, float, float, str], ...] = (
    ("home", ("Home", "家"), 47.14226, 9.52683, 110.0, "home"),
    ("work", ("Work", "公司"), 47.06790, 9.50160, 150.0, "work"),
    ("school", ("School", "学校"), 47.15230, 9.51530, 120.0, "school"),
)
GRANTS: tuple[DemoGrant, ...] = (
    DemoGrant("noor", "read", "living-lamp/**", None),
    DemoGrant("noor", "act", "living-lamp/**", "home"),
    DemoGrant("noor", "read", "living-tv/**", None),
    DemoGrant("noor", "act", "living-tv/**", "home"),
)


def people(language: Language) -> tuple[DemoPerson, ...]:
    """Who lives in the demo household, the owner first, with names in ``language``."""
    return tuple(DemoPerson(id, names[language == "zh"], role, color) for id, names, role, color in _PEOPLE)


def places(language: Language) -> tuple[DemoPlace, ...]:
    """The household's places, home first, with names in ``language``."""
    return tuple(
        DemoPlace(id, names[language == "zh"], latitude, longitude, radius, icon)
        for id, names, latitude, longitude, radius, icon in _PLACES
    )
