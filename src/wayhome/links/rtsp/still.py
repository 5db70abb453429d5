"""A still picture of a film. With the extra ``wayhome[cameras]`` (PyAV, whose wheels hold codecs under the GPL) the hub
draws it; without, the browser does, from the film's last key picture."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from wayhome.core.image import image
from wayhome.errors import Unreachable
from wayhome.hub.film import Shot
from wayhome.hub.link import Picture

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

RAW = "video/h264"


async def still(shots: Sequence[Shot]) -> Picture:
    """The newest picture of a group, which begins with a key picture. Raises Unreachable where none can be drawn."""
    whole = image(shots[-1].data) if shots[-1].key else None
    if whole is not None:
        return Picture(shots[-1].data, whole.media_type, shots[-1].at)
    try:
        import av  # noqa: F401 - only to see whether it is there
    except ImportError:
        return Picture(shots[0].data, RAW, shots[0].at)
    content = await asyncio.to_thread(_drawn, [shot.data for shot in shots])
    return Picture(content, "image/jpeg", shots[-1].at)


def _drawn(pictures: Sequence[bytes]) -> bytes:
    """As JPEG."""
    import av

    decoder = av.CodecContext.create("h264", "r")
    last: VideoFrame | None = None
    try:
        for data in pictures:
            for frame in decoder.decode(av.Packet(data)):
                last = frame
        for frame in decoder.decode(None):
            last = frame
    except av.FFmpegError:
        pass  # what came before may be drawn
    if last is None:
        raise Unreachable("what the camera sends can't be drawn")
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = last.width, last.height, "yuvj420p"
    encoder.time_base = last.time_base or Fraction(1, 25)
    encoder.options = {"qscale": "4"}
    drawn = last.reformat(format="yuvj420p", dst_color_range="JPEG")
    drawn.pts = 0
    return b"".join(bytes(packet) for frame in (drawn, None) for packet in encoder.encode(frame))
