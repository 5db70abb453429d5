"""What two hubs tell each other on the line of a film: JSON in text frames, pictures in binary ones.

The one that looks says ``Look``, who looks there (``Who``), what came and how far they are (``Come``, ``Seen``), and
asks for the time (``Ask``). The camera's hub answers for each of them (``May``), says what kind of film it is
(``Kind``), sends its pictures in pieces, tells the time (``Clock``), and why it ends (``Bye``). Where the camera's hub
is the one that calls, its first word is ``Here``: the line is the one that it was asked for.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from wayhome.core.image import MAX_SIDE
from wayhome.errors import BY_CODE, BadInput, HubError, Unreachable
from wayhome.hub.film import Shot
from wayhome.hub.frames import Frame

PIECE = 16 * 1024
"""Bytes of a picture in one frame: each of them says that the road leads somewhere."""
MAX_LINE = 64 * 1024
MAX_PICTURE = 8 * 2**20
LAST, MORE = b"\x00", b"\x01"
_HEAD = struct.Struct(">BId")


class Here(msgspec.Struct, frozen=True, tag_field="t", tag="here"):
    """This is the line that was asked for as ``id``."""

    id: str


class Look(msgspec.Struct, frozen=True, tag_field="t", tag="look"):
    """Show me this camera's film."""

    thing: str


class Looker(msgspec.Struct, frozen=True):
    """Who looks, on which device. ``id``: counted by the hub where they look."""

    id: int
    actor: str
    device: str | None = None


class Who(msgspec.Struct, frozen=True, tag_field="t", tag="who"):
    """All that look now; none: nothing is to be sent."""

    who: list[Looker]


class Seen(msgspec.Struct, frozen=True, tag_field="t", tag="seen"):
    """The picture of this number is drawn by the one who is furthest."""

    n: int


class Come(msgspec.Struct, frozen=True, tag_field="t", tag="come"):
    """The picture of this number is here, whether anybody has drawn it or not."""

    n: int


class Ask(msgspec.Struct, frozen=True, tag_field="t", tag="ask"):
    """What time is it? ``at``: comes back with the answer."""

    at: float


class May(msgspec.Struct, frozen=True, tag_field="t", tag="may"):
    """What the camera's hub says of one who looks. ``code``: they may not (any more), and why."""

    id: int
    code: str | None = None
    detail: str = ""
    advice: str | None = None


class Clock(msgspec.Struct, frozen=True, tag_field="t", tag="clock"):
    """The time there, s since 1970."""

    at: float
    now: float


class Kind(msgspec.Struct, frozen=True, tag_field="t", tag="film"):
    """The kind of what comes now, see ``film.Film``. Screens make a decoder of it: what is none never gets there."""

    codec: Annotated[str, Meta(pattern=r"^[a-z0-9]{1,16}([./][A-Za-z0-9]{1,16}){0,6}$")]
    width: Annotated[int, Meta(ge=1, le=MAX_SIDE)]
    height: Annotated[int, Meta(ge=1, le=MAX_SIDE)]
    seldom: bool = False


class Bye(msgspec.Struct, frozen=True, tag_field="t", tag="bye"):
    """It ends, and why."""

    code: str
    detail: str = ""
    advice: str | None = None


type Told = Here | May | Clock | Kind | Bye
type Asked = Look | Who | Seen | Come | Ask

_told: msgspec.json.Decoder[Told] = msgspec.json.Decoder(Told)
_asked: msgspec.json.Decoder[Here | Asked] = msgspec.json.Decoder(Here | Look | Who | Seen | Come | Ask)
_encode = msgspec.json.Encoder().encode


def packed(said: Told | Asked) -> Frame:
    """A word as it is sent."""
    return Frame(_encode(said))


def told(data: str | bytes) -> Told:
    """What the camera's hub says. Raises BadInput."""
    return _read(_told, data)


def asked(data: str | bytes) -> Here | Asked:
    """What the hub that looks says; or the first word of the one that calls. Raises BadInput."""
    return _read(_asked, data)


def _read[T](decoder: msgspec.json.Decoder[T], data: str | bytes) -> T:
    if not isinstance(data, str) or len(data) > MAX_LINE:
        raise BadInput("this is no word of a film's line")
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise BadInput(f"a word of a film's line can't be read: {error}"[:200]) from None


def pieces(shot: Shot) -> Iterator[Frame]:
    """A picture as it is sent: as screens get it, cut, with a byte before each piece that says whether more follow."""
    whole = shot.frame.payload
    for at in range(0, len(whole), PIECE):
        yield Frame((MORE if at + PIECE < len(whole) else LAST) + whole[at : at + PIECE], binary=True)


class Pieces:
    """Puts pictures together again."""

    def __init__(self) -> None:
        self._held = bytearray()  # not a list of pieces: a million of one byte each would take a hundred times as much

    def take(self, data: bytes) -> Shot | None:
        """One more piece; the picture, when it is whole. Raises BadInput."""
        self._held += data[1:]
        if len(data) < 2 or len(self._held) > MAX_PICTURE or data[:1] not in (LAST, MORE):
            raise BadInput("this is no picture")
        if data[:1] == MORE:
            return None
        whole, self._held = bytes(self._held), bytearray()
        if len(whole) <= _HEAD.size:
            raise BadInput("this is no picture")
        key, number, at = _HEAD.unpack_from(whole)
        if not math.isfinite(at):
            raise BadInput("a picture says when it was taken")
        return Shot(number, key == 1, at, whole[_HEAD.size :])


def error_of(said: Bye | May) -> HubError:
    """What the other hub said, as an error here."""
    kind = BY_CODE.get(said.code or "", Unreachable)
    return kind(said.detail[:300], advice=None if said.advice is None else said.advice[:300])
