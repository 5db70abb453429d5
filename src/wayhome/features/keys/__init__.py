"""Keys: which devices and hubs open what is private in this household, and the code on paper."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wayhome.features.keys import operations
from wayhome.hub.feature import Feature
from wayhome.hub.group.group import NAME, Group
from wayhome.hub.running import Hub


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """Follow the device list as long as the hub runs."""
    it = hub.extra[NAME] = Group(hub)
    await it.open()
    try:
        yield
    finally:
        await it.close()


feature = Feature(
    "keys",
    operations=(
        operations.list_,
        operations.chain,
        operations.say,
        operations.waiting,
        operations.vouch,
        operations.refuse,
        operations.give,
        operations.print_,
        operations.take_paper,
        operations.recover,
        operations.begin_anew,
    ),
    life=life,
)
