"""A recording while it is made: pictures become pieces of a file, and the pieces are written as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from wayhome import log
from wayhome.errors import HubError, StoreError
from wayhome.features.recordings import mp4
from wayhome.features.recordings.model import Recording
from wayhome.features.recordings.mp4 import Chunk, Sample, Track
from wayhome.hub.film import Film, Shot
from wayhome.hub.ports import Footage

PIECE = 1.0
"""A fragment has about so many s: so much is lost when the hub dies."""
GAP = 5.0
"""Pictures that come further apart, in s, by the hub's clock, were not: the clock was set."""
COUNTS = 90_000
"""A camera's counter goes so fast (RFC 6184), a second."""
BACKLOG = 32 * 2**20
"""So many bytes may wait for the disk."""
HANGS = 5.0
"""A disk that has been at one piece for so many s keeps none, as far as anybody knows."""
LAST = 1 / 15
"""How long the last picture stands, in s: nobody knows."""


def lasts(shot: Shot, following: Shot) -> float:
    """How long a picture stands, in s: by the camera's own counter, as they come unevenly over a network; else by when
    they came."""
    if shot.taken is not None and following.taken is not None:
        between = ((following.taken - shot.taken) & 0xFFFFFFFF) / COUNTS
        if 0 < between < GAP:
            return between
    return following.at - shot.at


