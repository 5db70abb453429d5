"""Encryption of push messages: RFC 8291 (keys) over RFC 8188 (``aes128gcm``, in one record)."""

from __future__ import annotations

import base64
import binascii

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from wayhome.errors import BadInput

RECORD = 4096
MOST = RECORD - 17 - 86
"""Bytes of a message that every push service takes: its whole body has at most 4096 (RFC 8030, 7.2)."""
_CURVE = ec.SECP256R1()


class Keys(msgspec.Struct, frozen=True):
    """A subscription's keys: ``p256dh``, the device's public point (65 bytes), and ``auth``, a shared secret (16)."""

    p256dh: bytes
    auth: bytes


def to_text(data: bytes) -> str:
    """base64url without padding, as push has it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Raises BadInput for what is no base64url."""
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise BadInput("a subscription's key is not base64url") from None


def keys(p256dh: str, auth: str) -> Keys:
    """A subscription's keys as browsers tell them. Raises BadInput for what are none."""
    if len(p256dh) > 100 or len(auth) > 40:
        raise BadInput("a subscription's keys have 65 and 16 bytes")
    found = Keys(from_text(p256dh), from_text(auth))
    if len(found.p256dh) != 65 or len(found.auth) != 16:
        raise BadInput("a subscription's keys have 65 and 16 bytes")
    _point(found.p256dh)
    return found


def _point(data: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, data)
    except ValueError:
        raise BadInput("a subscription's public key is no point of the curve P-256") from None


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public point of a key, uncompressed: 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encrypted(message: bytes, to: Keys, own: ec.EllipticCurvePrivateKey, salt: bytes, pad: int = 1) -> bytes:
    """The body of a push message: ``message`` padded to a multiple of ``pad`` bytes, so that its length tells little.
    ``own``: a fresh key for this message, ``salt``: 16 fresh bytes. Raises BadInput for one that is too long."""
    if len(message) > MOST:
        raise BadInput(f"a push message has at most {MOST} bytes")
    point = public_bytes(own)
    shared = own.exchange(ec.ECDH(), _point(to.p256dh))
    secret = _derived(shared, to.auth, b"WebPush: info\x00" + to.p256dh + point, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
    padded = message + b"\x02" + bytes(min(-len(message) % pad, MOST - len(message)))
    head = salt + RECORD.to_bytes(4, "big") + len(point).to_bytes(1, "big") + point
    return head + AESGCM(key).encrypt(nonce, padded, None)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
