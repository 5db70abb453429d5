"""RTSP on the wire (RFC 2326, and what 7826 keeps of it): requests, answers, packets interleaved with them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

MAX_HEAD = 32_768
MAX_BODY = 65_536
"""A camera's answer is a page at most; more is somebody else's."""
MAX_LINES = 200
"""Of a head: it is read again with each piece of the body that comes."""
DOLLAR = 0x24


class Rubbish(Exception):
    """What came is no RTSP."""


class Answer(msgspec.Struct, frozen=True):
    """An answer; header names in lower case, of a repeated one all values."""

    status: int
    reason: str
    headers: dict[str, list[str]]
    body: bytes

    def header(self, name: str) -> str:
        """The first value of a header, "" where it is missing."""
        return next(iter(self.headers.get(name, ())), "")


class Asked(msgspec.Struct, frozen=True):
    """Some cameras ask, too (OPTIONS, to see whether we are there). ``number``: their CSeq."""

    method: str
    number: str


type Event = Answer | Asked | tuple[int, bytes]
"""An answer, a question, or a packet with its channel."""


def request(method: str, url: str, number: int, headers: Mapping[str, str]) -> bytes:
    """A request without a body."""
    lines = [f"{method} {url} RTSP/1.0", f"CSeq: {number}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Reader:
    """Takes bytes as they come and tells what they are."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, data: bytes) -> Iterator[Event]:
        """What has come whole. Raises Rubbish."""
        if self._rest:
            data, self._rest = self._rest + data, b""
        start, end = 0, len(data)
        try:
            while start < end:
                if data[start] == DOLLAR:
                    if end - start < 4:
                        break
                    after = start + 4 + (data[start + 2] << 8 | data[start + 3])
                    if after > end:
                        break
                    event: Event = (data[start + 1], data[start + 4 : after])
                else:
                    found = _message(data, start)
                    if found is None:
                        break
                    event, after = found
                start = after
                yield event
        finally:
            self._rest = data[start:]


def _message(data: bytes, start: int) -> tuple[Event, int] | None:
    head_end = data.find(b"\r\n\r\n", start, start + MAX_HEAD)
    if head_end < 0:
        if len(data) - start >= MAX_HEAD or not _begins(data[start : start + 8]):
            raise Rubbish("what comes is no RTSP")
        return None
    first, *lines = data[start:head_end].decode("utf-8", "replace").split("\r\n")
    if len(lines) > MAX_LINES:
        raise Rubbish(f"an answer with {len(lines)} headers")
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), []).append(value.strip())
    length = headers.get("content-length", ["0"])[0]
    size = number(length)
    if size is None or size > MAX_BODY:
        raise Rubbish(f"an answer of {length[:20]} bytes")
    after = head_end + 4 + size
    if after > len(data):
        return None
    words = first.split(" ", 2)
    if words[0].startswith("RTSP/1.") or words[0] == "RTSP/2.0":
        status = number(words[1]) if len(words) > 1 else None
        if status is None:
            raise Rubbish("what comes is no RTSP")
        reason = words[2] if len(words) > 2 else ""
        return Answer(status, reason[:80], headers, data[head_end + 4 : after]), after
    if len(words) == 3 and words[2].startswith("RTSP/"):
        return Asked(words[0], headers.get("cseq", ["0"])[0][:20]), after
    raise Rubbish("what comes is no RTSP")


def number(text: str) -> int | None:
    """A number as another side writes it; None: it is none, or one of more than nine digits."""
    return int(text) if len(text) < 10 and text.isascii() and text.isdigit() else None


def _begins(some: bytes) -> bool:
    """Whether it may be the beginning of a message: of an answer, or of a question in capital letters."""
    return b"RTSP/".startswith(some[:5]) or some.split(b" ")[0].replace(b"_", b"").isalpha()
