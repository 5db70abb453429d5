"""What phones were given to say and do: each once, however often a screen that heard no answer asks for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

MOST = 500


class Handed:
    """By the keys (PERSON:ULID) that screens give what they ask for."""

    def __init__(self) -> None:
        self._to: dict[str, str] = {}

    def to(self, key: str) -> str | None:
        """What the phone is called that has it already; None: none has."""
        return self._to.get(key)

    async def once(self, key: str, phone: str, hand: Callable[[], Awaitable[None]]) -> None:
        """Hand it over. What raises was not handed over."""
        self._to[key] = phone  # before: the same may come once more meanwhile
        try:
            await hand()
        except BaseException:
            self._to.pop(key, None)
            raise
        if len(self._to) > MOST:
            del self._to[next(iter(self._to))]
