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

from wayhome import config, log
from wayhome.adapters import durable_file
from wayhome.assembly import Assembled
from wayhome.cli.tether import Tether
from wayhome.config import Config, Local
from wayhome.demo.apart import Apart
from wayhome.demo.furnishing import furnish
from wayhome.errors import BadInput
from wayhome.hub.maps import Maps
from wayhome.serving import Serving


class Start(msgspec.Struct, frozen=True):
    """How the hub was started. ``demo``: it is furnished; ``apart``: with a hub of its own for the car; ``tethered``:
    as that hub. ``source``: what the demo's map is made of."""

    path: Path
    settings: Config
    demo: bool
    apart: bool
    tethered: bool
    language: Literal["en", "zh"]
    as_json: bool
    source: str | None = None


@click.command()
@click.option("--demo", "is_demo", is_flag=True, help="A demo household: a car that drives, a home, four people.")
@click.option("--sites/--no-sites", default=None, help="The demo's car has a hub of its own (usual), or not.")
@click.option("--map", "source", metavar="SOURCE", help="Streets for the demo: a file, an address, a region's name.")
@click.option("--data", envvar="WAYHOME_DATA", metavar="DIR", help="The household's data folder (also $WAYHOME_DATA).")
@click.option("--listen", metavar="HOST:PORT", help="Where to listen; default localhost:8300. Off loopback: TLS.")
@click.option("--site", metavar="NAME", help="What this site of the household is called: home (usual), car.")
@click.option("--language", type=click.Choice(["en", "zh"]), help="Of the demo's names; default: the machine's.")
@click.option("--json", "as_json", is_flag=True, help="Announce the address in JSON, for programs.")
@click.option("--tethered", is_flag=True, hidden=True, help="As the car's hub of a demo, which ends with its stdin.")
def up(
    is_demo: bool,
    sites: bool | None,
    source: str | None,
    data: str | None,
    listen: str | None,
    site: str | None,
    language: str | None,
    as_json: bool,
    tethered: bool,
) -> None:
    """Run the hub until interrupted. The first time, the page it prints makes you the owner."""
    if sites is not None and not is_demo:
        raise click.UsageError("--sites and --no-sites are of the demo: wayhome up --demo")
    if sites and site:
        raise click.UsageError("with --sites the demo's hubs have their names: leave --site out")
    if source is not None and not is_demo:
        raise click.UsageError("--map is of the demo; else: wayhome map add")
    if source is not None and "://" not in source and Path(source).expanduser().is_file():
        source = str(Path(source).expanduser().resolve())  # the car's hub reads it, too
    path = config.data_dir(data, demo=is_demo)
    settings = config.load(path)
    if listen is not None:
        settings = msgspec.structs.replace(settings, listen=listen)
    if site is not None:
        settings = msgspec.structs.replace(settings, site=site)
    apart = is_demo and site is None and _meets_here(settings.listen) if sites is None else sites
    log.setup(settings.log)
    spoken: Literal["en", "zh"] = "zh" if (language or os.environ.get("LANG", "")).startswith("zh") else "en"
    import uvloop

    uvloop.run(_up(Start(path, settings, is_demo, apart, tethered, spoken, as_json, source)))


async def _up(start: Start) -> None:
    """Run the hub, and anew each time that it asks for it: when a backup was put back, when all was erased, when it was
    opened to the house."""
    again = True
    port: int | None = None
    tether = Tether() if start.tethered else None
    while again:
        now = config.opened(start.path, start.settings)
        host, wanted = config.address(now.listen)
        # The port of the system's choice stays the same: whoever looks at the page waits for it there.
        listening = _listen(host, wanted if port is None else port)
        port = listening[0].getsockname()[1]
        again = await _run(start, now, listening, tether)
        # What was put back, or erased on purpose, is not furnished anew.
        start = msgspec.structs.replace(start, demo=False)


async def _run(start: Start, settings: Config, listening: list[socket.socket], tether: Tether | None) -> bool:
    """One run of the hub. True: it wants another."""
    async with AsyncExitStack() as stack:
        it = await stack.enter_async_context(Assembled(start.path, settings))
        if start.demo:
            await furnish(it.hub, start.language, "home" if start.apart else "all", start.source)
        if tether is not None:
            tether.take(it.hub)
        host, port = config.address(settings.listen)[0], listening[0].getsockname()[1]
        serving = Serving(it, host, port, listening, may_open=config.may_open(start.settings))
        await serving.open(stack)
        it.door.address = serving.url
        local = Local(serving.local_url, it.local.token, os.getpid())
        durable_file.write(start.path / config.LOCAL, msgspec.json.encode(local))
        stack.callback((start.path / config.LOCAL).unlink, missing_ok=True)
        if start.apart and it.hub.demo:
            if not _meets_here(settings.listen):
                raise BadInput("the demo's two hubs meet on this machine", advice="Leave --listen away.")
            car = start.path.with_name(f"{start.path.name}-car")
            here = listening[0].getsockname()[0]
            apart = Apart(it.hub, car, start.language, serving.url, here, port, start.source)
            await stack.enter_async_context(apart)
            await serving.run(lambda: apart.begin(lambda: _announce(it, serving, start.as_json, apart.url)))
        else:
            await serving.run(lambda: _announce(it, serving, start.as_json))
        return it.hub.leaving.is_set()


def _meets_here(listen: str) -> bool:
    """Whether a second hub on this machine finds one that listens there."""
    host = config.address(listen)[0]
    return config.is_loopback(host) or host in ("0.0.0.0", "::")  # noqa: S104 - looked at, not chosen


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


def _streets(maps: Maps | None) -> str:
    """Where the demo's car drives, in a sentence."""
    if maps is not None and maps.making is not None and maps.making.error is None:
        return f"Its map is being made: {maps.making.name}. Then its car drives real streets."
    if maps is not None and maps.regions():
        return f"Its map: {', '.join(one.name for one in maps.regions())}. {maps.regions()[0].credit}"
    return "It has no map, and its car drives in a made-up valley: --map FILE gives it real streets."


def _announce(it: Assembled, serving: Serving, as_json: bool, car: str | None = None) -> None:
    url = serving.url
    code = it.door.setup_code if not it.hub.demo else None
    link = f"{url}/#/door?code={code}" if code is not None else url
    if as_json:
        message = {"url": url, "local": serving.local_url, "demo": it.hub.demo, "setup_code": code}
        if car is not None:
            message["car"] = car
        click.echo(msgspec.json.encode(message).decode())
        return
    if urlsplit(url).hostname not in ("localhost", "127.0.0.1", "::1"):  # a phone that scans this would ask itself
        segno.make(link, error="l").terminal(out=sys.stdout, compact=True)
    click.echo(f"Wayhome is at {url}")
    if car is not None:
        click.echo(f"The car has a hub of its own, at {car}")
        click.echo(f"Have it drive through a tunnel: {url}/#/demo")
    if it.hub.demo:
        click.echo("This is a demo household: choose who you are on the page. Nothing here is real.")
        click.echo(_streets(it.hub.ports.maps))
    elif code is not None:
        click.echo(f"Open it to make yourself the owner. Setup code: {code}")
    if serving.hint:
        click.echo(serving.hint)
    click.echo("Stop it with Ctrl+C.")
    sys.stdout.flush()
