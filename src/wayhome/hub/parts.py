"""Motion JPEG over http: an answer without end, of pictures one after the other (``multipart/x-mixed-replace``). Pure.

Cameras write it each in their own way: the mark between the pictures with more or fewer dashes than they said, with or
without the length of what comes. What is in a part is nobody's business here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from wayhome.core.image import MAX_BYTES
from wayhome.errors import Refused

MAX_HEAD = 8_192
TINY, MOST_TINY = 64, 500
"""Parts of fewer bytes are no pictures; whoever sends so many in a row wants our time."""
_END = re.compile(rb"\r?\n-*\Z")


def boundary(content_type: str) -> bytes | None:
    """The mark between the parts, without its dashes; None: it is no answer in parts."""
    message = Message()
    message["content-type"] = content_type
    if message.get_content_maintype() != "multipart":
        return None
    found = message.get_param("boundary")
    mark = found.strip().lstrip("-") if isinstance(found, str) else ""
    return mark.encode("ascii", "ignore")[:200] or b"-"


class Parts:
    """Takes bytes as they come, and tells the parts that have come whole. ``mark``: see ``boundary``."""

    def __init__(self, mark: bytes) -> None:
        self._mark = b"--" + mark
        self._rest = bytearray()
        self._seen = 0
        """So much of the rest was looked through."""
        self._inside = False
        self._length: int | None = None
        self._tiny = 0

    @property
    def midway(self) -> bool:
        """Whether a part has begun and not ended."""
        return self._inside and bool(self._rest)

    def take(self, data: bytes) -> Iterator[bytes]:
        """What has come whole. Raises Refused where it has no end, or makes no sense."""
        self._rest += data
        while True:
            if not self._inside and not self._head():
                return
            body = self._body()
            if body is None:
                return
            self._tiny = self._tiny + 1 if len(body) < TINY else 0
            if self._tiny > MOST_TINY:
                raise Refused("what comes in parts is no pictures")
            if body:
                yield body

    def _head(self) -> bool:
        """Go on past the next mark and the lines that follow it; whether they are there."""
        at = self._rest.find(self._mark, max(0, self._seen - len(self._mark)))
        if at < 0:
            self._seen = len(self._rest)
            if self._seen > MAX_HEAD:
                raise Refused("the pictures don't come as they are announced: no mark stands between them")
            return False
        start = at + len(self._mark)
        ends = [
            (found, len(blank))
            for blank in (b"\r\n\r\n", b"\n\n")
            if (found := self._rest.find(blank, start, start + MAX_HEAD)) >= 0
        ]
        if not ends:
            if len(self._rest) - start > MAX_HEAD:
                raise Refused("what stands before a picture has no end")
            return False
        end, blank = min(ends)
        self._length = _length(bytes(self._rest[start:end]))
        del self._rest[: end + blank]
        self._inside, self._seen = True, 0
        return True

    def _body(self) -> bytes | None:
        """The part that has begun; None: it has not come whole."""
        if self._length is not None:
            if len(self._rest) < self._length:
                return None
            end = after = self._length
        else:
            after = self._rest.find(self._mark, max(0, self._seen - len(self._mark)))
            if after < 0:
                self._seen = len(self._rest)
                if self._seen > MAX_BYTES + MAX_HEAD:
                    raise Refused(f"a picture of more than {MAX_BYTES >> 20} MB")
                return None
            end = after
        body = bytes(self._rest[:end])
        del self._rest[:after]
        self._inside, self._seen = False, 0
        # Without a length, what ends the line before the mark, and more dashes than said, are none of the picture's.
        return body if self._length is not None else _END.sub(b"", body)


def _length(head: bytes) -> int | None:
    for line in head.replace(b"\r", b"").split(b"\n"):
        name, _, value = line.partition(b":")
        said = value.strip()
        if name.strip().lower() == b"content-length" and said.isdigit() and len(said) < 12:
            length = int(said)
            if length > MAX_BYTES:
                raise Refused(f"a picture of more than {MAX_BYTES >> 20} MB")
            return length
    return None
