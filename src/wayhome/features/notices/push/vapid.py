"""Who sends: the hub's key for push, and the short-lived tokens that it signs (RFC 8292)."""

from __future__ import annotations

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from wayhome.features.notices.push.encryption import public_bytes, to_text
from wayhome.hub.ports import Vault

NAME = "notices/vapid"
GOOD_FOR = 12 * 3600.0
"""A token may be valid for a day at most (RFC 8292, 2); this leaves room for clocks that are off."""
RENEWED = 6 * 3600.0


class Vapid:
    """The hub's identity towards push services. ``contact``: where their people may write about it."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, contact: str) -> None:
        self._key = key
        self._contact = contact
        self._tokens: dict[str, tuple[float, str]] = {}

    @property
    def contact(self) -> str:
        return self._contact

    @contact.setter
    def contact(self, contact: str) -> None:
        self._contact = contact
        self._tokens.clear()

    def renew(self, origin: str) -> None:
        """The push service did not take its token: the next one is a fresh one."""
        self._tokens.pop(origin, None)

    @property
    def public(self) -> str:
        """As browsers want it for ``applicationServerKey``."""
        return to_text(public_bytes(self._key))

    def header(self, origin: str, now: float) -> str:
        """The Authorization header for a push service, named by its origin. ``now``: s since 1970."""
        made, token = self._tokens.get(origin, (0.0, ""))
        if not 0 <= now - made < RENEWED:
            if len(self._tokens) > 100:
                self._tokens.clear()
            token = self._token(origin, now)
            self._tokens[origin] = (now, token)
        return f"vapid t={token}, k={self.public}"

    def _token(self, origin: str, now: float) -> str:
        head = {"typ": "JWT", "alg": "ES256"}
        claims = {"aud": origin, "exp": int(now + GOOD_FOR), "sub": self._contact}
        signed = ".".join(to_text(msgspec.json.encode(part)) for part in (head, claims))
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{to_text(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


async def vapid(vault: Vault, contact: str) -> Vapid:
    """The hub's key for push: made once, then kept in the vault. With another one every subscription would be void."""
    kept = await vault.secret(NAME)
    if kept is None:
        key = ec.generate_private_key(ec.SECP256R1())
        await vault.keep(NAME, key.private_numbers().private_value.to_bytes(32, "big"))
    else:
        key = ec.derive_private_key(int.from_bytes(kept, "big"), ec.SECP256R1())
    return Vapid(key, contact)
