"""What is asked and heard about events, judged by others: the client that Home Assistant speaks to cameras with hears
from the test's camera what we hear, and what we ask is as the standard's schema has it."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.peers.camera import Camera
from tests.peers.onvif import JUDGE, Onvif
from tests.peers.program import missing
from wayhome.links.rtsp import onvif_events
from wayhome.links.rtsp.listening import listen
from wayhome.links.rtsp.noticing import Change

pytestmark = [pytest.mark.anyio, pytest.mark.real]

RULE = {
    "VideoSourceConfigurationToken": "vsconf",
    "VideoAnalyticsConfigurationToken": "VideoAnalyticsToken",
    "Rule": "R",
}
SENT: list[tuple[str, dict[str, str], dict[str, str], str]] = [
    ("VideoSource/MotionAlarm", {"Source": "000"}, {"State": "true"}, "motion"),
    ("RuleEngine/CellMotionDetector/Motion", RULE, {"IsMotion": "true"}, "motion"),
    ("RuleEngine/FieldDetector/ObjectsInside", RULE, {"IsInside": "true"}, "motion"),
    ("RuleEngine/CellMotionDetector/LineCross", RULE, {"IsLineCross": "true"}, "motion"),
    ("RuleEngine/PeopleDetector/People", RULE, {"IsPeople": "true"}, "person"),
    ("RuleEngine/MyRuleDetector/PeopleDetect", {"Source": "000"}, {"State": "true"}, "person"),
    ("RuleEngine/TPSmartEventDetector/TPSmartEvent", RULE, {"IsVehicle": "true"}, "vehicle"),
    ("RuleEngine/MyRuleDetector/VehicleDetect", {"Source": "000"}, {"State": "true"}, "vehicle"),
    ("RuleEngine/MyRuleDetector/DogCatDetect", {"Source": "000"}, {"State": "true"}, "animal"),
    ("RuleEngine/MyRuleDetector/Visitor", {"Source": "000"}, {"State": "true"}, "ring"),
    ("RuleEngine/TamperDetector/Tamper", RULE, {"IsTamper": "true"}, "tampered"),
    (
        "AudioAnalytics/Audio/DetectedSound",
        {"AudioSourceConfigurationToken": "A"},
        {"IsSoundDetected": "true"},
        "sound",
    ),
    ("Device/Trigger/DigitalInput", {"InputToken": "0"}, {"LogicalState": "true"}, "input"),
    ("Monitoring/ProcessorUsage", {}, {"Value": "0.4"}, ""),
]
"""Topics and items as cameras of Reolink, TP-Link and others send them (as the tests of onvif-parsers have them, Apache
2.0), and what they mean here."""
CALLED = {
    "Motion Alarm": "motion", "Cell Motion Detection": "motion", "Field Detection": "motion",
    "Line Detector Crossed": "motion", "Person Detection": "person", "Vehicle Detection": "vehicle",
    "Pet Detection": "animal", "Visitor Detection": "ring", "Tamper Detection": "tampered", "Detected Sound": "sound",
    "Digital Input": "input", "Processor Usage": "",
}  # fmt: skip
"""What Home Assistant calls it."""


class Heard:
    def __init__(self) -> None:
        self.what: set[str] = set()
        self.lost_: dict[str, bool] = {}

    def offered(self, what: frozenset[str]) -> None:
        assert what == {"motion", "ring"}

    def changed(self, changes: list[Change]) -> None:
        self.what |= {change.what for change in changes if change.on is not False}

    def lost(self, told: dict[str, bool]) -> None:
        self.lost_ = told


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Onvif]:
    if not JUDGE.exists():
        missing("onvif-zeep-async")
    # Nobody looks at its film here.
    peer = Onvif(tmp_path / "onvif", cast("Camera", SimpleNamespace(port=9)), "ada", "right", term=10, rings=True)
    peer.up()
    yield peer
    peer.kill()


def judge(*words: str) -> list[str]:
    program = str(Path(__file__).parents[2] / "peers" / "onvif_judge.py")
    done = subprocess.run([str(JUDGE), "-P", program, *words], capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout.splitlines()


async def test_the_client_of_home_assistant_hears_the_same_and_the_schema_takes_what_is_asked(service: Onvif) -> None:
    heard = Heard()
    ours = asyncio.create_task(listen(service.url, "ada", "right", "Profile_Sub", heard))
    while service.control("counts")["counts"].get("PullMessages", 0) == 0:
        await asyncio.sleep(0.1)
    for topic, source, data, _ in SENT:
        await asyncio.to_thread(service.say, f"tns1:{topic}", data, source)
    theirs = [
        json.loads(line)
        for line in await asyncio.to_thread(judge, "listen", str(service.port), "ada", "right", str(len(SENT)))
    ]
    told: dict[str, Any] = {one["topic"].removeprefix("tns1:"): one["told"] for one in theirs}
    for topic, _, data, what in SENT:
        (((name, _platform, _class, value),)) = told[topic]
        assert CALLED[name] == what, topic
        assert value is True or not what
        assert (onvif_events.meaning(topic, next(iter(data))) or "") == what
    async with asyncio.timeout(45):
        while heard.what != {what for *_, what in SENT if what}:
            await asyncio.sleep(0.05)
    while not any("<Renew " in one for one in service.asked()):  # ours: theirs has a prefix
        await asyncio.sleep(0.1)
    ours.cancel()
    await asyncio.gather(ours, return_exceptions=True)
    assert heard.lost_["motion"] is True
    # What was asked, ours and theirs, by the schema; and that it can tell.
    asked = service.asked()
    wrong = [
        asked[0].replace("GetEventProperties", "GetEventWhatever"),
        *(one.replace("Timeout>", "Patience>") for one in asked if "Timeout>" in one),
    ]
    (service.folder / "asked").write_text("".join(json.dumps(one) + "\n" for one in [*wrong, *asked]))
    verdicts = await asyncio.to_thread(judge, "check", str(service.folder / "asked"))
    assert all(verdicts[: len(wrong)]), "the judge takes anything"
    assert verdicts[len(wrong) :] == [""] * len(asked)
    said = "".join(asked)
    for action in ("CreatePullPointSubscription", "PullMessages", "SetSynchronizationPoint", "Renew", "Unsubscribe"):
        assert f"<{action} " in said, action
