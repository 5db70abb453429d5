"""link add, list, remove."""

from __future__ import annotations

from typing import Any

import click

from wayhome.cli import asking
from wayhome.cli.remote import Remote, common, show, table
from wayhome.cli.values import _value as value_of


@click.group()
def link() -> None:
    """Join the household to Home Assistant and others."""


@link.command("list")
@common
def list_(data: str | None, as_json: bool) -> None:
    """Show every link and how it is doing."""
    links = Remote(data).call("links.list", reads=True)["links"]

    def text(found: list[dict[str, Any]]) -> str:
        rows = [(x["id"], x["title"], x["words"], f"{x['things']} things", x.get("detail") or "") for x in found]
        return table(rows)

    show(links, as_json, text)


@link.command()
@click.argument("kind")
@click.option("--name", help="What to call it; default: the kind's own name.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting, as url=http://ha.local:8123.")
@click.option("--secret", "secrets", multiple=True, metavar="NAME", help="A secret that is asked for, as token.")
@common
def add(
    kind: str, name: str | None, settings: tuple[str, ...], secrets: tuple[str, ...], data: str | None, as_json: bool
) -> None:
    """Add a link of a KIND: `wayhome link add homeassistant --set url=http://ha.local:8123 --secret token`."""
    remote = Remote(data)
    config: dict[str, Any] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals:
            raise click.UsageError(f"{setting!r} is not NAME=VALUE")
        config[key] = value_of(text)
    # Secrets are never arguments: those stand in the shell's history and in everybody's process list.
    asked = {name: asking.secret(name, as_json) for name in secrets}
    body = {"link": kind, "name": name or kind, "config": config, "secrets": asked}
    status = remote.call("links.add", body)
    show(status, as_json, lambda s: f"Added {s['id']}: {s['words']}")


@link.command()
@click.argument("id")
@common
def remove(id: str, data: str | None, as_json: bool) -> None:
    """Remove the link ID with its things and secrets."""
    answer = Remote(data).call("links.remove", {"id": id})
    show(answer, as_json, lambda _: f"Removed {id}")
