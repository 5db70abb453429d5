"""Texts that a person's devices hand to each other: between links whose devices copy and paste, and the feature that
keeps what was copied."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

from wayhome.core.value import Context
from wayhome.errors import NotFound

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

NAME = "texts"


class Copied(msgspec.Struct, frozen=True):
    """What a person copied just now. ``origin``: the device of a link that it came from, ``link/device``; None: from
    elsewhere. ``at``: s since 1970."""

    person: str
    text: str
    origin: str | None
    at: float


@runtime_checkable
class Texts(Protocol):
    """What keeps the texts."""

    async def put(self, person: str, text: str, origin: str, context: Context, name: str = "") -> None:
        """Keep what a person copied on a device of a link, which is called ``name``. Raises HubError."""

    def watch(self, told: Callable[[Copied], None]) -> AbstractContextManager[None]:
        """``told`` gets what anybody copies anywhere, as far as this hub may open it; it must neither raise nor
        block."""


def texts(hub: Hub) -> Texts:
    """What keeps texts in a running hub. Raises NotFound where nothing does."""
    found = hub.extra.get(NAME)
    if not isinstance(found, Texts):
        raise NotFound("this hub keeps no texts")
    return found
