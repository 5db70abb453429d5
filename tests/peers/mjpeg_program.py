"""A camera that sends Motion JPEG over http: GStreamer makes the pictures and what stands between them (jpegenc,
multipartmux). Run by Debian's own Python: ``python3 mjpeg_program.py PORT [options]``.

``/video``: the film. ``/still.jpg``: a picture of now. A file of its folder tells how it behaves: ``still`` (it takes
no pictures), ``half`` (it stops in the middle of one). The number of those who look at its film stands in ``lookers``.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Full, Queue
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from camera_program import Picture
from gi.repository import GLib, Gst

BOUNDARY = "ThisRandomString"


class Lens:
    """Takes pictures, and hands what GStreamer makes of them to everybody who looks."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.queues: set[Queue[bytes]] = set()
        self.last = b""
        self.counting = threading.Lock()
        self._picture = Picture(options.width, options.height)
        self._number = 0
        caps = f"video/x-raw,format=I420,width={options.width},height={options.height},framerate={options.fps}/1"
        self._line = Gst.parse_launch(
            f"appsrc name=lens is-live=true format=time do-timestamp=true caps={caps} "
            f"! jpegenc quality={options.quality} ! tee name=t "
            "t. ! queue ! appsink name=one emit-signals=true sync=false "
            f"t. ! queue ! multipartmux boundary={BOUNDARY} ! appsink name=many emit-signals=true sync=false"
        )
        self._line.get_by_name("one").connect("new-sample", self._one)
        self._line.get_by_name("many").connect("new-sample", self._many)
        self._line.set_state(Gst.State.PLAYING)
        GLib.timeout_add(1000 // options.fps, self._take)

    def _take(self) -> bool:
        if not (self.options.folder / "still").exists():
            self._number += 1
            taken = Gst.Buffer.new_wrapped(self._picture.at(int(time.time() * 1000), self._number))
            self._line.get_by_name("lens").emit("push-buffer", taken)
        return True

    def _one(self, sink: Any) -> Any:
        self.last = _bytes(sink)
        return Gst.FlowReturn.OK

    def _many(self, sink: Any) -> Any:
        data = _bytes(sink)
        if (self.options.folder / "half").exists() and len(data) > 2_000:
            data = data[:1_000]
            (self.options.folder / "still").touch()
        for queue in tuple(self.queues):
            try:
                queue.put_nowait(data)
            except Full:
                self.queues.discard(queue)
        return Gst.FlowReturn.OK


def _bytes(sink: Any) -> bytes:
    buffer = sink.emit("pull-sample").get_buffer()
    data: bytes = buffer.extract_dup(0, buffer.get_size())
    return data


def handler(lens: Lens) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/still.jpg":
                self.send_response(200)
                self.send_header("Content-Type", "image/jpeg")
                picture = lens.last  # once: the next one may come meanwhile, and be longer
                self.send_header("Content-Length", str(len(picture)))
                self.end_headers()
                self.wfile.write(picture)
                return
            if self.path != "/video":
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
            self.end_headers()
            queue: Queue[bytes] = Queue(200)
            lens.queues.add(queue)
            self._count()
            try:
                while True:
                    self.wfile.write(queue.get())
            except OSError:
                pass
            finally:
                lens.queues.discard(queue)
                self._count()

        def _count(self) -> None:
            with lens.counting:
                (lens.options.folder / "lookers").write_text(str(len(lens.queues)))

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--folder", type=Path, default=Path.cwd())
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--height", type=int, default=480)
    parser.add_argument("--fps", type=int, default=15)
    parser.add_argument("--quality", type=int, default=80)
    options = parser.parse_args()
    Gst.init(None)
    lens = Lens(options)
    server = ThreadingHTTPServer(("127.0.0.1", options.port), handler(lens))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
