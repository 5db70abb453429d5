"""The command line. All commands take ``--json`` for programs; their output and exit codes are stable: 0 done,
1 it failed (and why), 2 wrong usage, 3 no hub is running here."""

from __future__ import annotations

import click

from wayhome import __version__
from wayhome.cli import data, doctor, links, people, up, values
from wayhome.cli.remote import Failure
from wayhome.errors import HubError


class _Group(click.Group):
    """Errors as sentences, never as tracebacks."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except HubError as error:
            raise Failure(error.detail, error.hint, error.code) from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wayhome")
def main() -> None:
    """Wayhome: your cars, phones, watches, tablets and home as one system that you own."""


for _command in (
    up.up,
    values.get,
    values.set_,
    values.watch,
    values.why,
    values.do,
    links.link,
    people.pair,
    data.backup,
    data.restore,
    data.export,
    data.erase,
    doctor.doctor,
):
    main.add_command(_command)
