"""Icons of notifications, by their phone and the hash that it calls them by: a bounded number, in memory."""

from __future__ import annotations

from wayhome.core.image import image
from wayhome.hub.notifications import ICON

MOST = 200
SIDE = 1_024


class Pictures:
    """What came; the one that was asked for longest ago goes first. What can't be drawn is remembered as that."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, bytes] | None] = {}

    def wants(self, picture: str) -> bool:
        """Whether it is not known yet."""
        return picture != "" and picture not in self._kept

    def has(self, picture: str) -> bool:
        return self._kept.get(picture) is not None

    def put(self, picture: str, content: bytes) -> bool:
        """Take one; whether it is one that browsers draw, of a size that makes sense."""
        kind = media_type(content)
        self._kept.pop(picture, None)
        if len(self._kept) >= MOST:
            self._kept.pop(next(iter(self._kept)))
        self._kept[picture] = (kind, content) if kind is not None else None
        return kind is not None

    def get(self, picture: str) -> tuple[str, bytes] | None:
        """Its media type and bytes."""
        found = self._kept.pop(picture, None)
        if found is not None:
            self._kept[picture] = found
        return found


def media_type(content: bytes) -> str | None:
    """What it is, by its first bytes and not by what was said of it; None: nothing that is shown."""
    if len(content) > ICON:
        return None
    if (
        content[:4] == b"RIFF"
        and content[8:12] == b"WEBP"
        and int.from_bytes(content[4:8], "little") + 8 == len(content)
    ):
        return "image/webp"
    found = image(content)
    return found.media_type if found is not None and max(found.width, found.height) <= SIDE else None
