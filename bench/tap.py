"""A tap: from a screen's socket through the hub to a real Home Assistant, and its state back on a screen; against Home
Assistant's own round trip."""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path

from tests.peers.homeassistant import HomeAssistant

from bench.rig import sockets
from bench.rig.hub import Plan, Rig
from bench.rig.measure import CLIENT, SERVER, answer, load, middle, note, on, quick
from bench.rig.trips import Figures, Side, homeassistant, measure, row

THING, ENTITY = "bed-light", "light.bed_light"
OURS = re.compile(rb'"bed-light/light\.on":\[(true|false),1')
THEIRS = re.compile(rb'"new_state":\{"entity_id":"light\.bed_light","state":"(on|off)"')


def ours(rig: Rig) -> Side:
    def say(slot: int, number: int) -> tuple[bytes, bytes]:
        data = {"path": f"{THING}/light.on", "target": bool(number % 2)}
        wish = {"t": "do", "id": number, "op": "home.set", "data": data, "key": f"{number:012}-{time.time_ns()}"}
        return sockets.frame(wish), b"true" if number % 2 else b"false"

    return Side(
        rig.pid,
        lambda: sockets.hub(rig.port, "owner", {"want": [], "rate": 10}),
        lambda: sockets.hub(rig.port, "owner", {"want": [f"{THING}/**"], "rate": 10}),
        OURS,
        say,
    )


def theirs(peer: HomeAssistant) -> Side:
    numbers = iter(range(2, 10**9))

    def say(slot: int, number: int) -> tuple[bytes, bytes]:
        word = "on" if number % 2 else "off"
        call = {"type": "call_service", "domain": "light", "service": f"turn_{word}"}
        return sockets.frame({"id": next(numbers), **call, "service_data": {"entity_id": ENTITY}}), word.encode()

    return Side(peer.pid, lambda: homeassistant(peer, False), lambda: homeassistant(peer, True), THEIRS, say)


def main() -> None:
    rounds, seconds = (1, 1.0) if quick() else (9, 2.0)
    with tempfile.TemporaryDirectory() as folder:
        peer = HomeAssistant(Path(folder))
        with on(CLIENT):
            peer.start()
        try:
            with on(SERVER), Rig(Plan(lamps=1, url=peer.url, token=peer.token)) as rig:
                both = {"through the hub": ours(rig), "Home Assistant alone": theirs(peer)}
                found: dict[str, list[Figures]] = {name: [] for name in both}
                peer.service("light", "turn_off", entity_id=ENTITY)
                time.sleep(1)
                for _ in range(rounds):
                    for name, side in both.items():
                        # Both begin with the lamp off, so that every order changes it.
                        side.numbers[0] = 0
                        found[name].append(measure(side, 1, 1, seconds))
                        peer.service("light", "turn_off", entity_id=ENTITY)
                        time.sleep(0.2)
                    note(str([runs[-1].p50 for runs in found.values()]))
        finally:
            peer.stop()
    more = [a.p50 - b.p50 for a, b in zip(*found.values(), strict=True)]
    late = [a.p99 - b.p99 for a, b in zip(*found.values(), strict=True)]
    answer(
        title="A tap: through the hub to a real Home Assistant and back",
        about="A screen asks for a lamp of Home Assistant's demo house to be switched; the wish is durable in the hub, "
        "goes over the link, Home Assistant switches and reports, another screen shows it. One at a time, in "
        "interleaved rounds with the same order given to Home Assistant's own WebSocket. The hub has one core; "
        "Home Assistant and the screens share the other. `more`: the median of the differences, in ms.",
        goal="at most 2 ms above Home Assistant's own round trip",
        rows=[row(name, 1, 1, runs) for name, runs in found.items()],
        more_p50_ms=middle(more),
        more_p99_ms=middle(late),
        load_of_the_machine=load(),
    )


if __name__ == "__main__":
    main()
