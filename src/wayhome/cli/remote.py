"""Talking to the running hub from the command line, over its own doors like any other client."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Sequence
from typing import Any

import click
import httpx
import msgspec

from wayhome import config
from wayhome.config import CHAIN, LOCAL, Local


class Failure(click.ClickException):
    """Something failed: a sentence on stderr (or a JSON object with ``--json``) and exit code 1."""

    def __init__(self, detail: str, advice: str | None = None, code: str = "failed", exit_code: int = 1) -> None:
        super().__init__(detail)
        self.advice = advice
        self.as_json = False
        self.code = code
        self.exit_code = exit_code  # type: ignore[misc]  # click declares it on the class, and reads the instance's

    def show(self, file: Any = None) -> None:
        """Print it."""
        if self.as_json:
            problem = {"code": self.code, "detail": self.message, "advice": self.advice}
            click.echo(json.dumps(problem, ensure_ascii=False), err=True)
            return
        click.echo(f"{self.message.rstrip('.')}.", err=True)
        if self.advice:
            click.echo(self.advice, err=True)


def common[F: Callable[..., Any]](command: F) -> F:
    """The options that every command has."""
    command = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")(command)
    return click.option(
        "--data", envvar="WAYHOME_DATA", metavar="DIR", help="The household's data folder (also $WAYHOME_DATA)."
    )(command)


def local(data: str | None) -> tuple[Local, ssl.SSLContext | bool]:
    """The hub that runs on this machine with that data folder (else the usual one, else the demo's). Raises Failure
    with exit code 3 when none does."""
    folders = [config.data_dir(data)] if data else [config.data_dir(None), config.data_dir(None, demo=True)]
    for folder in folders:
        try:
            found = msgspec.json.decode((folder / LOCAL).read_bytes(), type=Local)
        except (OSError, msgspec.DecodeError):
            continue
        chain = folder / CHAIN
        if found.url.startswith("https") and chain.is_file():
            return found, ssl.create_default_context(cafile=str(chain))
        return found, True
    places = " or ".join(str(folder) for folder in folders)
    raise Failure(f"no hub runs with its data in {places}", "Start one with `wayhome up`.", "no_hub", 3)


class Remote:
    """The running hub."""

    def __init__(self, data: str | None) -> None:
        self.local, self.tls = local(data)
        self.headers = {"Authorization": f"Bearer {self.local.token}"}

    def call(self, operation: str, data: dict[str, Any] | None = None, *, reads: bool = False) -> Any:
        """Call an operation. Raises Failure with what the hub says."""
        return json.loads(self.raw(operation, data, reads=reads).content)

    def raw(self, operation: str, data: dict[str, Any] | None = None, *, reads: bool | None = False) -> httpx.Response:
        """Call an operation; its answer as it came. ``reads``: None when that is not known."""
        url = f"{self.local.url}/api/{operation.replace('.', '/')}"
        try:
            with httpx.Client(headers=self.headers, verify=self.tls, timeout=120, trust_env=False) as client:
                answer = None if reads else client.post(url, json=data or {})
                # An operation that reads takes no POST, and then nothing was done.
                if answer is None or (reads is None and answer.status_code == httpx.codes.METHOD_NOT_ALLOWED):
                    answer = client.get(url, params={k: v for k, v in (data or {}).items() if v is not None})
        except httpx.TransportError as error:
            raise Failure(
                f"the hub at {self.local.url} does not answer ({type(error).__name__})",
                "Start it with `wayhome up`.",
                "no_hub",
                3,
            ) from None
        if answer.is_error:
            try:
                problem = answer.json()
            except ValueError:
                problem = {}
            detail = problem.get("detail") or f"the hub answered {answer.status_code}"
            raise Failure(detail, problem.get("advice"), problem.get("code", "failed"))
        return answer

    @property
    def live_url(self) -> str:
        """The address of the live socket."""
        return self.local.url.replace("http", "ws", 1) + "/api/live"


def show(answer: Any, as_json: bool, text: Callable[[Any], str]) -> None:
    """Print an answer: JSON for programs, ``text`` of it for people."""
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else text(answer))


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows in aligned columns."""
    if not rows:
        return "(nothing)"
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def age(seconds: float) -> str:
    """A duration as people say it: ``3 s``, ``5 min``, ``2 h``, ``4 d``."""
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {name}"
    return f"{max(0.0, seconds):.0f} s"
