"""The full path of a command: socket, operation, actor, disk, link, the device's reading, sockets. Against the real
Home Assistant with its recorder."""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from socket import socket

from tests.peers.homeassistant import HomeAssistant

from bench.rig import sockets
from bench.rig.hub import Plan, Rig
from bench.rig.measure import SERVER, answer, at, cpu, load, middle, note, on, quick
from bench.rig.sockets import Readers

OURS = re.compile(rb'"lamp-\d+/light\.brightness":\[(\d+\.\d+),1')
"""A reading of a lamp. (In a wish, a word follows the number.)"""
THEIRS = re.compile(rb'"new_state":\{"entity_id":"light\.\w+","state":"on","attributes":\{[^}]*?"brightness":(\d+)')
LIGHTS = ("bed_light", "ceiling_lights", "kitchen_lights", "office_rgbw_lights", "living_room_rgbww_lights")
SLOTS = 16


class Seen(Readers):
    """Counts on how many sockets each value was seen."""

    def __init__(self, listeners: Sequence[socket], reading: re.Pattern[bytes], seen: Callable[[bytes], None]) -> None:
        super().__init__(listeners, self._read)
        self._reading = reading
        self._seen = seen

    def _read(self, data: bytes) -> bytes:
        end = 0
        for found in self._reading.finditer(data):
            self._seen(found[1])
            end = found.end()
        return data[end:][-8192:]


class Side:
    """One of those compared: a socket that asks, sockets that listen, what to say for (slot, number) and the text of
    the value that must come back."""

    def __init__(
        self,
        pid: int,
        asker: Callable[[], socket],
        listener: Callable[[], socket],
        reading: re.Pattern[bytes],
        say: Callable[[int, int], tuple[bytes, bytes]],
    ) -> None:
        self.pid, self.asker, self.listener, self.reading, self.say = pid, asker, listener, reading, say


class Figures:
    """Of one run: commands a second, CPU of the server for each in us, round trips in ms."""

    def __init__(self, rate: float, cost: float, trips: list[float]) -> None:
        self.rate, self.cost, self.p50, self.p99 = rate, cost, at(trips, 0.5) * 1e3, at(trips, 0.99) * 1e3


def measure(side: Side, listeners: int, flight: int, seconds: float) -> Figures:
    """Keep ``flight`` commands under way; one has arrived when every listener has its reading."""
    asker = side.asker()
    waiting: dict[bytes, tuple[int, float, int]] = {}
    trips: list[float] = []
    numbers = [0] * SLOTS
    free: list[int] = list(range(flight))

    def seen(value: bytes) -> None:
        known = waiting.get(value)
        if known is None:
            return
        slot, since, left = known
        if left > 1:
            waiting[value] = slot, since, left - 1
        else:
            del waiting[value]
            trips.append(time.perf_counter() - since)
            free.append(slot)

    # The asker's own answers are read as well, by the same loop; it wants no paths, so it sees no readings.
    heard = Seen([asker, *(side.listener() for _ in range(listeners))], side.reading, seen)
    end = time.perf_counter() + seconds / 5
    warm, began, used = True, 0.0, 0.0
    while True:
        now = time.perf_counter()
        if now > end:
            if not warm:
                break
            warm, end, began, used = False, now + seconds, now, cpu(side.pid)
            trips.clear()
        while free:
            slot = free.pop()
            numbers[slot] += 1
            said, value = side.say(slot, numbers[slot])
            waiting[value] = slot, time.perf_counter(), listeners
            asker.sendall(said)
        heard.turn(1.0)
        if now - min(since for _, since, _ in waiting.values() or [(0, now, 0)]) > 10:
            raise RuntimeError(f"no reading came for {list(waiting)[:3]}")
    took, spent, count = time.perf_counter() - began, cpu(side.pid) - used, len(trips)
    heard.close()
    return Figures(count / took, spent / count * 1e6, trips)


def ours(rig: Rig) -> Side:
    def say(slot: int, number: int) -> tuple[bytes, bytes]:
        # Far from the value before, and never one that another slot has.
        target = (number * 37) % 90 + 1 + (slot + 1) / 32
        data = {"path": f"lamp-{slot}/light.brightness", "target": target}
        key = f"{slot:04}-{number:012}-{time.time_ns()}"
        return sockets.frame({"t": "do", "id": number, "op": "home.set", "data": data, "key": key}), str(
            target
        ).encode()

    return Side(
        rig.pid,
        lambda: sockets.hub(rig.port, "owner"),
        lambda: sockets.hub(rig.port, "owner", {"want": ["*/light.**"], "rate": 10}),
        OURS,
        say,
    )


