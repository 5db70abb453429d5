"""The rules of leading, without a hub: the line as text, a way as a course, a position on it, what is said when and in
which words, how far a charge reaches."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.features.navigation.town import at
from wayhome.core.clock import Stamp
from wayhome.core.record import Record, write
from wayhome.errors import BadInput, StoreError
from wayhome.features.navigation import energy, keeping, lengths, polyline, progress, saying, tracking, words
from wayhome.features.navigation.course import Course, apart, bearing, between
from wayhome.features.navigation.energy import Consumption
from wayhome.features.navigation.looking import Battery
from wayhome.features.navigation.model import Ahead, Guidance, Say, Stop, What
from wayhome.features.navigation.tracking import Fix, Track
from wayhome.hub.maps import Manoeuvre, Piece, Point, Way

KINDS = (
    "none", "start", "start_right", "start_left", "arrive", "arrive_right", "arrive_left", "becomes", "continue",
    "slight_right", "right", "sharp_right", "uturn_right", "uturn_left", "sharp_left", "left", "slight_left",
    "ramp_straight", "ramp_right", "ramp_left", "exit_right", "exit_left", "stay_straight", "stay_right", "stay_left",
    "merge", "roundabout_enter", "roundabout_exit", "ferry_enter", "ferry_exit", "merge_right", "merge_left",
)  # fmt: skip
POINTS = st.lists(
    st.tuples(st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000)), max_size=40
)  # fmt: skip


METRES, SPEEDS = st.floats(-2_000, 3_000), st.none() | st.floats(0, 200)


@given(POINTS)
def test_a_line_is_the_same_after_it_was_a_text(whole: list[tuple[int, int]]) -> None:
    points = tuple(Point(north / 1e6, east / 1e6) for north, east in whole)
    assert polyline.decoded(polyline.encoded(points)) == points


def test_the_text_is_what_others_write() -> None:
    # Google's own example, with five digits there, six here: the numbers ten times as large.
    points = (Point(3.85, -12.02), Point(4.07, -12.095), Point(4.3252, -12.6453))
    assert polyline.encoded(points) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
    for wrong in ("_p~iF~ps|U_", "é", " ", "~" * 20):
        with pytest.raises(BadInput):
            polyline.decoded(wrong)


def corner(*, tunnel: bool = False) -> Course:
    """1,000 m east, left, 500 m north; the first half of it at 50 km/h, the second at 100."""
    shape = (*(at(east, 0) for east in range(0, 1_001, 100)), *(at(1_000, north) for north in range(100, 501, 100)))
    manoeuvres = (
        Manoeuvre("start", 0, 1_000, 100.0, ("Long street",)),
        Manoeuvre("left", 10, 500, 30.0, ("North street",)),
        Manoeuvre("arrive", 15, 0, 0),
    )
    pieces = (
        Piece(0, 3, 50, 50, "residential"),
        Piece(3, 6, 50, 60, "residential", tunnel),
        Piece(6, 10, 100, None, "primary"),
        Piece(10, 15, 60, 60, "primary"),
    )
    return Course(Way(shape, 1_500, 130.0, manoeuvres, pieces, (0, 15)))


def test_a_course_knows_how_far_how_long_and_what_road() -> None:
    course = corner()
    assert course.length == pytest.approx(1_500, abs=1) and course.stops == [course.length]
    # From one manoeuvre to the next it takes what the router says; in between, by the speeds.
    assert course.time(1_000) == pytest.approx(100, abs=0.2) and course.seconds[-1] == pytest.approx(130, abs=0.2)
    assert course.time(300) / course.time(900) == pytest.approx(300 / (600 + 150), abs=0.01)
    piece = course.piece(450)
    assert piece is not None and piece.limit == 60
    assert course.heading(500) == pytest.approx(90, abs=0.1) and course.heading(1_200) == pytest.approx(0, abs=0.1)
    assert apart(course.point(750), at(750, 0)) < 1
    assert corner(tunnel=True).tunnel_until(400) == pytest.approx(600, abs=1) and course.tunnel_until(400) is None
    ahead = progress.ahead(course, 900)
    assert ahead is not None and (ahead.kind, ahead.streets) == ("left", ("North street",))
    assert ahead.far == pytest.approx(100, abs=1) and progress.street(course, 1_200) == "North street"


def test_a_way_of_a_single_point_is_one_that_has_ended() -> None:
    course = Course(Way((at(0, 0),), 0, 0, (Manoeuvre("start", 0, 0, 0), Manoeuvre("arrive", 0, 0, 0)), (), (0, 0)))
    assert course.length == 0 and course.stops == [0.0] and course.snap(at(0, 0), None, 0, 0) is None
    assert course.point(5) == at(0, 0) and course.piece(0) is None and course.time(3) == 0


@given(st.floats(0, 1_500), st.floats(-20, 20))
def test_a_position_beside_the_way_is_brought_to_it(along: float, beside: float) -> None:
    course = corner()
    heading, point = course.heading(along), course.point(along)
    turned = math.radians(heading + 90)
    east, north = beside * math.sin(turned), beside * math.cos(turned)
    off = at(
        (point.longitude - 9.5) * 111_195 * math.cos(math.radians(47)) + east, (point.latitude - 47) * 111_195 + north
    )
    for found in (course.snap(off, heading, 0, 1_500), course.snap_anywhere(off, heading, 60, 1_500)):
        assert found is not None and found.beside <= abs(beside) + 1
        assert abs(found.along - along) <= abs(beside) + 1


def test_where_two_roads_lie_side_by_side_the_heading_decides() -> None:
    there = [at(east, 0) for east in range(0, 501, 50)]
    back = [at(east, 12) for east in range(500, -1, -50)]
    course = Course(Way((*there, *back), 1_000, 80, ()))
    east = course.snap_anywhere(at(250, 7), 90, 40, 1_100)
    west = course.snap_anywhere(at(250, 5), 270, 40, 1_100)
    assert east is not None and east.along == pytest.approx(250, abs=2)
    assert west is not None and west.along == pytest.approx(500 + 12 + 250, abs=3)


def test_directions() -> None:
    assert bearing(at(0, 0), at(100, 100)) == pytest.approx(45, abs=0.2) and between(350, 10) == 20
    assert bearing(Point(0, 179.9999), Point(0, -179.9999)) == pytest.approx(90)
    assert apart(Point(0, 179.9999), Point(0, -179.9999)) < 25


def followed(course: Course, fixes: list[Fix]) -> Track:
    track = Track()
    for fix in fixes:
        track = tracking.see(track, course, fix, course.length, course.shape[-1])
    return track


def along(metres: range, *, north: float = 0.0, speed: float | None = 50.0, heading: float | None = 90.0) -> list[Fix]:
    return [Fix(float(place), at(east, north), heading, speed) for place, east in enumerate(metres)]


def test_off_the_way_only_after_a_while() -> None:
    course = corner()
    on = along(range(0, 300, 14))
    assert followed(course, on).standing == "on"
    off = [Fix(len(on) + n, at(300, 40 + 14 * n), 0.0, 50.0) for n in range(5)]
    standing = [followed(course, [*on, *off[: n + 1]]).standing for n in range(5)]
    assert standing[0] == "on" and standing[-1] == "off" and standing == sorted(standing, reverse=True)


def test_who_sets_out_from_a_car_park_is_not_off_the_way() -> None:
    course = corner()
    fixes = [Fix(float(n), at(0, 150 - 10 * n), 180.0, 20.0) for n in range(12)]
    track = followed(course, fixes)
    assert track.standing == "on" and not track.joined
    assert followed(course, [*fixes, *[Fix(20.0 + n, at(10 * n, 0), 90.0, 20.0) for n in range(4)]]).joined


def test_around_the_goal_nobody_is_led_anew() -> None:
    course = corner()
    fixes = [Fix(float(n), at(1_000, 300 + 14 * n), 0.0, 50.0) for n in range(10)]
    looking = [Fix(20.0 + n, at(1_000 + 14 * n, 440), 90.0, 30.0) for n in range(8)]
    assert followed(course, [*fixes, *looking]).standing == "on"
    gone = [Fix(40.0 + n, at(1_120 + 14 * n, 440), 90.0, 50.0) for n in range(8)]
    assert followed(course, [*fixes, *looking, *gone]).standing == "off"


def test_positions_that_come_seldom_are_enough() -> None:
    course = corner()
    fixes = [Fix(30.0 * n, at(min(1_000, 400 * n), 0), None, None) for n in range(3)]
    track = followed(course, fixes)
    assert track.along == pytest.approx(800, abs=2) and track.pace > 10
    assert tracking.wait(track, course, 75.0, None, True, course.length).standing == "on"
    assert tracking.wait(track, course, 200.0, None, True, course.length).standing == "lost"
    assert tracking.wait(track, course, 200.0, None, False, course.length).standing == "on"


def test_time_that_stands_or_goes_back_changes_nothing() -> None:
    course = corner()
    track = followed(course, along(range(0, 200, 14)))
    last = track.last
    assert last is not None
    for fix in (last, Fix(last.at - 5, at(900, 0), 90.0, 50.0)):
        assert tracking.see(track, course, fix, course.length, course.shape[-1]) == track
    assert tracking.wait(track, course, last.at - 1, 50.0, True, course.length) == track


@given(st.lists(st.tuples(st.floats(0, 60), METRES, METRES, st.none() | st.floats(0, 400), SPEEDS), max_size=30))
def test_whatever_is_told_nothing_breaks(told: list[tuple[float, float, float, float | None, float | None]]) -> None:
    course, track, now = corner(tunnel=True), Track(), 0.0
    for passed, east, north, heading, speed in told:
        now += passed
        fix = Fix(now, at(east, north), heading, speed)
        track = tracking.see(track, course, fix, course.length, course.shape[-1])
        track = tracking.wait(track, course, now + passed / 2, speed, True, course.length)
        assert 0 <= track.along <= course.length and 0 <= track.now <= course.length + 1
        assert progress.ahead(course, track.now) is not None


@pytest.mark.parametrize(
    ("far", "speed", "said", "due"),
    [
        (1_500, 130, None, "far"), (1_500, 130, "far", None), (1_500, 50, None, None), (240, 50, None, "near"),
        (240, 50, "near", None), (60, 50, "near", "now"), (60, 50, "now", None), (90, 50, None, None),
        (60, 50, None, "now"), (20, 0, None, "now"), (600, 130, "far", "near"), (139, 200, "near", "now"),
    ],
)  # fmt: skip
def test_when_something_is_said(far: float, speed: float, said: What | None, due: What | None) -> None:
    assert saying.due(Ahead("left", far), speed, said) == due


def test_that_one_is_there_is_not_said_before() -> None:
    assert saying.due(Ahead("arrive", 30), 50, "near") is None
    assert saying.due(Ahead("roundabout_exit", 20), 20, None) is None


def guided(ahead: Ahead, what: What = "now", far: float | None = None) -> Guidance:
    return Guidance("under_way", Stop(47, 9.5, "Gym"), next=ahead, say=Say("x:1", what, far), road="Long street")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_manoeuvre_has_words_of_its_own(kind: str) -> None:
    english, chinese = words.PHRASES[kind]
    for tongue, units, voice in (("en", "metric", english), ("zh", "metric", chinese), ("en", "feet", english)):
        near = words.sentence(guided(Ahead(kind, 300, ("Oak Road",)), "near", 300), tongue, units)  # type: ignore[arg-type]
        now = words.sentence(guided(Ahead(kind, 20, ("Oak Road",))), tongue, units)  # type: ignore[arg-type]
        assert now.endswith("。" if tongue == "zh" else ".") and voice[1:4] in now
        assert near != now and ("300" in near or "1,000" in near or "feet" in near)
        assert all(sign not in now for sign in "{}_")
        if tongue == "zh":
            assert not any("a" <= letter.lower() <= "z" for letter in now.replace("Oak Road", "").replace("U", ""))
    assert set(words.PHRASES) == set(KINDS)


def test_who_asks_late_is_told_how_far_it_is_by_then() -> None:
    near = guided(Ahead("left", 290), "near", 300)
    assert words.sentence(near, "en", "metric") == "In 300 metres, turn left."
    late = guided(Ahead("left", 80), "near", 300)
    assert words.sentence(late, "en", "metric") == "In 80 metres, turn left."
    passed = guided(Ahead("right", 700), "now")
    assert words.sentence(passed, "en", "metric") == "In 700 metres, turn right."


@pytest.mark.parametrize(
    ("ahead", "english", "chinese"),
    [
        (
            Ahead("right", 20, ("Oak Road",), then="left"),
            "Turn right onto Oak Road, then turn left.",
            "右转，进入Oak Road，然后左转。",
        ),
        (
            Ahead("roundabout_enter", 20, exit=2),
            "At the roundabout take the second exit.",
            "进入环岛，从第2个出口驶出。",
        ),
        (
            Ahead("roundabout_enter", 20, exit=12),
            "At the roundabout take the 12th exit.",
            "进入环岛，从第12个出口驶出。",
        ),
        (
            Ahead("exit_right", 20, ("A13",), sign="9 · Chur · Bregenz"),
            "Take the exit on the right, towards 9, Chur, Bregenz.",
            "从右侧出口驶出，往9、Chur、Bregenz方向。",
        ),
        (Ahead("left", 20, ("中山路",)), "Turn left.", "左转，进入中山路。"),
        (Ahead("arrive_right", 20, ("Oak Road",)), "You arrive, on the right.", "到达目的地，在右侧。"),
        (Ahead("something_new", 20), "Go on.", "继续前行。"),
    ],
)
def test_sentences(ahead: Ahead, english: str, chinese: str) -> None:
    assert words.sentence(guided(ahead), "en", "metric") == english
    assert words.sentence(guided(ahead), "zh", "metric") == chinese


def test_there_is_something_to_say_of_each_case_and_nothing_of_none() -> None:
    for what in ("start", "far", "near", "now", "rerouted", "stop", "arrived", "no_way"):
        for tongue in ("en", "zh"):
            assert words.sentence(guided(Ahead("left", 300), what, 300), tongue, "metric")  # type: ignore[arg-type]
    assert words.sentence(Guidance("under_way", Stop(47, 9.5)), "en", "metric") == ""
    assert (
        words.sentence(Guidance("arrived", Stop(47, 9.5, "家"), say=Say("1", "arrived")), "en", "metric")
        == "You have arrived."
    )


@pytest.mark.parametrize(
    ("metres", "units", "english", "chinese"),
    [
        (34, "metric", "30 metres", "30米"), (3, "metric", "10 metres", "10米"), (268, "metric", "250 metres", "250米"),
        (949, "metric", "950 metres", "950米"), (980, "metric", "one kilometre", "1公里"),
        (1_520, "metric", "1.5 kilometres", "1.5公里"), (23_400, "metric", "23 kilometres", "23公里"),
        (91, "yards", "100 yards", "100码"), (100, "feet", "350 feet", "350英尺"),
        (804, "feet", "half a mile", "0.5英里"),
        (402, "yards", "a quarter of a mile", "0.25英里"), (1_609, "feet", "one mile", "1英里"),
        (2_400, "yards", "1.5 miles", "1.5英里"),
    ],
)  # fmt: skip
def test_lengths_are_round(metres: float, units: lengths.Units, english: str, chinese: str) -> None:
    assert lengths.said(metres, units, "en") == english and lengths.said(metres, units, "zh") == chinese


@given(st.floats(0, 5_000_000), st.sampled_from(["metric", "yards", "feet"]), st.sampled_from(["en", "zh"]))
def test_every_length_can_be_said(metres: float, units: lengths.Units, tongue: str) -> None:
    said = lengths.said(metres, units, tongue)  # type: ignore[arg-type]
    assert said and (said[0] != "0" or said.startswith(("0.25", "0.5", "0.75")))


def drive(number: int, car: str = "car", **more: object) -> Record:
    values = {"car": car, "start": float(number), "distance": 20_000.0, "energy": 3.2, **more}
    return write(None, "drive", str(number), values, Stamp(number, 0, "home"))  # type: ignore[arg-type]


def test_what_a_car_takes_is_its_own_average_where_that_says_something() -> None:
    assert energy.consumption([drive(1), drive(2)], "car") == Consumption(16.0, 2)
    assert energy.consumption([drive(1, "other")], "car") == Consumption()
    assert energy.consumption([drive(1, distance=5_000.0, energy=0.8)], "car") == Consumption()
    odd = [drive(1, energy=-2.0), drive(2, distance="far"), drive(3, energy=True), drive(4, energy=900.0)]
    assert energy.consumption(odd, "car") == Consumption()
    old = [drive(n, energy=12.0) for n in range(50)] + [drive(100 + n) for n in range(30)]
    assert energy.consumption(old, "car").value == 16.0


def test_how_far_and_what_is_left() -> None:
    full = Battery(60.0, 75.0)
    assert energy.reach(full, Consumption()) == pytest.approx(37.5 / 18 * 100_000)
    assert energy.at_goal(full, Consumption(), 100_000) == pytest.approx(60 - 24)
    by_itself = Battery(50.0, None, 200_000.0)
    assert energy.reach(by_itself, Consumption()) == pytest.approx(160_000)
    assert energy.reach(by_itself, Consumption(), back=True) == pytest.approx(80_000)
    assert energy.at_goal(by_itself, Consumption(), 300_000) == pytest.approx(-25)
    assert energy.reach(Battery(5.0, 75.0), Consumption()) == 0
    for nothing in (Battery(), Battery(None, 75.0), Battery(50.0)):
        assert energy.reach(nothing, Consumption()) is None and energy.at_goal(nothing, Consumption(), 1) is None


def test_a_way_is_the_same_after_it_was_a_file() -> None:
    way = corner(tunnel=True).way
    packed = keeping.pack("one", way)
    back = keeping.unpack(packed)
    assert back.manoeuvres == way.manoeuvres and back.pieces == way.pieces and back.stops == way.stops
    assert max(apart(a, b) for a, b in zip(back.shape, way.shape, strict=True)) < 0.2
    assert keeping.pack("two", way) != packed
    import zlib

    for wrong in (
        b"",
        b"x",
        packed[len(keeping.MARK) :],
        packed[:-9],
        zlib.compress(b"{}"),
        zlib.compress(b'{"version":1}'),
        zlib.compress(b"[" * 1000),
    ):
        with pytest.raises(StoreError):
            keeping.unpack(wrong)
    assert keeping.is_file("a" * 64) and not keeping.is_file("../" + "a" * 61)
