"""Whom a hub of the household believes: its own authority, known by its fingerprint before the first connection."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from wayhome.errors import Refused, Unreachable
from wayhome.hub.reach import VOUCHED

WITHIN = 10.0


def trust(chain: str | None) -> ssl.SSLContext:
    """The TLS of a connection to a hub. ``chain``: its household's authority, as PEM; None: the usual ones."""
    if chain is None:
        return ssl.create_default_context()
    context = ssl.create_default_context(cadata=chain)
    # Whatever the hub is called at the moment: who has the authority's certificate and is no other site, is it.
    context.check_hostname = False
    context.sslobject_class = _Own
    return context


class _Own(ssl.SSLObject):
    """TLS with the hub that has the authority. The authority vouches for other sites, too, for a year: one that was
    stolen or taken out must not stand in between, and hear tokens and invitations."""

    def do_handshake(self) -> None:
        super().do_handshake()
        shown = self.getpeercert(True)
        if shown is None or _of_site(x509.load_der_x509_certificate(shown)):
            raise ssl.SSLCertVerificationError("another site of the household answers")


def _of_site(certificate: x509.Certificate) -> bool:
    units = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    return any(unit.value == VOUCHED for unit in units)


def fingerprint(chain: str) -> str:
    """SHA-256 of an authority (PEM), in hex."""
    return x509.load_pem_x509_certificate(chain.encode()).fingerprint(hashes.SHA256()).hex()


async def authority_of(connection: socket.socket, host: str, fingerprint: str) -> str:
    """The authority with this ``fingerprint`` (hex), as PEM, out of what the other end of a connection shows. Nothing
    is told to it. Raises Refused where it shows another, Unreachable."""
    looking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    looking.check_hostname, looking.verify_mode = False, ssl.CERT_NONE
    try:
        async with asyncio.timeout(WITHIN):
            _, writer = await asyncio.open_connection(sock=connection, ssl=looking, server_hostname=host)
    except (OSError, TimeoutError, ssl.SSLError) as error:
        connection.close()
        raise Unreachable(f"{host} does not speak TLS ({type(error).__name__})") from None
    try:
        shown = _shown(writer.get_extra_info("ssl_object"))
    finally:
        writer.transport.abort()
    for der in shown:
        found = x509.load_der_x509_certificate(der)
        if found.fingerprint(hashes.SHA256()).hex() == fingerprint.lower():
            return found.public_bytes(serialization.Encoding.PEM).decode()
    raise Refused("somebody else answers at that address", advice="Get a new invitation, at the other hub itself.")


def _shown(tls: Any) -> list[bytes]:
    if hasattr(tls, "get_unverified_chain"):
        return list(tls.get_unverified_chain())
    # Python 3.12 has it, under another name.
    return [ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in tls._sslobj.get_unverified_chain()]
