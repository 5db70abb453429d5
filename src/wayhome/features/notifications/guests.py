"""Who else looks at a screen: a guest whose screen was said to be in the same car, or who drives it instead."""

from __future__ import annotations

from wayhome.features.notifications.rules import UNOPENED, Face, Rules, face
from wayhome.hub.drivers import CARRIED
from wayhome.hub.running import Hub
from wayhome.hub.session import Session


def aboard(hub: Hub) -> frozenset[str]:
    """The cars in which a guest's screen is open."""
    found = (hub.drivers.seat(one.identity)[1] for one in hub.sessions.all() if one.identity.role == "guest")
    return frozenset(car for car in found if car is not None)


def drive(hub: Hub) -> frozenset[str]:
    """The cars, each with who drives it."""
    return frozenset(f"{car} {hub.drivers.of(car)}" for car in hub.cars())


def with_guests(session: Session) -> bool:
    """Whether a guest is in the car that this screen is in."""
    car = session.hub.drivers.seat(session.identity)[1]
    return car is not None and car in aboard(session.hub)


def kind(session: Session) -> str:
    """What kind of device this screen is."""
    id = session.identity.device
    device = session.hub.household.house.record("device", id) if id is not None else None
    return str(device.values().get("kind")) if device is not None else "tablet"


def on(session: Session) -> Face:
    """What this screen counts as."""
    of, car = kind(session), session.hub.drivers.seat(session.identity)[1]
    return face(of, aboard=car is not None and of not in CARRIED)


def look(session: Session, rules: Rules) -> bool:
    """Whether texts are hidden on this screen now, by what its person chose; at a wheel where somebody else is known to
    drive, whatever they chose. What can't be opened may say so, too."""
    if rules is UNOPENED:
        return True
    if on(session) not in ("car", "tablet"):
        return False
    seat, car = session.hub.drivers.seat(session.identity)
    if seat == "driver" and car is not None and session.hub.drivers.of(car) not in (None, session.identity.person):
        return True
    return rules.hide == "always" or (rules.hide == "guests" and with_guests(session))
