"""Who else is aboard: a guest whose screen was said to be in a car."""

from __future__ import annotations

from wayhome.hub.running import Hub
from wayhome.hub.session import Session


def aboard(hub: Hub) -> frozenset[str]:
    """The cars in which a guest's screen is open."""
    found = (hub.drivers.seat(one.identity)[1] for one in hub.sessions.all() if one.identity.role == "guest")
    return frozenset(car for car in found if car is not None)


def with_guests(session: Session) -> bool:
    """Whether a guest is in the car that this screen is in."""
    car = session.hub.drivers.seat(session.identity)[1]
    return car is not None and car in aboard(session.hub)
