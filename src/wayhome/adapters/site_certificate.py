"""One authority for all sites: the home's hub vouches for the others, by names that nobody else has.

A site makes its own key and asks with a signing request (PKCS #10), over the conversation of the sites; the key never
leaves it. What it is given is for names below the home's own, with the site's id before them (``car.wayhome.local``),
and for private addresses. All else in the request is let go: it asks, the authority decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from wayhome.adapters.authority import SITE_DAYS, Authority, general, ip, leaf, permitted
from wayhome.adapters.certificates import names_of
from wayhome.errors import BadInput
from wayhome.hub.reach import Issued

MAX_REQUEST = 8_192
"""Characters of a signing request."""
MOST = 32
"""A request has at most so many names."""


def made(key: ec.EllipticCurvePrivateKey, names: Iterable[str]) -> str:
    """A signing request for these names, as PEM."""
    wanted = list(names)
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wanted[0][:64])]))
        .add_extension(x509.SubjectAlternativeName([general(name) for name in wanted[:MOST]]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return request.public_bytes(serialization.Encoding.PEM).decode()


def below(site: str, bases: Iterable[str]) -> list[str]:
    """What a site is called, under each of the home's names."""
    return [f"{site}.{base.lower().rstrip('.')}" for base in bases if ip(base) is None and base != "localhost"]


def may_have(root: x509.Certificate, name: str) -> bool:
    """Whether an address is one that a site may have, as far as that can be told anywhere; and whether the root may
    vouch for it, or for a host name."""
    address = ip(name)
    if address is not None:
        # What means "this machine" to everybody is nobody's.
        odd = address.is_loopback or address.is_unspecified or address.is_multicast
        return not odd and not (address.version == 6 and address.is_link_local) and permitted(root, name)
    return permitted(root, name)


def grant(authority: Authority, site: str, request: str, bases: Iterable[str], own: Collection[str]) -> Issued:
    """A certificate for the site ``site``, for those of the names it asks for that it may have: its own below
    ``bases`` (the home's names), and private addresses that are none of ``own`` (the home's). Raises BadInput where
    nothing is left, or where this is no request."""
    key, asked = _read(request)
    root = authority.certificate
    called = {name for name in below(site, bases) if permitted(root, name)}
    ours = {_plain(name) for name in own}
    fits: list[str] = []
    for name in asked:
        fit = may_have(root, name) if ip(name) is not None else name in called
        if fit and name not in ours and name not in fits:
            fits.append(name)
    if not fits:
        raise BadInput(
            f"the household does not vouch for {', '.join(asked)[:200] or 'no name'} at {site}",
            advice=f"A site is called {', '.join(sorted(called)) or 'nothing here'}, or by a private address.",
        )
    chain = authority.vouch(key, fits, SITE_DAYS)
    return Issued(chain, fits, leaf(chain).not_valid_after_utc.timestamp())


def _read(request: str) -> tuple[ec.EllipticCurvePublicKey, list[str]]:
    """The key that a request is for, and the names it asks for. Raises BadInput."""
    if len(request) > MAX_REQUEST:
        raise BadInput("a signing request is shorter")
    try:
        found = x509.load_pem_x509_csr(request.encode("ascii"))
        key = found.public_key()
        sound = found.is_signature_valid
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names: list[x509.GeneralName] = list(extension)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound, x509.DuplicateExtension) as error:
        raise BadInput(f"this is no signing request: {type(error).__name__}") from None
    except Exception as error:  # what the parser makes of hostile bytes (unsupported algorithms) has many types
        raise BadInput(f"this signing request can't be read: {type(error).__name__}") from None
    if not sound or not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        # Signed by the key that it is for: nobody gets a certificate for a key that is another's.
        raise BadInput("a site asks for a key of its own, on P-256")
    if len(names) > MOST:
        raise BadInput(f"a site asks for at most {MOST} names")
    if not all(isinstance(name, (x509.DNSName, x509.IPAddress)) for name in names):
        raise BadInput("a site asks for host names and addresses")
    return key, [_plain(str(name.value)) for name in names]


def _plain(name: str) -> str:
    address = ip(name)
    return name.lower().rstrip(".") if address is None else str(address)


def sound(chain: bytes, key: ec.EllipticCurvePrivateKey, authority: str) -> x509.Certificate:
    """What was given for ``key``, held against the household's authority (PEM). Raises BadInput for what is of
    somebody else, or for another key."""
    der = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    try:
        certificate, root = leaf(chain), leaf(authority.encode())
        certificate.verify_directly_issued_by(root)
        mine = certificate.public_key().public_bytes(*der) == key.public_key().public_bytes(*der)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise BadInput(f"what was given is no certificate of the household: {type(error).__name__}") from None
    if not mine or not chain.rstrip().endswith(authority.encode().strip()) or not names_of(certificate):
        raise BadInput("what was given is not for this hub")
    return certificate
