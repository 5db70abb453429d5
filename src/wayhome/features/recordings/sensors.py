"""Which sensors belong to a camera: its own, and those of the same room. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from wayhome.core.bells import rings
from wayhome.core.thing import Thing
from wayhome.features.recordings.model import MOST_SENSORS, CameraChoice, Why

OWN = ("camera.motion", "camera.person", "camera.vehicle", "camera.animal")
"""What a camera itself notices. Not sounds: a yard is never still."""
_MOVES = frozenset({"motion", "moving"})
"""A sensor of presence says for hours that somebody is there: it counts where somebody chose it."""
_MAY = _MOVES | {"occupancy", "presence", "opening", "door", "window", "garage_door", "gate", "vibration", "sound"}


class RecordingSensor(msgspec.Struct, frozen=True):
    """A signal that says that something happens. ``usual``: it belongs to the camera unless somebody chooses."""

    path: str
    name: str
    why: Why
    usual: bool


def is_camera(thing: Thing) -> bool:
    """Whether it sends a film."""
    return "camera.film" in thing.signals


def _signals(thing: Thing) -> Iterable[tuple[str, Why, bool]]:
    """What a thing can say, and whether that is meant for this."""
    for signal in (*OWN, "camera.sound"):
        if signal in thing.signals:
            yield signal, "motion", signal in OWN
    for signal in ("event.at", "binary_sensor.on", "camera.input"):
        if rings(thing, signal):
            yield signal, "ring", True
        elif signal == "camera.input" and signal in thing.signals:
            yield signal, "motion", False
        elif signal == "binary_sensor.on" and signal in thing.signals:
            kind = thing.signals[signal].device_class
            if kind in _MAY:
                yield signal, "motion", kind in _MOVES


def sensors(camera: Thing, things: Iterable[Thing]) -> list[RecordingSensor]:
    """All that may be chosen for a camera, those of its own room first."""
    found = []
    for thing in things:
        own = thing.id == camera.id
        near = own or (camera.area is not None and thing.area == camera.area)
        if not own and is_camera(thing):
            near = False  # another camera sees for itself
        for signal, why, meant in _signals(thing):
            found.append(
                (
                    not own,
                    not near,
                    thing.name,
                    RecordingSensor(f"{thing.id}/{signal}", thing.name, why, near and meant),
                )
            )
    found.sort(key=lambda one: (*one[:3], one[3].path))
    return [one[3] for one in found]


def chosen(choice: CameraChoice, found: Iterable[RecordingSensor]) -> list[RecordingSensor]:
    """Those that count for a camera."""
    if choice.sensors is None:
        return [one for one in found if one.usual][:MOST_SENSORS]
    wanted = set(choice.sensors)
    return [one for one in found if one.path in wanted]
