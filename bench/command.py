"""The full path of a command: socket, operation, actor, disk, link, the device's reading, sockets. Against the real
Home Assistant with its recorder."""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path

from tests.peers.homeassistant import HomeAssistant

from bench.rig import sockets
from bench.rig.hub import Plan, Rig
from bench.rig.measure import SERVER, answer, load, note, on, quick
from bench.rig.trips import SLOTS, Figures, Side, homeassistant, measure, paced, row

OURS = re.compile(rb'"lamp-\d+/light\.brightness":\[(\d+\.\d+),1')
"""A reading of a lamp. (In a wish, a word follows the number.)"""
THEIRS = re.compile(rb'"new_state":\{"entity_id":"light\.\w+","state":"on","attributes":\{[^}]*?"brightness":(\d+)')
LIGHTS = ("bed_light", "ceiling_lights", "kitchen_lights", "office_rgbw_lights", "living_room_rgbww_lights")


def ours(rig: Rig) -> Side:
    def say(slot: int, number: int) -> tuple[bytes, bytes]:
        # Far from the value before, and never one that another slot has.
        target = (number * 37) % 90 + 1 + (slot + 1) / 32
        data = {"path": f"lamp-{slot}/light.brightness", "target": target}
        key = f"{slot:04}-{number:012}-{time.time_ns()}"
        wish = {"t": "do", "id": number, "op": "home.set", "data": data, "key": key}
        return sockets.frame(wish), str(target).encode()

    return Side(
        rig.pid,
        lambda: sockets.hub(rig.port, "owner", {"want": [], "rate": 10}),
        lambda: sockets.hub(rig.port, "owner", {"want": ["*/light.**"], "rate": 10}),
        OURS,
        say,
    )


def theirs(peer: HomeAssistant) -> Side:
    numbers = iter(range(2, 10**9))

    def say(slot: int, number: int) -> tuple[bytes, bytes]:
        value = SLOTS * (number % 15) + slot + 1
        data = {"entity_id": f"light.{LIGHTS[slot % len(LIGHTS)]}", "brightness": value}
        call = {"type": "call_service", "domain": "light", "service": "turn_on", "service_data": data}
        return sockets.frame({"id": next(numbers), **call}), str(value).encode()

    return Side(peer.pid, lambda: homeassistant(peer, False), lambda: homeassistant(peer, True), THEIRS, say)


def main() -> None:
    rounds, seconds = (1, 1.0) if quick() else (5, 3.0)
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
                rows += [row(name, flight, listeners, runs) for name, runs in found.items()]
                note(f"{rows[-2]} | {rows[-1]}")
            slow = {name: [paced(side, 20, seconds) for _ in range(rounds)] for name, side in both.items()}
            alone = [row(name, 1, 1, runs) for name, runs in slow.items()]
        finally:
            peer.stop()
    answer(
        title="A command, from the tap to every screen, against Home Assistant",
        about="A socket asks a lamp for a brightness; `home.set` runs as an operation, the actor takes it, it is on "
        "the disk (SQLite, fdatasync) before it goes to the link; the link's device reports, and the reading has "
        "arrived when every listening socket has it. The device is a loop-back link in the hub, which reports at "
        "once from a task of its own. Home Assistant (with its recorder, `commit_interval: 1`) does the same with "
        "its demo lights: `call_service`, until the `state_changed` event is on every socket. `CPU us`: of the "
        "server for a command, all its threads; both have one core, interleaved rounds, medians. The limit of "
        "messages for one session is lifted.",
        goal=[
            "one at a time at most 270 us with 1 listener and 550 us with 50",
            "16 in flight at most 100 and 150 us",
            "round trip p50 at most 0.6 ms, p99 at most 2 ms, on a quiet machine",
        ],
        rows=rows,
        at_20_commands_a_second=alone,
        load_of_the_machine=load(),
    )


if __name__ == "__main__":
    main()
