"""Fan-out: one changing path to many sockets, every change counted, against nats-server in interleaved pairs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from socket import socket

from tests.peers.nats import Nats

from bench.rig import sockets
from bench.rig.hub import Plan, Rig
from bench.rig.measure import SERVER, answer, cpu, load, middle, note, on, quick
from bench.rig.sockets import Counter

PATH = "car-0/Vehicle.Speed"
MARK = b'["car-0/Vehicle.Speed",'
SUBJECT = "wayhome.car-0.Vehicle.Speed"
WINDOWS = (4, 32, 256)


class Run:
    """One measurement. ``deliveries`` a second, and the server's CPU time for each in ns."""

    def __init__(self, deliveries: float, cost: float) -> None:
        self.deliveries = deliveries
        self.cost = cost


def run(publisher: socket, counter: Counter, said: Sequence[bytes], window: int, pid: int, seconds: float) -> Run:
    """Publish ``window`` changes, wait until every socket has every one of them, again, for so long."""
    readers = len(counter.sockets)
    bursts = [b"".join(said[at : at + window]) for at in range(0, len(said), window)]
    done, expected = 0, counter.count
    end = time.perf_counter() + seconds / 10
    warm = True
    began, used = time.perf_counter(), cpu(pid)
    while True:
        now = time.perf_counter()
        if now >= end:
            if not warm:
                break
            warm, end, done, began, used = False, now + seconds, 0, now, cpu(pid)
        publisher.sendall(bursts[done % len(bursts)])
        expected += window * readers
        counter.until(expected)
        done += 1
    took, spent = time.perf_counter() - began, cpu(pid) - used
    counter.turn(0.05)
    if counter.count != expected:
        raise RuntimeError(f"{counter.count} came, {expected} were sent")
    deliveries = done * window * readers
    return Run(deliveries / took, spent / deliveries * 1e9)


def ours(rig: Rig, readers: int, window: int, seconds: float) -> Run:
    values = [round(20 + n * 0.1, 1) for n in range(1024)]
    said = [sockets.frame({"t": "provide", "set": {PATH: value}}) for value in values]
    publisher = sockets.hub(rig.port, "source")
    counter = Counter([sockets.hub(rig.port, "owner", {"want": [PATH]}) for _ in range(readers)], MARK)
    try:
        return run(publisher, counter, said, window, rig.pid, seconds)
    finally:
        publisher.close()
        counter.close()


def theirs(nats: Nats, readers: int, window: int, seconds: float) -> Run:
    # The payload is what one change of ours is in a list.
    said = [sockets.pub(SUBJECT, b"%s%.1f,1764025200.1234567]" % (MARK, 20 + n * 0.1)) for n in range(1024)]
    publisher = sockets.nats(nats.port)
    counter = Counter([sockets.nats(nats.port, [SUBJECT]) for _ in range(readers)], MARK)
    try:
        return run(publisher, counter, said, window, nats.pid, seconds)
    finally:
        publisher.close()
        counter.close()


def pairs(rig: Rig, nats: Nats, readers: int, window: int, count: int, seconds: float) -> dict[str, object]:
    """Interleaved pairs of both, the order changing; the medians, and the median of the pairs' ratios."""
    mine: list[Run] = []
    other: list[Run] = []
    for number in range(count):
        if number % 2:
            other.append(theirs(nats, readers, window, seconds))
        mine.append(ours(rig, readers, window, seconds))
        if not number % 2:
            other.append(theirs(nats, readers, window, seconds))
    ratios = [a.deliveries / b.deliveries for a, b in zip(mine, other, strict=True)]
    row: dict[str, object] = {
        "sockets": readers,
        "window": window,
        "ours_per_s": middle([one.deliveries for one in mine]),
        "nats_per_s": middle([one.deliveries for one in other]),
        "ratio": round(middle(ratios), 2),
        "worst": round(min(ratios), 2),
        "best": round(max(ratios), 2),
        "ours_ns_each": middle([one.cost for one in mine]),
        "nats_ns_each": middle([one.cost for one in other]),
    }
    note(str(row))
    return row


def main() -> None:
    count, seconds = (1, 0.5) if quick() else (7, 2.0)
    with tempfile.TemporaryDirectory() as folder, Rig(Plan(unlimited=True)) as rig:
        nats = Nats(Path(folder))
        with on(SERVER):
            nats.up()
        try:
            rows = [pairs(rig, nats, 100, window, count, seconds) for window in WINDOWS]
            few = max(1, count // 2)
            rows += [pairs(rig, nats, readers, 32, few, seconds) for readers in (1, 10, 1000)]
        finally:
            nats.stop()
    answer(
        title="Fan-out: one changing path to many sockets, against NATS",
        about="Deliveries a second: a device provides a car's speed over its live socket, one frame a change; every "
        "socket gets every change, each is counted where it arrives, by the same reader for both. `window`: so "
        "many changes are under way before the publisher waits until all sockets have all of them. The server has "
        "one core, the clients the other. Ours goes through Session, grant, catalogue, actor and the drive log on "
        "SQLite; NATS gets the same text as its payload and keeps nothing. `ratio`: median of interleaved pairs; "
        "`ns each`: the server's CPU time for a delivery. The limit of messages for one session is lifted for the "
        "publisher.",
        goal="ratio of at least 1.0 at 100 sockets",
        rows=rows,
        load_of_the_machine=load(),
    )


if __name__ == "__main__":
    main()
