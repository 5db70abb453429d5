"""A real Zigbee2MQTT, with its own converters, discovery and availability. Only the stick is not there: radio.cjs
answers for the devices of its database, and lets a test have them say something by themselves."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from tests.peers.program import Program, accepts, find, free_port, missing

HERE = Path(__file__).parent / "zigbee"
PACKAGE = HERE / "node_modules" / "zigbee2mqtt"
NODE = Path(sys.executable).parent / "node"
IEEE = "0x00124b0024c0ffee"
MAINS, BATTERY = "Mains (single phase)", "Battery"


class Kind:
    """A device as its interview found it: what it calls itself, its clusters by number, and what feeds it."""

    def __init__(self, model: str, maker: str, code: int, power: str, clusters: list[int], endpoint: int = 1) -> None:
        self.model, self.maker, self.code, self.power = model, maker, code, power
        self.clusters, self.endpoint = clusters, endpoint


KINDS = {
    "lamp": Kind("TRADFRI bulb E27 CWS 806lm", "IKEA of Sweden", 4476, MAINS, [0, 3, 4, 5, 6, 8, 768, 4096]),
    "contact": Kind("lumi.sensor_magnet.aq2", "LUMI", 4447, BATTERY, [0, 3, 6]),
    "heater": Kind("eTRV0100", "Danfoss", 4678, BATTERY, [0, 1, 3, 10, 32, 513, 516, 2821]),
    "blind": Kind("FYRTUR block-out roller blind", "IKEA of Sweden", 4476, BATTERY, [0, 1, 3, 4, 5, 32, 258, 4096]),
    "lock": Kind("YRD226/246 TSDB", "Yale", 4125, BATTERY, [0, 1, 3, 9, 10, 32, 257]),
    "plug": Kind("SP 240", "innr", 4454, MAINS, [0, 3, 4, 5, 6, 8, 1794, 2820]),
    "motion": Kind("SML001", "Philips", 4107, BATTERY, [0, 1, 3, 1024, 1026, 1030], 2),
    "fan": Kind("HBUniversalCFRemote", "King Of Fans,  Inc.", 4098, MAINS, [0, 3, 4, 5, 6, 8, 514]),
}


class Zigbee2MQTT(Program):
    """A bridge at the broker on ``broker_port``. ``devices``: the name of each, and its kind."""

    def __init__(self, folder: Path, broker_port: int, devices: dict[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if not PACKAGE.exists():
            missing("zigbee2mqtt")
        self.port = free_port()
        self._devices = {name: (n, KINDS[kind]) for n, (name, kind) in enumerate(devices.items(), 2)}
        coordinator = _row(1, IEEE, 0, None)
        rows = [coordinator, *(_row(n, _ieee(n), 1_000 + n, kind) for n, kind in self._devices.values())]
        (folder / "database.db").write_text("".join(json.dumps(row) + "\n" for row in rows))
        # JSON is YAML, too.
        (folder / "configuration.yaml").write_text(json.dumps({
            "version": 5,
            "mqtt": {"server": f"mqtt://127.0.0.1:{broker_port}", "base_topic": "zigbee2mqtt"},
            "serial": {"port": "/dev/null", "adapter": "zstack"},
            "homeassistant": {"enabled": True},
            "availability": {"enabled": True},
            "frontend": {"enabled": False},
            "advanced": {"log_output": ["console"], "network_key": [1] * 16, "pan_id": 0x1A62, "channel": 11},
            "devices": {_ieee(n): {"friendly_name": name} for name, (n, _) in self._devices.items()},
        }))  # fmt: skip
        env = {"ZIGBEE2MQTT_DATA": str(folder), "RADIO_PORT": str(self.port), "RADIO_IEEE": IEEE}
        command = [find("node", NODE), "--require", str(HERE / "radio.cjs"), str(PACKAGE / "cli.js")]
        super().__init__("zigbee2mqtt", command, folder, env)

    def up(self) -> None:
        """Start it and wait until it has described its devices."""
        self.start(lambda: accepts(self.port) and "Zigbee2MQTT started!" in self.tail(1_000), 60)

    def heard(self, name: str) -> list[dict[str, Any]]:
        """What a device was told: the cluster, the command, and what came with it."""
        ieee = _ieee(self._devices[name][0])
        answer = httpx.get(f"http://127.0.0.1:{self.port}/", trust_env=False, timeout=30).json()
        return [one for one in answer if one["ieee"] == ieee]

    def says(self, name: str, cluster: str, **report: int | str) -> None:
        """A device reports attributes of a cluster: ``says("plug", "genOnOff", onOff=1)``."""
        n, kind = self._devices[name]
        said = {"address": 1_000 + n, "endpoint": kind.endpoint, "cluster": cluster, "report": report}
        self._tell({"ieee": _ieee(n), **said})

    def goes(self, name: str, away: bool = True) -> None:
        """A device has no power any more (or again): it answers nothing."""
        self._tell({"ieee": _ieee(self._devices[name][0]), "away": away})

    def _tell(self, said: dict[str, Any]) -> None:
        httpx.post(f"http://127.0.0.1:{self.port}/", json=said, trust_env=False, timeout=30).raise_for_status()


def _ieee(n: int) -> str:
    return f"0x00158d0001a2b3{n:02x}"


def _row(n: int, ieee: str, address: int, kind: Kind | None) -> dict[str, Any]:
    """A line of zigbee-herdsman's database; without a kind the coordinator's."""
    endpoint = 1 if kind is None else kind.endpoint
    clusters = {}
    if kind is not None and 768 in kind.clusters:
        # What a colour lamp said of itself when it was let in.
        said = {"colorCapabilities": 31, "colorTempPhysicalMin": 250, "colorTempPhysicalMax": 454}
        clusters = {"lightingColorCtrl": {"attributes": said}}
    row: dict[str, Any] = {
        "id": n,
        "type": "Coordinator" if kind is None else "Router" if kind.power == MAINS else "EndDevice",
        "ieeeAddr": ieee,
        "nwkAddr": address,
        "epList": [endpoint],
        "endpoints": {str(endpoint): {
            "profId": 260, "epId": endpoint, "devId": 0, "inClusterList": [] if kind is None else kind.clusters,
            "outClusterList": [], "clusters": clusters, "binds": [], "configuredReportings": [], "meta": {},
        }},
        "interviewCompleted": True,
        "interviewState": "SUCCESSFUL",
        "lastSeen": round(time.time() * 1000),
        "meta": {},
    }  # fmt: skip
    if kind is None:
        return row
    return row | {"manufId": kind.code, "manufName": kind.maker, "powerSource": kind.power, "modelId": kind.model}
