"""relay: run a relay."""

from __future__ import annotations

import asyncio
import resource
import signal
import socket

import click
import msgspec

from wayhome import config, log
from wayhome.errors import BadInput
from wayhome.relay.crew import MOST, Worker, crew, run
from wayhome.relay.door import Greeting
from wayhome.relay.limits import Limits
from wayhome.relay.lines import is_id
from wayhome.relay.relay import Relay

DEFAULT_LISTEN = "0.0.0.0:8443"
SPARE = 500
"""File handles for who has not said yet what they want."""
COUNTS = 3_600.0


@click.command()
@click.option("--listen", metavar="HOST:PORT", default=DEFAULT_LISTEN, show_default=True, help="Where to listen.")
@click.option("--only", metavar="ID", multiple=True, help="A hub that may be reached here (`wayhome site relay`).")
@click.option("--anyone", is_flag=True, help="Let any hub be reached here, within the limits.")
@click.option("--rate", metavar="KB", type=click.IntRange(1), default=2_000, show_default=True, help="kB/s of a hub.")
@click.option("--streams", type=click.IntRange(1), default=64, show_default=True, help="Streams of a hub at once.")
@click.option("--hubs", type=click.IntRange(1), default=5_000, show_default=True, help="Hubs of all together.")
@click.option(
    "--processes", type=click.IntRange(1, MOST), default=1, show_default=True, help="Each takes a core, and streams."
)
@click.option("--json", "as_json", is_flag=True, help="Announce the address in JSON, for programs.")
def relay(
    listen: str,
    only: tuple[str, ...],
    anyone: bool,
    rate: int,
    streams: int,
    hubs: int,
    processes: int,
    as_json: bool,
) -> None:
    """Run a relay: hubs behind a router's NAT and on mobile data are reached through it, sealed end to end.

    It has no data folder: it keeps nothing. It needs one port that everybody can reach.
    """
    if not only and not anyone:
        raise BadInput(
            "it was not said whom this relay is for",
            advice="Say --only ID for each hub (`wayhome site relay` shows it), or --anyone.",
        )
    wrong = next((id for id in only if not is_id(id)), None)
    if wrong is not None:
        raise BadInput(f"{wrong[:60]!r} is no hub's id", advice="`wayhome site relay` on the hub's machine shows it.")
    log.setup("info")
    # File handles are put by for as many hubs as may come: of few handles the rest would be none.
    hubs = hubs if anyone else min(hubs, len(set(only)))
    limits = Limits(hubs=hubs, each=streams, rate=rate * 1_000, burst=max(rate * 8_000, 1_000_000))
    listening = _listening(listen)
    _announce(listening, _streams(limits) * processes, frozenset(only), anyone, as_json)

    def work(worker: Worker | None) -> None:
        import uvloop

        uvloop.run(serve(listening, limits, frozenset(only), anyone, worker))

    if processes == 1:
        work(None)
    else:
        run(crew(processes), work)


def _listening(listen: str) -> socket.socket:
    """Raises BadInput."""
    host, port = config.address(listen)
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise BadInput(
            f"cannot listen on {listen}: {error.strerror or error}", advice="Choose another --listen."
        ) from None


def _announce(listening: socket.socket, streams: int, only: frozenset[str], anyone: bool, as_json: bool) -> None:
    host, port = listening.getsockname()[:2]
    if as_json:
        click.echo(msgspec.json.encode({"host": host, "port": port, "streams": streams}).decode())
    else:
        click.echo(f"The relay listens on {host}:{port}, for {'anyone' if anyone else f'{len(only)} hub(s)'}.")
        click.echo("Stop it with Ctrl+C.")


async def serve(
    listening: socket.socket, limits: Limits, only: frozenset[str], anyone: bool, worker: Worker | None = None
) -> None:
    """Run a relay, or one process of it, until it is asked to end."""
    limits = msgspec.structs.replace(limits, streams=_streams(limits))
    relay = Relay(limits, lambda id: anyone or id in only, worker)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Greeting(relay), sock=listening, backlog=1_024)
    leaving = asyncio.Event()
    if worker is not None:
        worker.listen(lambda said: Greeting(relay, said))
        loop.add_reader(worker.life, leaving.set)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, leaving.set)
    counting = asyncio.create_task(_count(relay))
    await leaving.wait()
    counting.cancel()
    server.close()


async def _count(relay: Relay) -> None:
    """How much there is, now and then: of whom is nobody's business, also not the log's."""
    while True:
        await asyncio.sleep(COUNTS)
        log.get("relay").info("counts", hubs=relay.hubs, streams=relay.streams)


def _streams(limits: Limits) -> int:
    """How many streams a process has file handles for: two for each, and one for each hub."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most == resource.RLIM_INFINITY:
        return limits.streams
    return max(1, min(limits.streams, (most - SPARE - limits.hubs) // 2))
