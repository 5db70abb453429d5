"""Asking people for what must not stand among a command's arguments, and for a yes."""

from __future__ import annotations

import sys

import click


def secret(words: str, as_json: bool, *, twice: bool = False) -> str:
    """A secret that is typed and not shown; ``twice``: against typing errors. A program (``--json``, no terminal) gives
    it as a line of stdin and sees no prompt. Raises click.Abort when there is none."""
    if _program(as_json):
        return _line()
    return str(click.prompt(f"{words} (not shown)", hide_input=True, confirmation_prompt=twice, err=True))


def confirm(question: str, as_json: bool) -> None:
    """Go on only after a yes. Raises click.Abort."""
    if not _program(as_json):
        click.confirm(question, abort=True, err=True)
    elif _line().lower() not in ("y", "yes"):
        raise click.Abort


def _program(as_json: bool) -> bool:
    return as_json and not sys.stdin.isatty()


def _line() -> str:
    line = sys.stdin.readline()
    if not line:
        raise click.Abort
    return line.rstrip("\r\n")
