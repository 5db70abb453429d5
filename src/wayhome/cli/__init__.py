"""The command line. All commands take ``--json`` for programs; their output and exit codes are stable: 0 done,
1 it failed (and why), 2 wrong usage, 3 no hub is running here."""

from __future__ import annotations

from importlib import import_module

import click

from wayhome import __version__
from wayhome.cli.remote import Failure
from wayhome.errors import HubError

COMMANDS = {
    "up": "up:up",
    "get": "values:get",
    "set": "values:set_",
    "watch": "values:watch",
    "why": "values:why",
    "do": "values:do",
    "link": "links:link",
    "pair": "people:pair",
    "backup": "data:backup",
    "restore": "data:restore",
    "export": "data:export",
    "erase": "data:erase",
    "doctor": "doctor:doctor",
    "tls": "tls:tls",
}
"""Each command's place. It is imported when it is used: `wayhome get` must not wait for a web server's import."""


class _Group(click.Group):
    """Errors as sentences, never as tracebacks; commands in the order of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        found: click.Command = getattr(import_module(f"wayhome.cli.{module}"), name)
        return found

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except HubError as error:
            raise Failure(error.detail, error.hint, error.code) from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wayhome")
def main() -> None:
    """Wayhome: your cars, phones, watches, tablets and home as one system that you own."""
