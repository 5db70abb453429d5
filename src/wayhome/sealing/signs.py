"""By what people compare a device's keys on two screens: three pictures and eight letters."""

from __future__ import annotations

import hashlib

from wayhome.sealing.keys import POINT, data

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""Letters and digits of codes: none that look like another, no vowels and so no words."""
SIGNS = tuple("🐶🐱🦊🐻🐼🦁🐸🐵🐔🐧🦆🦉🐝🦋🐢🐙🐬🐳🌵🌲🍀🌻🍎🍋🍉🍇🍓🥕🍕🧀🍩🚲⛵🚀🎈🎁🔑🔔🎸🎲☂⚓⭐🌙🔥🌈⚡❄")
LETTERS = 8
ROUNDS = 100_000
"""Each try of somebody who looks for other keys with the same signs takes so many hashes: 2^55 of them would be due."""


def of_keys(sign: str, open: str) -> str:
    """The signs of two public keys, with blanks between them; takes some hundredths of a second. Raises ValueError."""
    both = data(sign, POINT) + data(open, POINT)
    raw = hashlib.pbkdf2_hmac("sha256", both, b"wayhome signs 1", ROUNDS, 12 + LETTERS)
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in raw[12:])
    pictures = (SIGNS[int.from_bytes(raw[at : at + 4]) % len(SIGNS)] for at in (0, 4, 8))
    return " ".join((*pictures, f"{letters[: LETTERS // 2]}-{letters[LETTERS // 2 :]}"))
