"""Files, the clipboard and coming back: this hub and the real KDE Connect, beside two of the real KDE Connect, in the
same two networks, one after the other in one run."""

from __future__ import annotations

import asyncio
import ctypes
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.links.kdeconnect.house import House, household, paired, soon
from tests.peers.kdeconnect import KdeConnect
from tests.peers.places import Places

from bench.files import same
from bench.rig.measure import answer, cpu, load, memory, middle, note, quick
from wayhome.adapters.footage_disk import DiskFootage
from wayhome.core.value import Context
from wayhome.features.files.keeper import keeper
from wayhome.features.files.to_phones import to_phones
from wayhome.hub.group.group import group
from wayhome.hub.texts import texts

MB = 1_000_000
OUTAGE = 45.0
"""So long, in s, that both sides have noticed it."""
PATIENCE = 60.0


class Selection(threading.Thread):
    """Tells when the clipboard of a display has another owner: ``at``, by the steady clock, the newest last. Who
    looks is a program of its own: Xlib ends its program when the display does."""

    def __init__(self, display: str) -> None:
        super().__init__(daemon=True)
        self.at: list[float] = []
        command = [sys.executable, "-m", "bench.kdeconnect", "--watch", display]
        self._watching = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._watching.stdout is not None
        self._watching.stdout.readline()  # it looks

    def run(self) -> None:
        assert self._watching.stdout is not None
        for line in self._watching.stdout:
            self.at.append(float(line))


def watch(name: str) -> None:
    """Print when the clipboard of a display has another owner, until the display ends."""
    x, fixes = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXfixes.so.3")
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XInternAtom.restype = x.XDefaultRootWindow.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x.XOpenDisplay(name.encode()))
    atom, root = x.XInternAtom(display, b"CLIPBOARD", 0), x.XDefaultRootWindow(display)
    fixes.XFixesSelectSelectionInput(display, ctypes.c_ulong(root), ctypes.c_ulong(atom), ctypes.c_ulong(1))
    x.XSync(display, 0)
    print("looks", flush=True)
    event = ctypes.create_string_buffer(256)
    while True:
        x.XNextEvent(display, event)
        print(time.monotonic(), flush=True)


def display(peer: KdeConnect) -> str:
    assert peer._display is not None
    return peer._display.display


async def until(true: Callable[[], object], seconds: float = 400.0) -> float | None:
    """When something was so, by the steady clock; None: it was not in time."""
    ends = time.monotonic() + seconds
    while not await asyncio.to_thread(true):
        if time.monotonic() > ends:
            return None
        await asyncio.sleep(0.01)
    return time.monotonic()


class Watched:
    """What a program takes while a file goes: the most memory, and its CPU."""

    def __init__(self, pid: int) -> None:
        self._pid, self._ended = pid, threading.Event()
        self.before, self._cpu = memory(pid), cpu(pid)
        self.most = self.before
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(0.05):
            self.most = max(self.most, memory(self._pid))

    def over(self) -> float:
        self._ended.set()
        self._thread.join()
        return cpu(self._pid) - self._cpu


async def sent(
    pid: int, size: int, begin: Callable[[], Awaitable[object]], done: Callable[[], object]
) -> dict[str, Any]:
    seen, begun = Watched(pid), time.monotonic()
    await begin()
    ended = await until(done)
    used = seen.over()
    assert ended is not None, "it did not come through"
    row = {"MB/s": size / MB / (ended - begun), "CPU s": used, "memory MB": seen.before, "at most MB": seen.most}
    note(str(row))
    return row


def whole(file: Path, like: Path) -> bool:
    return file.exists() and file.stat().st_size == like.stat().st_size


def share(one: KdeConnect, to: str, file: Path) -> Callable[[], Awaitable[object]]:
    return lambda: asyncio.to_thread(one.plugin, to, "share", "shareUrl", file.as_uri())


def news(watched: list[Selection]) -> Callable[[], bool]:
    """Whether all of them have something newer than now."""
    before = [len(each.at) for each in watched]
    return lambda: all(len(each.at) > was for each, was in zip(watched, before, strict=True))


