"""Operations: what can be done, each one typed function. HTTP, the live socket, the command line and tools are
renderings of one table, so they can't differ."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, get_type_hints

import msgspec

from wayhome.errors import BadInput, NotFound

if TYPE_CHECKING:
    from wayhome.hub.session import Session

_NAME = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")


class File(msgspec.Struct, frozen=True):
    """What an operation gives to be kept as a file: its bytes, media type, and a name for it in plain ASCII."""

    content: bytes
    media_type: str
    name: str


class Operation(msgspec.Struct, frozen=True):
    """One thing that can be done.

    ``reads``: it changes nothing (GET). ``fresh``: needs a sign-in of the last five minutes. ``parked``: not for the
    driver unless the car is parked. The first line of the function's docstring is its summary.
    """

    name: str
    run: Callable[[Session, Any], Awaitable[Any]]
    input: type[msgspec.Struct]
    output: Any
    summary: str
    text: str
    reads: bool
    fresh: bool
    parked: bool

    @property
    def path(self) -> str:
        """What a grant must allow to call it: ``@op/links.add``."""
        return f"@op/{self.name}"

    def tool(self) -> dict[str, Any]:
        """As a tool for assistants: name, description and JSON Schema of the input."""
        schema = msgspec.json.schema(self.input)
        return {"name": self.name.replace(".", "_"), "description": self.text, "input_schema": schema}


def operation[I: msgspec.Struct, O](
    name: str, *, reads: bool = False, fresh: bool = False, parked: bool = False
) -> Callable[[Callable[[Session, I], Awaitable[O]]], Operation]:
    """Make an operation of an async function ``(session, data: SomeStruct) -> result`` with a docstring."""
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is not feature.verb")

    def wrap(run: Callable[[Session, I], Awaitable[O]]) -> Operation:
        from wayhome.hub.session import Session

        hints = get_type_hints(run, localns={"Session": Session})
        parameters = list(inspect.signature(run).parameters)
        text = inspect.cleandoc(run.__doc__ or "")
        if len(parameters) != 2 or not text:
            raise ValueError(f"{name}: takes (session, data) and has a docstring")
        return Operation(
            name, run, hints[parameters[1]], hints["return"], text.splitlines()[0], text, reads, fresh, parked
        )

    return wrap


class Operations:
    """The table."""

    def __init__(self) -> None:
        self._table: dict[str, Operation] = {}

    def add(self, added: Operation) -> None:
        if added.name in self._table:
            raise ValueError(f"two operations are called {added.name}")
        self._table[added.name] = added

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._table.values())

    def find(self, name: str) -> Operation:
        """Raises NotFound."""
        found = self._table.get(name)
        if found is None:
            raise NotFound(f"there is no operation {name[:60]!r}", advice="GET /api/schema lists them all.")
        return found


def convert(operation: Operation, data: object, *, text: bool = False) -> msgspec.Struct:
    """The operation's input from plain data. ``text``: values may be texts of numbers (query parameters). Raises
    BadInput with the place and the reason."""
    try:
        return msgspec.convert({} if data is None else data, operation.input, strict=not text)
    except msgspec.ValidationError as error:
        raise BadInput(f"{operation.name}: {error}") from None
