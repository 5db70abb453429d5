"""A payload of any size: TLS on a blocking socket, in a thread of its own. asyncio's TLS reaches a fraction of that,
and nothing else of the hub would run meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import socket
import ssl
import struct
import termios
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor

from wayhome.errors import Refused, Unreachable

SILENT = 20.0
"""Whoever neither sends nor takes anything for so many s is not there any more."""
SLOWEST = 10_000
"""Bytes a second; what is slower over a whole piece is given up: it would hold a place for days."""
AT_LEAST = 128 * 1024
"""While more than twice so many bytes are to come, the thread is woken for so many: kdeconnectd sends 4 kB at a time,
and a change of threads for each of them costs twice the CPU."""
AHEAD = 3
"""So many pieces of what comes are in memory: one that is worked on, one that waits, one that is being read."""
CHUNK = 512 * 1024
"""What goes out is told in parts of so many bytes."""
TAKEN = 30.0
"""So long, in s, what was sent may lie in the network until the other side has it."""


class Bulk:
    """A connection in order. Nothing of it may be called twice at once."""

    def __init__(self, made: ssl.SSLSocket, knife: socket.socket, thread: ThreadPoolExecutor) -> None:
        self._made, self._knife, self._thread = made, knife, thread

    async def pieces(self, size: int, piece: int) -> AsyncGenerator[bytearray]:
        """So many bytes, a piece at a time, each of so many but the last. While one is worked on those after it are
        read, without a word to the event loop. Raises Unreachable: it was cut before, or is too slow."""
        loop, come = asyncio.get_running_loop(), asyncio.Queue[bytearray | Exception]()
        room, over = threading.Semaphore(AHEAD), threading.Event()

        def put(one: bytearray | Exception) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(come.put_nowait, one)

        def read() -> None:
            left = size
            try:
                while left:
                    room.acquire()
                    if over.is_set():
                        return
                    content = _read(self._made, min(piece, left), max(0, left - piece))
                    left -= len(content)
                    put(content)
            except Exception as error:
                put(error)

        self._thread.submit(read)
        left = size
        try:
            while left:
                one = await come.get()
                if isinstance(one, Exception):
                    raise one
                left -= len(one)
                yield one
                room.release()
        finally:
            over.set()
            room.release()

    async def ended(self, within: float) -> bool:
        """Whether nothing follows; who says nothing for so many s has said it."""
        return await self._do(lambda: _ended(self._made, within))

    async def write(self, content: bytes, gone: Callable[[int], None]) -> None:
        """Send it; ``gone``, called in a thread, gets how many bytes of it have. Raises Refused: the other side hung
        up; Unreachable: it is not there, or too slow."""
        await self._do(lambda: _write(self._made, content, gone))

    async def taken(self, hangs_up: float) -> None:
        """All is sent: wait until the other side has it. ``hangs_up``: so long, in s, it is waited for that an app
        hangs up by itself. Raises Refused, Unreachable."""
        await self._do(lambda: _taken(self._made, hangs_up))

    def held(self) -> socket.socket:
        """The connection, to be ended later by ``reset``: also where nothing gets through now."""
        return self._knife.dup()

    def cut(self) -> None:
        """End it at once, whatever is under way."""
        with contextlib.suppress(OSError):
            self._knife.shutdown(socket.SHUT_RDWR)

    async def _do[T](self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


@contextlib.asynccontextmanager
async def bulk(made: socket.socket, context: ssl.SSLContext, pin: bytes, *, server: bool) -> AsyncIterator[Bulk]:
    """Speak TLS on a socket that is connected, with who has that certificate (DER). The socket is closed at the end.
    Raises Unreachable."""
    thread = ThreadPoolExecutor(1, "kdeconnect payload")
    knife = made.dup()
    made.settimeout(SILENT)
    loop = asyncio.get_running_loop()
    secured: ssl.SSLSocket | None = None
    try:
        try:
            secured = context.wrap_socket(made, server_side=server, do_handshake_on_connect=False)
            await loop.run_in_executor(thread, secured.do_handshake)
        except OSError as error:
            raise Unreachable("the phone's connection for the file came to nothing") from error
        if secured.getpeercert(binary_form=True) != pin:
            raise Unreachable("another device answers at the phone's address")
        yield Bulk(secured, knife, thread)
    finally:
        with contextlib.suppress(OSError):
            knife.shutdown(socket.SHUT_RDWR)
        # The thread ends with its socket; it is not waited for, and closes what it may still be reading from.
        ends = secured or made
        with contextlib.suppress(RuntimeError):
            thread.submit(ends.close)
        thread.shutdown(wait=False)
        knife.close()


def reset(made: socket.socket) -> None:
    """End a connection so that the other side learns that it is over, if anything gets there."""
    with contextlib.suppress(OSError):
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    made.close()


def _read(made: ssl.SSLSocket, size: int, follow: int) -> bytearray:
    content = bytearray(size)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, AT_LEAST if size + follow > 2 * AT_LEAST else 1)
    left, latest = memoryview(content), time.monotonic() + SILENT + size / SLOWEST
    try:
        while left:
            count = made.recv_into(left)
            if not count:
                raise Unreachable("the phone broke off")
            left = left[count:]
            if len(left) + follow <= 2 * AT_LEAST < len(left) + count + follow:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
            if time.monotonic() > latest:
                raise Unreachable("the phone sends too slowly")
    except OSError as error:
        raise Unreachable("the phone broke off") from error
    return content


def _ended(made: ssl.SSLSocket, within: float) -> bool:
    made.settimeout(within)
    try:
        return not made.recv(1)
    except OSError:
        return True


def _write(made: ssl.SSLSocket, content: bytes, gone: Callable[[int], None]) -> None:
    left, done = memoryview(content), 0
    latest = time.monotonic() + SILENT + len(content) / SLOWEST
    try:
        while left:
            made.sendall(left[:CHUNK])
            done += len(left[:CHUNK])
            left = left[CHUNK:]
            gone(done)
            if time.monotonic() > latest:
                raise Unreachable("the phone takes it too slowly")
    except TimeoutError as error:
        raise Unreachable("the phone does not take it any more") from error
    except OSError as error:
        raise _why(error) from error


def _taken(made: ssl.SSLSocket, hangs_up: float) -> None:
    """Look until the network holds nothing any more, and the app hangs up, as it does when it has read all. To one that
    does not it is said that this is the end: some may wait for that. Not before: a word that it does not read any more
    would look as if it had hung up too early."""
    latest = time.monotonic() + TAKEN
    while waiting := int.from_bytes(fcntl.ioctl(made.fileno(), termios.TIOCOUTQ, b"\0\0\0\0"), "little"):
        if time.monotonic() > latest:
            raise Unreachable(f"the phone has not taken the last {waiting} bytes")
        time.sleep(0.005)
    try:
        made.settimeout(hangs_up)
        made.recv(1)
        return
    except TimeoutError:
        pass
    except OSError as error:  # also where the network holds nothing because it was hung up before
        raise Refused("the phone hung up before it had read all of it") from error
    with contextlib.suppress(OSError):
        made.settimeout(0)
        with contextlib.suppress(ssl.SSLError):
            made.unwrap()  # kdeconnectd never says the same word, so it is not waited for
        left = socket.socket(fileno=made.detach())
        try:
            left.settimeout(TAKEN)
            left.shutdown(socket.SHUT_WR)
            while left.recv(CHUNK):
                pass
        finally:
            left.close()


def _why(error: OSError) -> Refused | Unreachable:
    if isinstance(error, ConnectionError | ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Refused("the phone hung up before it had all of it")
    return Unreachable("the phone is not there any more")