async def two_of_theirs(one: KdeConnect, other: KdeConnect, file: Path, rounds: dict[str, int]) -> dict[str, Any]:
    a, b = one.id, other.id
    while await until(lambda: b in one.devices(reachable=True) and a in other.devices(reachable=True), 3) is None:
        one.refresh()  # they can get stuck over who says first who they are
    await asyncio.sleep(3)
    while await until(lambda: b in one.devices(reachable=True, paired=True), 3) is None:
        if a in other.asked():
            other.device(a, "acceptPairing")
        else:
            one.device(b, "requestPairing")
    await asyncio.sleep(3)
    found: dict[str, Any] = {"files": [], "clips": [], "back": []}
    got = other.downloads / file.name
    for _ in range(rounds["files"]):
        got.unlink(missing_ok=True)
        row = await sent(one.daemon.pid, file.stat().st_size, share(one, b, file), lambda: whole(got, file))
        assert same(got, file)
        found["files"].append(row)
    watched = [Selection(display(one)), Selection(display(other))]
    for each in watched:
        each.start()
    for n in range(rounds["clips"]):
        first, second = (len(each.at) for each in watched)
        there = news(watched)
        await asyncio.to_thread(one.copies, f"text {n}")
        if await until(there, 5) is not None:
            found["clips"].append(1000 * (watched[1].at[second] - watched[0].at[first]))
        await asyncio.sleep(0.7)
    for _ in range(rounds["back"]):
        found["back"].append(await outage(other, lambda: b in one.devices(reachable=True)))
    return found


async def outage(phone: KdeConnect, there: Callable[[], object]) -> float | None:
    """How long after the road leads there again the phone is; None: not within a minute."""
    phone.places.cut(phone.place, 1)
    await asyncio.sleep(OUTAGE)
    phone.places.mend(phone.place, 1, via="10.77.1.1")
    mended = time.monotonic()
    found = await until(there, PATIENCE)
    note(f"back after {found and found - mended}")
    return None if found is None else found - mended


