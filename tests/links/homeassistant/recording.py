"""Cars, and what only looks like one, as Home Assistant's registries and states show them: ``recordings/*.json``.

Each file says where its facts come from. Each row: entity id, translation key, unique id, state, attributes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from wayhome.links.homeassistant.wire import State
from wayhome.links.homeassistant.wire_registry import Registry, devices, entries


class Recording(msgspec.Struct, frozen=True):
    """One device of one integration."""

    source: str
    car: bool
    platform: str
    device: dict[str, str]
    rows: list[tuple[str, str | None, str, str, dict[str, Any]]]

    def registry(self) -> Registry:
        """As ``config/device_registry/list`` and ``config/entity_registry/list`` would tell it."""
        listed = [
            {
                "id": f"{n:032x}",
                "entity_id": entity,
                "platform": self.platform,
                "unique_id": unique,
                "device_id": "d1",
                "translation_key": key,
            }
            for n, (entity, key, unique, _, _) in enumerate(self.rows)
        ]
        return Registry({}, devices([{"id": "d1", **self.device}]), entries(listed))

    def states(self) -> dict[str, State]:
        return {entity: State(entity, state, attributes) for entity, _, _, state, attributes in self.rows}


def recording(name: str) -> Recording:
    """A recording by its file's name."""
    return msgspec.json.decode((Path(__file__).parent / "recordings" / f"{name}.json").read_bytes(), type=Recording)
