"""The recordings that somebody may see."""

from __future__ import annotations

from wayhome.errors import NotFound, NotWhileDriving
from wayhome.features.recordings import model
from wayhome.features.recordings.keeper import Keeper, keeper_of
from wayhome.features.recordings.model import Recording
from wayhome.hub.session import Session


def may_see(session: Session, camera: str) -> bool:
    """Whether somebody may see what was recorded of a camera: who may see it now, and may look back."""
    return session.may("read", f"{camera}/camera.state") and session.may("read", f"{model.RIGHT}{camera}")


def seen(session: Session, camera: str | None = None) -> list[Recording]:
    """All that somebody may see, or a camera's, the newest first."""
    rights: dict[str, bool] = {}
    found = []
    for one in keeper_of(session).shelf.newest_first():
        if one.camera not in rights:
            rights[one.camera] = (camera is None or one.camera == camera) and may_see(session, one.camera)
        if rights[one.camera]:
            found.append(one)
    return found


def find(session: Session, id: str) -> Recording:
    """Raises NotFound."""
    found = keeper_of(session).shelf.find(id)
    if not may_see(session, found.camera):
        raise NotFound("there is no such recording for you", advice="It may have been deleted meanwhile.")
    return found


def film(session: Session, id: str) -> tuple[Keeper, Recording]:
    """A recording whose film may be shown to this session now, which has to be asked over and over while it is. Raises
    NotFound, NotAllowed, NotWhileDriving, SignInNeeded."""
    session.recheck(session.hub.operations.find("recordings.list"))
    if not session.restrictions().video:
        raise NotWhileDriving("a recording is not for the driver", advice="Park first, or let a passenger look.")
    return keeper_of(session), find(session, id)
