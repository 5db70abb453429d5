"""A relay that lies: it stands before a real one and does to its streams what ``mode`` (a file's word) says. What
passes is written down, both ways, in ``passed``. Run as ``python -m tests.peers.lying_relay PORT REAL_PORT FOLDER``.

Modes: honest; flip (a bit of each piece), drop (every third piece), twice (each piece), swap (two pieces), hang
(nothing passes). ``fork`` hands the streams of others to a hub of the liar's own, at the port in the file ``fork``.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

LINES = (b"WAYHOME/1 HUB",)


class Liar:
    def __init__(self, real: int, folder: Path) -> None:
        self._real = real
        self._folder = folder
        self._passed = (folder / "passed").open("ab", buffering=0)

    @property
    def mode(self) -> str:
        return (self._folder / "mode").read_text().strip()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(65_536)
        self._passed.write(first)
        own = first.startswith(LINES)
        if self.mode == "fork" and first.startswith(b"WAYHOME/1 TO"):
            writer.write(b"YES\n")
            port, first = int((self._folder / "fork").read_text()), b""
        else:
            port = self._real
        try:
            theirs, out = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.transport.abort()
            return
        out.write(first)
        one = asyncio.create_task(self._pass(reader, out, lies=not own))
        two = asyncio.create_task(self._pass(theirs, writer, lies=not own))
        await asyncio.wait([one, two], return_when=asyncio.FIRST_COMPLETED)
        for end in (writer, out):
            end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, lies: bool) -> None:
        held, count = b"", 0
        try:
            while piece := await reader.read(65_536):
                self._passed.write(piece)
                count += 1
                # What the relay itself says (YES) stays as it is: the lies are about what is sealed.
                mode = self.mode if lies and piece != b"YES\n" else "honest"
                while mode == "hang":
                    await asyncio.sleep(0.1)
                    mode = self.mode
                if mode == "flip":
                    middle = len(piece) // 2
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
    liar = Liar(real, folder)
    server = await asyncio.start_server(liar.serve, "0.0.0.0", port)
    (folder / "ready").write_text("yes")
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
