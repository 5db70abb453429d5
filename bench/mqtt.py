"""MQTT: from a device's message to a screen, from a tap to the device, and a house of devices that describe themselves;
against Home Assistant at the same broker in the same run."""

from __future__ import annotations

import contextlib
import json
import re
import select
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from socket import socket

from tests.links.mqtt.devices import device
from tests.peers.homeassistant import HomeAssistant
from tests.peers.mosquitto import Mosquitto

from bench.rig import sockets
from bench.rig.hub import Plan, Rig
from bench.rig.measure import CLIENT, SERVER, answer, load, note, on, quick
from bench.rig.trips import Figures, Side, homeassistant, measure, row

LAMP = {"name": "Lamp", "uniq_id": "bench_lamp", "schema": "json", "brightness": True, "cmd_t": "bench/lamp/set",
        "brightness_scale": 65_000, "stat_t": "bench/lamp", "def_ent_id": "light.bench_lamp"}  # fmt: skip
METER = {"name": "Meter", "uniq_id": "bench_meter", "stat_t": "bench/meter", "val_tpl": "{{ value_json.n }}",
         "unit_of_meas": "W", "def_ent_id": "sensor.bench_meter"}  # fmt: skip
DEVICES = 500
TAP = "a tap to the device"
FOLDERS = {"ours alone, data on the disk": None, "ours alone, data in memory": Path("/dev/shm")}
HUB_METER = re.compile(rb'"bench-meter/sensor\.value":\[(\d+)\.0')
HOME_METER = re.compile(rb'"new_state":\{"entity_id":"sensor\.bench_meter","state":"(\d+)')
TOLD = re.compile(rb'"brightness": ?(\d+)')


def screen(rig: Rig) -> socket:
    return sockets.hub(rig.port, "owner", {"want": ["**"], "rate": 10})


def said(broker: Mosquitto, pid: int, listener: Callable[[], socket], reading: re.Pattern[bytes], least: int) -> Side:
    """A meter's message until a screen shows it."""

    def say(slot: int, number: int) -> tuple[bytes, bytes]:
        n = least + number
        return sockets.publish("bench/meter", b'{"n":%d}' % n), b"%d" % n

    return Side(pid, lambda: sockets.mqtt(broker.port, "meter"), listener, reading, say)


def tapped(broker: Mosquitto, pid: int, asker: Callable[[], socket], say: Callable[[int, int], bytes]) -> Side:
    """A wish for a brightness until the lamp hears it. Each has its own range of values, so that none is taken for the
    other's."""

    def both(slot: int, number: int) -> tuple[bytes, bytes]:
        return say(slot, number), b"%d" % level(number)

    listener = lambda: sockets.mqtt(broker.port, f"lamp{time.monotonic_ns()}", ["bench/lamp/set"])  # noqa: E731
    return Side(pid, asker, listener, TOLD, both)


def level(number: int) -> int:
    return 65 * (number % 900 + 50)


def described(broker: Mosquitto, name: str, listener: socket, last: bytes) -> float:
    """So long it takes, in s, from the first description of DEVICES devices to the last one's state on a screen."""
    client = sockets.mqtt(broker.port, f"house-{name}")
    messages = [sockets.publish(t, p.encode()) for n in range(DEVICES) for t, p in device(n).items()]
    states = [sockets.publish(f"acme/{n}/status", b"online") for n in range(DEVICES)]
    data, at, began = b"", 0, time.perf_counter()
    client.sendall(b"".join(messages))
    while last not in data:
        # A device says how it stands when it has been heard of, and again every second.
        if time.perf_counter() - began > at:
            state = b'{"relay":"ON","power":%d,"open":false}' % (at + 1)
            client.sendall(
                b"".join(states) + b"".join(sockets.publish(f"acme/{n}/state", state) for n in range(DEVICES))
            )
            at += 1
        if select.select([listener], [], [], 0.05)[0]:
            data = data[-200:] + listener.recv(1 << 20)
        if at > 60:
            raise RuntimeError("they did not come")
    took = time.perf_counter() - began
    client.sendall(b"".join(sockets.publish(t, b"") for n in range(DEVICES) for t in device(n)))
    client.close()
    listener.close()
    return took


