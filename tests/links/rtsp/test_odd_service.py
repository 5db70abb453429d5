"""Cameras whose ONVIF answers half, late, by a clock that is set, or not: no motion that never ends, no stop that gets
lost, and no hub that is busy with one camera."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest

from tests.links.rtsp.odd_service import OK, Odd, drip, fault, message, profiles
from wayhome.errors import Refused
from wayhome.links.rtsp import onvif, onvif_client, onvif_events, run, turning
from wayhome.links.rtsp.listening import listen
from wayhome.links.rtsp.noticing import Change
from wayhome.links.rtsp.onvif_client import choose
from wayhome.links.rtsp.onvif_ptz import Turnable
from wayhome.links.rtsp.turning import Turning

pytestmark = pytest.mark.anyio
ALARM, CROSSED = "tns1:VideoSource/MotionAlarm", "tns1:RuleEngine/LineDetector/Crossed"


@pytest.fixture
async def odd() -> AsyncIterator[Odd]:
    async with Odd() as service:
        yield service


class Ears:
    def __init__(self) -> None:
        self.said: list[Change] = []
        self.losses: list[dict[str, bool]] = []

    def offered(self, what: frozenset[str]) -> None:
        return

    def changed(self, changes: list[Change]) -> None:
        self.said += changes

    def lost(self, told: dict[str, bool]) -> None:
        self.losses.append(told)


async def until(what: Callable[[], object], seconds: float = 45.0) -> None:
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("question", ["Renew", "SetSynchronizationPoint"])
async def test_an_answer_that_drips_for_ever_keeps_no_motion_on(
    odd: Odd, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    monkeypatch.setattr(onvif_client, "WHOLE", 1.0)
    odd.says["PullMessages"] = lambda body: (200, message(ALARM))
    if question == "Renew":
        odd.says["Renew"] = lambda body: drip
    ears = Ears()
    task = asyncio.create_task(listen(odd.url, None, None, None, ears))
    await until(lambda: ears.said == [Change("motion", True)])
    if question != "Renew":
        odd.says[question] = lambda body: drip
        odd.says["PullMessages"] = lambda body: (400, fault("no such subscription"))
        await until(lambda: len(ears.losses) == 1)
        del odd.says["PullMessages"]
    await until(lambda: question in odd.asked)
    # It is not heard: what it said last is no fact of now, and it is asked anew.
    await until(lambda: len(ears.losses) == (1 if question == "Renew" else 2))
    assert ears.losses[0] == {"motion": True}
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_camera_whose_clock_is_set_is_signed_in_at_all_the_same(
    odd: Odd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It starts in 1970, and learns what time it is a moment after it was asked; or it is the hub that does."""
    monkeypatch.setattr(onvif_client, "CLOCK_AGAIN", 0.0)
    monkeypatch.setattr(turning, "STOP_AGAIN", 0.05)
    odd.behind = 50 * 365 * 86_400
    camera = Turning(odd.url, "ada", "right", None)
    camera.can = await camera.learn()
    assert camera.can is not None
    odd.behind = 0
    odd.asked.clear()
    camera.hold((0.5, 0, 0), 0.2)
    await until(lambda: "Stop" in odd.asked)
    await asyncio.sleep(0.1)
    assert "ContinuousMove" in odd.asked and odd.asked[-1] == "Stop"
    camera.hold((0.5, 0, 0), 0.2)  # nothing was wrong
    await until(lambda: odd.asked.count("Stop") == 2)
    odd.says["Stop"] = odd.says["ContinuousMove"] = lambda body: (400, fault("not you", "ter:NotAuthorized"))
    odd.asked.clear()
    monkeypatch.setattr(onvif_client, "CLOCK_AGAIN", 60.0)
    await asyncio.sleep(0.1)
    camera.hold((0.5, 0, 0), 0.2)
    await until(lambda: odd.asked.count("Stop") == turning.STOPS)
    assert "GetSystemDateAndTime" not in odd.asked, "who does not let us in is not asked for the time over and over"
    await camera.close()


