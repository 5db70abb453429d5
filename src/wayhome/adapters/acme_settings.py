"""Certificates for an own domain, without the import of the libraries that get them: they are an extra."""

from __future__ import annotations

from pathlib import Path

from wayhome.adapters.certificates import Source
from wayhome.config import AcmeSettings
from wayhome.errors import BadInput
from wayhome.hub.ports import Vault


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
