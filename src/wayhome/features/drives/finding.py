"""The drives that somebody may see, by id or all of them."""

from __future__ import annotations

from wayhome.errors import NotFound
from wayhome.features.drives import places
from wayhome.features.drives.keeper import Keeper
from wayhome.features.drives.model import COLLECTION, PLACE, Drive
from wayhome.hub.session import Session


def keeper_of(session: Session) -> Keeper:
    """The running keeper of the session's household."""
    keeper = session.hub.extra["drives"]
    assert isinstance(keeper, Keeper)
    return keeper


def find(session: Session, id: str) -> Drive:
    """The drive, with the names that its places have now. Raises NotFound."""
    drive = keeper_of(session).index.find(id)
    if drive is None or not session.may("read", f"@{COLLECTION}/{drive.id}"):
        raise NotFound(f"there is no drive {id[:40]!r} for you", advice="It may have been deleted meanwhile.")
    return places.named(drive, session.hub.household.records(PLACE))


def seen(session: Session, car: str | None) -> list[Drive]:
    """All of them, or a car's, the newest first; places by the names that they had then."""
    found = keeper_of(session).index.newest_first()
    return [one for one in found if (car is None or one.car == car) and session.may("read", f"@{COLLECTION}/{one.id}")]
