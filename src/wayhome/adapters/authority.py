"""The household's own certificate authority: a root that people install once on their devices, and the hub's
certificate under it.

The root is constrained to the household's names and private addresses (RFC 5280, 4.2.1.10): whoever installs it
trusts this hub for `wayhome.local`, never anybody for their bank, even should its key be stolen.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wayhome.errors import BadInput, StoreError
from wayhome.hub.ports import Clock, Vault
from wayhome.hub.reach import VOUCHED

ROOT_DAYS = 3_650
LEAF_DAYS = 90
"""Apple takes at most 397; renewed after two thirds, so a hub may be off for a month."""
SITE_DAYS = 397
"""A car's hub may be away for long, and gets a new certificate only when it meets the home."""
PRIVATE = (
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
    "::1/128", "fc00::/7", "fe80::/10",
)  # fmt: skip
"""Addresses that only mean something at home (also of a home VPN): the root may vouch for them."""
VAULT = "tls/authority"
SKEW = timedelta(days=1)
"""Certificates begin a day early: a car's clock may be behind."""


class Pair(msgspec.Struct, frozen=True):
    """A certificate chain and its key, both PEM. The key has no repr."""

    chain: bytes
    key: bytes

    def __repr__(self) -> str:
        return f"Pair({leaf(self.chain).subject.rfc4514_string()})"


def leaf(chain: bytes) -> x509.Certificate:
    """The first certificate of a PEM chain."""
    return x509.load_pem_x509_certificate(chain)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate, as devices show it: ``AB:CD:…``."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


class Authority:
    """Issues the hub's certificates. The root is made at the first start and lives in the vault."""

    def __init__(self, vault: Vault, clock: Clock, names: Iterable[str], household: str = "Wayhome") -> None:
        self._vault = vault
        self._clock = clock
        self._names = tuple(sorted({name.lower().rstrip(".") for name in names} - {"localhost"}))
        self._household = household
        self._pair: Pair | None = None

    async def open(self) -> None:
        """Load the root, or make it. Raises StoreError when what the vault holds can't be read."""
        kept = await self._vault.secret(VAULT)
        if kept is not None:
            try:
                self._pair = msgspec.msgpack.decode(kept, type=Pair)
                leaf(self._pair.chain)
                return
            except (msgspec.DecodeError, ValueError) as error:
                raise StoreError(
                    "the household's certificate authority in the vault can't be read",
                    advice="Restore a backup, or make a new one (`wayhome tls renew`) and install it on each device.",
                ) from error
        await self.found()

    async def found(self) -> None:
        """Make a new root. Every device has to install it anew."""
        pair = make_root(self._names, self._household, self._time())
        await self._vault.keep(VAULT, msgspec.msgpack.encode(pair))
        self._pair = pair

    @property
    def certificate(self) -> x509.Certificate:
        """The root, to be installed on devices."""
        return leaf(self._root().chain)

    def missing(self, names: Sequence[str]) -> list[str]:
        """The names that this root may not vouch for: they were configured after it was made, and take a new one.
        Public addresses are not among them: nobody at home calls the hub by one."""
        return [name for name in names if ip(name) is None and not permitted(self.certificate, name)]

    def runs_out(self) -> bool:
        """Whether the root ends within a year and a new one should be installed."""
        return self.certificate.not_valid_after_utc < self._time() + timedelta(days=365)

    def fitting(self, names: Sequence[str]) -> list[str]:
        """Those of the names and addresses that this root may vouch for."""
        return [name for name in names if permitted(self.certificate, name)]

    def made(self, chain: bytes) -> bool:
        """Whether a certificate is under the root of the moment."""
        return chain.endswith(self._root().chain)

    async def obtain(self, names: Sequence[str]) -> Pair:
        """A certificate for those of the names that fit. Raises BadInput when none does."""
        fitting = self.fitting(names)
        if not fitting:
            raise BadInput(
                f"the household's certificate can't vouch for {', '.join(names) or 'no name'}",
                advice="Make one that can (`wayhome tls renew`), and install it on each device again.",
            )
        return issue(self._root(), fitting, self._time())

    def vouch(self, key: ec.EllipticCurvePublicKey, names: Sequence[str], days: int) -> bytes:
        """A certificate for the key of another hub, with the root's behind it, as PEM; it says that it is of another
        one. Who asks has seen to the names."""
        return vouch(self._root(), key, names, self._time(), days, VOUCHED)

    def _root(self) -> Pair:
        if self._pair is None:
            raise StoreError("the certificate authority was not opened")
        return self._pair

    def _time(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now(), UTC)


def make_root(names: Iterable[str], household: str, now: datetime) -> Pair:
    """A root that may vouch for ``names`` (and what is below them), localhost and private addresses only."""
    key = ec.generate_private_key(ec.SECP256R1())
    mark = hashlib.sha256(_public(key)).hexdigest()[:8]
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, household[:60]),
            # The mark tells two roots of one name apart in a device's list.
            x509.NameAttribute(NameOID.COMMON_NAME, f"{household[:40]} home certificate {mark}"),
        ]
    )
    permitted_names: list[x509.GeneralName] = [x509.DNSName(name) for name in ("localhost", *names) if not ip(name)]
    permitted_names += [x509.IPAddress(ipaddress.ip_network(block)) for block in PRIVATE]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + timedelta(days=ROOT_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.NameConstraints(permitted_names, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Pair(certificate.public_bytes(serialization.Encoding.PEM), private(key))


def issue(root: Pair, names: Sequence[str], now: datetime) -> Pair:
    """A server certificate for ``names`` under ``root``, with a key of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Pair(vouch(root, key.public_key(), names, now, LEAF_DAYS), private(key))


def vouch(
    root: Pair, key: ec.EllipticCurvePublicKey, names: Sequence[str], now: datetime, days: int, unit: str | None = None
) -> bytes:
    """A server certificate for ``names`` and whoever has the private half of ``key``, with the root's behind it, as
    PEM. ``unit``: what it says its owner is, beside the first name."""
    if not names:
        raise BadInput("a certificate needs a name")
    parent = leaf(root.chain)
    parent_key = serialization.load_pem_private_key(root.key, None)
    assert isinstance(parent_key, ec.EllipticCurvePrivateKey)
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])]
    if unit is not None:
        subject.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(parent.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(min(now + timedelta(days=days), parent.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([general(name) for name in names]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                parent.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            ),
            critical=False,
        )
        .sign(parent_key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + root.chain


def permitted(root: x509.Certificate, name: str) -> bool:
    """Whether the root's constraints allow it to vouch for a name or address."""
    allowed = root.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    address = ip(name)
    for one in allowed:
        if isinstance(one, x509.IPAddress) and address is not None:
            network = ipaddress.ip_network(str(one.value))
            if network.version == address.version and address in network:
                return True
        if isinstance(one, x509.DNSName) and address is None:
            plain = name.lower().rstrip(".")
            if plain == one.value or plain.endswith("." + one.value):
                return True
    return False


def general(name: str) -> x509.GeneralName:
    address = ip(name)
    return x509.DNSName(name.lower().rstrip(".")) if address is None else x509.IPAddress(address)


def ip(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _public(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
