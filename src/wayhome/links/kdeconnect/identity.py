"""This hub as a device of KDE Connect: its key and certificate, and the key that both sides show when they pair."""

from __future__ import annotations

import hashlib
import os
import ssl
import uuid
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from wayhome.links.kdeconnect.wire import is_id

NO_CHECK_TIME = ssl.VerifyFlags(0x200000)
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python has no name for."""


class Own(msgspec.Struct, frozen=True):
    """``id``: our device id. ``certificate``: as PEM. ``key``: its private key, as PEM."""

    id: str
    certificate: str
    key: str


def fresh(now: float) -> Own:
    """A new identity. ``now``: s since 1970; it counts from a year ago, as clocks in cars are wrong."""
    id = uuid.uuid4().hex
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, id),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "KDE"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "KDE Connect"),
        ]
    )
    at = datetime.fromtimestamp(now, UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=365))
        .not_valid_after(at + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return Own(
        id,
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    )


def read(kept: str) -> Own | None:
    """What ``kept`` wrote; None: it can't be read."""
    try:
        own = msgspec.json.decode(kept, type=Own)
        x509.load_pem_x509_certificate(own.certificate.encode())
    except (msgspec.MsgspecError, ValueError):
        return None
    return own if is_id(own.id) else None


def kept(own: Own) -> str:
    """As it is kept in the vault."""
    return msgspec.json.encode(own).decode()


def client(own: Own) -> ssl.SSLContext:
    """How TLS is spoken with whoever has connected to us (the roles are the other way round in KDE Connect). It takes
    any certificate: whether it is the one that we know is seen before a word of the other side counts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return _with(context, own)


def server(own: Own, pinned: bytes) -> ssl.SSLContext:
    """How TLS is spoken with a device that we have connected to. Python shows a server only certificates that it can
    verify, so this is for devices whose certificate (DER) is known."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    # Trusted is this one certificate, whatever it says of itself as an authority, and at any time: clocks in cars are
    # wrong.
    context.verify_flags = ssl.VERIFY_X509_PARTIAL_CHAIN | NO_CHECK_TIME
    context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(pinned))
    context.num_tickets = 0
    return _with(context, own)


def _with(context: ssl.SSLContext, own: Own) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Python reads a key from a file only: one that never touches a disk.
    file = os.memfd_create("kdeconnect")
    try:
        os.write(file, (own.key + own.certificate).encode())
        context.load_cert_chain(f"/proc/self/fd/{file}")
    finally:
        os.close(file)
    return context


def named(certificate: bytes) -> str | None:
    """The device id that a certificate (DER) is of; None: it is of none, or its key can't be read and so not shown."""
    try:
        names = x509.load_der_x509_certificate(certificate).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        _public(certificate)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None
    value = names[0].value if len(names) == 1 else None
    return value if isinstance(value, str) and is_id(value) else None


def shown_key(mine: bytes, theirs: bytes, timestamp: int | None) -> str:
    """What both sides show while they pair: 8 signs of both certificates (DER) and of the time (s since 1970) that who
    asked said; protocol 7 says none. Raises ValueError where a certificate is none."""
    keys = sorted((_public(mine), _public(theirs)), reverse=True)
    told = b"" if timestamp is None else str(timestamp).encode()
    return hashlib.sha256(b"".join(keys) + told).hexdigest()[:8].upper()


def _public(certificate: bytes) -> bytes:
    return (
        x509.load_der_x509_certificate(certificate)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
