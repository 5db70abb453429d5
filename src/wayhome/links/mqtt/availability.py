"""Whether a device is there, as it says itself: by one or several topics, of which all, any, or the latest count."""

from __future__ import annotations

import msgspec

from wayhome.links.mqtt.config import Config, topic_fits
from wayhome.links.mqtt.entity import Payload
from wayhome.links.mqtt.template import TemplateFault, Templates

MAX_WAYS = 16


class Way(msgspec.Struct, frozen=True):
    """One topic, and its words for there and away."""

    topic: str
    template: str | None
    yes: str
    no: str


class Availability:
    """What one entity's topics have said so far."""

    def __init__(self, config: Config, templates: Templates) -> None:
        self._templates = templates
        self._ways = ways(config)
        mode = config.text("availability_mode", "latest")
        self._mode = mode if mode in ("all", "any", "latest") else "latest"
        self._said: dict[str, bool] = {}
        self._latest = False

    @property
    def topics(self) -> list[str]:
        return [way.topic for way in self._ways]

    @property
    def online(self) -> bool:
        """Whether it is there. Nothing said yet: it is not, unless it has no topic to say it at."""
        if not self._ways:
            return True
        if self._mode == "latest":
            return self._latest
        said = [self._said.get(way.topic, False) for way in self._ways]
        return all(said) if self._mode == "all" else any(said)

    def hear(self, topic: str, payload: Payload) -> None:
        """Take a message in; what is neither word says nothing."""
        for way in self._ways:
            if way.topic != topic:
                continue
            text = payload.text
            if way.template is not None:
                names = {"value": text} if payload.json is None else {"value": text, "value_json": payload.json}
                try:
                    text = self._templates.render(way.template, names)
                except TemplateFault:
                    continue
            if text in (way.yes, way.no):
                self._said[topic] = self._latest = text == way.yes


def ways(config: Config) -> list[Way]:
    """The topics of a configuration."""
    yes, no = config.text("payload_available", "online"), config.text("payload_not_available", "offline")
    listed = config.raw("availability")
    found = []
    for one in listed[:MAX_WAYS] if isinstance(listed, list) else ():
        way = Config(one)
        topic = way.topic("topic")
        if topic is not None:
            found.append(
                Way(
                    topic,
                    way.maybe("value_template"),
                    way.text("payload_available", "online"),
                    way.text("payload_not_available", "offline"),
                )
            )
    single = config.raw("availability_topic")
    if isinstance(single, str) and topic_fits(single):
        found.append(Way(single, config.maybe("availability_template"), yes, no))
    return found
