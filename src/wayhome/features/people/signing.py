"""What a device signs with its own key, and whether it did: ECDSA with SHA-256 on P-256, as WebCrypto makes it."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

PURPOSE = "wayhome door 1"
"""Before what is signed: the signature is good for nothing else."""
POINT, HALF = 65, 32
"""An uncompressed point of P-256 (SEC 1, 2.3.3), and each of a signature's two numbers (IEEE P1363), in bytes."""


def said(nonce: str, origin: str) -> bytes:
    """What a device signs: the door's own question, and the door as the screen knows it, so that nobody can pass the
    question on to another one."""
    return "\n".join((PURPOSE, nonce, origin)).encode("utf-8", "replace")


def public(key: str) -> ec.EllipticCurvePublicKey:
    """A public key as it stands in a device's record: the uncompressed point in base64url. Raises ValueError."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(key, POINT))


def is_signed(key: str, signature: str, message: bytes) -> bool:
    """Whether the device with this key signed a message with ``signature`` (base64url)."""
    try:
        numbers = _decoded(signature, 2 * HALF)
        r, s = (int.from_bytes(half, "big") for half in (numbers[:HALF], numbers[HALF:]))
        public(key).verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _decoded(text: str, size: int) -> bytes:
    try:
        data = base64.b64decode(text[:200] + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("this is no base64url") from None
    if len(data) != size:
        raise ValueError(f"{size} bytes were due")
    return data
