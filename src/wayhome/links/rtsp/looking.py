"""A look at a camera before its link is kept: whether it lets us in, and what it sends."""

from __future__ import annotations

import asyncio

import msgspec

from wayhome.core.value import Value
from wayhome.errors import Unreachable
from wayhome.links.rtsp import h264
from wayhome.links.rtsp.client import connected, film_of
from wayhome.links.rtsp.settings import Settings

WITHIN = 10.0


async def look(settings: msgspec.Struct, secrets: dict[str, str]) -> dict[str, Value]:
    """``width`` and ``height`` of its film, and how long the first picture took (``first``, s). Raises LinkError."""
    assert isinstance(settings, Settings)
    loop = asyncio.get_running_loop()
    began = loop.time()
    settings, _ = await film_of(settings, secrets.get("password"))
    async with connected(settings, secrets.get("password")) as connection:
        track = await connection.describe()
        come: asyncio.Future[tuple[int, int]] = loop.create_future()

        def told(whole: h264.Whole) -> None:
            size = h264.size(whole.sps) if whole.key and len(whole.sps) > 4 else None
            if size is not None and not come.done():
                come.set_result(size)

        await connection.play(track, h264.Pictures(track.payload, track.sets, told).packet)
        done, _ = await asyncio.wait((come, connection.over), timeout=WITHIN, return_when=asyncio.FIRST_COMPLETED)
        if come in done:
            width, height = come.result()
            return {"width": width, "height": height, "first": round(loop.time() - began, 2)}
        if connection.over in done:
            raise connection.over.result()
    raise Unreachable(f"the camera sent no picture within {WITHIN:g} s")
