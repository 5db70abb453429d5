"""Wishes on their way to Home Assistant: which call fulfils each, and what Home Assistant answers."""

from __future__ import annotations

from collections.abc import Mapping

from wayhome.core.command import Command
from wayhome.core.ids import split_path
from wayhome.core.value import Value
from wayhome.errors import BadInput, NotFound, Unreachable
from wayhome.hub.link import LinkHost
from wayhome.links.homeassistant import wire, wire_car
from wayhome.links.homeassistant.causes import Causes
from wayhome.links.homeassistant.client import Client
from wayhome.links.homeassistant.mirror import Mirror
from wayhome.links.homeassistant.wire_attributes import Call
from wayhome.links.homeassistant.wire_domains import DOMAINS

MOMENT = 2.0
"""How long a wish counts as wanted for the others of its thing (hue with saturation), in s."""


class Wishes:
    """The way from a command to ``call_service``, for one connection."""

    def __init__(self, host: LinkHost, mirror: Mirror, causes: Causes) -> None:
        self._host = host
        self._mirror = mirror
        self._causes = causes
        self._wanted: dict[str, dict[str, tuple[Value, float]]] = {}

    async def execute(self, client: Client, command: Command) -> None:
        """Hand a wish over and wait until Home Assistant took it. Raises Refused in its own words, Unreachable,
        NotFound, BadInput."""
        thing_id, signal = split_path(command.path)
        target = command.target
        if signal == "media_player.media":
            target = self._host.played(str(target))
            if target is None:
                raise BadInput("this hub does not know where that piece lies", advice="Let it play, and hand it over.")
        call, entity = self._call(thing_id, signal, target)
        state = self._mirror.states.get(entity)
        if state is None or not state.available:
            # Home Assistant answers such calls with success and does nothing.
            raise Unreachable("Home Assistant says the device does not answer")
        data = dict(call.data)
        if call.code is not None:
            code = self._host.code(command.key) or await self._host.secret(call.code)
            if code:
                data["code"] = code
        self._wanted.setdefault(thing_id, {})[signal] = (command.target, self._host.now())
        self._causes.asked(command.key, entity)
        try:
            await client.ask(
                "call_service",
                within=max(1.0, command.expires - self._host.now()),
                first=lambda frame: self._causes.answered(command.key, _context(frame)),
                domain=call.domain,
                service=call.service,
                service_data=data,
                target={"entity_id": entity},
            )
        finally:
            self._causes.answered(command.key, None)

    def _call(self, thing_id: str, signal: str, target: Value) -> tuple[Call, str]:
        """What Home Assistant is to do, and at which entity. Raises NotFound, BadInput."""
        car = self._mirror.cars.get(thing_id)
        if car is not None:
            call = wire_car.call(car, signal, target, self._mirror.entity)
            return call, call.entity or ""
        id = self._mirror.entity_of.get(thing_id)
        entity = self._mirror.entity(id) if id is not None else None
        if id is None or entity is None:
            raise NotFound(f"Home Assistant has no {thing_id} any more")
        return DOMAINS[entity.domain].call(entity, signal, target, self._recent(thing_id)), id

    def _recent(self, thing_id: str) -> Mapping[str, Value]:
        now = self._host.now()
        recent = {s: kept for s, kept in self._wanted.pop(thing_id, {}).items() if 0 <= now - kept[1] <= MOMENT}
        if recent:
            self._wanted[thing_id] = recent
        return {signal: value for signal, (value, _) in recent.items()}


def _context(frame: wire.Frame) -> str | None:
    """The context that Home Assistant gave a call."""
    result = wire.plain(frame.result)
    context = result.get("context") if isinstance(result, dict) else None
    id = context.get("id") if isinstance(context, dict) else None
    return id if isinstance(id, str) else None
