"""What devices, hubs and codes on paper have said of their keys, and what owners' screens have signed for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from wayhome.core.record import Record
from wayhome.core.value import Value
from wayhome.errors import NotFound
from wayhome.sealing.device_list import Vouch

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

KEYS = "device_keys"
"""Records of what keys a device, a hub or a code on paper says it has, by its name in the group. ``proof``: that it
came in by a link; ``by``, ``vouch``: an owner's screen that lets it in, and its signature; ``refused``: the key that no
owner wanted to let in, also once it has said another one."""


async def say(hub: Hub, id: str, sign: str, open: str) -> None:
    """Say a hub's own keys, or a code's. What was signed for others does not count for these. Raises StoreError."""
    record = hub.household.records(KEYS).get(id)
    known = record.values() if record is not None else {}
    if (known.get("sign"), known.get("open")) != (sign, open):
        values: dict[str, Value] = {"sign": sign, "open": open, "by": None, "vouch": None}
        await hub.household.write(KEYS, id, values, hub.context("hub:group"))


async def vouch(hub: Hub, vouch: Vouch) -> None:
    """Keep what an owner's screen has signed. Raises StoreError."""
    values: dict[str, Value] = {"by": vouch.by, "vouch": vouch.signature, "refused": None}
    await hub.household.write(KEYS, vouch.member, values, hub.context("hub:group"))


async def forget(hub: Hub, ids: Iterable[str], refusals: bool = False) -> None:
    """Forget what was said: whoever is there says it again. That an owner did not want somebody stays, but for
    ``refusals``. Raises StoreError."""
    for id in ids:
        values = record.values() if (record := hub.household.records(KEYS).get(id)) is not None else {}
        if values.get("refused") is None or refusals:
            with suppress(NotFound):
                await hub.household.delete(KEYS, id, hub.context("hub:group"))
        elif values.get("sign") is not None:
            nothing: dict[str, Value] = {"sign": None, "open": None, "proof": None, "by": None, "vouch": None}
            await hub.household.write(KEYS, id, nothing, hub.context("hub:group"))


def screens(hub: Hub) -> list[str]:
    """Who has said keys and is no hub: screens, and the code on paper."""
    return [id for id in hub.household.records(KEYS) if not id.startswith("hub.")]


def signed_out(hub: Hub) -> list[str]:
    """Devices that have said keys and are signed out: what they said is of no use any more."""
    devices = {id: hub.household.house.record("device", id) for id in hub.household.records(KEYS)}
    return [id for id, device in devices.items() if device is not None and device.gone]


def decided(keys: Mapping[str, Record]) -> tuple[dict[str, Vouch], set[tuple[str, str]]]:
    """What owners' screens have signed, by member, whether it counts is seen by the list; and whom an owner did not
    want, with the key that it said."""
    vouches: dict[str, Vouch] = {}
    refused: set[tuple[str, str]] = set()
    for id, record in keys.items():
        values = record.values()
        by, signature, not_wanted = values.get("by"), values.get("vouch"), values.get("refused")
        if isinstance(by, str) and isinstance(signature, str):
            vouches[id] = Vouch(id, by, signature)
        if isinstance(not_wanted, str):
            refused.add((id, not_wanted))
    return vouches, refused
