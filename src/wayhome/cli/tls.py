"""tls: the certificate that devices of the house trust."""

from __future__ import annotations

import os

import anyio
import click

from wayhome import config
from wayhome.adapters import authority, certificates
from wayhome.adapters.data_dir import DataDir
from wayhome.adapters.vault_key import vault_key
from wayhome.adapters.vault_sealed import SealedVault
from wayhome.cli import asking
from wayhome.cli.remote import common, show


@click.group()
def tls() -> None:
    """The certificate that devices of the house trust."""


@tls.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def renew(yes: bool, data: str | None, as_json: bool) -> None:
    """Have a new certificate authority made at the next start. No hub may run on the data.

    For a name that came later, a key that may have been read by somebody, or one that ends soon. Every device has to
    install the new one. The hub's own certificate under it renews by itself; this is not for that.
    """
    with DataDir(config.data_dir(data)) as folder:
        if not yes:
            asking.confirm("Every device has to install the new certificate. Go on?", as_json)
        vault = SealedVault(folder.vault, vault_key(folder.vault_key, os.environ))
        anyio.run(_forget, vault)
    text = "Start the hub: it makes a new one and shows its fingerprint."
    show({"renewed": True, "next": text}, as_json, lambda answer: str(answer["next"]))


async def _forget(vault: SealedVault) -> None:
    await vault.forget(authority.VAULT)
    await vault.forget(certificates.VAULT)
