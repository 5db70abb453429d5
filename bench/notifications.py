"""A notification: from the phone's packet to the page that shows it; beside kdeconnectd that is sent the same."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.journeys.screens import TABLET, found, go, screen
from tests.journeys.test_notifications_page import paired
from tests.peers.android import Android
from tests.peers.hub import RunningHub
from tests.peers.kdeconnect import KdeConnect
from tests.peers.places import Places

from bench.rig.measure import answer, load, middle, note, quick

HEARS = """const Socket = WebSocket;
window.WebSocket = class extends Socket {
  constructor(...how) {
    super(...how);
    const told = ({ data }) => data.startsWith('{"t":"told"') && (window.told = performance.now());
    this.addEventListener("message", told);
  }
};"""
"""Notes when the hub last told the page something along with its news."""
SEEN = """(mark) => new Promise((done) => {
  const look = () => document.body.innerText.includes(mark) && (watch.disconnect(), done(stamp()));
  const stamp = () => [performance.timeOrigin + window.told, performance.timeOrigin + performance.now()];
  const watch = new MutationObserver(look);
  watch.observe(document.body, { childList: true, subtree: true, characterData: true });
  look();
})"""


async def ours(folder: Path, count: int) -> tuple[list[float], list[float]]:
    """In ms: until the page has it, and until it stands there."""
    hub = RunningHub(folder / "hub")
    hub.start()
    has, shows = [], []
    try:
        async with screen(folder / "tablet", hub, TABLET) as page:
            await page.add_init_script(HEARS)
            await found(page, hub)
            phone = await paired(page, hub)
            await go(page, hub, "notices")
            for n in range(count):
                waits = asyncio.create_task(page.evaluate(SEEN, f"mark-{n:03d}"))
                await asyncio.sleep(0.4)
                began = time.time() * 1000
                phone.tells("1", "Mei", f"mark-{n:03d}", requestReplyId="r")
                had, stood = await waits
                if n >= count // 5:  # the first load the parts of the page
                    has.append(had - began)
                    shows.append(stood - began)
            phone.goes()
    finally:
        hub.stop()
    return has, shows


async def theirs(folder: Path, places: Places, count: int) -> list[float]:
    """In ms: until kdeconnectd says that it shows it."""
    found: list[float] = []
    with KdeConnect(folder / "kdeconnect", places, "pocket", "Desk") as peer:
        phone = Android()
        await phone.comes(peer.address)
        await asyncio.sleep(1)
        phone.pairs()
        await asyncio.sleep(1)
        peer.device(phone.id, "acceptPairing")
        await asyncio.sleep(1)
        command = ["dbus-monitor", "--address", peer.bus_address, "interface='org.kde.kdeconnect.device.notifications'"]
        watch = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert watch.stdout is not None
        try:
            for n in range(count):
                await asyncio.sleep(0.4)
                began = time.time() * 1000
                phone.tells(f"n{n}", "Mei", f"mark-{n:03d}", requestReplyId="r")
                async with asyncio.timeout(10):
                    while b"member=notificationPosted" not in await watch.stdout.readline():
                        pass
                if n >= count // 5:
                    found.append(time.time() * 1000 - began)
        finally:
            watch.kill()
            await watch.wait()
            phone.goes()
    return found


def row(name: str, runs: list[float]) -> dict[str, Any]:
    ordered = sorted(runs)
    return {
        "what": name,
        "count": len(runs),
        "p50_ms": round(middle(runs), 2),
        "p90_ms": round(ordered[int(len(ordered) * 0.9)], 2),
    }


async def measured(count: int) -> None:
    with tempfile.TemporaryDirectory() as name, Places("hub", "pocket") as places:
        places.road("pocket", "hub", out=True)
        with places.inside("hub"):
            has, shows = await ours(Path(name), count)
            note(f"{middle(has)} {middle(shows)}")
            peer = await theirs(Path(name), places, count)
    answer(
        title="A notification: from the phone's packet to the page",
        about="A phone sends a notification over its line; the hub seals it and tells it a page in Chromium along with "
        "its news, which opens and shows it. The same packet to kdeconnectd, until it says on its bus that the "
        "notification is there. One after the other, on one machine with 2 cores that others use, too.",
        goal="the page has it within 5 ms",
        rows=[row("the page has it, sealed", has), row("it stands on the page", shows), row("kdeconnectd", peer)],
        load_of_the_machine=load(),
    )


if __name__ == "__main__":
    asyncio.run(measured(10 if quick() else 50))
