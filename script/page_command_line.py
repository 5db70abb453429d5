"""Every command's help for docs/reference/command-line.md, as the command line itself prints it."""

from __future__ import annotations

from collections.abc import Iterator

import click
from click.testing import CliRunner

from wayhome.cli import main

WIDTH = 100


def commands(group: click.Group = main, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command, groups' commands among them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from commands(found, (*before, name))
        else:
            yield (*before, name)


def made() -> str:
    """A section for each command."""
    return "\n\n".join(_section(words) for words in commands())


def _section(words: tuple[str, ...]) -> str:
    done = CliRunner().invoke(
        main, [*words, "--help"], prog_name="wayhome", terminal_width=WIDTH, max_content_width=WIDTH
    )
    assert done.exit_code == 0, done.output
    name = " ".join(words)
    return f"### {name}\n\n```text\n$ wayhome {name} --help\n{done.output.rstrip()}\n```"
