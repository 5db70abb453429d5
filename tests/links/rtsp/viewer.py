"""A program that looks at a camera's film at a hub, as a screen does: it draws each picture and says so."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import struct
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import av
import msgspec
from PIL import Image
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.peers.camera import clock
from tests.peers.hub import RunningHub

HEAD = struct.Struct(">BId")


class Picture(msgspec.Struct):
    """What a screen drew. ``late``: from the camera's glass to here, in ms; ``old``: to the hub, as that says.
    ``said``: the picture's own number."""

    number: int
    key: bool
    late: float
    said: int
    old: float = 0.0


class Viewer:
    """One screen. It looks until its film ends, or it is told to leave."""

    def __init__(self, socket: ClientConnection, *, sees: bool) -> None:
        self._socket = socket
        self._sees = sees
        self._decoder = av.CodecContext.create("h264", "r")
        self.film: dict[str, Any] = {}
        self.pictures: list[Picture] = []
        self.bye: dict[str, Any] = {}
        self.ages: list[float] = []
        """How old the pictures were as the hub tells it, in s."""
        self.first: float | None = None
        """When the first picture was drawn, by the steady clock."""
        self.task = asyncio.create_task(self._look())

    async def _look(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for said in self._socket:
                if isinstance(said, str):
                    told = json.loads(said)
                    if told["t"] == "film":
                        self.film = told
                    else:
                        self.bye = told
                    continue
                key, number, at = HEAD.unpack_from(said)
                self.ages.append(time.time() - at)
                if self.film["codec"].startswith("image/"):
                    image = Image.open(io.BytesIO(said[HEAD.size :])).convert("L")
                    self._drawn(image.tobytes(), image.width, image.width, number, bool(key), at)
                else:
                    for frame in self._decoder.decode(av.Packet(said[HEAD.size :])):
                        plane = frame.planes[0]
                        rows = bytes(plane)[: plane.line_size * (frame.width // 10)]
                        self._drawn(rows, frame.width, plane.line_size, number, bool(key), at)
                if self._sees:
                    # What came before the close is still to be read, the film's last word too.
                    with contextlib.suppress(ConnectionClosed):
                        await self._socket.send(json.dumps({"t": "seen", "n": number}))

    def _drawn(self, rows: bytes, width: int, stride: int, number: int, key: bool, at: float) -> None:
        ms, said = clock(rows, width, stride)
        self.first = self.first or time.monotonic()
        self.pictures.append(Picture(number, key, time.time() * 1000 - ms, said, at * 1000 - ms))

    async def until(self, count: int, seconds: float = 45) -> None:
        """Wait until it has drawn so many pictures."""
        async with asyncio.timeout(seconds):
            while len(self.pictures) < count:
                await asyncio.sleep(0.01)

    async def of_now(self, count: int, late: float, seconds: float = 45) -> None:
        """Wait until it has drawn so many pictures one after the other, none of them so late, in ms."""
        async with asyncio.timeout(seconds):
            while not (
                len(self.pictures) >= count and all(0 < picture.late < late for picture in self.pictures[-count:])
            ):
                await asyncio.sleep(0.01)

    def misses(self, sent: list[int]) -> list[Picture]:
        """The pictures before which something of what the camera ``sent`` is missing. It goes on at a key picture where
        it was behind itself: by the last that it drew before, a second late, it was."""
        first = len(sent) - 1 - sent[::-1].index(self.pictures[0].said)
        at = {said: n for n, said in enumerate(sent[first:])}
        return [
            after
            for before, after in pairwise(self.pictures)
            if at[after.said] - at[before.said] != after.number - before.number
            or not (after.number == before.number + 1 or (after.key and before.late > 1_000))
        ]

    async def over(self, seconds: float = 45) -> str:
        """Wait until its film ends; the code of why."""
        async with asyncio.timeout(seconds):
            await self.task
        return str(self.bye.get("code", ""))


@contextlib.asynccontextmanager
async def looking(
    hub: RunningHub, thing: str, *, token: str | None = None, cookie: str | None = None, sees: bool = True
) -> AsyncIterator[Viewer]:
    """Look at a camera, as the local operator or whoever has the token, or the cookie. ``sees``: says what it drew."""
    headers = {"Cookie": f"wayhome={cookie}"} if cookie else {"Authorization": f"Bearer {token or hub.token}"}
    url = f"{hub.url.replace('http', 'ws', 1)}/api/film?thing={thing}"
    async with connect(url, additional_headers=headers, max_size=None, proxy=None) as socket:
        viewer = Viewer(socket, sees=sees)
        try:
            yield viewer
        finally:
            viewer.task.cancel()
            await asyncio.gather(viewer.task, return_exceptions=True)