def main() -> None:
    rounds, seconds = (1, 1.0) if quick() else (7, 2.0)
    with tempfile.TemporaryDirectory() as folder:
        peer, broker = HomeAssistant(Path(folder) / "ha"), Mosquitto(Path(folder) / "broker")
        with on(CLIENT):
            broker.up()
        with on(SERVER):
            peer.start()
        try:
            peer.join_broker(broker.port)
            with on(SERVER), Rig(Plan(lamps=0, broker=f"mqtt://127.0.0.1:{broker.port}")) as rig:
                describe(broker, peer)
                found = trips(rig, peer, broker, rounds, seconds)
            note("a house of devices, each alone with the broker")
            last = b'"new_state":{"entity_id":"switch.plug_499","state":"on"'
            theirs = described(broker, "theirs", homeassistant(peer, True), last)
            peer.stop()
            with on(SERVER), Rig(Plan(lamps=0, broker=f"mqtt://127.0.0.1:{broker.port}")) as rig:
                ours = described(broker, "ours", screen(rig), b'"plug-499/switch.on":[true')
            note("what of a tap is the disk")
            found |= {f"{TAP}, {name}": alone(broker, at, rounds, seconds) for name, at in FOLDERS.items()}
        finally:
            peer.kill()
            broker.kill()
    answer(
        title="MQTT: devices at a broker, against Home Assistant",
        about="A message of a meter until it is on a screen (live socket; Home Assistant's `state_changed`), and a "
        "wish for a lamp's brightness until the lamp hears it, one at a time, in interleaved rounds at the same "
        "mosquitto. The hub keeps each wish on its disk before it goes out: the last two rows show what of a tap "
        "that is. Hub and Home Assistant share a core, "
        "broker and screens the other, and both hear every message, so each pays for what is said to the other. "
        f"`devices_s`: {DEVICES} devices with {4 * DEVICES} entities, from the first description to the last one's "
        "state on a screen, each alone with the broker.",
        goal=f"{DEVICES} devices on the glass within 3 s",
        rows=[row(name, 1, 1, runs) for name, runs in found.items()],
        devices_s_ours=ours,
        devices_s_home_assistant=theirs,
        load_of_the_machine=load(),
    )


def alone(broker: Mosquitto, at: Path | None, rounds: int, seconds: float) -> list[Figures]:
    """A tap of a hub whose data is at a place, with nobody else at the broker but the lamp."""
    with on(SERVER), Rig(Plan(lamps=0, broker=f"mqtt://127.0.0.1:{broker.port}"), at) as rig:
        client = sockets.mqtt(broker.port, f"describes{time.monotonic_ns()}")
        client.sendall(sockets.publish("homeassistant/light/bench_lamp/config", json.dumps(LAMP).encode()))
        time.sleep(1)
        side = wishing(rig, broker)
        found = [measure(side, 1, 1, seconds) for _ in range(rounds)]
        client.close()
        return found


def wishing(rig: Rig, broker: Mosquitto) -> Side:
    """Somebody with a screen of ours wishes a brightness."""

    def wish(slot: int, number: int) -> bytes:
        target = level(number) / 650
        data = {"path": "bench-lamp/light.brightness", "target": target}
        key = f"{number:012}-{time.time_ns()}"
        return sockets.frame({"t": "do", "id": number, "op": "home.set", "data": data, "key": key})

    return tapped(broker, rig.pid, lambda: sockets.hub(rig.port, "owner", {"want": [], "rate": 10}), wish)


def describe(broker: Mosquitto, peer: HomeAssistant) -> None:
    """Lamp and meter describe themselves; waits until Home Assistant listens, which takes it 5 s at first."""
    client = sockets.mqtt(broker.port, "describes")
    for topic, config in (("light/bench_lamp", LAMP), ("sensor/bench_meter", METER)):
        client.sendall(sockets.publish(f"homeassistant/{topic}/config", json.dumps(config).encode()))
    for _ in range(120):
        client.sendall(sockets.publish("bench/meter", b'{"n":1}'))
        time.sleep(0.5)
        with contextlib.suppress(KeyError):
            if peer.state("sensor.bench_meter")["state"] == "1":
                break
    else:
        raise RuntimeError("Home Assistant does not hear the meter")
    client.close()


def trips(rig: Rig, peer: HomeAssistant, broker: Mosquitto, rounds: int, seconds: float) -> dict[str, list[Figures]]:
    numbers = iter(range(2, 10**9))

    def call(slot: int, number: int) -> bytes:
        # Home Assistant knows 255 steps: the lamp's range takes them all apart.
        step = number % 250 + 1
        ask = {"type": "call_service", "domain": "light", "service": "turn_on"}
        data = {"entity_id": "light.bench_lamp", "brightness": step}
        return sockets.frame({"id": next(numbers), **ask, "service_data": data})

    ours = wishing(rig, broker)
    theirs = Side(
        peer.pid,
        lambda: homeassistant(peer, False),
        lambda: sockets.mqtt(broker.port, f"lamp{time.monotonic_ns()}", ["bench/lamp/set"]),
        TOLD,
        lambda slot, number: (call(slot, number), b"%d" % scaled(number % 250 + 1)),
    )
    sides = {
        "a message to a screen, ours": said(broker, rig.pid, lambda: screen(rig), HUB_METER, 1_000),
        "a message to a screen, Home Assistant": said(
            broker, peer.pid, lambda: homeassistant(peer, True), HOME_METER, 10_000_000
        ),
        f"{TAP}, ours": ours,
        f"{TAP}, Home Assistant": theirs,
    }
    found: dict[str, list[Figures]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            found[name].append(measure(side, 1, 1, seconds))
        note(str([runs[-1].p50 for runs in found.values()]))
    return found


def scaled(step: int) -> int:
    """What Home Assistant makes of one of its 255 steps, on the lamp's scale."""
    return max(round(step / 255 * 65_000), 1)


if __name__ == "__main__":
    main()
