"""Keeping what is known of phones as it changes: no word waits for that, and what can't be kept now is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from wayhome import log
from wayhome.errors import HubError

PAUSE, MOST_PAUSE = 1.0, 300.0
"""s between two times that it is kept; and at most, while it can't be."""


async def keep_up(changed: asyncio.Event, keep: Callable[[], Awaitable[None]], link: str) -> None:
    """Keep it each time that ``changed`` is set, until cancelled. ``link``: whose phones they are."""
    pause = PAUSE
    while True:
        await changed.wait()
        changed.clear()
        try:
            await keep()
            pause = PAUSE
        except HubError as error:
            if pause == PAUSE:
                log.get("links").warning("phones not kept", link=link, error=error.detail)
            changed.set()  # or one that was parted with would be let in again after a restart
            pause = min(MOST_PAUSE, 2 * pause)
        await asyncio.sleep(pause)
