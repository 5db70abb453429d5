"""Which car is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wayhome.errors import BadInput, NotFound

if TYPE_CHECKING:
    from wayhome.hub.session import Session


def meant(session: Session, wanted: str | None) -> str:
    """The car that is meant, of those that this session sees; None: the only one. Raises NotFound, BadInput."""
    seen = [id for id in session.hub.cars() if session.sees(f"{id}/thing.info")]
    if wanted is not None and wanted in seen:
        return wanted
    if wanted is not None or not seen:
        raise NotFound(f"there is no car {wanted[:64]!r} for you" if wanted else "there is no car yet")
    if len(seen) > 1:
        raise BadInput(f"there are {len(seen)} cars", advice="Say which one, by `car`.")
    return seen[0]
