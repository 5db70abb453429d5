"""The command line. All commands take ``--json`` for programs; their output and exit codes are stable: 0 done,
1 it failed (and why), 2 wrong usage, 3 no hub is running here. With ``--json`` anywhere, whatever goes wrong is one
JSON object on stderr."""

from __future__ import annotations

import errno
from importlib import import_module
from typing import Any

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
    "scene": "scenes:scene",
    "recordings": "recordings:recordings",
    "map": "maps:map_",
    "link": "links:link",
    "pair": "people:pair",
    "keys": "keys:keys",
    "site": "sites:site",
    "relay": "relay:relay",
    "backup": "data:backup",
    "restore": "data:restore",
    "export": "data:export",
    "erase": "data:erase",
    "doctor": "doctor:doctor",
    "tls": "tls:tls",
}
"""Each command's place. It is imported when it is used: `wayhome get` must not wait for a web server's import."""


_JSON = "wayhome.json"
"""Under this name a context keeps whether a program asks."""


class _Group(click.Group):
    """Errors as sentences, never as tracebacks, and as JSON for programs; commands in the order of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        found: click.Command = getattr(import_module(f"wayhome.cli.{module}"), name)
        return found

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        as_json = "--json" in args  # looked for before parsing: what can't be parsed is said in JSON, too
        try:
            context = super().make_context(info_name, args, parent, **extra)
        except click.ClickException as error:
            raise _as_asked(error, as_json) from None
        context.meta[_JSON] = as_json
        return context

    def invoke(self, ctx: click.Context) -> object:
        as_json = bool(ctx.meta.get(_JSON))
        try:
            return super().invoke(ctx)
        except HubError as error:
            raise _as_asked(Failure(error.detail, error.hint, error.code), as_json) from None
        except click.ClickException as error:
            raise _as_asked(error, as_json) from None
        except (click.Abort, EOFError, KeyboardInterrupt):
            if not as_json:
                raise
            text = "it was interrupted, or a question was not answered"
            raise _as_asked(Failure(text, None, "aborted"), as_json) from None
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # whoever reads the output has enough of it: click ends quietly
            place = f"{error.filename}: " if error.filename else ""
            raise _as_asked(Failure(f"{place}{error.strerror or error}"), as_json) from None


def _as_asked(error: click.ClickException, as_json: bool) -> click.ClickException:
    """The error in the form that was asked for; click's own ones stay as they are for people."""
    if isinstance(error, Failure):
        error.as_json = as_json
        return error
    if not as_json:
        return error
    advice = None
    if isinstance(error, click.UsageError):
        advice = f"See `{error.ctx.command_path if error.ctx is not None else 'wayhome'} --help`."
    code = "usage" if isinstance(error, click.UsageError) else "failed"
    failure = Failure(error.format_message(), advice, code, error.exit_code)
    failure.as_json = True
    return failure


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wayhome")
def main() -> None:
    """Wayhome: your cars, phones, watches, tablets and home as one system that you own."""
