"""Reads an MP4 file by GStreamer's qtdemux and h264parse, and says what is in it. Run by Debian's own Python:
``python3 movie_program.py FILE`` writes ``{"pictures": …, "keys": …, "duration": …, "seeks": …, "times": […]}``."""

from __future__ import annotations

import json
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)
SECOND = 1_000_000_000


def main() -> None:
    times: list[float] = []
    keys = 0
    pipeline = Gst.parse_launch(
        "filesrc name=file ! qtdemux ! h264parse ! video/x-h264,alignment=au ! fakesink name=end sync=false "
        "signal-handoffs=true"
    )
    pipeline.get_by_name("file").set_property("location", sys.argv[1])

    def take(_: object, buffer: Gst.Buffer, __: object) -> None:
        nonlocal keys
        times.append(buffer.pts / SECOND)
        keys += not buffer.has_flags(Gst.BufferFlags.DELTA_UNIT)

    pipeline.get_by_name("end").connect("handoff", take)
    pipeline.set_state(Gst.State.PAUSED)
    pipeline.get_state(10 * SECOND)
    _, duration = pipeline.query_duration(Gst.Format.TIME)
    seeking = Gst.Query.new_seeking(Gst.Format.TIME)
    pipeline.query(seeking)
    pipeline.set_state(Gst.State.PLAYING)
    said = pipeline.get_bus().timed_pop_filtered(20 * SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    if said is None or said.type == Gst.MessageType.ERROR:
        sys.exit(f"cannot read it: {said.parse_error() if said is not None else 'no end'}")
    pipeline.set_state(Gst.State.NULL)
    seeks = seeking.parse_seeking().seekable
    found = {"pictures": len(times), "keys": keys, "duration": duration / SECOND, "seeks": seeks, "times": times}
    print(json.dumps(found))


main()
