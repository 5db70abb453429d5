"""How much of calls and messages goes into one frame, see hub/group/sealer.py."""

from __future__ import annotations

import msgspec

KIND = "message"
MOST = 40_000
"""Bytes of what is sealed at a time; a frame takes a little more."""


def portion(items: list[dict[str, object]], most: int = MOST) -> list[dict[str, object]]:
    """As many of them, from the first, as go into one frame; at least one."""
    size, found = 100, list[dict[str, object]]()
    for one in items:
        size += _size(one)
        if size > most and found:
            break
        found.append(one)
    return found


def fitted(item: dict[str, object], most: int = MOST) -> dict[str, object]:
    """A message that goes into one frame by itself: else without pictures, the last first, and then cut."""
    attached, text = item.get("attached"), item.get("text")
    pictures = [dict(one) for one in attached] if isinstance(attached, list) else []
    found = {**item, "attached": pictures}
    for one in reversed(pictures):
        if _size(found) + 100 <= most:
            return found
        one["picture"] = ""
    while isinstance(text, str) and text and _size(found) + 100 > most:
        text = text[: len(text) * 3 // 4]
        found["text"] = f"{text}…"
    return found


def _size(item: dict[str, object]) -> int:
    return len(msgspec.json.encode(item)) + 1
