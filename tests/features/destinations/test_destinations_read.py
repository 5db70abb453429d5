"""What people share as a place is read: every map program's links, geo:, coordinates, words; and what is none."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.errors import BadInput
from wayhome.features.destinations import grids
from wayhome.features.destinations.shared import MAX_NAME, MAX_TEXT, Shared, read

# By gcoord, which map programs use: WGS 84, the same in GCJ-02 and in BD-09; Beijing, Shanghai, Shenzhen, Urumqi.
TABLE = [
    ((39.906217, 116.3912757), (39.907618208506655, 116.39751670534572), (39.91396193389383, 116.40389064460345)),
    ((31.2304, 121.4737), (31.22845773757727, 121.47822305927693), (31.234310593689997, 121.484781468503)),
    ((22.5431, 114.0579), (22.54038281422246, 114.06301399856547), (22.546041559073544, 114.06956398703267)),
    ((43.8256, 87.6168), (43.82680539311119, 87.61964994946926), (43.83294979479329, 87.62609977081571)),
]
# What the page offers to send, and what neither it nor the hub takes: web/test/places.test.ts reads it too.
COMMON = json.loads((Path(__file__).parent / "offered.json").read_text("utf-8"))
SHANGHAI = (31.2304, 121.4737)

# As the programs share them, or as their makers document them.
SHARED = [
    ("geo:47.141,9.5209", "", (47.141, 9.5209)),
    ("GEO:47.141,9.5209,455;crs=wgs84;u=35", "", (47.141, 9.5209)),
    ("geo:0,0?q=47.141,9.5209(Caf%C3%A9%20im%20Kunstmuseum)", "Café im Kunstmuseum", (47.141, 9.5209)),
    ("geo:0,0?q=Städtle+32,+Vaduz", "Städtle 32, Vaduz", None),
    ("geo:47.141,9.5209?z=17", "", (47.141, 9.5209)),
    ("https://www.google.com/maps/search/?api=1&query=47.141%2C9.5209", "", (47.141, 9.5209)),
    ("https://www.google.com/maps/search/?api=1&query=Schloss+Vaduz", "Schloss Vaduz", None),
    ("https://www.google.com/maps/dir/?api=1&destination=47.141,9.5209&travelmode=driving", "", (47.141, 9.5209)),
    ("https://www.google.com/maps/@47.141,9.5209,15z", "", (47.141, 9.5209)),
    (
        "https://www.google.co.uk/maps/place/Schloss+Vaduz/@47.1,9.5,17z/data=!3m1!4b1!4m6!3m5!1s0x479:0xd6"
        "!8m2!3d47.1395!4d9.5245!16zL20v?entry=ttu",
        "Schloss Vaduz",
        (47.1395, 9.5245),
    ),
    ("https://maps.google.com/?q=47.141,9.5209(Home)", "Home", (47.141, 9.5209)),
    ("http://maps.google.com/maps?daddr=47.141,9.5209", "", (47.141, 9.5209)),
    ("Schloss Vaduz\nhttps://maps.app.goo.gl/AbCdEf123", "Schloss Vaduz", None),
    ("https://maps.apple.com/?ll=47.141,9.5209&q=Schloss%20Vaduz&t=m", "Schloss Vaduz", (47.141, 9.5209)),
    ("https://maps.apple.com/place?coordinate=47.141,9.5209&name=Schloss", "Schloss", (47.141, 9.5209)),
    ("https://maps.apple.com/?daddr=St%C3%A4dtle%2032,%20Vaduz", "Städtle 32, Vaduz", None),
    ("https://www.openstreetmap.org/?mlat=47.141&mlon=9.5209#map=17/47.2/9.6", "", (47.141, 9.5209)),
    ("https://www.openstreetmap.org/#map=17/47.141/9.5209", "", (47.141, 9.5209)),
    ("https://osmand.net/map?pin=47.141,9.5209#15/47.2/9.6", "", (47.141, 9.5209)),
    ("https://waze.com/ul?ll=47.141%2C9.5209&navigate=yes", "", (47.141, 9.5209)),
    ("https://www.waze.com/live-map/directions?to=ll.47.141%2C9.5209", "", (47.141, 9.5209)),
    ("https://share.here.com/l/47.141,9.5209,Schloss%20Vaduz?z=17&p=yes", "Schloss Vaduz", (47.141, 9.5209)),
    ("47.141, 9.5209", "", (47.141, 9.5209)),
    ("-33.8568 151.2153", "", (-33.8568, 151.2153)),
    ("47°08'24.0\"N 9°31'12.0\"E", "", (47.14, 9.52)),
    ("33°51'24″S, 70°39'W", "", (-33.856667, -70.65)),
    ("47.141° N, 9.5209° E", "", (47.141, 9.5209)),
    ("N 47.141 E 9.5209", "", (47.141, 9.5209)),
    ("S33.8568° W151.2153°", "", (-33.8568, -151.2153)),
    ("33.8568 s, 151.2153 w", "", (-33.8568, -151.2153)),
    ("N 47° 08.4', E 9° 31.2'", "", (47.14, 9.52)),
    ("350 N 100 E", "350 N 100 E", None),
    ("50 N 100 E", "50 N 100 E", None),
    ("Städtle 32, 9490 Vaduz", "Städtle 32, 9490 Vaduz", None),
    ("Look, here: https://maps.apple.com/?ll=47.141,9.5209.", "Look, here:", (47.141, 9.5209)),
    ("https://uri.amap.com/marker?position=121.478223,31.228458&name=人民广场", "人民广场", SHANGHAI),
    ("https://uri.amap.com/marker?position=121.4737,31.2304&name=x&coordinate=wgs84", "x", SHANGHAI),
    ("https://uri.amap.com/navigation?to=121.478223,31.228458,人民广场&mode=car", "人民广场", SHANGHAI),
    ("我在这里 https://surl.amap.com/1abcDEF", "我在这里", None),
    ("http://api.map.baidu.com/marker?location=31.234311,121.484781&title=人民广场&output=html", "人民广场", SHANGHAI),
    ("http://api.map.baidu.com/marker?location=31.228458,121.478223&title=x&coord_type=gcj02", "x", SHANGHAI),
    ("https://apis.map.qq.com/uri/v1/marker?marker=coord:31.228458,121.478223;title:广场;addr:y", "广场", SHANGHAI),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "point"), SHARED)
def test_what_programs_share_is_read(text: str, name: str, point: tuple[float, float] | None) -> None:
    found = read(text)
    assert found.name == name
    if point is None:
        assert found.point is None
    else:
        assert found.point == pytest.approx(point, abs=2e-6)
    assert (found.link is None) == ("http" not in text)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/", "https://google.com.evil.example/maps/@47.1,9.5,15z", "http://[", "geo:", "geo:?q=",
        "https://notgoogle.com/maps/@47.1,9.5", "https://www.google.com/", "geo:91,9.5", "geo:47.1,9.5;crs=moon",
        "", "   \n ", "\u202e\u200b", "95.10, 9.52", "https://www.openstreetmap.org/", "https://uri.amap.com/marker",
        "https://maps.google.com/?" + "a" * 1_000, "x" * (MAX_TEXT + 1), "geo:nan,nan", "geo:0,0",
        "95.1° N, 9.52° E", "N 47.141 E 190.5",
    ],
)  # fmt: skip
def test_what_is_no_place_is_said(text: str) -> None:
    with pytest.raises(BadInput):
        read(text)


@pytest.mark.parametrize("common", COMMON["offered"], ids=lambda common: common["text"])
def test_what_the_page_offers_is_taken(common: dict[str, Any]) -> None:
    found = read(common["text"])
    assert found.name == common["name"]
    assert found.point == (None if common["point"] is None else pytest.approx(common["point"], abs=1e-4))


@pytest.mark.parametrize("text", COMMON["refused"], ids=lambda text: text[:80])
def test_what_the_page_does_not_offer_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "geo:0,0?q=1,2(" + "(" * MAX_TEXT, "geo:0,0?q=1,2(" + "()" * MAX_TEXT, "geo:0,0?q=1,2(" + ") " * MAX_TEXT,
        "https://maps.google.com/" + ")" * MAX_TEXT, "https://maps.google.com/" + "()" * MAX_TEXT,
        "https://www.google.com/maps/dir/A/B/data=" + "!1d1!2d1" * 110, "47.1° N" + " ," * MAX_TEXT,
        "https://www.google.com/maps/dir/" + "A/" * 450, "https://uri.amap.com/marker?location=1" + "+" * 900 + "x",
        "http://api.map.baidu.com/?location=1" + "+" * 900 + "x", "N 1.5" + " " * (MAX_TEXT - 10) + "E",
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_hostile_texts_hold_nobody_up(text: str) -> None:
    began = time.process_time()
    for _ in range(10):
        with suppress(BadInput):
            read(text[:MAX_TEXT])
    assert time.process_time() - began < 0.2


def test_a_page_of_nothing_holds_nobody_up() -> None:
    """The time of ten is that of ten short ones, not ten times a tenth of a second."""
    began = time.process_time()
    for _ in range(10):
        assert read("47.141" + " " * (MAX_TEXT - 10) + "x").point is None
    assert time.process_time() - began < 0.2


@given(st.text(max_size=300), st.sampled_from(["", "geo:", "https://maps.google.com/", "https://uri.amap.com/marker?"]))
def test_anything_is_a_place_or_is_refused(text: str, before: str) -> None:
    try:
        found = read(before + text)
    except BadInput:
        return
    assert isinstance(found, Shared) and len(found.name) <= MAX_NAME and (found.name or found.point or found.link)
    if found.point is not None:
        assert abs(found.point[0]) <= 90 and abs(found.point[1]) <= 180


@pytest.mark.parametrize(("real", "mars", "baidu"), TABLE)
def test_chinese_grids_are_undone_to_the_metre(
    real: tuple[float, float], mars: tuple[float, float], baidu: tuple[float, float]
) -> None:
    assert grids.mars(real) == pytest.approx(mars, abs=1e-9)
    assert grids.of_mars(mars) == pytest.approx(real, abs=1e-6)
    assert grids.of_baidu(baidu) == pytest.approx(real, abs=1e-5)


def test_geohashes_name_the_middle_of_a_field() -> None:
    assert grids.of_geohash("ezs42") == pytest.approx((42.605, -5.603), abs=1e-3)
    assert grids.of_geohash("U00USWVN3") == pytest.approx((45.829189, 1.259372), abs=1e-4)
    assert grids.of_geohash("") is None and grids.of_geohash("u0a") is None


def test_elsewhere_nothing_is_moved() -> None:
    assert grids.of_mars((47.141, 9.5209)) == (47.141, 9.5209)


@given(st.floats(18, 54), st.floats(73, 135))
def test_the_way_back_is_found_everywhere(latitude: float, longitude: float) -> None:
    assert grids.of_mars(grids.mars((latitude, longitude))) == pytest.approx((latitude, longitude), abs=1e-6)
