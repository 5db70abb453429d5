"""A place for the hub and one for a phone, with a road between them, and the real KDE Connect at the phone's."""

from __future__ import annotations

from tests.peers.kdeconnect import phone, places

__all__ = ["phone", "places"]
