"""What messages of cameras mean, and what becomes of them over time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from wayhome.links.rtsp import onvif, onvif_events
from wayhome.links.rtsp.noticing import FORGET, HOLD, LULL, RING_STUCK, Change, Noticing
from wayhome.links.rtsp.onvif_events import Noticed

MESSAGE = (
    "<NotificationMessage><Topic>{topic}</Topic><Message><Message PropertyOperation='{how}'>"
    "<Source><SimpleItem Name='{name}' Value='{token}'/></Source><Data>{data}</Data></Message></Message>"
    "</NotificationMessage>"
)


def heard(
    topic: str, data: dict[str, str], name: str = "Source", token: str = "000", how: str = "Changed"
) -> list[Noticed]:
    items = "".join(f"<SimpleItem Name='{one}' Value='{value}'/>" for one, value in data.items())
    text = MESSAGE.format(topic=topic, how=how, name=name, token=token, data=items)
    return onvif_events.noticed(onvif.read(f"<a>{text}</a>".encode()), frozenset({"VSC_2", "V_2"}))


def test_whatever_prefixes_and_truths_a_camera_uses() -> None:
    for topic in ("tns1:VideoSource/MotionAlarm", "x:VideoSource/y:MotionAlarm", "VideoSource/MotionAlarm"):
        for value, on in (("true", True), ("1", True), ("TRUE", True), ("false", False), ("0", False)):
            (one,) = heard(topic, {"State": value})
            assert (one.what, one.on) == ("motion", on)
        assert heard(topic, {"State": "perhaps"}) == []
    (one,) = heard("tnsaxis:CameraApplicationPlatform/VMD/Camera1ProfileANY", {"active": "1"})
    assert (one.what, one.on) == ("motion", True)
    (one,) = heard("tns1:RuleEngine/TPSmartEventDetector/TPSmartEvent", {"Other": "x", "IsPet": "true"})
    assert one.what == "animal"
    (one,) = heard("tns1:RuleEngine/LineDetector/Crossed", {"ObjectId": "17"})
    assert (one.what, one.on) == ("motion", None)
    (one,) = heard("tns1:VideoSource/MotionAlarm", {"State": "true"}, how="Deleted")
    assert one.on is False


def test_another_camera_of_the_same_recorder_is_not_heard() -> None:
    for name, token in (("VideoSourceConfigurationToken", "VSC_2"), ("Source", "V_2")):
        assert heard("tns1:VideoSource/MotionAlarm", {"State": "true"}, name, token) == []
    assert len(heard("tns1:VideoSource/MotionAlarm", {"State": "true"}, "Source", "000")) == 1
    assert len(heard("tns1:VideoSource/MotionAlarm", {"State": "true"}, "Rule", "V_2")) == 1
    films = (
        "<a><Profiles token='one'><VideoSourceConfiguration token='VSC_1'><SourceToken>V_1</SourceToken>"
        "</VideoSourceConfiguration></Profiles><Profiles token='two'><VideoSourceConfiguration token='VSC_2'>"
        "<SourceToken>V_2</SourceToken></VideoSourceConfiguration></Profiles></a>"
    )
    assert onvif_events.others(onvif.read(films.encode()), "one") == {"VSC_2", "V_2"}
    assert onvif_events.others(onvif.read(films.encode()), "nobody") == frozenset()


def test_what_has_to_be_said_along_is_said_with_its_namespace() -> None:
    answer = (
        '<s:E xmlns:s="s" xmlns:a="w" xmlns:d="http://axis.example/2009/event"><s:SubscriptionReference>'
        "<a:Address>http://10.0.0.9/onvif/services</a:Address><a:ReferenceParameters><d:SubscriptionId>5 &amp; 6"
        "</d:SubscriptionId></a:ReferenceParameters></s:SubscriptionReference><CurrentTime>2026-01-01T00:00:00Z"
        "</CurrentTime><TerminationTime>2026-01-01T00:00:50Z</TerminationTime></s:E>"
    )
    found = onvif_events.reference(onvif.read(answer.encode()))
    assert found is not None and found.lasts == 50
    again = onvif.read(f"<a>{found.along}</a>".encode()).find("SubscriptionId")
    assert again is not None
    assert (again.name, again.space, again.text) == ("SubscriptionId", "http://axis.example/2009/event", "5 & 6")
    assert again.attributes["a:IsReferenceParameter"] == "true"


def said(what: str, on: bool | None, key: str = "k", first: bool = False) -> list[Noticed]:
    return [Noticed(what, key, on, first)]


def test_one_state_of_several_detectors_and_a_flicker_is_one() -> None:
    camera = Noticing()
    assert camera.take(said("motion", False), 0) == [Change("motion", False)]
    assert camera.take(said("motion", True, "a"), 1) == [Change("motion", True)]
    assert camera.take(said("motion", True, "b"), 1) == []
    assert camera.take(said("motion", False, "a"), 2) == []
    assert camera.past(2 + LULL) == []
    assert camera.take(said("motion", False, "b") + said("motion", True, "b"), 5) == []
    assert camera.past(5 + LULL + 1) == []
    assert camera.take(said("motion", False, "b"), 20) == []
    assert camera.past(20 + LULL) == [Change("motion", False)]
    assert camera.take(said("motion", None), 100) == [Change("motion", True)]
    assert camera.past(100 + HOLD) == [Change("motion", False)]


def test_who_never_tells_the_end_is_not_believed_for_ever() -> None:
    camera = Noticing()
    camera.take(said("motion", True), 0)
    assert camera.past(FORGET - 1) == []
    camera.take(said("motion", True), FORGET - 1)
    assert camera.past(FORGET + 10) == []
    assert camera.past(2 * FORGET) == [Change("motion", False)]


def test_a_ring_is_a_press_and_not_a_button_that_was_pressed_already() -> None:
    camera = Noticing()
    assert camera.take(said("ring", True, first=True), 0) == []
    assert camera.take(said("ring", False), 1) == []
    assert camera.take(said("ring", True), 2) == [Change("ring", None)]
    assert camera.take(said("ring", True), 4) == []
    assert camera.take(said("ring", True), 2 + RING_STUCK) == [Change("ring", None)], "it never says that it is let go"
    assert camera.take(said("ring", None, "other") * 50, 100) == [Change("ring", None)]


@given(
    some.lists(
        some.tuples(
            some.sampled_from(["motion", "person", "ring"]), some.sampled_from([True, False, None]),
            some.integers(0, 500), some.booleans(), some.floats(0, 5),
        ),
        max_size=300,
    )
)  # fmt: skip
def test_whatever_is_sent_states_alternate_and_memory_ends(
    told: list[tuple[str, bool | None, int, bool, float]],
) -> None:
    camera, now = Noticing(), 0.0
    states: dict[str, bool | None] = {}
    for what, on, key, first, later in told:
        now += later
        for change in (*camera.past(now), *camera.take([Noticed(what, str(key), on, first)], now)):
            if change.what != "ring":
                assert states.get(change.what) is not change.on
                states[change.what] = change.on
    for change in camera.past(now + 2 * FORGET):
        states[change.what] = change.on
    assert True not in states.values()
