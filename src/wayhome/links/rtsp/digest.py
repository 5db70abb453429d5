"""Signing in at a camera: Digest (RFC 7616: MD5 and SHA-256), and Basic where it offers nothing better. Pure."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Sequence

import msgspec

_PART = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_HASHES: dict[str, Callable[[bytes], str]] = {
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
}


class Challenge(msgspec.Struct):
    """What a camera asks for. ``algorithm``: None for Basic. ``count``: answers given to it."""

    realm: str
    nonce: str = ""
    algorithm: str | None = None
    session: bool = False
    qop: bool = False
    opaque: str | None = None
    stale: bool = False
    count: int = 0

    def answer(self, method: str, url: str, user: str, password: str, cnonce: str) -> str:
        """The Authorization header for one request. ``cnonce``: chance of ours."""
        if self.algorithm is None:
            return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        digest = _HASHES[self.algorithm]
        self.count += 1
        number = f"{self.count:08x}"
        secret = digest(f"{user}:{self.realm}:{password}".encode())
        if self.session:
            secret = digest(f"{secret}:{self.nonce}:{cnonce}".encode())
        what = digest(f"{method}:{url}".encode())
        middle = f"{self.nonce}:{number}:{cnonce}:auth" if self.qop else self.nonce
        response = digest(f"{secret}:{middle}:{what}".encode())
        quoted = {"username": user, "realm": self.realm, "nonce": self.nonce, "uri": url, "response": response}
        if self.opaque is not None:
            quoted["opaque"] = self.opaque
        text = ", ".join(f'{name}="{_quoted(value)}"' for name, value in quoted.items())
        if self.algorithm != "MD5" or self.session:
            text += f", algorithm={self.algorithm}{'-sess' if self.session else ''}"
        if self.qop:
            text += f', qop=auth, nc={number}, cnonce="{cnonce}"'
        elif self.session:
            text += f', cnonce="{cnonce}"'
        return "Digest " + text


def challenge(offers: Sequence[str]) -> Challenge | None:
    """The best of what the WWW-Authenticate headers offer; None: nothing that we can do."""
    found: list[tuple[int, Challenge]] = []
    for offer in offers:
        scheme, _, rest = offer.partition(" ")
        parts = {name.lower(): quoted or plain for name, quoted, plain in _PART.findall(rest)}
        realm = re.sub(r"\\(.)", r"\1", parts.get("realm", ""))
        if scheme.lower() == "basic":
            found.append((0, Challenge(realm)))
        elif scheme.lower() == "digest" and parts.get("nonce"):
            name = parts.get("algorithm", "MD5").upper()
            session = name.endswith("-SESS")
            name = name.removesuffix("-SESS")
            qop = [word.strip() for word in parts.get("qop", "").split(",")]
            if name not in _HASHES or (parts.get("qop") and "auth" not in qop):
                continue
            stale = parts.get("stale", "").lower() == "true"
            asked = Challenge(realm, parts["nonce"], name, session, "auth" in qop, parts.get("opaque"), stale)
            found.append((2 if name == "SHA-256" else 1, asked))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
