"""The rules of drives, without a hub: the state machine under any looks, figures, tracks, files."""

from __future__ import annotations

import csv
import io
import time
from datetime import UTC
from itertools import pairwise
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.core.clock import Stamp
from wayhome.core.record import Field, Record
from wayhome.errors import BadInput, StoreError
from wayhome.features.drives import figures, places, render, rules, track
from wayhome.features.drives.index import Index
from wayhome.features.drives.model import Counts, Drive, DrivePlace, Look, drive_of
from wayhome.features.drives.rules import Ended, Started, Unseen
from wayhome.features.drives.track import Track
from wayhome.hub import places as household_places

PLACES = st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180))
NUMBERS = st.none() | st.floats(0, 1e7)
GPX = "{http://www.topografix.com/GPX/1/1}"


@st.composite
def looks(draw: st.DrawFn) -> list[Look]:
    """A car as it may tell of itself: with jumps of clock and counters, in silence, in contradictions."""
    now, made = 1_764_000_000.0, []
    coarse = draw(st.booleans())
    for _ in range(draw(st.integers(1, 40))):
        now += draw(st.sampled_from([1, 1, 1, 5, 60, 400, 2_000, 9_000, -3_600]))
        counts = Counts(draw(NUMBERS), draw(NUMBERS), draw(NUMBERS), draw(st.none() | st.floats(0, 100)))
        moving, parked, off = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
        # Who is seen moving has just been heard.
        heard = now if moving else now - draw(st.sampled_from([0, 0, 1, 30, 5_000]))
        kind = coarse if draw(st.integers(0, 20)) else not coarse
        made.append(Look(now, heard, moving, moving, parked, off, kind, counts, draw(PLACES)))
    return made


@given(looks())
def test_whatever_a_car_tells_drives_begin_end_and_never_overlap(seen: list[Look]) -> None:
    watch = rules.begin(seen[0])
    open_since: float | None = None
    for look in seen:
        watch, happened = rules.step(watch, look)
        for one in happened:
            match one:
                case Started(at):
                    assert open_since is None
                    open_since = at
                case Ended(start, at):
                    assert open_since == start
                    assert at >= start
                    open_since = None
                case Unseen(start, at, base, counts):
                    assert open_since is None and at > start
                    metres = rules.gone(base.odometer, counts.odometer)
                    assert metres is not None and rules.LEAST <= metres <= rules.MOST
        assert watch.start == open_since


@given(looks())
def test_a_look_repeated_starts_nothing_and_ends_nothing_more(seen: list[Look]) -> None:
    watch = rules.begin(seen[0])
    for look in seen:
        watch, _ = rules.step(watch, look)
        again, more = rules.step(watch, look)
        more = [one for one in more if not (isinstance(one, Started) and watch.start is None)]
        assert more == [] and (again.start == watch.start or watch.start is None)


def samples(*values: float, every: float = 1.0) -> list[tuple[float, float]]:
    return [(1_000.0 + n * every, value) for n, value in enumerate(values)]


@given(st.lists(st.floats(0, 200), min_size=2, max_size=200))
def test_a_distance_by_speed_is_between_the_slowest_and_the_fastest(kmh: list[float]) -> None:
    metres = figures.distance((), samples(*kmh))
    seconds = len(kmh) - 1
    assert metres is not None
    assert min(kmh) / 3.6 * seconds - 1e-6 <= metres <= max(kmh) / 3.6 * seconds + 1e-6


def test_distance_and_energy_know_what_they_know_from() -> None:
    assert figures.distance(samples(100, 250, 400), ()) == 300
    assert figures.distance(samples(250, 400), (), 100) == 300
    assert figures.distance(samples(250, 10, 60), ()) == 50
    assert figures.distance((), ()) is None
    assert figures.distance((), samples(36, 36, every=30)) == 300
    assert figures.distance((), samples(36, 36, every=600)) is None
    none: tuple[None, None] = (None, None)
    assert figures.energy(samples(10, 12.5), samples(3, 3.5), Counts(), none, None) == 2
    assert figures.energy(samples(12.5), (), Counts(consumed=10), none, None) == 2.5
    assert figures.energy((), (), Counts(), (80, 70), 75) == 7.5
    assert figures.energy((), (), Counts(), (80, 70), None) is None
    assert figures.energy((), (), Counts(), (70, 80), 75) is None


