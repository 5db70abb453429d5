"""Files that a person's devices hand to each other: between links whose devices send and take files, and the feature
that keeps them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

from wayhome.core.value import Context
from wayhome.errors import NotFound

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

NAME = "parcels"


class Addressee(msgspec.Struct, frozen=True):
    """A device of a link that takes files. ``thing``: its thing's id; ``person``: whose it is; ``online``: it is
    there."""

    thing: str
    name: str
    kind: str
    person: str
    online: bool


class Sent(msgspec.Struct, frozen=True):
    """A file that comes from a device: ``thing``, its thing's id. ``person``: whose it is. ``size`` in bytes.
    ``number``, ``of``: of several that are sent at once which one it is, from 1."""

    person: str
    thing: str
    name: str
    type: str
    size: int
    number: int = 1
    of: int = 1


class Coming(Protocol):
    """A file that comes in, piece by piece."""

    async def put(self, content: bytes | bytearray) -> None:
        """Its next bytes: 4 MB of them, or the last. They are on the disk when this returns. Raises HubError: nothing
        more of it is wanted."""

    async def whole(self) -> None:
        """All of it has come: now it is shown as one. Raises HubError."""


class Handed(Protocol):
    """A file that goes out to a device. ``number``, ``of``, ``total``: of several that go one after the other which one
    it is, from 1, of how many, and the bytes of all."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def of(self) -> int: ...
    @property
    def total(self) -> int: ...

    def pieces(self) -> AsyncIterator[bytes]:
        """All its bytes, in order. Raises HubError: it is gone, was taken back, or can't be opened."""

    def gone(self, size: int) -> None:
        """So many bytes of it have gone out."""


class Carrier(Protocol):
    """A link whose devices take files."""

    def addressees(self) -> list[Addressee]:
        """Its devices that do, also while they are away."""

    async def give(self, thing: str, file: Handed) -> None:
        """Hand a file to one of them; done when it has all of it. Raises Unreachable: not now, it may later; Refused:
        there it was not wanted; and what ``pieces`` raises. Cancelled, it stops at once."""

    def more(self, thing: str, of: int, total: int) -> None:
        """While a file goes to this one, others have come that go after it: so many they are now, with all that went,
        and so many bytes. It neither raises nor blocks."""


@runtime_checkable
class Parcels(Protocol):
    """What keeps the files."""

    def take(self, sent: Sent, stop: Callable[[], None], context: Context) -> AbstractAsyncContextManager[Coming]:
        """A file comes from a device. What was not whole when this is left is gone. ``stop`` is called where somebody
        does not want it any more; it must neither raise nor block. Raises HubError."""

    def carry(self, carrier: Carrier) -> AbstractContextManager[Callable[[str], None]]:
        """Meanwhile the link hands files to its devices. It tells by what it is given here which of them (by their
        things' ids) has come."""


def parcels(hub: Hub) -> Parcels:
    """What keeps files in a running hub. Raises NotFound where nothing does."""
    found = hub.extra.get(NAME)
    if not isinstance(found, Parcels):
        raise NotFound("this hub keeps no files")
    return found
