"""Speech by espeak-ng, a program of its own: it is started for each text, hears it on its input, and is done."""

from __future__ import annotations

import asyncio
import shutil

from wayhome.errors import BadInput, NotFound, TooMany, Unreachable
from wayhome.hub.speech import Tongue

PROGRAM = "espeak-ng"
VOICES: dict[Tongue, str] = {"en": "en", "zh": "cmn"}
LETTERS = 1_000
MOST = 12 * 2**20
"""Bytes of one sound: about four minutes."""
WITHIN = 15.0
AT_ONCE, WAITING = 2, 8
"""So many texts are worked on, and wait for that."""


class EspeakSpeech:
    """``Speech`` where the program is installed."""

    def __init__(self, program: str = PROGRAM) -> None:
        self._program = program
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    @property
    def ready(self) -> bool:
        return shutil.which(self._program) is not None

    async def say(self, text: str, tongue: Tongue) -> bytes:
        """See Speech."""
        if not text.strip() or len(text) > LETTERS:
            raise BadInput(f"what is read aloud has 1 to {LETTERS} letters")
        if not self.ready:
            raise NotFound("this hub has no voice", advice=f"Install {self._program} on the hub's machine.")
        if self._waiting >= WAITING:
            raise TooMany("too much is being read aloud at once")
        self._waiting += 1
        try:
            async with self._turns:
                return await self._spoken(text, tongue)
        finally:
            self._waiting -= 1

    async def _spoken(self, text: str, tongue: Tongue) -> bytes:
        # The text goes in by its input: nobody sees it among the machine's processes, and nothing of it is an option.
        made = await asyncio.create_subprocess_exec(
            self._program, "-v", VOICES[tongue], "--stdin", "--stdout", "-b", "1",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert made.stdin is not None and made.stdout is not None
        try:
            async with asyncio.timeout(WITHIN):
                made.stdin.write(text.encode("utf-8", "replace"))
                made.stdin.close()
                sound = bytearray()
                while part := await made.stdout.read(65_536):
                    sound += part
                    if len(sound) > MOST:
                        raise Unreachable("it would be read for too long")
                await made.wait()
        except (TimeoutError, OSError) as error:
            raise Unreachable("the voice did not answer") from error
        finally:
            if made.returncode is None:
                made.kill()
                await made.wait()
        if made.returncode != 0 or sound[:4] != b"RIFF":
            raise Unreachable("the voice failed")
        return measured(bytes(sound))


def measured(sound: bytes) -> bytes:
    """A WAV file with its true lengths: a program that writes as it speaks does not know them when it begins."""
    at = sound.find(b"data", 12, 512)
    if at < 0:
        raise Unreachable("the voice failed")
    whole = (len(sound) - 8).to_bytes(4, "little")
    return sound[:4] + whole + sound[8 : at + 4] + (len(sound) - at - 8).to_bytes(4, "little") + sound[at + 8 :]
