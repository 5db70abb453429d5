"""Secrets that are handed out once and kept as hashes only: device tokens, polling keys, invitations, codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from wayhome.hub.ports import Ids
from wayhome.sealing.signs import ALPHABET, SIGNS

MAX_TOKEN = 200
CODE = 8


def fresh(ids: Ids) -> str:
    """A new secret of at least 256 bits."""
    return f"wh_{ids.token()}{ids.token()}"


def digest(token: str) -> str:
    """What is kept of a token. It is random and long, so a plain hash can't be searched."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def code(seed: bytes | None = None) -> str:
    """A new code of 8 letters (38 bits): for a short time, one use, few tries. ``seed``: for tests."""
    if seed is not None:
        return "".join(ALPHABET[byte % len(ALPHABET)] for byte in hashlib.sha256(seed).digest()[:CODE])
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE))


def read_code(typed: str) -> str:
    """A code as somebody typed it: without blanks and hyphens, in capitals."""
    return "".join(letter for letter in typed[:40].upper() if letter.isalnum())


def shown_code(plain: str) -> str:
    """A code as it is shown: ``BCDF-2345``."""
    return f"{plain[: CODE // 2]}-{plain[CODE // 2 :]}"


def signs(secret: str) -> str:
    """Three pictures that both screens show: who sees the same ones looks at the same device."""
    raw = hashlib.sha256(b"wayhome signs " + secret.encode()).digest()
    return " ".join(SIGNS[int.from_bytes(raw[place : place + 4]) % len(SIGNS)] for place in (0, 4, 8))


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
