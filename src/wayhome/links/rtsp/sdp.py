"""What a camera says that it sends (SDP, RFC 8866), as far as its film is concerned. Pure."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urljoin

import msgspec

from wayhome.core.image import MAX_SIDE
from wayhome.links.rtsp.wire import number


class Track(msgspec.Struct, frozen=True):
    """A film. ``codec``: as the camera names it, in capitals. ``payload``: the type of its packets. ``clock``: ticks a
    second. ``sets``: parameter sets that it tells beforehand."""

    codec: str
    payload: int
    control: str
    clock: int = 90_000
    sets: tuple[bytes, ...] = ()
    size: tuple[int, int] | None = None
    """Width and height, where it tells them: of JPEG its packets can't always."""


STATIC = {"26": "JPEG", "31": "H261", "32": "MPV", "34": "H263"}
"""Payload types that need no words."""


def tracks(text: str, base: str) -> list[Track]:
    """The films, in the camera's order. ``base``: what its addresses are relative to."""
    session, *media = ("\n" + text.replace("\r\n", "\n").replace("\r", "\n")).split("\nm=")
    base = _control(session, base, base)
    found: list[Track] = []
    for one in media:
        words = one.split("\n", 1)[0].split()
        if len(words) < 4 or words[0] != "video":
            continue
        for payload in words[3:]:
            named = _attribute(one, "rtpmap", payload).partition("/")
            codec = (named[0] or STATIC.get(payload, "")).upper()
            kind = number(payload)
            if codec and kind is not None:
                sets = _sets(_attribute(one, "fmtp", payload))
                ticks = number(named[2].partition("/")[0]) or 90_000
                found.append(Track(codec, kind, _control(one, base, base), ticks, sets, _size(one, payload)))
                break
    return found


def _attribute(part: str, name: str, payload: str) -> str:
    start = f"a={name}:{payload} "
    return next((line[len(start) :].strip() for line in part.split("\n") if line.startswith(start)), "")


def _size(part: str, payload: str) -> tuple[int, int] | None:
    """GStreamer writes ``a=x-dimensions:2560,1440``, others ``a=framesize:26 2560-1440``."""
    lines = part.split("\n")
    said = next((line[15:] for line in lines if line.startswith("a=x-dimensions:")), "").split(",")
    if len(said) != 2:
        said = _attribute(part, "framesize", payload).split("-")
    width, height = (number(one.strip()) for one in said) if len(said) == 2 else (None, None)
    return (width, height) if width and height and max(width, height) <= MAX_SIDE else None


def _control(part: str, base: str, otherwise: str) -> str:
    said = next((line[10:].strip() for line in part.split("\n") if line.startswith("a=control:")), "")
    if said in ("", "*"):
        return otherwise
    if said.startswith(("rtsp://", "rtsps://")):
        return said
    # Not urljoin's way, which knows no rtsp: a camera's base may end in a query, and what follows belongs to its end.
    return base + said if base.endswith("/") or said.startswith("/") else f"{base}/{said}"


def _sets(format: str) -> tuple[bytes, ...]:
    for part in format.split(";"):
        name, _, value = part.strip().partition("=")
        if name.strip().lower() == "sprop-parameter-sets":
            try:
                return tuple(base64.b64decode(one + "=" * (-len(one) % 4)) for one in value.split(",") if one.strip())
            except (binascii.Error, ValueError):
                return ()
    return ()


def absolute(base: str, location: str) -> str:
    """An address that a header gives, made whole; ``base`` where it makes no sense."""
    if "://" in location:
        return location
    try:
        # urljoin knows no rtsp.
        return urljoin(base.replace("rtsp", "http", 1), location).replace("http", "rtsp", 1)
    except ValueError:
        return base