def theirs(peer: HomeAssistant) -> Side:
    numbers = iter(range(2, 10**9))

    def connected(subscribe: bool) -> socket:
        made = sockets.upgraded(peer.port, "/api/websocket")
        sockets.heard(made)
        made.sendall(sockets.frame({"type": "auth", "access_token": peer.token}))
        sockets.heard(made)
        if subscribe:
            made.sendall(sockets.frame({"id": 1, "type": "subscribe_events", "event_type": "state_changed"}))
            assert json.loads(sockets.heard(made))["success"]
        return made

    def say(slot: int, number: int) -> tuple[bytes, bytes]:
        value = SLOTS * (number % 15) + slot + 1
        data = {"entity_id": f"light.{LIGHTS[slot % len(LIGHTS)]}", "brightness": value}
        call = {"type": "call_service", "domain": "light", "service": "turn_on", "service_data": data}
        return sockets.frame({"id": next(numbers), **call}), str(value).encode()

    return Side(peer.pid, lambda: connected(False), lambda: connected(True), THEIRS, say)


def paced(side: Side, rate: float, seconds: float) -> Figures:
    """Commands at a steady slow rate, one listener: what a single tap costs when nothing shares its way."""
    asker = side.asker()
    trips: list[float] = []
    sent = [0.0]
    heard = Seen([asker, side.listener()], side.reading, lambda _: trips.append(time.perf_counter() - sent[0]))
    began, used, count = time.perf_counter(), cpu(side.pid), 0
    while time.perf_counter() - began < seconds:
        said, _ = side.say(0, count + 1)
        sent[0] = time.perf_counter()
        asker.sendall(said)
        count += 1
        while time.perf_counter() - began < count / rate:
            heard.turn(max(0.0, count / rate - (time.perf_counter() - began)))
    took, spent = time.perf_counter() - began, cpu(side.pid) - used
    heard.close()
    return Figures(count / took, spent / count * 1e6, trips)


def main() -> None:
    rounds, seconds = (1, 1.0) if quick() else (5, 5.0)
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder, Rig(Plan(lamps=SLOTS, unlimited=True)) as rig:
        peer = HomeAssistant(Path(folder))
        with on(SERVER):
            peer.start()
        try:
            both = {"ours": ours(rig), "Home Assistant": theirs(peer)}
            for flight, listeners in ((1, 1), (1, 50), (SLOTS, 1), (SLOTS, 50)):
                found: dict[str, list[Figures]] = {name: [] for name in both}
                for _ in range(rounds):
                    for name, side in both.items():
                        found[name].append(measure(side, listeners, flight, seconds))
                rows += [_row(name, flight, listeners, runs) for name, runs in found.items()]
                note(f"{rows[-2]} | {rows[-1]}")
            slow = {name: [paced(side, 20, seconds) for _ in range(rounds)] for name, side in both.items()}
            alone = [_row(name, 1, 1, runs) for name, runs in slow.items()]
        finally:
            peer.stop()
    answer(
        title="A command, from the tap to every screen, against Home Assistant",
        about="A socket asks a lamp for a brightness; `home.set` runs as an operation, the actor takes it, it is on the "
        "disk (SQLite, fdatasync) before it goes to the link; the link's device reports, and the reading has arrived when "
        "every listening socket has it. The device is a loop-back link in the hub, which reports at once from a task of "
        "its own. Home Assistant (with its recorder, `commit_interval: 1`) does the same with its demo lights: "
        "`call_service`, until the `state_changed` event is on every socket. `CPU us`: of the server for a command, all "
        "its threads; both have one core, interleaved rounds, medians. "
        "The limit of messages for one session is lifted.",
        goal=[
            "one at a time at most 270 us with 1 listener and 550 us with 50",
            "16 in flight at most 100 and 150 us",
            "round trip p50 at most 0.6 ms, p99 at most 2 ms, on a quiet machine",
        ],
        rows=rows,
        at_20_commands_a_second=alone,
        load_of_the_machine=load(),
    )


def _row(name: str, flight: int, listeners: int, runs: Sequence[Figures]) -> dict[str, object]:
    return {
        "server": name,
        "in_flight": flight,
        "listeners": listeners,
        "commands_per_s": middle([one.rate for one in runs]),
        "CPU_us": round(middle([one.cost for one in runs])),
        "p50_ms": middle([one.p50 for one in runs]),
        "p99_ms": middle([one.p99 for one in runs]),
    }


if __name__ == "__main__":
    main()
