"""How costs grow: with the signals of a household, and with the sockets that look at it."""

from __future__ import annotations

import resource
import time
from socket import socket

from bench.rig import sockets
from bench.rig.hub import Plan, Rig
from bench.rig.measure import answer, cpu, load, memory, middle, note, quick
from bench.rig.sockets import Counter

SIGNALS = (10, 100, 1_000, 10_000, 100_000)
SOCKETS = (1, 10, 100, 1_000, 5_000)
WINDOW = 32
EACH = 20


def change_cost(source: socket, counter: Counter, path: str, pid: int, seconds: float) -> float:
    """CPU time of the server for one change that reaches every reader, in us."""
    readers, done, expected = len(counter.sockets), 0, counter.count
    used, end = cpu(pid), time.perf_counter() + seconds
    while time.perf_counter() < end or done < WINDOW:
        burst = [sockets.frame({"t": "provide", "set": {path: float(done + n) + 0.25}}) for n in range(WINDOW)]
        source.sendall(b"".join(burst))
        done += WINDOW
        expected += WINDOW * readers
        counter.until(expected)
    return (cpu(pid) - used) / done * 1e6


def joined(rig: Rig, rounds: int) -> tuple[float, float, float]:
    """Snapshot and delta after 100 changes (ms) of everything, and the snapshot's size (kB)."""
    cold: list[float] = []
    back: list[float] = []
    size = 0
    source = sockets.hub(rig.port, "source")
    for number in range(rounds):
        hello: dict[str, object] = {"want": ["**", f"nobody-{number}/light.on"], "rate": 10}
        first = sockets.hub(rig.port, "owner")
        told = sockets.greet(first, hello)
        first.close()
        cold.append(told.took)
        size = told.size
        changes: dict[str, object] = {
            f"car-{n // EACH}/{rig.signals[n % EACH]}": float(number + 2) for n in range(min(100, rig_size(rig)))
        }
        source.sendall(sockets.frame({"t": "provide", "id": number, "set": changes}))
        sockets.heard(source)
        second = sockets.hub(rig.port, "owner")
        back.append(sockets.greet(second, {**hello, "epoch": told.epoch, "rev": told.rev}).took)
        second.close()
    source.close()
    return middle(cold) * 1e3, middle(back) * 1e3, size / 1e3


def rig_size(rig: Rig) -> int:
    return len(rig.signals) * rig.plan.things


def by_signals(sizes: tuple[int, ...], seconds: float) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for size in sizes:
        plan = Plan(things=max(1, size // EACH), signals=min(size, EACH), lamps=1, unlimited=True)
        began = time.perf_counter()
        with Rig(plan) as rig:
            filled = time.perf_counter() - began
            cold, back, kb = joined(rig, 5)
            path = f"car-0/{rig.signals[0]}"
            counter = Counter([sockets.hub(rig.port, "owner", {"want": [path]})], f'["{path}",'.encode())
            source = sockets.hub(rig.port, "source")
            cost = change_cost(source, counter, path, rig.pid, seconds)
            source.close()
            counter.close()
            rows.append(
                {
                    "signals": size,
                    "snapshot_ms": cold,
                    "snapshot_kB": kb,
                    "delta_of_100_ms": back,
                    "CPU_us_a_change": cost,
                    "memory_MB": memory(rig.pid),
                    "made_and_filled_s": filled,
                }
            )
        note(str(rows[-1]))
    return rows


def by_sockets(counts: tuple[int, ...], seconds: float) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    path = "car-0/Vehicle.Speed"
    for count in counts:
        with Rig(Plan(unlimited=True)) as rig:
            before = memory(rig.pid)
            began = time.perf_counter()
            held = [sockets.hub(rig.port, "owner", {"want": [path]}) for _ in range(count)]
            connected = (time.perf_counter() - began) / count * 1e3
            kb = (memory(rig.pid) - before) / count * 1e3
            time.sleep(1)
            used = cpu(rig.pid)
            time.sleep(seconds)
            idle = (cpu(rig.pid) - used) / seconds
            counter = Counter(held, f'["{path}",'.encode())
            source = sockets.hub(rig.port, "source")
            cost = change_cost(source, counter, path, rig.pid, seconds)
            source.close()
            counter.close()
            rows.append(
                {
                    "sockets": count,
                    "connect_ms": connected,
                    "kB_each": kb if count >= 100 else None,
                    "cores_when_idle": idle,
                    "CPU_us_a_change": cost,
                    "ns_a_delivery": cost / count * 1e3,
                }
            )
        note(str(rows[-1]))
    return rows


def main() -> None:
    some, seconds = (3, 0.5) if quick() else (None, 3.0)
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    counts = tuple(count for count in SOCKETS[:some] if count + 100 < files)
    answer(
        title="Growth",
        about="A household of so many signals (20 a thing): a new screen's snapshot of everything, the delta for one "
        "that missed 100 changes, what a change costs the hub when one screen looks at it (32 under way). Then "
        "one changing path and so many screens.",
        signals=by_signals(SIGNALS[:some], seconds),
        sockets=by_sockets(counts, seconds),
        load_of_the_machine=load(),
    )


if __name__ == "__main__":
    main()
