"""A look at a camera before its link is kept: whether it lets us in, and what it sends."""

from __future__ import annotations

import asyncio

import msgspec

from wayhome.core.image import image
from wayhome.core.value import Value
from wayhome.errors import LinkError, Unreachable
from wayhome.links.rtsp import h264, jpeg
from wayhome.links.rtsp.client import connected, film_of
from wayhome.links.rtsp.http_film import filmed
from wayhome.links.rtsp.settings import Settings

WITHIN = 10.0


async def look(settings: msgspec.Struct, secrets: dict[str, str]) -> dict[str, Value]:
    """``width`` and ``height`` of its film, and how long the first picture took (``first``, s). Raises LinkError."""
    assert isinstance(settings, Settings)
    loop = asyncio.get_running_loop()
    began = loop.time()
    come: asyncio.Future[tuple[int, int]] = loop.create_future()

    def told(whole: h264.Whole) -> None:
        size = h264.size(whole.sps) if whole.key and len(whole.sps) > 4 else None
        if size is not None and not come.done():
            come.set_result(size)

    def slide(data: bytes) -> None:
        found = image(data)
        if found is not None and not come.done():
            come.set_result((found.width, found.height))

    async def first(over: asyncio.Future[LinkError]) -> dict[str, Value]:
        done, _ = await asyncio.wait((come, over), timeout=WITHIN, return_when=asyncio.FIRST_COMPLETED)
        if come in done:
            width, height = come.result()
            return {"width": width, "height": height, "first": round(loop.time() - began, 2)}
        if over in done:
            raise over.result()
        raise Unreachable(f"the camera sent no picture within {WITHIN:g} s")

    password = secrets.get("password")
    async with filmed(settings, password, slide) as film:
        if film is not None:
            return await first(film.over)
    settings, _ = await film_of(settings, password)
    async with connected(settings, password) as connection:
        track = await connection.describe()
        if track.codec == jpeg.CODEC:
            await connection.play(track, jpeg.Pictures(track.payload, track.size, slide).packet)
        else:
            await connection.play(track, h264.Pictures(track.payload, track.sets, told).packet)
        return await first(connection.over)
