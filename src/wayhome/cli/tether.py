"""The line to the program that runs this hub as its own: the demo's, of which this is the car's hub."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from typing import Any

import click
import msgspec

from wayhome.errors import Unreachable
from wayhome.features.demo.tunnel import Tunnel
from wayhome.hub.running import Hub

ENDS_WITHIN = 6.0
ANSWERS_WITHIN = 5.0


class Tether:
    """Reads the line from its own thread on: when it ends, whatever ended the other program, this one ends, too."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._tunnel: Tunnel | None = None
        self._state: dict[str, Any] | None = None
        self._news = asyncio.Event()
        threading.Thread(target=self._read, name="tether", daemon=True).start()

    def take(self, hub: Hub) -> None:
        """Give a hub the tunnel's switch; it shows when the other program has said how it is."""
        self._tunnel = Tunnel(hub, self._turn)
        self._show()

    async def _turn(self, closed: bool) -> None:
        """Ask the other program, where the road runs. Raises Unreachable."""
        self._news.clear()
        click.echo(msgspec.json.encode({"closed": closed}).decode())
        sys.stdout.flush()
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                await self._news.wait()
        except TimeoutError:
            raise Unreachable("the home's hub does not turn the switch") from None

    def _read(self) -> None:
        for line in sys.stdin.buffer:
            self._loop.call_soon_threadsafe(self._said, line)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(ENDS_WITHIN)
        os._exit(1)

    def _said(self, line: bytes) -> None:
        self._state = msgspec.json.decode(line, type=dict[str, Any])
        self._news.set()
        self._show()

    def _show(self) -> None:
        if self._tunnel is not None and self._state is not None:
            self._tunnel.show(self._state["closed"] is True, self._state["pages"])
