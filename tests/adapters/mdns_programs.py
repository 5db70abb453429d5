"""What the two machines on the wire run: the hub's name announced, and somebody who asks for it.

``python -m tests.adapters.mdns_programs hold SECONDS [NAME]`` prints each name held, and has NAME, too, a moment later;
``ask NAME`` prints the addresses
that answer, by a query of its own (dnspython, no zeroconf).
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time

import dns.message
import dns.rdatatype

from wayhome import log
from wayhome.adapters.names_mdns import Names

GROUP = ("224.0.0.251", 5353)


async def hold(seconds: float, later: str | None = None) -> None:
    """Hold a name for a while, and from a moment later on another one."""
    log.setup()
    more: list[str] = []
    names = Names(8300, "Linden 7", lambda name, found: print(name, *found, flush=True), also=lambda: list(more))
    await names.open()
    running = asyncio.create_task(names.run())
    if later is not None:
        await asyncio.sleep(1)
        more.append(later)
        names.stir()
    await asyncio.sleep(seconds)
    running.cancel()
    await names.close()


def ask(name: str, kind: str = "A", patience: float = 20.0) -> set[str]:
    """Who answers for the name within ``patience`` s."""
    query = dns.message.make_query(name, kind)
    query.flags = 0
    found: set[str] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        asking.settimeout(0.5)
        end = time.monotonic() + patience
        while time.monotonic() < end and not found:
            asking.sendto(query.to_wire(), GROUP)
            try:
                while True:
                    answer = dns.message.from_wire(asking.recv(9_000), continue_on_error=True)
                    wanted = (line for line in answer.answer if line.rdtype == dns.rdatatype.from_text(kind))
                    found |= {item.to_text() for line in wanted for item in line}
            except TimeoutError:
                continue
    return found


if __name__ == "__main__":
    if sys.argv[1] == "hold":
        asyncio.run(hold(float(sys.argv[2]), *sys.argv[3:]))
    else:
        print(*sorted(ask(*sys.argv[2:])))
