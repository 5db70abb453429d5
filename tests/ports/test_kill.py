"""kill -9 at random moments under load: 8 times here, 200 with WAYHOME_SOAK=1."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import pytest

from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.hub.ports import EventRow

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]


def run_and_kill(path: Path, run: str, least: int, after: float) -> list[str]:
    """Start the appender, kill it ``after`` s from when it has acknowledged ``least`` rows; the names of all that it
    acknowledged."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.ports.appender", str(path), run], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    said = "".join(program.stdout.readline() for _ in range(least))
    threading.Timer(after, program.kill).start()
    said += program.stdout.read()
    program.stdout.close()
    assert program.wait(30) == -9
    return said.split("\n")[:-1]  # the last line may be cut off: it was not acknowledged entirely


@pytest.mark.timeout(3_600)
async def test_nothing_acknowledged_is_lost_and_nothing_doubled(tmp_path: Path, soak: bool) -> None:
    path = tmp_path / "wayhome.db"
    chance = random.Random(time.time_ns() if soak else 7)
    acknowledged: dict[str, int] = defaultdict(int)
    seq = 0
    for number in range(200 if soak else 8):
        for name in run_and_kill(path, str(number), chance.randint(0, 50), chance.uniform(0.0, 0.4)):
            acknowledged[name] += 1
        store = SqliteStore(path)
        saved = await store.load()
        assert await store.check() == []
        names: list[str] = []
        while lines := await store.log(since=seq, limit=10_000):
            assert [line.seq for line in lines] == list(range(seq + 1, seq + 1 + len(lines)))
            seq = lines[-1].seq
            names += [line.row.event.name for line in lines if isinstance(line.row, EventRow)]
        assert saved.seq == seq
        mine = {name for name in acknowledged if name.startswith(f"{number}:")}
        assert mine <= set(names), f"lost: {sorted(mine - set(names))[:5]}"
        assert len(names) == len(set(names)), "doubled"
        for task in range(8):
            theirs = [name for name in names if name.startswith(f"{number}:{task}:")]
            assert theirs == [f"{number}:{task}:{n}" for n in range(len(theirs))]
            if theirs:
                latest = {reading.path: reading.value for reading in saved.readings}
                assert latest[f"t{task}/sensor.text"] == theirs[-1]
        await store.close()
    assert len(acknowledged) > 100
