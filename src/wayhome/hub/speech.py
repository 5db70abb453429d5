"""Speech: texts read aloud. What speaks is an adapter's; who wants to be heard asks here."""

from __future__ import annotations

from typing import Literal, Protocol

type Tongue = Literal["en", "zh"]


class Speech(Protocol):
    """A voice."""

    @property
    def ready(self) -> bool:
        """Whether it can speak on this machine."""

    async def say(self, text: str, tongue: Tongue) -> bytes:
        """A text of at most 1,000 letters as a WAV file (16 bits, one channel). Raises NotFound where there is no
        voice, BadInput, TooMany, Unreachable where it did not come about."""


def tongue_of(text: str) -> Tongue:
    """In which language a text is best read: Chinese, where any of it is."""
    return "zh" if any("㐀" <= sign <= "鿿" for sign in text) else "en"
