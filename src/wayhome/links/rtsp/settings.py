"""The settings of a camera's link. Its password is not among them."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

import msgspec

PORT = 554


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which camera.

    ``url``: the address of its film (``rtsp://192.168.1.20/stream1``), of its Motion JPEG or its stills over http
    (``http://192.168.1.20/video.mjpg``), or of its ONVIF service, where it is asked for its film each time
    (``http://192.168.1.20/onvif/device_service``). ``profile``: which of its films, by ONVIF's
    token; without, the first in H.264. ``user``: who signs in there. ``area``: the room where it hangs. ``open``:
    ``needed`` opens the film while somebody looks, and for a moment each minute to see whether pictures come;
    ``always`` keeps it open, so that the first picture is there at once.
    """

    url: str
    user: str | None = None
    area: str | None = None
    profile: str | None = None
    open: Literal["needed", "always"] = "needed"

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "url", _address(self.url))
        if self.profile is not None and len(self.profile) > 200:
            raise ValueError("that is no profile's token")
        if self.area is not None and len(self.area) > 100:
            raise ValueError("a room's name has at most 100 characters")
        if self.user is not None and (len(self.user) > 200 or any(sign in self.user for sign in "\r\n")):
            raise ValueError("that is no user's name")

    @property
    def asks(self) -> bool:
        """Whether ``url`` is one to be asked over http: an ONVIF service, Motion JPEG, or stills."""
        return self.url.startswith("http:")

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or PORT


def _address(text: str) -> str:
    """As typed, with its scheme. Raises ValueError, which does not quote it: there may be a password in it."""
    text = text.strip()
    text = text if "://" in text else f"rtsp://{text}"
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("that is not an address") from None
    if parts.scheme not in ("rtsp", "http"):
        raise ValueError("a camera's address begins with rtsp://, or with http:// (ONVIF, Motion JPEG)")
    if parts.username is not None or parts.password is not None:
        raise ValueError("user and password don't belong in an address")
    if not parts.hostname or parts.fragment or any(not "!" <= sign <= "~" for sign in text) or len(text) > 1_000:
        raise ValueError("that is not a camera's address")
    return text
