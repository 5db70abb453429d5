"""A real player of a home: the Music Player Daemon, which Home Assistant has a part for; and a shelf of music that it
fetches over HTTP."""

from __future__ import annotations

import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from tests.peers.program import Program, accepts, find, free_port

CONFIG = """\
music_directory "{folder}/music"
db_file "{folder}/db"
state_file "{folder}/state"
bind_to_address "127.0.0.1"
port "{port}"
auto_update "no"
audio_output {{
  type "null"
  name "nothing"
  mixer_type "software"
}}
"""


class Mpd:
    """One of them, as ``with Mpd(folder) as mpd``."""

    def __init__(self, folder: Path) -> None:
        (folder / "music").mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        (folder / "mpd.conf").write_text(CONFIG.format(folder=folder, port=self.port))
        self.program = Program("mpd", [find("mpd"), "--no-daemon", str(folder / "mpd.conf")], folder)

    def __enter__(self) -> Self:
        self.program.start(lambda: accepts(self.port), 60)
        return self

    def __exit__(self, *_: object) -> None:
        self.program.kill()

    def ask(self, *lines: str) -> dict[str, str]:
        """What it says to some lines of its own protocol: ``status``, ``currentsong``, ``seekcur 30``."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as line:
            said = line.makefile("rw", encoding="utf-8", newline="\n")
            assert said.readline().startswith("OK MPD")
            found: dict[str, str] = {}
            for one in lines:
                said.write(one + "\n")
                said.flush()
                while not (answer := said.readline()).startswith(("OK", "ACK")):
                    key, _, value = answer.rstrip("\n").partition(": ")
                    found[key] = value
            return found

    @property
    def place(self) -> float:
        """Where it is, in s."""
        return float(self.ask("status").get("elapsed", -1))


class Shelf:
    """Files over HTTP, also from a place on: players that are sent to one ask for that."""

    def __init__(self, folder: Path, address: str) -> None:
        self.asked: list[str] = []
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                shelf.asked.append(self.path)
                file = folder / Path(self.path.partition("?")[0]).name
                data = file.read_bytes() if file.is_file() else None
                if data is None:
                    self.send_error(404)
                    return
                found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
                first = int(found[1]) if found else 0
                last = min(int(found[2]) if found and found[2] else len(data) - 1, len(data) - 1)
                self.send_response(206 if found else 200)
                self.send_header("Content-Type", "audio/flac")
                self.send_header("Accept-Ranges", "bytes")
                self.send_header("Content-Length", str(last - first + 1))
                if found:
                    self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
                self.end_headers()
                try:
                    self.wfile.write(data[first : last + 1])
                except OSError:
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer((address, 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://{address}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
