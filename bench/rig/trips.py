"""Round trips: something is asked on one socket, and has arrived when others show it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from socket import socket

from tests.peers.homeassistant import HomeAssistant

from bench.rig import sockets
from bench.rig.measure import at, cpu, middle
from bench.rig.sockets import Readers

SLOTS = 16
"""At most so many are under way."""


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
        self.numbers = [0] * SLOTS
        """Of each slot's last command. They go on from run to run: what is as it was is not told anew."""


class Figures:
    """Of one run: commands a second, CPU of the server for each in us, round trips in ms."""

    def __init__(self, rate: float, cost: float, trips: list[float]) -> None:
        self.rate, self.cost, self.p50, self.p99 = rate, cost, at(trips, 0.5) * 1e3, at(trips, 0.99) * 1e3


def measure(side: Side, listeners: int, flight: int, seconds: float) -> Figures:
    """Keep ``flight`` commands under way; one has arrived when every listener has its reading."""
    asker = side.asker()
    waiting: dict[bytes, tuple[int, float, int]] = {}
    trips: list[float] = []
    numbers = side.numbers
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


def paced(side: Side, rate: float, seconds: float) -> Figures:
    """Commands at a steady slow rate, one listener: what a single tap costs when nothing shares its way."""
    asker = side.asker()
    trips: list[float] = []
    sent = [0.0]
    heard = Seen([asker, side.listener()], side.reading, lambda _: trips.append(time.perf_counter() - sent[0]))
    began, used, count = time.perf_counter(), cpu(side.pid), 0
    while time.perf_counter() - began < seconds:
        side.numbers[0] += 1
        said, _ = side.say(0, side.numbers[0])
        sent[0] = time.perf_counter()
        asker.sendall(said)
        count += 1
        while time.perf_counter() - began < count / rate:
            heard.turn(max(0.0, count / rate - (time.perf_counter() - began)))
    took, spent = time.perf_counter() - began, cpu(side.pid) - used
    heard.close()
    return Figures(count / took, spent / count * 1e6, trips)


def row(name: str, flight: int, listeners: int, runs: Sequence[Figures]) -> dict[str, object]:
    """The medians of some runs, as a line of a table."""
    return {
        "server": name,
        "in_flight": flight,
        "listeners": listeners,
        "commands_per_s": middle([one.rate for one in runs]),
        "CPU_us": round(middle([one.cost for one in runs])),
        "p50_ms": middle([one.p50 for one in runs]),
        "p99_ms": middle([one.p99 for one in runs]),
    }


def homeassistant(peer: HomeAssistant, subscribe: bool) -> socket:
    """A WebSocket to Home Assistant, signed in; ``subscribe``: to every state that changes."""
    made = sockets.upgraded(peer.port, "/api/websocket")
    sockets.heard(made)
    made.sendall(sockets.frame({"type": "auth", "access_token": peer.token}))
    sockets.heard(made)
    if subscribe:
        made.sendall(sockets.frame({"id": 1, "type": "subscribe_events", "event_type": "state_changed"}))
        if not json.loads(sockets.heard(made))["success"]:
            raise RuntimeError("Home Assistant tells no states")
    return made
