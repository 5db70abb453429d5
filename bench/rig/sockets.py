"""Raw sockets to the hub and its peers: just enough of each protocol to subscribe, publish and count. All of them are
read by the same reader, so that what the client costs is the same for each."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

CHUNK = 1 << 18


def _connect(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), 20)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _until(found: socket.socket, enough: Callable[[bytes], bool]) -> bytes:
    data = b""
    while not enough(data):
        more = found.recv(CHUNK)
        if not more:
            raise RuntimeError(f"closed after {data[-300:]!r}")
        data += more
    return data


# The hub


def frame(message: object) -> bytes:
    """A client's WebSocket frame of a JSON text. The masking key is zero, which is as good as any to the server."""
    payload = json.dumps(message, separators=(",", ":")).encode()
    size = len(payload)
    head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE)) + size.to_bytes(2, "big")
    if size > 65535:
        head = bytes((0x81, 0xFF)) + size.to_bytes(8, "big")
    return head + b"\0\0\0\0" + payload


def payloads(data: bytes) -> tuple[list[bytes], bytes]:
    """The texts of a server's frames, and what is left of an unfinished one. Pings are left out."""
    found: list[bytes] = []
    at = 0
    while len(data) - at >= 2:
        size, start = data[at + 1], at + 2
        if size == 126:
            size, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
        elif size == 127:
            size, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
        if len(data) < start + size:
            break
        if data[at] in (0x81, 0x82):
            found.append(data[start : start + size])
        at = start + size
    return found, data[at:]


def upgraded(port: int, path: str, *headers: str) -> socket.socket:
    """A WebSocket, after its handshake."""
    made = _connect(port)
    lines = (
        f"GET {path} HTTP/1.1",
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version: 13",
        *headers,
    )
    made.sendall("\r\n".join((*lines, "", "")).encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):  # one by one: frames may follow at once
        head += made.recv(1)
    if b" 101 " not in head.partition(b"\r\n")[0]:
        raise RuntimeError(f"no WebSocket: {head[:200]!r}")
    return made


def heard(on: socket.socket) -> bytes:
    """The next text, where only one is on its way."""
    data = b""
    while True:
        data += on.recv(CHUNK)
        texts, rest = payloads(data)
        if texts and not rest:
            return texts[0]


def hub(port: int, token: str, hello: dict[str, object] | None = None) -> socket.socket:
    """A live socket; with ``hello`` after its snapshot (or delta) came."""
    made = upgraded(port, "/api/live", f"Authorization: Bearer {token}")
    if hello is not None:
        greet(made, hello)
    return made


class Greeting(NamedTuple):
    """What a hello was answered with: its bytes, epoch and revision, and how long it took, in s."""

    size: int
    epoch: str
    rev: int
    took: float


def greet(to: socket.socket, hello: dict[str, object]) -> Greeting:
    """Say hello and take the snapshot or delta."""
    began = time.perf_counter()
    to.sendall(frame({"t": "hello", **hello}))
    data, size, epoch = b"", 0, str(hello.get("epoch", ""))
    while True:
        data += to.recv(CHUNK)
        texts, data = payloads(data)
        for text in texts:
            size += len(text)
            if b'"t":"error"' in text[:20] or b'"t":"bye"' in text[:20]:
                raise RuntimeError(text.decode())
            if text.startswith(b'{"t":"snap"'):
                epoch = text.partition(b'"epoch":"')[2].partition(b'"')[0].decode()
            if text.startswith((b'{"t":"snap"', b'{"t":"delta"')) and not text.endswith(b',"more":true}'):
                rev = int(text.partition(b'"rev":')[2].partition(b",")[0].rstrip(b"}"))
                return Greeting(size, epoch, rev, time.perf_counter() - began)


# NATS


def nats(port: int, subjects: Iterable[str] = ()) -> socket.socket:
    """A connection to NATS that is subscribed."""
    made = _connect(port)
    _until(made, lambda data: data.endswith(b"\r\n"))
    lines = [b'CONNECT {"verbose":false,"pedantic":false}']
    lines += [b"SUB %s %d" % (subject.encode(), number) for number, subject in enumerate(subjects, 1)]
    made.sendall(b"\r\n".join([*lines, b"PING\r\n"]))
    _until(made, lambda data: data.endswith(b"PONG\r\n"))
    return made


def pub(subject: str, payload: bytes) -> bytes:
    """A message to NATS."""
    return b"PUB %s %d\r\n%s\r\n" % (subject.encode(), len(payload), payload)


# MQTT


def _packet(kind: int, body: bytes) -> bytes:
    size, head = len(body), bytearray((kind,))
    while True:
        size, low = divmod(size, 128)
        head.append(low | (0x80 if size else 0))
        if not size:
            return bytes(head) + body


def _text(text: str) -> bytes:
    return len(text).to_bytes(2, "big") + text.encode()


def mqtt(port: int, name: str, filters: Sequence[str] = ()) -> socket.socket:
    """A connection to an MQTT broker that is subscribed, at most once."""
    made = _connect(port)
    made.sendall(_packet(0x10, _text("MQTT") + b"\x04\x02\x00\x00" + _text(name)))
    _until(made, lambda data: len(data) >= 4)
    if filters:
        made.sendall(_packet(0x82, b"\x00\x01" + b"".join(_text(one) + b"\x00" for one in filters)))
        _until(made, lambda data: len(data) >= 4 + len(filters))
    return made


def publish(topic: str, payload: bytes) -> bytes:
    """A message to an MQTT broker, at most once."""
    return _packet(0x30, _text(topic) + payload)


# Reading


class Readers:
    """Many sockets read by one loop. ``take`` gets each chunk, after what was left over of that socket's last one, and
    returns what is left over now."""

    def __init__(self, sockets: Sequence[socket.socket], take: Callable[[bytes], bytes]) -> None:
        self.sockets = {one.fileno(): one for one in sockets}
        self._take = take
        self._rest = dict.fromkeys(self.sockets, b"")
        self._poll = select.epoll()
        for number, one in self.sockets.items():
            one.setblocking(False)
            self._poll.register(number, select.EPOLLIN)

    def turn(self, wait: float) -> None:
        """Read what has come; wait at most so long (s) for something."""
        for number, _ in self._poll.poll(wait):
            with contextlib.suppress(BlockingIOError):
                data = self.sockets[number].recv(CHUNK)
                if not data:
                    raise RuntimeError(f"a socket was closed; before that: {self._rest[number][-200:]!r}")
                rest = self._rest[number]
                self._rest[number] = self._take(rest + data if rest else data)

    def close(self) -> None:
        self._poll.close()
        for one in self.sockets.values():
            one.close()


class Counter(Readers):
    """Counts how often ``mark`` comes, on all sockets together."""

    def __init__(self, sockets: Sequence[socket.socket], mark: bytes) -> None:
        super().__init__(sockets, self._count)
        self._mark = mark
        self.count = 0

    def _count(self, data: bytes) -> bytes:
        self.count += data.count(self._mark)
        return data[1 - len(self._mark) :]  # too short to hold a whole mark: nothing is counted twice

    def until(self, count: int, patience: float = 20.0) -> None:
        """Read until so many came. Raises RuntimeError when nothing more comes."""
        last, since = self.count, time.monotonic()
        while self.count < count:
            self.turn(1.0)
            if self.count != last:
                last, since = self.count, time.monotonic()
            elif time.monotonic() - since > patience:
                raise RuntimeError(f"{self.count} of {count} came")
