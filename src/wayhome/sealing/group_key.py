"""The group's key of an epoch: wrapped to each member, known by its mark, and the one before it inside the next."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from wayhome.sealing.keys import Keys, data, public, text

SIZE = 32
NONCE = 12
WRAP = 65 + SIZE + 16
"""A wrap: the sender's point, the sealed key, its tag."""
PAST = NONCE + SIZE + 16
SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def mark(key: bytes) -> str:
    """By what every member sees that it has the same key as the others: a hash, which tells nothing of the key."""
    return hashlib.sha256(b"wayhome epoch 1\n" + key).hexdigest()


def wrapped(key: bytes, open: str, epoch: int, member: str) -> str:
    """The key for one member, by HPKE. Raises ValueError."""
    return text(SUITE.encrypt(key, public(open), info=_info(epoch, member)))


def unwrapped(wrap: str, keys: Keys, epoch: int, member: str) -> bytes | None:
    """What is in a member's wrap; None: it is not for these keys, this epoch and member."""
    try:
        return bytes(SUITE.decrypt(data(wrap, WRAP), keys.opening, info=_info(epoch, member)))
    except (InvalidTag, ValueError):
        return None


def handed_on(before: bytes, key: bytes, epoch: int, nonce: bytes) -> str:
    """The key of the epoch before, inside that of ``epoch``: who is let in later reads what was sealed earlier."""
    return text(nonce + AESGCM(key).encrypt(nonce, before, _past(epoch)))


def handed(past: str, key: bytes, epoch: int) -> bytes | None:
    """The key before, by that of ``epoch``; None: it is damaged."""
    try:
        raw = data(past, PAST)
        return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], _past(epoch))
    except (InvalidTag, ValueError):
        return None


def _info(epoch: int, member: str) -> bytes:
    return f"wayhome group 1\n{epoch}\n{member}".encode()


def _past(epoch: int) -> bytes:
    return f"wayhome past 1\n{epoch}".encode()
