"""A home with music: a real Home Assistant with two players of its own, and a shelf that all of them fetch from."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.peers.homeassistant import HomeAssistant
from tests.peers.mpd import Mpd, Shelf
from tests.peers.mpv import tone

HUB = "10.77.1.1"
"""Where phones reach the shelf, on the first road."""


class Home(NamedTuple):
    """``url``: of a piece on the shelf, with a token as such addresses have."""

    assistant: HomeAssistant
    kitchen: Mpd
    bath: Mpd
    shelf: Shelf

    @property
    def url(self) -> str:
        return f"{self.shelf.url}/first.flac?token=secret"


@contextlib.contextmanager
def players(folder: Path) -> Iterator[Home]:
    """All of it, up."""
    tone(folder / "music", "first", "First Tone")
    with contextlib.ExitStack() as stack:
        kitchen, bath = (stack.enter_context(Mpd(folder / name)) for name in ("kitchen", "bath"))
        shelf = stack.enter_context(Shelf(folder / "music", HUB))
        assistant = HomeAssistant(folder / "assistant")
        assistant.start()
        stack.callback(assistant.kill)
        for mpd in (kitchen, bath):
            assistant.add("mpd", host="127.0.0.1", port=mpd.port)
        yield Home(assistant, kitchen, bath, shelf)
