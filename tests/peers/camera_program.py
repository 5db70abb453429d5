"""A camera: GStreamer's RTSP server with a picture whose clock can be read off the glass. Run by Debian's own Python,
which has its bindings: ``python3 camera_program.py PORT [options]``.

The picture says the time at which it was taken (ms since 1970) in its upper left corner, as 48 black and white squares
in three rows of sixteen, highest bit first, then a row of sixteen with the number of the picture. What stands below
moves, so that it costs about as many bits as a yard with trees.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

COLUMNS, ROWS = 16, 4
WHITE, BLACK = 235, 16
ENCODERS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast bitrate={rate} key-int-max={gop} threads=1 "
    "! video/x-h264,profile=constrained-baseline ! rtph264pay name=pay0 pt=96 config-interval=-1 aggregate-mode=none",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast bitrate={rate} key-int-max={gop} "
    "! rtph265pay name=pay0 pt=96 config-interval=-1",
    "jpeg": "jpegenc ! rtpjpegpay name=pay0 pt=26",
}


class Picture:
    """Makes the pictures: I420, the clock drawn into each."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.square = width // 40
        grain = bytearray()
        seed = 12345
        for n in range(width * (height + 64)):
            seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
            grain.append(64 + (n % width) * 96 // width + (seed >> 16) % 12)
        self._grain = bytes(grain)
        self._chroma = bytes([128]) * (width * height // 2)

    def at(self, ms: int, number: int) -> bytes:
        width, side = self.width, self.square
        shift = number % 64
        luma = bytearray(self._grain[shift * width : (shift + self.height) * width])
        bits = f"{ms:048b}{number & 0xFFFF:016b}"
        for row in range(ROWS):
            line = b"".join(
                bytes([WHITE if bit == "1" else BLACK]) * side for bit in bits[row * COLUMNS : (row + 1) * COLUMNS]
            )
            for y in range(row * side, (row + 1) * side):
                luma[y * width : y * width + len(line)] = line
        left = number * 8 % (width - 4 * side)
        for y in range(self.height * 3 // 4, self.height * 3 // 4 + 2 * side):
            luma[y * width + left : y * width + left + 4 * side] = bytes([200]) * (4 * side)
        return bytes(luma) + self._chroma


class Camera(GstRtspServer.RTSPMediaFactory):
    """One stream for everybody. While the file ``still`` is there, no picture is taken."""

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__()
        self._options = options
        self._picture = Picture(options.width, options.height)
        self.set_shared(True)

    def _now(self, number: int) -> bytes:
        """A picture of this moment. One that a busy machine was interrupted at is drawn anew: the clock in it would be
        another than the one that it is sent with."""
        for _ in range(5):
            began = time.time()
            picture = self._picture.at(int(began * 1000), number)
            if time.time() - began < 0.04:
                break
        return picture

    def do_create_element(self, url: object) -> Gst.Element:
        o = self._options
        encoder = ENCODERS[o.codec].format(rate=o.rate, gop=o.gop)
        caps = f"video/x-raw,format=I420,width={o.width},height={o.height},framerate={o.fps}/1"
        lens = "appsrc name=lens is-live=true format=time do-timestamp=true max-buffers=2 leaky-type=downstream"
        return Gst.parse_launch(f"{lens} caps={caps} ! {encoder}")

    def do_configure(self, media: GstRtspServer.RTSPMedia) -> None:
        GstRtspServer.RTSPMediaFactory.do_configure(self, media)
        lens = media.get_element().get_child_by_name("lens")
        state = {"number": 0, "on": True}
        sent = (self._options.folder / "sent").open("a", buffering=1)
        # On a busy machine it leaves pictures out: which of them it sent stands in a file.
        lens.get_static_pad("src").add_probe(
            Gst.PadProbeType.BUFFER,
            lambda _, info: [Gst.PadProbeReturn.OK, sent.write(f"{info.get_buffer().offset}\n")][0],
        )

        def take() -> bool:
            if not state["on"]:
                return False
            if not (self._options.folder / "still").exists():
                state["number"] += 1
                picture = self._now(state["number"])
                taken = Gst.Buffer.new_wrapped(picture)
                taken.offset = state["number"]
                if lens.emit("push-buffer", taken) != Gst.FlowReturn.OK:
                    return state["number"] < 50  # not begun yet
            return True

        GLib.timeout_add(1000 // self._options.fps, take)
        media.connect("unprepared", lambda *_: state.update(on=False))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port")
    parser.add_argument("--folder", type=Path, default=Path.cwd())
    parser.add_argument("--codec", choices=list(ENCODERS), default="h264")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--gop", type=int, default=25, help="pictures from one key picture to the next")
    parser.add_argument("--rate", type=int, default=2500, help="kbit/s")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--basic", action="store_true", help="its login is Basic, not Digest")
    options = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer(service=options.port, address="127.0.0.1")
    camera = Camera(options)
    if options.user is not None:
        may = GstRtspServer.RTSPToken()
        may.set_string("media.factory.role", "user")
        auth = GstRtspServer.RTSPAuth()
        if options.basic:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(options.user, options.password), may)
        else:
            from gi.repository import GstRtsp

            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(options.user, options.password, may)
        server.set_auth(auth)
        allow = GstRtspServer.RTSPPermissions()
        allow.add_permission_for_role("user", "media.factory.access", True)
        allow.add_permission_for_role("user", "media.factory.construct", True)
        camera.set_permissions(allow)
    server.get_mount_points().add_factory("/yard", camera)
    server.attach(None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
