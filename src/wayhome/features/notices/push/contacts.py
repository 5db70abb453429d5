"""Whom push services may write to about the hub (RFC 8292, 2.1). Google's and Mozilla's take any; Apple's wants one
under a name that the internet knows, and refuses every message without."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from wayhome.errors import BadInput

_MAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@([A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)")
_NOWHERE = ("local", "localhost", "internal", "invalid", "test", "example", "home.arpa", "lan", "onion")
"""Names that the internet does not know (RFC 2606, 6761, 6762, 8375)."""
_APPLE = "push.apple.com"


def wanted(endpoint: str) -> bool:
    """Whether the push service of an endpoint delivers only for hubs that name somebody."""
    host = urlsplit(endpoint).hostname or ""
    return host == _APPLE or host.endswith("." + _APPLE)


def checked(text: str) -> str:
    """The contact as a URI; empty stays empty. Raises BadInput for what is none."""
    text = text.strip()
    if not text:
        return ""
    mail = _MAIL.fullmatch(text.removeprefix("mailto:"))
    if mail is not None:
        host, found = mail[1], f"mailto:{mail[0]}"
    else:
        try:
            parts = urlsplit(text)
            host, found = parts.hostname or "", text
        except ValueError:
            host, found = "", ""
        plain = text.isascii() and text.isprintable() and not any(c in text for c in ' "\\<>')
        if not plain or not found.startswith("https://") or "." not in host or parts.username is not None:
            raise BadInput("a contact is a mail address or an https address", advice="Write it as anna@example.com.")
    host = host.lower().rstrip(".")
    if any(host == name or host.endswith("." + name) for name in _NOWHERE):
        raise BadInput(
            "that name is known in no more than your own network", advice="Give one that the internet knows."
        )
    return found
