"""A text from one browser's clipboard page to another's through the hub: sealed there, on the disk, opened here. Beside
it the same two browsers and a bare WebSocket server that passes a text on and seals, keeps and checks nothing."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

import uvicorn
from playwright.async_api import Page, expect
from tests.journeys.screens import PHONE, TABLET, found, go, screen
from tests.journeys.test_clipboard_page import come_in, invite
from tests.peers.hub import RunningHub
from tests.peers.program import Program, accepts, free_port

from bench.rig.measure import answer, at, load, middle, note, quick

PAGE = b"""<!doctype html><title>peer</title>
<form><label>A text <input></label><button>Put it in</button></form><ul></ul>
<script>
const socket = new WebSocket(location.href.replace("http", "ws"));
socket.onmessage = ({ data }) => {
  const row = document.createElement("li");
  row.textContent = data;
  document.querySelector("ul").prepend(row);
};
document.querySelector("form").onsubmit = (event) => {
  event.preventDefault();
  socket.send(document.querySelector("input").value);
};
</script>"""
WAITS = """(text) => {
  const there = () => [...document.querySelectorAll("li")].some((row) => row.textContent.includes(text));
  window.shown = new Promise((done) => {
    const look = () => there() && (eye.disconnect(), done(performance.timeOrigin + performance.now()));
    const eye = new MutationObserver(look);
    eye.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}"""
"""When a text stands on the page, by the clock that both pages share."""
PRESSED = (
    """() => addEventListener("submit", () => (window.pressed = performance.timeOrigin + performance.now()), true)"""
)


def bare() -> Any:
    """The peer: what one says all others hear."""
    there: set[Any] = set()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
            await send({"type": "http.response.body", "body": PAGE})
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            there.add(send)
            while (event := await receive())["type"] == "websocket.receive":
                for other in there:
                    await other({"type": "websocket.send", "text": event["text"]})
            there.discard(send)

    return app


async def ready(page: Page, hub: RunningHub) -> None:
    """Until a screen belongs to the group."""
    await go(page, hub, "clipboard")
    await expect(page.get_by_role("button", name="Paste")).to_be_enabled(timeout=30_000)


async def handed(one: Page, other: Page, rounds: int) -> list[float]:
    """How long each text takes from the tap here until it stands there, in ms."""
    await one.evaluate(PRESSED)
    took = []
    for n in range(rounds):
        text = f"text {n:04d} of the bench, as long as a link with a few words before it usually is"
        await other.evaluate(WAITS, text)
        await one.get_by_label("A text").fill(text)
        await one.get_by_role("button", name="Put it in").click()
        shown = await asyncio.wait_for(other.evaluate("window.shown"), 30)
        took.append(shown - await one.evaluate("window.pressed"))
        await asyncio.sleep(0.2)
    return took[min(5, rounds // 3) :]  # the first ones are read while pages and programs are still cold


async def measure(folder: Path, rounds: int, runs: int) -> list[dict[str, Any]]:
    hub, port = RunningHub(folder / "hub"), free_port()
    folder.joinpath("peer").mkdir()
    command = [sys.executable, "-m", "bench.clipboard", "--peer", str(port)]
    peer = Program("peer", command, folder / "peer", {"PYTHONPATH": str(Path.cwd())})
    hub.start()
    peer.start(lambda: accepts(port))
    all: dict[str, list[float]] = {"wayhome": [], "bare server": []}
    try:
        async with screen(folder / "one", hub, PHONE) as one, screen(folder / "other", hub, TABLET) as other:
            await found(one, hub)
            await ready(one, hub)
            await come_in(other, await invite(one, hub))
            await ready(other, hub)
            beside = await one.context.new_page(), await other.context.new_page()
            for page in beside:
                await page.goto(f"http://localhost:{port}/")
            for _ in range(runs):
                for name, (sends, shows) in {"wayhome": (one, other), "bare server": beside}.items():
                    await sends.bring_to_front()
                    await shows.bring_to_front()
                    await sends.reload()
                    await expect(sends.get_by_role("button", name="Put it in")).to_be_visible()
                    all[name] += await handed(sends, shows, rounds)
                    note(f"{name}: {middle(all[name]):.1f} ms")
    finally:
        hub.stop()
        peer.stop()
    return [
        {"through": name, "texts": len(took), "median ms": middle(took), "p95 ms": at(took, 0.95),
         "longest ms": max(took)}
        for name, took in all.items()
    ]  # fmt: skip


def main() -> None:
    rounds, runs = (8, 1) if quick() else (45, 3)
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(measure(Path(folder), rounds, runs))
    answer(
        title="A text from browser to browser",
        about=(
            "From the tap on *Put it in* on one Chromium until the text stands on the page of another, on loopback, all"
            " on one machine with two cores: sealed and signed in the browser, judged by the hub, on its disk, told,"
            " fetched, opened and drawn, with thirty texts there already. Beside it the same two browsers and a bare"
            " uvicorn that passes a text on by WebSocket: nothing is sealed, kept or checked."
        ),
        goal=["clipboard <= 50 ms"],
        rows=rows,
        **{"load of the machine": load()},
    )


if __name__ == "__main__":
    if "--peer" in sys.argv:
        uvicorn.run(bare(), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
    else:
        main()
