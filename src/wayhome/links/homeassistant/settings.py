"""The settings of a Home Assistant link. Secrets are not among them."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from wayhome.core.ids import is_slug
from wayhome.errors import BadInput
from wayhome.links.homeassistant.address import addresses
from wayhome.links.homeassistant.wire_car import SIGNALS, Car
from wayhome.links.homeassistant.wire_house import Choice

MAX_IDS_BYTES = 40_000
"""A link's settings are one record of at most 64 kB."""
MAX_SHOWN = 100


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which Home Assistant, and what of it.

    ``url``: its address (``http://homeassistant.local:8123``). ``client_id``: the hub's address at the login, needed
    to renew it. ``hidden``, ``config``, ``diagnostic``: take these entities too. ``leave_out``: entity ids or domains
    that stay out. ``cars``: confirmed mappings. ``shows``: cars of which Home Assistant is told where they are led.
    ``published``: what stands there of it, and ``ids``: things' ids, both kept by the link itself.
    """

    url: str
    client_id: str | None = None
    hidden: bool = False
    config: bool = False
    diagnostic: bool = False
    leave_out: tuple[str, ...] = ()
    cars: tuple[Car, ...] = ()
    shows: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    ids: dict[str, str] = {}

    def __post_init__(self) -> None:
        try:
            url = addresses(self.url)[0]
        except BadInput as error:
            raise ValueError(error.detail) from None
        msgspec.structs.force_setattr(self, "url", url)
        msgspec.structs.force_setattr(self, "ids", {k: id for k, id in self.ids.items() if is_slug(id)})
        if len(self.shows) > MAX_SHOWN or not all(map(is_slug, self.shows)):
            raise ValueError(f"shows takes the ids of at most {MAX_SHOWN} cars")
        for car in self.cars:
            if not is_slug(car.id):
                raise ValueError(f"{car.id[:80]!r} can't be a car's id")
            wrong = next((signal for signal in car.signals if signal not in SIGNALS), None)
            if wrong is not None:
                raise ValueError(f"{car.name}: {wrong[:80]!r} can't be mapped")

    def choice(self) -> Choice:
        return Choice(self.hidden, self.config, self.diagnostic, self.leave_out)

    def kept(self, ids: dict[str, str], plain: Collection[str]) -> dict[str, str]:
        """Of the things' ids as many as a record holds, about 1,200. First those that can't be worked out anew from
        the entity id (all but ``plain``): no thing may ever get another's id. Then those of registered entities,
        which a person can rename."""
        kept: dict[str, str] = {}
        size = 0
        for identity, id in sorted(ids.items(), key=lambda pair: (pair[1] in plain, "." in pair[0])):
            size += len(identity) + len(id) + 6
            if size > MAX_IDS_BYTES:
                break
            kept[identity] = id
        return kept
