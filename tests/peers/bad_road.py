"""A road that is bad, or lies: TCP between whoever calls it and a real peer, and what ``mode`` (a file's word) says is
done to it. Run as ``python -m tests.peers.bad_road PORT REAL_PORT FOLDER``; what passes is written down in ``passed``.

Bad roads: ``cut`` (both ends closed), ``freeze`` (nothing passes, nobody is told), ``delay`` (a third of a second for
each piece), ``reset`` (half a piece, then a reset), ``half`` (one end is closed, the other is left as it is).
Lies: ``flip`` (a bit of each piece), ``drop`` (every third piece), ``twice`` (each piece), ``swap`` (two pieces),
``fork`` (streams to a hub are handed to another one, at the port in the file ``fork``).
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from pathlib import Path

OWN = b"WAYHOME/1 HUB"
"""How a hub's own connection to a relay begins: that one is never lied to, so that the hub stays reachable."""


class Road:
    """All connections over the road."""

    def __init__(self, real: int, folder: Path) -> None:
        self._real = real
        self._folder = folder
        self._passed = (folder / "passed").open("ab", buffering=0)
        self._left: list[asyncio.StreamWriter] = []
        self._mode = "honest"

    @property
    def mode(self) -> str:
        # While it is written there is nothing in it for a moment: then it is as it was.
        self._mode = (self._folder / "mode").read_text().strip() or self._mode
        return self._mode

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(65_536)
        self._passed.write(first)
        port = self._real
        if self.mode == "fork" and first.startswith(b"WAYHOME/1 TO"):
            writer.write(b"YES\n")
            port, first = int((self._folder / "fork").read_text()), b""
        try:
            theirs, out = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.transport.abort()
            return
        out.write(first)
        lies = not first.startswith(OWN)
        ways = [self._pass(reader, out, lies=lies), self._pass(theirs, writer, lies=lies)]
        await asyncio.wait([asyncio.create_task(way) for way in ways], return_when=asyncio.FIRST_COMPLETED)
        if self.mode == "half":
            out.transport.abort()
            self._left.append(writer)
            return
        for end in (writer, out):
            end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, lies: bool) -> None:
        held, count = b"", 0
        try:
            while piece := await reader.read(65_536):
                self._passed.write(piece)
                count += 1
                # What a relay itself says (YES) stays as it is: the lies are about what is sealed.
                while (mode := self.mode if lies and piece != b"YES\n" else "honest") == "freeze":
                    await asyncio.sleep(0.1)
                middle = len(piece) // 2
                if mode in ("cut", "half"):
                    return
                if mode == "reset":
                    writer.write(piece[:middle])
                    await asyncio.sleep(0.01)
                    writer.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                    )
                    return
                if mode == "delay":
                    await asyncio.sleep(0.33)
                elif mode == "flip":
                    piece = piece[:middle] + bytes([piece[middle] ^ 1]) + piece[middle + 1 :]
                elif mode == "drop" and count % 3 == 0:
                    continue
                elif mode == "twice":
                    piece += piece
                elif mode == "swap":
                    if not held:
                        held = piece
                        continue
                    piece, held = piece + held, b""
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass


async def main() -> None:
    port, real, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    road = Road(real, folder)
    server = await asyncio.start_server(road.serve, "0.0.0.0", port)
    (folder / "ready").write_text("yes")
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
