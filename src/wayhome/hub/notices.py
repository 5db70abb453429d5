"""Notices of the household on the way to people's phones: between the feature that makes them and links that show them
there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

from wayhome.errors import NotFound

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

NAME = "notice_words"


class Word(msgspec.Struct, frozen=True):
    """A notice as it is said to somebody, in their language. ``at``: s since 1970."""

    id: str
    title: str
    text: str
    at: float


type Told = Callable[[str, tuple[Word, ...]], None]
"""Gets a person, and all that stands for them now."""


@runtime_checkable
class Notices(Protocol):
    """What makes notices."""

    def watch(self, told: Told) -> AbstractContextManager[None]:
        """``told`` gets what stands for each person who wants that on their phones, now and when it changes; it must
        neither raise nor block."""

    async def seen(self, person: str, id: str) -> None:
        """The person has put one away on a phone. Raises StoreError."""


def notices(hub: Hub) -> Notices:
    """What makes notices in a running hub. Raises NotFound where nothing does."""
    found = hub.extra.get(NAME)
    if not isinstance(found, Notices):
        raise NotFound("this hub makes no notices")
    return found