@pytest.mark.parametrize("answer", [(500, ""), (503, "<html>busy</html>"), (400, fault())])
async def test_a_stop_that_is_refused_is_said_again(
    odd: Odd, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str]
) -> None:
    monkeypatch.setattr(turning, "STOP_AGAIN", 0.05)
    refusals = iter([answer, answer])
    odd.says["Stop"] = lambda body: next(refusals, (200, OK))
    odd.says["ContinuousMove"] = lambda body: answer if 'x="0.00"' in body.replace("-", "") else (200, OK)
    camera = Turning(odd.url, None, None, None)
    camera.can = Turnable(odd.url, "p0", True, False)
    camera.hold((0.5, 0, 0), 0.2)
    await until(lambda: odd.asked.count("Stop") == 3)
    # Only what it can is said: some take no stop of a zoom that they don't have.
    assert not [body for name, body in zip(odd.asked, odd.bodies, strict=True) if name == "Stop" and "Zoom" in body]
    await camera.close()


async def test_a_camera_that_knows_no_stop_is_told_to_turn_at_no_speed(odd: Odd) -> None:
    odd.says["Stop"] = lambda body: (400, fault("not supported", "ter:ActionNotSupported"))
    camera = Turning(odd.url, None, None, None)
    camera.can = Turnable(odd.url, "p0", True, True)
    camera.hold((0.5, 0, 0), 0.2)
    await until(lambda: "Stop" in odd.asked)
    await until(lambda: odd.asked[-1] == "ContinuousMove")
    assert 'PanTilt x="0.00" y="0.00"' in odd.bodies[-1] and 'Zoom x="0.00"' in odd.bodies[-1]
    await asyncio.sleep(0.1)
    assert odd.asked[-1] == "ContinuousMove" and odd.asked.count("Stop") == 1
    await camera.close()


def heard(text: str) -> list[onvif_events.Noticed]:
    return onvif_events.noticed(onvif.read(f"<a>{text}</a>".encode()))


def test_a_line_that_was_crossed_before_we_came_is_not_crossed_now() -> None:
    assert [one.what for one in heard(message(CROSSED, "7", "Changed", "ObjectId"))] == ["motion"]
    for how in ("Initialized", "Deleted"):
        assert heard(message(CROSSED, "7", how, "ObjectId")) == [], how


@pytest.mark.parametrize("year", [9999, 1, 0, 10**6])
async def test_a_clock_that_shows_no_year_of_ours_breaks_nothing(odd: Odd, year: int) -> None:
    parts = {"Year": year, "Month": 12, "Day": 31, "Hour": 23, "Minute": 59, "Second": 59}
    text = "".join(f"<{name}>{value}</{name}>" for name, value in parts.items())
    odd.says["GetSystemDateAndTime"] = lambda body: (200, f"<UTCDateTime>{text}</UTCDateTime>")
    ears = Ears()
    odd.says["PullMessages"] = lambda body: (200, message(ALARM))
    task = asyncio.create_task(listen(odd.url, "ada", "right", None, ears))
    await until(lambda: ears.said)
    await asyncio.sleep(1.2)
    assert ears.said == [Change("motion", True)]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    "text",
    [
        "<NotificationMessage>" * 55 + "<a/>" * 19_000 + "</NotificationMessage>" * 55,
        "<NotificationMessage><Topic/><Message/></NotificationMessage>" * 6_000,
        "<Topic>" * 50 + "<NotificationMessage/>" * 19_000 + "</Topic>" * 50,
    ],
)
def test_what_is_no_message_does_not_take_the_hubs_time(text: str) -> None:
    root = onvif.read(f"<a>{text}</a>".encode())
    began = time.process_time()
    onvif_events.noticed(root)
    assert time.process_time() - began < 0.15


def test_a_film_of_jpeg_is_taken_where_there_is_no_better_one() -> None:
    def chosen(*encodings: str, token: str | None = None) -> str:
        return choose(onvif.profiles(onvif.read(f"<a>{profiles(*encodings)}</a>".encode())), token).token

    assert chosen("JPEG", "H264") == "p1"
    assert chosen("H265", "JPEG") == "p1"
    assert chosen("JPEG", "H264", token="p0") == "p0"
    with pytest.raises(Refused, match=r"H265"):
        chosen("H265")


async def test_how_it_turns_is_asked_again_where_it_was_refused(odd: Odd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LEARN_AGAIN", 0.05)
    refusals = iter([(500, ""), (503, "")])
    odd.says["GetProfiles"] = lambda body: next(refusals, (200, profiles("H264")))
    announced: list[bool] = []
    it = object.__new__(run.RtspRun)
    it._announce = lambda: announced.append(True)  # type: ignore[method-assign]
    camera = Turning(odd.url, None, None, None)
    async with asyncio.timeout(20):
        await it._learn(camera)
    assert announced == [True] and camera.can is not None
    await camera.close()
