"""A real player on a phone's own D-Bus: mpv with its MPRIS part, playing a tone that has a title and a cover."""

from __future__ import annotations

import math
import struct
import subprocess
import wave
from pathlib import Path
from typing import Self
from urllib.parse import unquote

from tests.peers.kdeconnect import KdeConnect
from tests.peers.program import Program, find
from wayhome.links.sim.png import Canvas

RATE = 8_000


def tone(folder: Path, name: str, title: str, artist: str = "The Testers", *, seconds: int = 120) -> Path:
    """A piece of music, as a file with tags, and a cover beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    raw, made = folder / f"{name}.wav", folder / f"{name}.flac"
    with wave.open(str(raw), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        second = b"".join(struct.pack("<h", int(3_000 * math.sin(n / 3))) for n in range(RATE))
        out.writeframes(second * seconds)
    tags = f'title="{title}",artist="{artist}",album="Sine"'
    encode = ("--no-config", "--no-terminal", f"--o={made}", "--of=flac", "--oac=flac", f"--oset-metadata={tags}")
    subprocess.run([find("mpv"), *encode, str(raw)], check=True, capture_output=True)
    raw.unlink()
    (folder / "cover.png").write_bytes(Canvas(8, 8, [(255, 180, 94)]).png())
    return made


class Playerctl:
    """playerctl on a phone's bus: what a player there tells, and what it is told. ``like``: how its name begins."""

    def __init__(self, phone: KdeConnect, like: str) -> None:
        self._bus = {"DBUS_SESSION_BUS_ADDRESS": phone.bus_address}
        self._like = like

    def ctl(self, *words: str) -> str:
        """What it says."""
        which = () if words[0] == "-l" else ("-p", self._like)
        command = [find("playerctl"), *which, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=self._bus, timeout=30)
        return unquote(done.stdout.strip())

    @property
    def place(self) -> float:
        """Where it is, in s."""
        return float(self.ctl("position") or -1)


class Mpv(Playerctl):
    """As ``with Mpv(phone, file) as player``."""

    def __init__(self, phone: KdeConnect, *what: str, name: str = "mpv") -> None:
        super().__init__(phone, "mpv")
        command = [find("mpv"), "--no-config", "--no-terminal", "--ao=null", "--no-video", "--force-window=no",
                   "--idle=yes", "--script=/usr/lib/mpv-mpris/mpris.so", *what]  # fmt: skip
        self._program = Program(name, [*phone.places.at(phone.place), *command], phone.folder, self._bus)

    def __enter__(self) -> Self:
        self._program.start(lambda: "mpv" in self.ctl("-l"), 60)
        return self

    def __exit__(self, *_: object) -> None:
        self._program.kill()