def place(id: str, latitude: float, radius: float, name: str) -> Record:
    values = {"latitude": latitude, "longitude": 9.5, "radius": radius, "name": name}
    return Record("place", id, {key: Field(value, Stamp(1, 0, "n")) for key, value in values.items()})


def test_a_spot_has_the_name_of_the_nearest_place_that_it_lies_in() -> None:
    places = [place("town", 47.0, 20_000, "Town"), place("home", 47.01, 80, "Home"), place("odd", 47.0, 1, "")]
    broken = Record("place", "none", {})
    assert figures.spot((47.0101, 9.5), [*places, broken]) == DrivePlace(47.0101, 9.5, "home", "Home")
    assert figures.spot((47.05, 9.5), places) == DrivePlace(47.05, 9.5, "town", "Town")
    assert figures.spot((10.0, 9.5), places) == DrivePlace(10.0, 9.5)
    assert figures.spot(None, places) is None


def course(count: int) -> Track:
    at = [1_764_000_000.0 + n for n in range(count)]
    speed = [float(n * 37 % 91) for n in range(count)]
    return Track(
        at, speed, [300 - value * 300 for value in speed], [80.0 - n / 1_000 for n in range(count)],
        [47.0 + n / 1e5 for n in range(count)], [9.5] * count, [450.0 + n % 50 for n in range(count)],
    )  # fmt: skip


@given(st.integers(0, 3_000), st.integers(20, 600), st.integers(0, 10_000))
def test_a_thinned_course_keeps_its_ends_peaks_and_dips(count: int, most: int, peak: int) -> None:
    whole = course(count)
    if count:
        whole.speed[peak % count] = 250.0
        whole.power[peak % count] = 80_000.0
    thin = track.thin(whole, most)
    assert len(thin.at) <= max(most, min(count, most))
    assert all(len(column) == len(thin.at) for column in thin.columns())
    assert all(before < after for before, after in pairwise(thin.at))
    if count:
        assert (thin.at[0], thin.at[-1]) == (whole.at[0], whole.at[-1])
        assert 250.0 in thin.speed and 80_000.0 in thin.power


