"""A passkey authenticator in software (P-256, attestation "none"), which a test may also make misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

UP, UV, AT = 0x01, 0x04, 0x40


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """Holds one passkey. ``origin``: the page that the browser says it shows."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.handle = b""
        self.count = 0
        self.flags = UP | UV
        self.extra: dict[str, Any] = {}

    def _client(self, kind: str, challenge: str) -> bytes:
        data = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **self.extra}
        return json.dumps(data).encode()

    def _data(self, rp: str, flags: int, tail: bytes = b"") -> bytes:
        return hashlib.sha256(rp.encode()).digest() + struct.pack(">BI", flags, self.count) + tail

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.create``."""
        self.handle = raw(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        tail = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cose
        auth = self._data(options["rp"]["id"], self.flags | AT, tail)
        response = {
            "clientDataJSON": b64(self._client("webauthn.create", options["challenge"])),
            "attestationObject": b64(encode_cbor({"fmt": "none", "attStmt": {}, "authData": auth})),
        }
        return {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}

    def get(self, options: dict[str, Any], rp: str | None = None) -> dict[str, Any]:
        """Answer ``navigator.credentials.get``."""
        self.count += 1
        client = self._client("webauthn.get", options["challenge"])
        auth = self._data(rp or options["rpId"], self.flags)
        signature = self.key.sign(auth + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(auth),
            "signature": b64(signature),
            "userHandle": b64(self.handle),
        }
        return {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}
