"""A real load: 1,000 changes/s over 100 paths to 100 clients, against NATS and mosquitto. CPU of the server, and how
old a change is when a client has it."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from socket import socket

from tests.peers.mosquitto import Mosquitto
from tests.peers.nats import Nats

from bench.rig import sockets
from bench.rig.hub import Plan, Rig
from bench.rig.measure import SERVER, answer, at, cpu, load, middle, note, on, quick
from bench.rig.sockets import Readers

CHANGES, PATHS, CLIENTS, GLOBS = 1_000, 100, 100, 20
VALUE = re.compile(rb'(?:\[|",)(\d{3,7}\.\d{1,6}),1')
"""A change's value, which is when it was sent (s since the run began, made unlike any other number): followed by the
time that the hub took it."""


class Ages(Readers):
    """How old each change is when it is read, in s."""

    def __init__(self, clients: Sequence[socket], zero: float) -> None:
        super().__init__(clients, self._note)
        self._zero = zero
        self.ages: list[float] = []

    def _note(self, data: bytes) -> bytes:
        now = time.perf_counter() - self._zero
        end = 0
        for found in VALUE.finditer(data):
            self.ages.append(now - float(found[1]))
            end = found.end()
        return data[end:][-64:]


class Side:
    """One of those compared: how to connect a client, and what to say for a change of a path."""

    def __init__(
        self,
        name: str,
        pid: int,
        publisher: Callable[[], socket],
        client: Callable[[int], socket],
        said: Callable[[int, float], bytes],
    ) -> None:
        self.name, self.pid, self.publisher, self.client, self.said = name, pid, publisher, client, said


def measure(side: Side, seconds: float) -> tuple[float, float, float, float]:
    """Cores used, p50 and p99 of the age in ms, and the share of changes that came."""
    zero = time.perf_counter() - 1000.0
    publisher = side.publisher()
    readers = Ages([side.client(number) for number in range(CLIENTS)], zero)
    sent = 0
    began = time.perf_counter()
    counting: tuple[float, float] | None = None
    while True:
        now = time.perf_counter()
        if counting is None and now - began > 0.5:
            readers.ages.clear()
            counting, first = (now, cpu(side.pid)), sent
        if now - began > seconds + 0.5:
            break
        due = began + sent / CHANGES
        if now >= due:
            publisher.sendall(side.said(sent % PATHS, time.perf_counter() - zero))
            sent += 1
        else:
            readers.turn(min(due - now, 0.001))
    assert counting is not None
    cores = (cpu(side.pid) - counting[1]) / (time.perf_counter() - counting[0])
    end = time.perf_counter() + 0.2
    while time.perf_counter() < end:
        readers.turn(0.01)
    publisher.close()
    readers.close()
    share = len(readers.ages) / ((sent - first) * CLIENTS)
    return cores, at(readers.ages, 0.5) * 1e3, at(readers.ages, 0.99) * 1e3, share


def sides(rig: Rig, nats: Nats, mosquitto: Mosquitto) -> list[Side]:
    """Everything compared. A path is one of 5 things and of 20 signals; each client wants the 20 signals of all."""
    signals = rig.signals
    paths = [f"car-{n // GLOBS}/{signals[n % GLOBS]}" for n in range(PATHS)]
    globs = [f"*/{signal}" for signal in signals]

    def provide(path: int, value: float) -> bytes:
        return sockets.frame({"t": "provide", "set": {paths[path]: round(value, 6)}})

    def text(path: int, value: float) -> bytes:
        return b'["%s",%.6f,1764025200.123456]' % (paths[path].encode(), value)

    def hub(name: str, rate: float | None, own: bool = False) -> Side:
        def client(number: int) -> socket:
            # A glob of its own, which nothing fits, makes a view of its own.
            want = [*globs, f"nobody-{number}/light.on"] if own else globs
            return sockets.hub(rig.port, "owner", {"want": want, **({"rate": rate} if rate else {})})

        return Side(name, rig.pid, lambda: sockets.hub(rig.port, "source"), client, provide)

    topics = [path.replace("/", ".") for path in paths]
    return [
        hub("ours, tick", 100),
        hub("ours, tick, 100 views", 100, own=True),
        hub("ours, every change", None),
        hub("ours, every change, 100 views", None, own=True),
        Side(
            "NATS",
            nats.pid,
            lambda: sockets.nats(nats.port),
            lambda _: sockets.nats(nats.port, [f"*.{signal}" for signal in signals]),
            lambda path, value: sockets.pub(topics[path], text(path, value)),
        ),
        Side(
            "mosquitto",
            mosquitto.pid,
            lambda: sockets.mqtt(mosquitto.port, "source"),
            lambda number: sockets.mqtt(mosquitto.port, f"client-{number}", [f"+/{signal}" for signal in signals]),
            lambda path, value: sockets.publish(paths[path], text(path, value)),
        ),
    ]


def main() -> None:
    rounds, seconds = (1, 1.5) if quick() else (4, 5.0)
    with tempfile.TemporaryDirectory() as folder, Rig(Plan(things=PATHS // GLOBS, signals=GLOBS)) as rig:
        nats, mosquitto = Nats(Path(folder) / "nats"), Mosquitto(Path(folder) / "mosquitto")
        try:
            with on(SERVER):
                nats.up()
                mosquitto.up()
            compared = sides(rig, nats, mosquitto)
            found: dict[str, list[tuple[float, float, float, float]]] = {side.name: [] for side in compared}
            for _ in range(rounds):
                for side in compared:
                    found[side.name].append(measure(side, seconds))
                    note(f"{side.name}: {found[side.name][-1]}")
        finally:
            nats.stop()
            mosquitto.stop()
    rows = []
    for name, runs in found.items():
        cores, p50, p99, share = (middle([one[n] for one in runs]) for n in range(4))
        rows.append({"server": name, "cores": cores, "p50_ms": p50, "p99_ms": p99, "arrived": f"{share:.1%}"})
    answer(
        title="A real load: 1,000 changes a second to 100 clients, against NATS and mosquitto",
        about="100 telemetry paths change 10 times a second each; 100 clients want all of them, by 20 globs each: "
        "100,000 deliveries a second. `cores`: CPU time of the server; ours includes the drive log on SQLite. "
        "Age: from the moment a change is sent to the moment a client has it. `tick`: the clients ask for 100 Hz; "
        "`100 views`: each client has a glob of its own, so that nothing is shared. Medians of interleaved "
        "rounds.",
        goal="with the tick p99 < 25 ms and at most 0.2 core",
        rows=rows,
        load_of_the_machine=load(),
    )


if __name__ == "__main__":
    main()
