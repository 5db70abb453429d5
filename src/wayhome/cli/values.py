"""get, set, watch, why, do: values and operations."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from typing import Any

import click
import websockets
from websockets.asyncio.client import connect

from wayhome.cli.remote import Failure, Remote, age, common, show, table


def _value(text: str) -> Any:
    """A value as typed: JSON where it is (``true``, ``21.5``), else the text itself."""
    if text in ("on", "off"):
        return text == "on"
    try:
        return json.loads(text)
    except ValueError:
        return text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


@click.command()
@click.argument("path")
@common
def get(path: str, data: str | None, as_json: bool) -> None:
    """Show the facts at PATH, which may be a glob: `wayhome get '*/light.**'`."""
    answer = Remote(data).call("home.get", {"path": path}, reads=True)["values"]
    now = time.time()

    def text(values: dict[str, list[Any]]) -> str:
        return table([(p, _short(_text(v[0])), f"{age(now - v[1])} ago") for p, v in sorted(values.items())])

    show(answer, as_json, text)


@click.command("set")
@click.argument("path")
@click.argument("value")
@click.option("--held", is_flag=True, help="Confirm what asks for press-and-hold.")
@click.option("--wait/--no-wait", default=True, help="Wait until the device reports it (default) or only accept it.")
@common
def set_(path: str, value: str, held: bool, wait: bool, data: str | None, as_json: bool) -> None:
    """Wish that PATH becomes VALUE: `wayhome set kitchen-lamp/light.on on`."""
    remote = Remote(data)
    try:
        answer = asyncio.run(_set(remote, path, _value(value), held, wait))
    except (OSError, websockets.WebSocketException) as error:
        raise _ended(error) from None
    if answer["state"] in ("failed", "expired"):
        raise Failure(answer.get("why") or answer["state"], None, answer.get("code") or answer["state"])
    words = {"done": "done", "sent": "sent, the device has not reported it yet"}
    show(answer, as_json, lambda a: f"{a['path']}: {words.get(a['state'], a['state'])}")


async def _set(remote: Remote, path: str, target: Any, held: bool, wait: bool) -> dict[str, Any]:
    async with _live(remote) as socket:
        await socket.send(json.dumps({"t": "hello", "want": [path], "rate": 10}))
        order = {"t": "do", "id": 1, "op": "home.set", "data": {"path": path, "target": target, "held": held}}
        await socket.send(json.dumps(order))
        answer: dict[str, Any] = {}
        ended: dict[str, dict[str, Any]] = {}
        async for text in socket:
            frame = json.loads(text)
            if frame["t"] == "error":
                raise Failure(frame["detail"], frame.get("advice"), frame["code"])
            if frame["t"] == "ok":
                answer = frame["data"]
            if frame["t"] == "command":
                ended[frame["key"]] = frame
            if answer and (not wait or answer["state"] != "sent"):
                return answer
            last = ended.get(answer.get("key", ""))
            if last is not None and last["state"] != "sent":
                return {**answer, "state": last["state"], "code": last.get("code"), "why": last.get("why")}
        raise Failure("the hub closed the connection")


def _ended(error: Exception) -> Failure:
    return Failure(f"the connection to the hub ended: {error}", "See whether it still runs.", "no_hub", 3)


def _live(remote: Remote) -> connect:
    tls = {"ssl": remote.tls} if not isinstance(remote.tls, bool) else {}
    return connect(remote.live_url, additional_headers=remote.headers, max_size=None, proxy=None, **tls)  # type: ignore[arg-type]


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--rate", type=float, help="At most so many updates a second; default: every change.")
@click.option("--count", type=int, help="Stop after so many lines.")
@common
def watch(paths: tuple[str, ...], rate: float | None, count: int | None, data: str | None, as_json: bool) -> None:
    """Print facts at PATH... as they change, until interrupted."""
    remote = Remote(data)
    try:
        asyncio.run(_watch(remote, paths, rate, count, as_json))
    except KeyboardInterrupt:
        return
    except BrokenPipeError:
        raise
    except (OSError, websockets.WebSocketException) as error:
        raise _ended(error) from None


async def _watch(remote: Remote, paths: tuple[str, ...], rate: float | None, count: int | None, as_json: bool) -> None:
    left = count
    async with _live(remote) as socket:
        hello = {"t": "hello", "want": list(paths), **({"rate": rate} if rate is not None else {})}
        await socket.send(json.dumps(hello))
        async for text in socket:
            frame = json.loads(text)
            if frame["t"] in ("error", "bye"):
                raise Failure(frame["detail"], frame.get("advice"), frame["code"])
            rows = [(path, *shown) for path, shown in frame.get("set", {}).items()] + frame.get("list", [])
            for path, value, at, *_ in rows:
                if as_json:
                    click.echo(json.dumps({"path": path, "value": value, "at": at}, ensure_ascii=False))
                else:
                    click.echo(f"{time.strftime('%H:%M:%S', time.localtime(at))}  {path}  {_text(value)}")
                if left is not None:
                    left -= 1
                    if left <= 0:
                        return


@click.command()
@click.argument("path")
@common
def why(path: str, data: str | None, as_json: bool) -> None:
    """Say who or what made PATH what it is, and what led to it."""
    lines = Remote(data).call("home.why", {"path": path}, reads=True)["lines"]

    def text(found: list[dict[str, Any]]) -> str:
        return "\n".join(
            f"{'  ' * n}{time.strftime('%F %T', time.localtime(line['at']))}  {line.get('name', 'somebody')} "
            f"{line['what']} {line['about']} = {_text(line.get('value'))}"
            for n, line in enumerate(found)
        )

    show(lines, as_json, lambda found: text(found) or "Nothing is known of it yet.")


@click.command()
@click.argument("operation")
@click.argument("values", nargs=-1, metavar="NAME=VALUE...")
@common
def do(operation: str, values: tuple[str, ...], data: str | None, as_json: bool) -> None:
    """Call any OPERATION of the hub, as `wayhome do links.retry id=home`. /api/schema lists them."""
    pairs = [value.partition("=") for value in values]
    wrong = next((name for name, equals, _ in pairs if not equals), None)
    if wrong is not None:
        raise click.UsageError(f"{wrong!r} is not NAME=VALUE")
    body = {name: _value(text) for name, _, text in pairs}
    answer = Remote(data).raw(operation, body, reads=None)
    kind = answer.headers.get("content-type", "")
    if kind.partition(";")[0] == "application/json":
        show(answer.json(), as_json, lambda a: json.dumps(a, indent=2, ensure_ascii=False))
    elif as_json:
        show({"type": kind, "base64": base64.b64encode(answer.content).decode()}, as_json, str)
    elif sys.stdout.isatty():
        raise Failure(f"the answer is a file ({kind}), not a text", "Send it into one: wayhome do ... > picture")
    else:
        sys.stdout.buffer.write(answer.content)
