"""The settings of certificates for an own domain, without the libraries that get them: they are an extra."""

from __future__ import annotations

from pathlib import Path

import msgspec

from wayhome.adapters.certificates import Source
from wayhome.errors import BadInput
from wayhome.hub.ports import Vault


class AcmeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to prove the domain ``zone`` to an ACME directory by DNS.

    ``server``: ADDRESS or ADDRESS:PORT of the zone's primary name server, which takes dynamic updates (RFC 2136);
    ``key``: the name of the TSIG key; ``secret_file``: a file with its base64 secret, readable by the hub only;
    ``algorithm`` of it. ``settle``: how long the zone's secondaries take to follow, in s. ``directory``: empty for
    Let's Encrypt; ``roots``: a PEM file with the authority of a private directory; ``email``: where it may warn.
    """

    zone: str
    server: str
    key: str
    secret_file: str
    algorithm: str = "hmac-sha256"
    settle: float = 10.0
    directory: str = ""
    roots: str = ""
    email: str = ""


def acme_source(settings: AcmeSettings, vault: Vault) -> Source:
    """The source of certificates for these settings. Raises BadInput."""
    try:
        from wayhome.adapters.acme_dns import LETS_ENCRYPT, Acme, DnsZone
    except ImportError as error:
        raise BadInput(
            "certificates for an own domain need more packages", advice="Install them: pip install 'wayhome[acme]'."
        ) from error
    try:
        secret = Path(settings.secret_file).expanduser().read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"cannot read {settings.secret_file}", advice="It holds the TSIG key's secret, in base64."
        ) from error
    zone = DnsZone(settings.zone, settings.server, settings.key, secret, settings.algorithm, settings.settle)
    return Acme(vault, zone, settings.directory or LETS_ENCRYPT, settings.email or None, settings.roots or None)
