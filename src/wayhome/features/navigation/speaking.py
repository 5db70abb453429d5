"""What is said to a driver, as speech."""

from __future__ import annotations

from typing import Literal

import msgspec

from wayhome.errors import NotFound
from wayhome.features.navigation import words
from wayhome.features.navigation.lengths import Units
from wayhome.features.navigation.model import CarId
from wayhome.features.navigation.operations import car_of, guidance_of
from wayhome.hub.operations import File, operation
from wayhome.hub.session import Session


class NavigationSay(msgspec.Struct, forbid_unknown_fields=True):
    """In which language and units; none: those of the household's market."""

    car: CarId | None = None
    language: Literal["en", "zh"] = "en"
    units: Units | None = None


@operation("navigation.say", reads=True)
async def say(session: Session, data: NavigationSay) -> File:
    """What is to be said now, as a WAV file. Asked when the guidance's `say` has another `id`, or to hear it again:
    distances are as they are by then."""
    guidance = guidance_of(session, car_of(session, data.car))
    text = "" if guidance is None else words.sentence(guidance, data.language, data.units or usual(session))
    if not text:
        raise NotFound("there is nothing to say", advice="Ask when the guidance's `say` is another one.")
    speech = session.hub.ports.speech
    if speech is None:
        raise NotFound("this hub has no voice")
    return File(await speech.say(text, data.language), "audio/wav", "navigation.wav")


def usual(session: Session) -> Units:
    """The units of the household's market."""
    return "feet" if session.hub.household.market == "us" else "metric"
