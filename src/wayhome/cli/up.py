"""up: run the hub."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import click
import msgspec
import segno

from wayhome import config, demo, log
from wayhome.adapters import durable_file
from wayhome.assembly import Assembled
from wayhome.config import Config, Local
from wayhome.errors import BadInput
from wayhome.serving import Serving


@click.command()
@click.option("--demo", "is_demo", is_flag=True, help="A demo household: a car that drives, a home, four people.")
@click.option("--data", envvar="WAYHOME_DATA", metavar="DIR", help="The household's data folder (also $WAYHOME_DATA).")
@click.option("--listen", metavar="HOST:PORT", help="Where to listen; default localhost:8300. Off loopback: TLS.")
@click.option("--site", metavar="NAME", help="What this site of the household is called: home (usual), car.")
@click.option("--language", type=click.Choice(["en", "zh"]), help="Of the demo's names; default: the machine's.")
@click.option("--json", "as_json", is_flag=True, help="Announce the address in JSON, for programs.")
def up(
    is_demo: bool, data: str | None, listen: str | None, site: str | None, language: str | None, as_json: bool
) -> None:
    """Run the hub until interrupted. The first time, the page it prints makes you the owner."""
    path = config.data_dir(data, demo=is_demo)
    settings = config.load(path)
    if listen is not None:
        settings = msgspec.structs.replace(settings, listen=listen)
    if site is not None:
        settings = msgspec.structs.replace(settings, site=site)
    log.setup(settings.log)
    spoken: Literal["en", "zh"] = "zh" if (language or os.environ.get("LANG", "")).startswith("zh") else "en"
    import uvloop

    uvloop.run(_up(path, settings, is_demo, spoken, as_json))


async def _up(path: Path, settings: Config, is_demo: bool, language: Literal["en", "zh"], as_json: bool) -> None:
    """Run the hub, and anew each time that it asks for it: when a backup was put back, when all was erased, when it was
    opened to the house."""
    again = True
    port: int | None = None
    while again:
        now = config.opened(path, settings)
        host, wanted = config.address(now.listen)
        # The port of the system's choice stays the same: whoever looks at the page waits for it there.
        listening = _listen(host, wanted if port is None else port)
        port = listening[0].getsockname()[1]
        again = await _run(path, now, config.may_open(settings), listening, is_demo, language, as_json)
        is_demo = False  # what was put back, or erased on purpose, is not furnished anew


async def _run(
    path: Path,
    settings: Config,
    may_open: bool,
    listening: list[socket.socket],
    is_demo: bool,
    language: Literal["en", "zh"],
    as_json: bool,
) -> bool:
    """One run of the hub. True: it wants another."""
    async with AsyncExitStack() as stack:
        it = await stack.enter_async_context(Assembled(path, settings))
        if is_demo:
            await demo.furnish(it.hub, language)
        host, port = config.address(settings.listen)[0], listening[0].getsockname()[1]
        serving = Serving(it, host, port, listening, may_open=may_open)
        await serving.open(stack)
        it.door.address = serving.url
        local = Local(serving.local_url, it.local.token, os.getpid())
        durable_file.write(path / config.LOCAL, msgspec.json.encode(local))
        stack.callback((path / config.LOCAL).unlink, missing_ok=True)
        await serving.run(lambda: _announce(it, serving, as_json))
        return it.hub.leaving.is_set()


def _listen(host: str, port: int) -> list[socket.socket]:
    """Sockets on every address of ``host``. Raises BadInput that says who is in the way."""
    found: list[socket.socket] = []
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise BadInput(f"cannot listen on {host}: {error.strerror}") from None
    for family, kind, proto, _, address in addresses:
        if found and port == 0:
            break  # a port of the system's choice is one port, on one address
        one = socket.socket(family, kind, proto)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            one.bind(address)
        except OSError as error:
            one.close()
            if family == socket.AF_INET6 and error.errno == 99:
                continue  # no IPv6 on this machine
            for other in found:
                other.close()
            advice = f"Is another hub running? Else choose another port: --listen {host}:{port + 1}."
            raise BadInput(f"cannot listen on {host}:{port}: {error.strerror}", advice=advice) from None
        found.append(one)
    return found


def _announce(it: Assembled, serving: Serving, as_json: bool) -> None:
    url = serving.url
    code = it.door.setup_code if not it.hub.demo else None
    link = f"{url}/#/door?code={code}" if code is not None else url
    if as_json:
        message = {"url": url, "local": serving.local_url, "demo": it.hub.demo, "setup_code": code}
        click.echo(msgspec.json.encode(message).decode())
        return
    if urlsplit(url).hostname not in ("localhost", "127.0.0.1", "::1"):  # a phone that scans this would ask itself
        segno.make(link, error="l").terminal(out=sys.stdout, compact=True)
    click.echo(f"Wayhome is at {url}")
    if it.hub.demo:
        click.echo("This is a demo household: choose who you are on the page. Nothing here is real.")
    elif code is not None:
        click.echo(f"Open it to make yourself the owner. Setup code: {code}")
    if serving.hint:
        click.echo(serving.hint)
    click.echo("Stop it with Ctrl+C.")
    sys.stdout.flush()