def test_a_course_comes_back_as_it_was_packed_and_what_is_none_is_refused() -> None:
    whole = course(10_800)
    packed = track.pack("one", whole)
    assert track.unpack(packed) == whole
    assert len(packed) < 250_000
    assert packed != track.pack("other", whole)
    for content in (b"", b"x", packed[:100], packed[: len(packed) // 2]):
        with pytest.raises(StoreError):
            track.unpack(content)


def test_columns_hold_what_was_told_only_as_long_as_it_counts() -> None:
    log = {figures.SPEED: [(0.2, 10.0), (0.7, 12.0), (100.0, 20.0)], figures.CHARGE: [(0.0, 80.0), (90.0, 79.0)]}
    made = track.track(log)
    assert made.at == [0, 90, 100]
    assert made.speed == [12, None, 20]
    assert made.charge == [80, 79, 79]
    assert made.latitude == [None, None, None]


DRIVE = Drive(
    "d", "car", "=HYPERLINK(\"x\")", 1_764_000_000.0, 1_764_001_800.0, distance=12_345.6, energy=2.5, charge_from=80.0,
    charge_to=76.7, top=101.3, outside=-3.5, origin=DrivePlace(47.1, 9.5, "home", "@Home, \"sweet\"\nhome"),
    goal=DrivePlace(47.2, -9.6, None, "<Work & play>\x00"),
)  # fmt: skip


def test_a_course_as_csv_names_its_units_and_reads_back() -> None:
    rows = list(csv.reader(io.StringIO(render.course_csv(course(3)).decode("utf-8-sig"))))
    assert rows[0] == [
        "time",
        "speed (km/h)",
        "battery power (W, out of it negative)",
        "charge (%)",
        "latitude (deg)",
        "longitude (deg)",
        "altitude (m)",
    ]
    assert rows[1] == ["2025-11-24T16:00:00Z", "0.0", "300.0", "80.0", "47.0", "9.5", "450.0"]
    assert len(rows) == 4


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", " =1", "＝1", "@Home"])
def test_no_text_of_a_csv_is_a_formula(text: str) -> None:
    assert render.cell(text) == f"'{text}"
    assert render.cell("Home = sweet") == "Home = sweet"


def test_the_log_book_reads_back_and_holds_no_formula() -> None:
    content = render.drives_csv([DRIVE, Drive("e", "car", "Aurora", 1_764_000_000.0, 1_764_000_000.0)], UTC)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    first, second = rows
    assert first["car"] == '\'=HYPERLINK("x")' and first["from"] == '\'@Home, "sweet"\nhome'
    assert (first["distance (km)"], first["duration (min)"], first["energy (kWh)"]) == ("12.35", "30.0", "2.5")
    assert (first["consumption (kWh/100 km)"], first["outside (deg C)"]) == ("20.25", "-3.5")
    assert second["distance (km)"] == second["energy (kWh)"] == second["from"] == ""


def test_gpx_is_of_version_1_1_with_times_and_heights_in_the_schemas_order() -> None:
    whole = course(5)
    whole.at[3:] = [at + 300 for at in whole.at[3:]]
    whole.altitude[1] = None
    whole.latitude[2] = None
    root = ElementTree.fromstring(render.gpx(DRIVE, whole))
    assert root.tag == GPX + "gpx" and root.attrib == {"version": "1.1", "creator": "Wayhome"}
    assert [child.tag for child in root] == [GPX + "metadata", GPX + "trk"]
    assert [child.tag for child in root[0]] == [GPX + "name", GPX + "time"]
    name = root.findtext(f"{GPX}trk/{GPX}name")
    assert name == '@Home, "sweet"\nhome – <Work & play>'
    segments = root.findall(f"{GPX}trk/{GPX}trkseg")
    assert [len(segment) for segment in segments] == [2, 2]
    first = segments[0][0]
    assert [child.tag for child in first] == [GPX + "ele", GPX + "time"]
    assert (first.get("lat"), first.get("lon")) == ("47.000000", "9.500000")
    assert first.findtext(f"{GPX}time") == "2025-11-24T16:00:00Z"
    assert [child.tag for child in segments[0][1]] == [GPX + "time"]
    leapt = course(4)
    leapt.latitude[2:] = [value + 0.1 for value in leapt.latitude[2:] if value is not None]
    root = ElementTree.fromstring(render.gpx(DRIVE, leapt))
    assert [len(segment) for segment in root.findall(f"{GPX}trk/{GPX}trkseg")] == [2, 2]
    empty = ElementTree.fromstring(render.gpx(DRIVE, Track()))
    assert empty.findall(f"{GPX}trk/{GPX}trkseg") == []


def record(number: int) -> Record:
    drive = Drive(
        f"{number:026d}", "car" if number % 3 else "van", "Aurora", 1_700_000_000.0 + number * 7_000,
        1_700_000_000.0 + number * 7_000 + 1_500, distance=10_000.0, energy=2.0 if number % 2 else None,
    )  # fmt: skip
    return Record("drive", drive.id, {key: Field(value, Stamp(1, 0, "n")) for key, value in drive.fields().items()})


def test_ten_thousand_drives_are_listed_and_counted_at_once() -> None:
    index = Index(UTC, map(record, range(10_000)))
    began = time.process_time()
    drives = index.newest_first()
    total, months = index.totals(drives)
    took = time.process_time() - began
    print(f"10,000 drives sorted and counted in {took * 1000:.1f} ms")
    assert (total.drives, total.distance, total.energy, total.measured) == (10_000, 1e8, 1e4, 5e7)
    assert total.duration == 1.5e7
    assert sum(month.drives for month in months) == 10_000
    assert [month.month for month in months] == sorted((month.month for month in months), reverse=True)
    assert drives[0].start > drives[-1].start


def test_a_record_that_is_no_drive_is_left_out() -> None:
    odd = Record("drive", "odd", {"car": Field(5, Stamp(1, 0, "n"))})
    assert drive_of(odd) is None
    index = Index(UTC, [odd, record(1)])
    assert len(index) == 1
    index.take(Record("drive", record(1).id, {}, Stamp(2, 0, "n")))
    assert index.newest_first() == []


def at_rest(now: float, odometer: float, place: tuple[float, float] | None = (47.0, 9.5)) -> Look:
    return Look(now, now, parked=True, counts=Counts(odometer), place=place)


@given(st.floats(0, 3_000), st.booleans())
def test_an_odometer_that_is_told_late_is_no_drive_and_one_that_went_elsewhere_is(metres: float, away: bool) -> None:
    watch = rules.begin(at_rest(1_000, 5_000))
    there = (47.05, 9.5) if away else (47.0, 9.5)
    watch, happened = rules.step(watch, at_rest(1_300, 5_000 + metres, there))
    noticed = metres >= rules.LEAST and (away or metres > rules.LATE)
    assert [type(one) for one in happened] == ([Started] if noticed else [])
    if noticed:
        assert happened == [Started(1_000, Counts(5_000), (47.0, 9.5), True)]
        # It is over once it has stood in park for long enough, with all that it went.
        for minute in range(1, 12):
            watch, happened = rules.step(watch, at_rest(1_300 + minute * 60, 5_000 + metres, there))
            if happened:
                break
        assert happened == [Ended(1_000, 1_300, False, 5_000 + metres)]


def test_a_car_asked_every_five_minutes_has_its_whole_way_from_where_it_stood() -> None:
    watch = rules.begin(at_rest(1_000, 5_000))
    told: list[object] = []
    for turn, (moving, odometer) in enumerate([(True, 9_000), (False, 13_000), (True, 17_000), (False, 19_000)], 1):
        now = 1_000.0 + turn * 300
        place = (47.0 + odometer / 111_195, 9.5)
        watch, happened = rules.step(
            watch, Look(now, now, moving, moving, False, False, False, Counts(odometer), place)
        )
        told += happened
    for minute in range(1, 40):
        watch, happened = rules.step(watch, msgspec.structs.replace(at_rest(2_200 + minute * 60, 19_000), place=place))
        told += happened
    assert told == [Started(1_000, Counts(5_000), (47.0, 9.5), True), Ended(1_000, 2_200, False, 19_000)]


def test_silence_is_a_gap_of_the_course() -> None:
    whole = course(120)
    assert track.gaps(whole) == []
    whole.at[60:] = [at + 90 for at in whole.at[60:]]
    assert track.gaps(whole) == [(whole.at[59], whole.at[60])]
    assert track.gaps(Track()) == []


def test_a_name_given_later_is_shown_of_drives_before_and_one_that_is_gone_is_not() -> None:
    there = place("gym", 47.2, 80, "Gym")
    drive = Drive(
        "d", "car", "Aurora", 1.0, 2.0, origin=DrivePlace(47.0, 9.5, "home", "Home"), goal=DrivePlace(47.2, 9.5)
    )
    named = places.named(drive, {"gym": there})
    assert named.goal == DrivePlace(47.2, 9.5, "gym", "Gym")
    assert named.origin == DrivePlace(47.0, 9.5)
    # The household moved house: this was home then.
    assert places.named(drive, {"home": place("home", 48.0, 80, "Home")}).origin == drive.origin
    assert places.named(named, {}).goal == DrivePlace(47.2, 9.5)
    assert household_places.called("gYM", {"gym": there}) == "gym"
    assert household_places.called("gym", {"gym": there}, ("gym",)) is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\x00b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        household_places.clean(name)
    assert household_places.clean("  Oma   und\nOpa ") == "Oma und Opa"
