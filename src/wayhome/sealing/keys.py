"""A member's two keys: one signs, one opens. Points and signatures are texts as WebCrypto makes their bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

POINT, HALF = 65, 32
"""An uncompressed point of P-256 (SEC 1, 2.3.3), and each of a signature's two numbers (IEEE P1363), in bytes."""
_CURVE = ec.SECP256R1()


class Keys(msgspec.Struct, frozen=True):
    """Both private halves. Shows nothing of itself."""

    signing: ec.EllipticCurvePrivateKey
    opening: ec.EllipticCurvePrivateKey

    def __repr__(self) -> str:
        return f"Keys({mark(self.sign)})"

    @property
    def sign(self) -> str:
        """The public half of the one that signs."""
        return point(self.signing)

    @property
    def open(self) -> str:
        """The public half of the one that opens."""
        return point(self.opening)

    def numbers(self) -> bytes:
        """Both numbers, to be kept in a vault."""
        both = (key.private_numbers().private_value for key in (self.signing, self.opening))
        return b"".join(number.to_bytes(HALF, "big") for number in both)

    def signed(self, message: bytes) -> bytes:
        """A signature, 64 bytes."""
        r, s = utils.decode_dss_signature(self.signing.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")


def fresh() -> Keys:
    """New ones."""
    return Keys(ec.generate_private_key(_CURVE), ec.generate_private_key(_CURVE))


def of_numbers(signing: int, opening: int) -> Keys:
    """Those of two private numbers. Raises ValueError."""
    return Keys(ec.derive_private_key(signing, _CURVE), ec.derive_private_key(opening, _CURVE))


def of_bytes(kept: bytes) -> Keys:
    """What ``Keys.numbers`` gave. Raises ValueError."""
    if len(kept) != 2 * HALF:
        raise ValueError(f"{2 * HALF} bytes were due")
    return of_numbers(int.from_bytes(kept[:HALF], "big"), int.from_bytes(kept[HALF:], "big"))


def point(key: ec.EllipticCurvePrivateKey) -> str:
    """A key's public half in base64url."""
    form = serialization.PublicFormat.UncompressedPoint
    return text(key.public_key().public_bytes(serialization.Encoding.X962, form))


def public(key: str) -> ec.EllipticCurvePublicKey:
    """A public half: the uncompressed point in base64url. Raises ValueError."""
    return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, data(key, POINT))


def mark(key: str) -> str:
    """By what people and links name a key: the first 32 hex digits of its SHA-256. Raises ValueError."""
    return hashlib.sha256(data(key, POINT)).hexdigest()[:32]


def is_signed(key: str, signature: bytes, message: bytes) -> bool:
    """Whether who has this key signed a message so."""
    if len(signature) != 2 * HALF:
        return False
    try:
        r, s = (int.from_bytes(half, "big") for half in (signature[:HALF], signature[HALF:]))
        public(key).verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def text(data: bytes) -> str:
    """Bytes in base64url, without filling."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def data(text: str, size: int | None = None, most: int = 65_536) -> bytes:
    """The bytes of a base64url text, ``size`` of them. Each has one text only. Raises ValueError."""
    if len(text) > most:
        raise ValueError("this is too long")
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("this is no base64url") from None
    if size is not None and len(found) != size:
        raise ValueError(f"{size} bytes were due")
    if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != text:
        raise ValueError("this is no base64url")
    return found
