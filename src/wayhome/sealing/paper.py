"""A code on paper: a member of the group that lies in a drawer, for the day on which no device is left.

160 random bits, and 15 to find a mistyped sign, in 35 signs of Crockford's base 32: ``7K3QM-…``. Both keys come of it.
"""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wayhome.sealing.keys import Keys, of_numbers

SIZE = 20
ID = "paper"
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUP, GROUPS = 5, 7
_READ_AS = str.maketrans("OIL", "011")
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256."""


def code(secret: bytes) -> str:
    """The code of 20 random bytes, as it is printed."""
    bits = (int.from_bytes(secret, "big") << 15) | _check(secret)
    signs = "".join(SIGNS[bits >> 5 * at & 31] for at in reversed(range(GROUP * GROUPS)))
    return "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))


def secret(typed: str) -> bytes | None:
    """What a typed code stands for; None: it is mistyped. Small letters, spaces, O for 0 and I for 1 are no
    mistakes."""
    signs = [sign for sign in typed.upper().translate(_READ_AS) if sign.isalnum()]
    if len(signs) != GROUP * GROUPS or any(sign not in SIGNS for sign in signs):
        return None
    bits = 0
    for sign in signs:
        bits = bits << 5 | SIGNS.index(sign)
    found = (bits >> 15).to_bytes(SIZE, "big")
    return found if _check(found) == bits & 0x7FFF else None


def keys(secret: bytes) -> Keys:
    """The two keys of the paper."""
    return of_numbers(_number(secret, b"sign"), _number(secret, b"open"))


def _number(secret: bytes, use: bytes) -> int:
    # 48 bytes: what is left of the division is as good as even.
    raw = HKDF(hashes.SHA256(), 48, salt=b"wayhome paper 1", info=use).derive(secret)
    return int.from_bytes(raw, "big") % (_ORDER - 1) + 1


def _check(secret: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"wayhome paper 1\n" + secret).digest()[:2], "big") >> 1
