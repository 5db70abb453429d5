"""A file from one browser to another through the hub: sealed there, kept on the disk, opened here. Beside it the same
bytes in one piece through a bare server, which seals, checks and remembers nothing."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.async_api import Page, expect
from tests.journeys.screens import CAR, found, go, screen
from tests.journeys.test_clipboard_page import come_in, invite
from tests.peers.hub import RunningHub
from tests.peers.program import Program, accepts, free_port

from bench.rig.measure import answer, cpu, load, memory, middle, note, quick

MB = 1_000_000
PAGE = b"<!doctype html><title>peer</title><input type=file><a href=file download>get</a>"
SPAN = """() => {
  const all = performance.getEntriesByType("resource");
  const first = all.find((one) => one.name.endsWith("/files/offer"));
  const last = all.findLast((one) => one.name.endsWith("/files/finish"));
  return first && last ? (last.responseEnd - first.startTime) / 1000 : null;
}"""
BEGUN = """() => {
  const first = performance.getEntriesByType("resource").find((one) => one.name.endsWith("/files/offer"));
  return first ? (performance.timeOrigin + first.startTime) / 1000 : null;
}"""
PUT = """async () => {
  const begun = performance.now();
  const answer = await fetch("file", { method: "PUT", body: document.querySelector("input").files[0] });
  if (!answer.ok) throw new Error(answer.status);
  return (performance.now() - begun) / 1000;
}"""


def bare(folder: Path) -> Any:
    """The peer: puts what comes into one file, on the disk when it answers, and gives it back."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        headers, body = [(b"content-type", b"text/html")], PAGE
        if scope["method"] == "PUT":
            with folder.joinpath("file").open("wb") as file:
                while True:
                    event = await receive()
                    file.write(event["body"])
                    if not event.get("more_body"):
                        break
                file.flush()
                await asyncio.to_thread(os.fdatasync, file.fileno())
            body = b"{}"
        elif scope["path"] == "/file":
            size = folder.joinpath("file").stat().st_size
            headers = [(b"content-type", b"application/octet-stream"), (b"content-length", str(size).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            with folder.joinpath("file").open("rb") as file:
                while part := file.read(256 * 1024):
                    await send({"type": "http.response.body", "body": part, "more_body": True})
            body = b""
        if scope["path"] != "/file" or scope["method"] == "PUT":
            await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


class Watched:
    """What a program takes while something goes on."""

    peak = 0.0
    cpu = 0.0


@contextmanager
def watched(pid: int) -> Iterator[Watched]:
    seen, ended = Watched(), threading.Event()
    before = cpu(pid)

    def look() -> None:
        while not ended.wait(0.02):
            seen.peak = max(seen.peak, memory(pid))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        ended.set()
        looking.join()
        seen.cpu = cpu(pid) - before


def same(one: Path, other: Path) -> bool:
    return hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest()


async def downloaded(page: Page, what: Any, file: Path) -> float:
    """Seconds until a browser has all of it."""
    begun = time.monotonic()
    async with page.expect_download(timeout=600_000) as coming:
        await what.click()
    path = await (await coming.value).path()
    took = time.monotonic() - begun
    assert same(path, file), "the same bytes"
    return took


async def through_hub(one: Page, other: Page, hub: RunningHub, file: Path) -> dict[str, float]:
    await one.reload()
    await one.evaluate("performance.setResourceTimingBufferSize(10_000)")
    await expect(one.get_by_role("button", name="Choose files")).to_be_enabled(timeout=20_000)
    before = memory(hub.pid)
    # In front, as where somebody looks at them: browsers give what is hidden little of the machine.
    await one.bring_to_front()
    await other.bring_to_front()
    ready = other.get_by_role("button", name=f"Save {file.name}")
    with watched(hub.pid) as seen:
        async with other.expect_download(timeout=600_000) as coming:
            await one.locator("input[type=file][multiple]").set_input_files(file)
            await ready.click(timeout=600_000)
        path = await (await coming.value).path()
        ended = time.time()
    there = ended - await one.evaluate(BEGUN)
    assert same(path, file), "the same bytes"
    up = await one.evaluate(SPAN)
    await expect(ready).to_be_enabled(timeout=20_000)
    down = await downloaded(other, ready, file)
    await other.get_by_role("button", name=f"Remove {file.name}").click()
    await expect(ready).to_have_count(0)
    return row(file, up, down, there, seen, before)


async def through_peer(one: Page, other: Page, url: str, pid: int, file: Path) -> dict[str, float]:
    await one.goto(url)
    await other.goto(url)
    await one.bring_to_front()
    await other.bring_to_front()
    await one.locator("input").set_input_files(file)
    before = memory(pid)
    with watched(pid) as seen:
        up = await one.evaluate(PUT)
        down = await downloaded(other, other.locator("a"), file)
    return row(file, up, down, up + down, seen, before)


def row(file: Path, up: float, down: float, there: float, seen: Watched, before: float) -> dict[str, float]:
    size = file.stat().st_size / MB
    return {
        "MB": size,
        "out MB/s": size / up,
        "in MB/s": size / down,
        "there MB/s": size / there,
        "CPU of the server s": seen.cpu,
        "memory before MB": before,
        "at most MB": seen.peak,
    }


async def measure(folder: Path, sizes: list[int], rounds: int) -> list[dict[str, Any]]:
    hub, port = RunningHub(folder / "hub"), free_port()
    folder.joinpath("peer").mkdir()
    command = [sys.executable, "-m", "bench.files", "--peer", str(folder / "peer"), str(port)]
    peer = Program("peer", command, folder / "peer", {"PYTHONPATH": str(Path.cwd())})
    hub.start()
    peer.start(lambda: accepts(port))
    rows: list[dict[str, Any]] = []
    try:
        async with screen(folder / "one", hub, CAR) as one, screen(folder / "other", hub, CAR) as other:
            await found(one, hub)
            await go(one, hub, "files")
            await expect(one.get_by_role("button", name="Choose files")).to_be_enabled(timeout=20_000)
            await come_in(other, await invite(one, hub))
            for page in (one, other):
                await go(page, hub, "files")
            # The page that invited it lets it in: what it knows for that is gone when it is loaded anew.
            await expect(other.get_by_role("button", name="Choose files")).to_be_enabled(timeout=20_000)
            beside = await one.context.new_page(), await other.context.new_page()
            for size in sizes:
                file = folder / f"of {size}.bin"
                file.write_bytes(os.urandom(size * MB))
                runs: dict[str, list[dict[str, float]]] = {"wayhome": [], "bare server": []}
                for _ in range(rounds if size <= 100 else 1):
                    runs["wayhome"].append(await through_hub(one, other, hub, file))
                    note(str(runs["wayhome"][-1]))
                    url = f"http://localhost:{port}/"
                    runs["bare server"].append(await through_peer(*beside, url, peer.pid, file))
                    note(str(runs["bare server"][-1]))
                for name, all in runs.items():
                    rows.append({"through": name, **{key: middle([run[key] for run in all]) for key in all[0]}})
    finally:
        hub.stop()
        peer.stop()
    return rows


def main() -> None:
    sizes, rounds = ([30], 1) if quick() else ([100, 1_000], 5)
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(measure(Path(folder), sizes, rounds))
    answer(
        title="A file from browser to browser",
        about=(
            "A file of random bytes from one Chromium to another, on loopback, all on one machine with two cores:"
            " sealed, sent in pieces of 4 MB that are each on the disk before the next but two, fetched, opened, held"
            " to its hash and saved as a download by a service worker, while it still goes out (there), and once more"
            " when it is whole (in). Beside it the same two browsers and"
            " a bare uvicorn that puts one body into a file, syncs it once, and gives it back: nothing is sealed,"
            f" hashed or remembered. Medians of {rounds} runs of 100 MB; larger ones once."
        ),
        goal=["100 MB from browser to browser >= 60 MB/s", "flat memory"],
        rows=rows,
        **{"load of the machine": load()},
    )


if __name__ == "__main__":
    if "--peer" in sys.argv:
        uvicorn.run(bare(Path(sys.argv[2])), host="127.0.0.1", port=int(sys.argv[3]), log_level="warning")
    else:
        main()
