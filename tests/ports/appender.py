"""A program that appends for ever and prints each row's name once it is acknowledged. For being killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.ports.rows import T0, event, reading, sample
from wayhome.adapters.sqlite.store import SqliteStore


async def main(path: Path, run: str) -> None:
    store = SqliteStore(path)
    await store.load()
    print("ready", flush=True)

    async def one(task: int) -> None:
        number = 0
        while True:
            store.append([sample(value=number, at=T0 + number / 10)])
            name = f"{run}:{task}:{number}"
            await store.append([event(name, about=f"t{task}"), reading(f"t{task}/sensor.text", name)])
            print(name, flush=True)
            number += 1

    await asyncio.gather(*(one(task) for task in range(8)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
