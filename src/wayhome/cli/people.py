"""pair: let a new device in."""

from __future__ import annotations

import time
from typing import Any

import click
import segno

from wayhome.cli.remote import Remote, common, show


@click.command()
@click.option("--person", help="Whose device it will be, by id; `wayhome do people.list` lists them.")
@common
def pair(person: str | None, data: str | None, as_json: bool) -> None:
    """Show a code and a QR code that let one new device in, within five minutes."""
    body = {"person": person} if person else {}
    answer = Remote(data).call("people.pair_start", body)

    def text(shown: dict[str, Any]) -> str:
        left = max(0, shown["expires"] - time.time()) / 60
        segno.make(shown["link"], error="l").terminal(compact=True)
        return f"Open {shown['link']}\nor type the code {shown['code']} on the new device, within {left:.0f} minutes."

    show(answer, as_json, text)