class Take:
    """One recording that is being made. ``over``: called once, when its file is closed; ``fault`` says why it broke.

    ``end`` may be called at any time; what came before is written."""

    def __init__(self, footage: Footage, recording: Recording, over: Callable[[Take], None]) -> None:
        self.recording = recording
        self.fault: HubError | None = None
        self.written = 0
        """Bytes of it on the disk."""
        self._footage = footage
        self._over = over
        self._track: Track | None = None
        self._last: Shot | None = None
        self._pieces: list[tuple[Sample, bytes]] = []
        self._chunks: list[Chunk] = []
        self._ticks = 0
        self._size = 0
        """Bytes of the file when all is written that was handed over."""
        self._waiting = 0
        self._began = False
        """Pictures of it are on the disk."""
        self._writing: float | None = None
        """Since when the disk has been at a piece, by the loop's clock."""
        self._queue: asyncio.Queue[tuple[bytes, Chunk | None] | None] = asyncio.Queue()
        self._still: tuple[float, bytes] | None = None
        self._ending = False
        self.task = asyncio.create_task(self._run())

    @property
    def live(self) -> bool:
        """Whether pictures of it are on the disk, and more are coming there: a disk that hangs says no word."""
        late = self._writing is not None and asyncio.get_running_loop().time() - self._writing > HANGS
        return self._began and not late

    @property
    def length(self) -> float:
        """Of what was taken so far, in s."""
        return self._ticks / mp4.SCALE

    def fits(self, film: Film, shot: Shot) -> bool:
        """Whether a key picture goes on with the film of this file: its parameter sets stand at the file's head."""
        track = mp4.track(shot.data, film.width, film.height, 0.0)
        return self._track is None or (track is not None and track.entry == self._track.entry)

    def add(self, film: Film, shot: Shot) -> None:
        """A picture. The first one is a key picture."""
        if self._ending:
            return
        if self._track is None:
            self._track = mp4.track(shot.data, film.width, film.height, shot.at) if shot.key else None
            if self._track is None:
                return
            self.recording = msgspec.structs.replace(
                self.recording, start=shot.at, width=film.width, height=film.height
            )
            self._hand_over(mp4.begin(self._track), None)
        if self._last is not None:
            self._lay(self._last, lasts(self._last, shot))
            if shot.key or sum(one.duration for one, _ in self._pieces) >= PIECE * mp4.SCALE:
                self._flush()
        self._last = shot
        if shot.key and (self._still is None or self._still[0] < self.recording.happened):
            self._still = shot.at, shot.data

    def _lay(self, shot: Shot, seconds: float) -> None:
        data = mp4.sample(shot.data)
        ticks = max(1, round((seconds if 0 < seconds < GAP else LAST) * mp4.SCALE))
        self._pieces.append((Sample(len(data), ticks, shot.key), data))

    def _flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        if not pieces:
            return
        samples = tuple(sample for sample, _ in pieces)
        head = mp4.fragment(len(self._chunks) + 1, self._ticks, samples)
        chunk = Chunk(self._size + len(head), samples)
        self._chunks.append(chunk)
        self._ticks += sum(one.duration for one in samples)
        self._hand_over(b"".join((head, *(data for _, data in pieces))), chunk)

    def _hand_over(self, piece: bytes, chunk: Chunk | None) -> None:
        if self._waiting + len(piece) > BACKLOG:
            self.fault = StoreError("the disk can't follow the film", advice="Look at the disk of the hub's machine.")
            self.end()
            return
        self._size += len(piece)
        self._waiting += len(piece)
        self._queue.put_nowait((piece, chunk))

    def end(self, cut: bool = False) -> None:
        """No more comes. ``cut``: it ended before its time."""
        if self._ending:
            return
        self.recording = msgspec.structs.replace(self.recording, cut=cut)
        if self._last is not None and self.fault is None:
            self._lay(self._last, LAST)
            self._flush()
        if not self._ending:
            self._ending = True
            self._queue.put_nowait(None)

    # Writing

    async def _run(self) -> None:
        try:
            await self._write()
        except HubError as error:
            self.fault = error
        except Exception:
            log.get("recordings").exception("a recording failed", id=self.recording.id)
            self.fault = HubError("the recording failed")
        finally:
            self._ending, self._began = True, False
            self._over(self)

    async def _write(self) -> None:
        written: list[Chunk] = []
        name = self.recording.film
        try:
            while (said := await self._queue.get()) is not None:
                piece, chunk = said
                if chunk is None:
                    await self._card()
                self._writing = asyncio.get_running_loop().time()
                await self._footage.append(name, piece)
                self._writing = None
                self.written += len(piece)
                self._waiting -= len(piece)
                if chunk is not None:
                    written.append(chunk)
                    self._began = True
                    if len(written) == 1 and self._still is not None:
                        await self._footage.write(self.recording.still, self._still[1])
        except StoreError as error:
            self.fault = error
        if self._track is None or not written:
            await forget(self._footage, self.recording)
            self.written = 0
            return
        ticks = mp4.duration(written)
        self.recording = msgspec.structs.replace(
            self.recording,
            end=self.recording.start + ticks / mp4.SCALE,
            size=self.written,
            cut=self.recording.cut or self.fault is not None,
        )
        fault = self.fault
        try:
            if self._still is not None:
                await self._footage.write(self.recording.still, self._still[1])
            self.recording = await close(self._footage, self.recording, self._track, written, self.written)
        except StoreError as error:
            self.fault = fault or error  # it can be played as it is, and is ended at the next start

    async def _card(self) -> None:
        await self._footage.write(self.recording.card, msgspec.json.encode(self.recording))


async def close(footage: Footage, recording: Recording, track: Track, chunks: list[Chunk], size: int) -> Recording:
    """Make an ordinary file of one whose pieces end at ``size``; the recording as it is then. Raises StoreError."""
    tail, head = mp4.end(track, chunks, size)
    try:
        await footage.append(recording.film, tail)
        await footage.patch(recording.film, len(mp4.FTYP), head)
    except StoreError:
        tail = b""
        raise
    finally:
        recording = msgspec.structs.replace(recording, size=size + len(tail))
        await footage.write(recording.card, msgspec.json.encode(recording))
    return recording


async def forget(footage: Footage, recording: Recording) -> None:
    """Delete all of a recording. Raises StoreError."""
    for name in (recording.film, recording.still, recording.card):
        await footage.delete(name)
