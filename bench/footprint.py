"""What a household costs: memory, sockets, starting, and what a screen gets when it joins or comes back."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.rig import sockets
from bench.rig.demo import Demo
from bench.rig.hub import Plan, Rig
from bench.rig.measure import answer, cpu, load, memory, middle, note, quick

IDLE = 1_000
PATHS, CHANGED = 10_000, 500
THINGS = PATHS // 20


def demo(starts: int, settle: float) -> dict[str, object]:
    """The demo household: started on a fresh folder, then again and again on the same."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data"
        first = Demo(path)
        first.stop()
        warm: list[float] = []
        for number in range(starts):
            hub = Demo(path)
            warm.append(hub.took)
            if number < starts - 1:
                hub.stop()
        time.sleep(settle)
        before, used = memory(hub.pid), cpu(hub.pid)
        time.sleep(settle)
        busy = (cpu(hub.pid) - used) / settle
        hello: dict[str, object] = {"want": ["*/lock.**"], "rate": 10}
        held = [sockets.hub(hub.port, hub.token, hello) for _ in range(IDLE)]
        time.sleep(settle)
        after = memory(hub.pid)
        for one in held:
            one.close()
        hub.stop()
    return {
        "memory_MB": before,
        "kB_per_idle_socket": (after - before) / IDLE * 1e3,
        "start_on_a_fresh_folder_s": first.took,
        "start_warm_s": middle(warm),
        "cores_while_the_car_drives_and_nobody_looks": busy,
    }


def joining(rounds: int) -> dict[str, object]:
    """A household of 10,000 paths: a screen that is new, one more like it, and one that comes back."""
    cold: list[float] = []
    cached: list[float] = []
    back: list[float] = []
    size = 0
    with Rig(Plan(things=THINGS, signals=20)) as rig:
        source = sockets.hub(rig.port, "source")
        for number in range(rounds):
            new, second = sockets.hub(rig.port, "owner"), sockets.hub(rig.port, "owner")
            # Each round has a view that the hub has not seen before.
            hello: dict[str, object] = {"want": ["**", f"nobody-{number}/light.on"], "rate": 10}
            told = sockets.greet(new, hello)
            cold.append(told.took)
            cached.append(sockets.greet(second, hello).took)
            second.close()
            new.close()
            size = told.size
            paths = [f"car-{n}/{rig.signals[number % len(rig.signals)]}" for n in range(CHANGED)]
            changes: dict[str, object] = {path: float(number + 1) for path in paths}
            source.sendall(sockets.frame({"t": "provide", "id": number, "set": changes}))
            sockets.heard(source)
            third = sockets.hub(rig.port, "owner")
            back.append(sockets.greet(third, {**hello, "epoch": told.epoch, "rev": told.rev}).took)
            third.close()
        source.close()
    return {
        "snapshot_of_10000_paths_ms": middle(cold) * 1e3,
        "snapshot_cached_ms": middle(cached) * 1e3,
        "snapshot_kB": size / 1e3,
        "delta_after_500_changes_ms": middle(back) * 1e3,
    }


def main() -> None:
    starts, settle, rounds = (1, 2.0, 3) if quick() else (5, 5.0, 20)
    found = demo(starts, settle)
    note(str(found))
    answer(
        title="What a household costs",
        about="The demo household as `wayhome up --demo` runs it (one core): resident memory, what 1,000 idle live "
        "sockets add to it, the time from starting the program to its first answer over HTTP. A household of "
        "10,000 paths: from a screen's hello until the last byte of its snapshot (a view new to the hub; the same "
        "again), or of its delta when 500 paths changed while it was away. Medians.",
        goal=["memory at most 150 MB, at most 40 kB a socket", "start warm under 2 s", "snapshot and delta in ms"],
        **found,
        **joining(rounds),
        load_of_the_machine=load(),
    )


if __name__ == "__main__":
    main()
