"""Durable appends: how many rows a second the store takes, and how long one alone takes.

    python -m bench.appends [--quick]

Each row is a state reading: one line of the log, and the latest value of its path (of 1,000). It counts when its future
is done, that is when it is on the disk (synchronous=FULL). Prints one JSON object. ``same_disk_syncs``: what the disk
under it gives at best, plain 4 kB writes each with fdatasync; a rate only says something next to that.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.core.command import Command
from wayhome.core.value import Context, Reading
from wayhome.hub.ports import CommandRow, ReadingRow, Row, SampleRow

PATHS = [f"thing-{number}/sensor.value" for number in range(1_000)]
T0 = 1_764_025_200.0


async def rate(
    folder: Path, rows: int, batch: int, window: int, make: type[ReadingRow] | type[SampleRow]
) -> dict[str, float]:
    """Rows a second with at most ``window`` rows in flight, ``batch`` in each append; and the CPU they take."""
    store = SqliteStore(folder / f"{make.__name__}-{batch}-{window}.db")
    await store.load()
    flying: set[asyncio.Future[None]] = set()
    begun, cpu = time.perf_counter(), time.process_time()
    for start in range(0, rows, batch):
        flying.add(
            store.append(
                [make(Reading(PATHS[n % len(PATHS)], float(n), T0 + n / 1000)) for n in range(start, start + batch)]
            )
        )
        if len(flying) * batch >= window:
            _, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.gather(*flying)
    took, used = time.perf_counter() - begun, time.process_time() - cpu
    if make is ReadingRow:
        (last,) = await store.log(newest_first=True, limit=1)
        assert last.seq == rows
    await store.close()
    return {"rows_per_s": round(rows / took), "cpu_us_per_row": round(used / rows * 1e6, 2)}


async def one_at_a_time(folder: Path, count: int) -> dict[str, float]:
    """How long one durable command takes while nothing else goes on."""
    store = SqliteStore(folder / "one.db")
    await store.load()
    took: list[float] = []
    cpu = time.process_time()
    for number in range(count):
        row: Row = CommandRow(
            Command(f"k{number}", PATHS[0], 21.5, T0, 30.0, Context(f"c{number}", "person:mei"), "sent")
        )
        begun = time.perf_counter()
        await store.append([row])
        took.append((time.perf_counter() - begun) * 1e6)
    used = time.process_time() - cpu
    await store.close()
    parts = statistics.quantiles(took, n=100)
    return {"p50_us": round(parts[49]), "p99_us": round(parts[98]), "cpu_us": round(used / count * 1e6)}


def syncs(folder: Path, count: int) -> dict[str, float]:
    """Plain writes of 4 kB, each with fdatasync."""
    with (folder / "plain").open("wb", buffering=0) as file:
        begun = time.perf_counter()
        for _ in range(count):
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
        took = time.perf_counter() - begun
    return {"per_s": round(count / took), "us": round(took / count * 1e6)}


async def main(quick: bool) -> None:
    scale = 1 if quick else 10
    with tempfile.TemporaryDirectory(prefix="wayhome-bench-") as name:
        folder = Path(name)
        result = {
            "figure": "durable appends",
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            "same_disk_syncs": syncs(folder, 200 * scale),
            "one_command_at_a_time": await one_at_a_time(folder, 100 * scale),
            "rows_by_20": await rate(folder, 40_000 * scale, 20, 8_000, ReadingRow),
            "rows_by_1": await rate(folder, 20_000 * scale, 1, 8_000, ReadingRow),
            "samples_by_20": await rate(folder, 40_000 * scale, 20, 8_000, SampleRow),
            "goal_rows_per_s": 50_000,
        }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    asyncio.run(main("--quick" in sys.argv[1:]))