async def ours(phone: KdeConnect, folder: Path, file: Path, rounds: dict[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {"in": [], "out": [], "clips": [], "to": [], "back": []}
    async with household(disk=DiskFootage(folder / "files")) as house:
        await soon(lambda: group(house.hub).status.state == "in")
        thing = await paired(house, phone)
        await asyncio.sleep(5)
        for _ in range(rounds["files"]):
            await there_and_back(house, phone, file, found)
        await clipboard(house, phone, rounds["clips"], found)
        for _ in range(rounds["back"]):
            found["back"].append(await outage(phone, lambda: house.online(thing)))
    return found


async def there_and_back(house: House, phone: KdeConnect, file: Path, found: dict[str, Any]) -> None:
    """From the phone, and to it; then it is taken away."""
    it, size, got = keeper(house.hub), file.stat().st_size, phone.downloads / file.name
    row = await sent(os.getpid(), size, share(phone, house.identity, file),
                     lambda: [one for one in it.all() if one.state == "whole"])  # fmt: skip
    found["in"].append(row)
    [offer], [to] = it.all(), to_phones(house.hub).addressees("ada")
    got.unlink(missing_ok=True)
    context = Context("c", "bench")
    row = await sent(os.getpid(), size, lambda: to_phones(house.hub).hand(offer, to, context), lambda: whole(got, file))
    await until(lambda: it.all()[0].got)
    assert same(got, file)
    found["out"].append(row)
    await house.hub.household.delete("file", offer.id, context)
    await it.sweep()


async def clipboard(house: House, phone: KdeConnect, rounds: int, found: dict[str, Any]) -> None:
    watched = Selection(display(phone))
    watched.start()
    came: list[float] = []
    with texts(house.hub).watch(lambda copied: came.append(time.monotonic())):
        for n in range(rounds):
            before, kept, there = len(watched.at), len(came), news([watched])
            await asyncio.to_thread(phone.copies, f"from the phone {n}")
            if await until(there, 5) is not None:
                await asyncio.sleep(0.7)
                if len(came) > kept:
                    found["clips"].append(1000 * (came[kept] - watched.at[before]))
            before, there, begun = len(watched.at), news([watched]), time.monotonic()
            await texts(house.hub).put("ada", f"from the hub {n}", "elsewhere", Context("c", "bench"))
            if await until(there, 5) is not None:
                found["to"].append(1000 * (watched.at[before] - begun))
            await asyncio.sleep(0.7)


def told(who: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"way": who, **{key: middle([row[key] for row in rows]) for key in rows[0]}}


def times(who: str, values: list[float | None], unit: str) -> dict[str, Any]:
    known = [one for one in values if one is not None]
    return {"way": who, "count": len(values), "came": len(known), f"p50 {unit}": middle(known) if known else None,
            f"max {unit}": max(known) if known else None}  # fmt: skip


async def measure(folder: Path, megabytes: int, rounds: dict[str, int]) -> tuple[list[Any], list[Any], list[Any]]:
    file = folder / "file.bin"
    with file.open("wb") as out:
        for _ in range(megabytes // 10):
            out.write(os.urandom(10 * MB))
    with Places("hub", "pocket") as places:
        places.road("pocket", "hub", out=True)
        with places.inside("hub"):
            with (
                KdeConnect(folder / "a", places, "hub", "One", display=True) as one,
                KdeConnect(folder / "b", places, "pocket", "Other", display=True) as other,
            ):
                theirs = await two_of_theirs(one, other, file, rounds)
            with KdeConnect(folder / "c", places, "pocket", "Phone", display=True) as phone:
                mine = await ours(phone, folder, file, rounds)
    pair, into, out_of = "kdeconnectd to kdeconnectd", "kdeconnectd to wayhome", "wayhome to kdeconnectd"
    files = [told(pair, theirs["files"]), told(into, mine["in"]), told(out_of, mine["out"])]
    clips = [times(pair, theirs["clips"], "ms"), times(into, mine["clips"], "ms"), times(out_of, mine["to"], "ms")]
    back = [times(pair, theirs["back"], "s"), times("kdeconnectd and wayhome", mine["back"], "s")]
    return files, clips, back


def main() -> None:
    size = 50 if quick() else 1_000
    rounds = {"files": 1, "clips": 3, "back": 0} if quick() else {"files": 1, "clips": 15, "back": 1}
    with tempfile.TemporaryDirectory() as folder:
        files, clips, back = asyncio.run(measure(Path(folder), size, rounds))
    answer(
        title="Phones by KDE Connect, against KDE Connect",
        about=(
            "Debian's kdeconnectd 25.04 on both ends, and then this hub on one of them, in the same two network"
            " namespaces one after the other, all on one machine with two cores. A file of random bytes, from the wish"
            " until all of it is there: with kdeconnectd in its folder, with us sealed, in pieces that are each on the"
            " disk, held to their hash and told. CPU and memory are the sender's where both are kdeconnectd, else the"
            " hub's, with what measures it. The clipboard: from when one display's selection has a new owner until the"
            " other's has (XFixes), or until the hub has sealed, kept and told it; and from when the hub gets a text"
            f" until it is on the phone. Back: the road between them is cut for {OUTAGE:.0f} s; from when it leads"
            f" there again until they are connected, in at most {PATIENCE:.0f} s; a line that was"
            f" never given up counts as back at once. Medians of {rounds['files']} files of"
            f" {size} MB, {rounds['clips']} texts."
        ),
        goal=[
            "1 GB at twice kdeconnectd's pace, in flat memory",
            "the clipboard at most 15 ms and below its",
            "back within 1.5 s",
        ],
        rows=files,
        **{"the clipboard": clips, "back after an outage": back, "load of the machine": load()},
    )


if __name__ == "__main__":
    if "--watch" in sys.argv:
        watch(sys.argv[-1])
    else:
        main()
