"""The rules of maps: how names are written for the search, what of the tags can be gone to, what is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.adapters.maps import answers, charging_tags, spot_kinds, spot_tags, tiles
from wayhome.adapters.maps.fitting import scored
from wayhome.adapters.maps.programs import Failed
from wayhome.adapters.maps.roads import share
from wayhome.adapters.maps.sources import named, title
from wayhome.adapters.maps.writing import folded, indexed, query, words
from wayhome.errors import BadInput
from wayhome.hub.maps import Connector, Point


def test_words_are_written_the_same_way_in_the_index_and_in_what_is_typed() -> None:
    assert words("Städtle 32a, FL-9490") == ["stadtle", "32a", "fl", "9490"]
    assert words("Straße") == ["strasse"] and words("İstanbul") == ["istanbul"]
    assert words("赫尔辛基 Helsinki") == words("赫爾辛基 Helsinki") == ["赫", "尔", "辛", "基", "helsinki"]
    assert indexed("Städtle", None, "Städtle") == "stadtle staedtle"
    assert folded("Öl", "Ol") == "ol\noel"
    assert query("") is None and query("!?") is None
    assert query("Haupt str") == '"haupt"* AND ("str"* OR "strasse"*)'
    assert query("Hauptstr") == '("hauptstr"* OR "hauptstrasse"*)'


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_question_for_the_index(text: str) -> None:
    import sqlite3

    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE word USING fts5(words, detail=none)")
    asked = query(text)
    if asked is not None:
        base.execute("SELECT rowid FROM word WHERE word MATCH ?", (asked,)).fetchall()
    base.close()


def test_what_fits_best_comes_first() -> None:
    score = scored(words("Haupt 3"), Point(47.0, 9.0))
    assert score("address", "haupt 3", "3", 47.0, 9.0) < score("address", "haupt 31", "31", 47.0, 9.0)
    assert score("address", "haupt 3", "3", 47.0, 9.0) < score("address", "haupt 3", "3", 47.1, 9.0)
    assert score("address", "haupt 3a", "3a", 47.0, 9.0) < score("address", "haupt 31", "31", 47.0, 9.0)
    score = scored(words("Haupt"), None)
    assert score("place", "haupt", None, 0, 0) < score("street", "haupt", None, 0, 0)
    assert score("street", "haupt", None, 0, 0) < score("street", "hauptweg", None, 0, 0)
    assert score("street", "haupt", None, 0, 0) < score("address", "haupt 1", "1", 0, 0)
    assert score("point", "alter\nhaupt", None, 0, 0) == score("point", "haupt", None, 0, 0), "any of its names"


@pytest.mark.parametrize(
    ("said", "power"),
    [
        ("22 kW", 22), ("22kw", 22), ("22000 W", 22), ("11;22 kW", 22), ("50", 50), ("3,7 kW", 3.7), ("43 kVA", 43),
        (None, None), ("", None), ("yes", None), ("0", None), ("99999 kW", None), ("-5", 5), ("AC 11 kW", 11),
    ],
)  # fmt: skip
def test_power_as_people_write_it(said: str | None, power: float | None) -> None:
    assert charging_tags.power(said) == power


def test_connectors_in_ocpi_s_words() -> None:
    tags = {
        "socket:type2": "2", "socket:type2:output": "22 kW", "socket:type2_combo": "yes", "socket:chademo": "no",
        "socket:schuko": "9999999", "socket:unheard": "1",
    }  # fmt: skip
    found = charging_tags.connectors(tags)
    assert found == (
        Connector("IEC_62196_T2", 2, 22), Connector("IEC_62196_T2_COMBO", None, None), Connector("DOMESTIC_F"),
    )  # fmt: skip
    assert charging_tags.strongest(tags, found) == 22
    assert charging_tags.strongest({"maxpower": "150 kW"}, ()) == 150


def test_what_can_be_gone_to() -> None:
    def kinds(**tags: str) -> list[str]:
        return [one.kind for one in spot_tags.read({name.replace("_", ":"): v for name, v in tags.items()}, 1, 2)]

    assert kinds(name="Vaduz", place="town") == ["place"]
    assert kinds(addr_street="Haupt", addr_housenumber="3") == ["address"]
    assert kinds(addr_street="Haupt", addr_housenumber="3", shop="bakery", name="Brot") == ["address", "point"]
    assert kinds(addr_housenumber="3") == [] and kinds(amenity="bench", name="Bench") == []
    assert kinds(amenity="charging:station") == [] and kinds(amenity="cafe") == []
    assert kinds(amenity="parking", name="P1") == ["parking"]
    assert kinds(amenity="parking", name="P1", access="private") == []
    # Some are gone to though they have no name; not by who may not.
    assert kinds(amenity="parking") == ["parking"] and kinds(amenity="parking", access="private") == []
    assert kinds(amenity="toilets") == ["point"] and kinds(amenity="toilets", access="customers") == []
    assert [one.name for one in spot_tags.read({"amenity": "fuel", "brand": "Avia"}, 1, 2)] == ["Avia"]
    long = next(spot_tags.read({"name": "x" * 5_000, "place": "town"}, 1, 2))
    assert len(long.name) == 120


@pytest.mark.parametrize(
    ("typed", "kind", "whole"),
    [
        ("pharmacy", "amenity=pharmacy", True),
        ("Pharmacies", "amenity=pharmacy", True),
        ("phar", "amenity=pharmacy", False),
        ("CAR PARK", "amenity=parking", True),
        ("cafe", "amenity=cafe", True),
        ("Café", "amenity=cafe", True),
        ("wc", "amenity=toilets", True),
        ("停车场", "amenity=parking", True),
        ("停車場", "amenity=parking", True),
        ("加油", "amenity=fuel", False),
    ],
)
def test_what_people_type_for_what_something_is(typed: str, kind: str, whole: bool) -> None:
    assert spot_kinds.meant(words(typed)).get(kind) is whole


@pytest.mark.parametrize("typed", ["", "p", "ph", "pharmacy helsinki", "药", "xyz", "ꙮ"])
def test_what_means_no_kind(typed: str) -> None:
    assert spot_kinds.meant(words(typed)) == {}


def test_a_street_is_found_once_in_each_of_its_towns() -> None:
    towns = spot_tags.Towns()
    for name, latitude in (("North", 47.2), ("South", 47.0)):
        tags = {"name": name, "place": "village"}
        towns.add(next(spot_tags.read(tags, latitude, 9.5)), tags)
    pieces = [(latitude, 9.5, {"name:en": "Main Road"}) for latitude in (47.001, 47.0, 47.002, 47.2, 47.201)]
    found = list(spot_tags.streets("Landstrasse", pieces, towns))
    assert sorted((one.town, one.latitude) for one in found) == [("North", 47.201), ("South", 47.001)]
    assert {one.english for one in found} == {"Main Road"}
    assert towns.around(0, 0) is None


def test_what_people_name() -> None:
    assert named("https://x.example/europe/liechtenstein-latest.osm.pbf").name == "Liechtenstein"
    assert named("/maps/new_york-2026.osm.bz2").name == "New York 2026"
    assert named("Europe/Malta").kind == "address" and named("Europe/Malta").place == ""
    assert named("malta", "Ours").id == "ours" and named("/maps/芬兰.osm.pbf").id == "map"
    assert title("") == "Map"
    named_so = [named(text) for text in ("New York", "Île-de-France", "Ireland and Northern Ireland", "芬兰")]
    assert [(one.id, one.name) for one in named_so] == [
        ("new-york", "New York"), ("ile-de-france", "Île De France"),
        ("ireland-and-northern-ireland", "Ireland And Northern Ireland"), ("map", "芬兰"),
    ]  # fmt: skip
    for text in ("https://", "http:///x", "a <b> c", "a_b:c", "(x)", "x" * 3_000, "malta\0", "-x"):
        with pytest.raises(BadInput):
            named(text)


def test_what_a_program_said_last_is_told_and_not_how_long_it_took() -> None:
    assert Failed(1, ["it is no file", "(9 ms)", " "]).words() == "it is no file"
    assert Failed(-11, ["reading", "(9 ms)"]).words() == "its program broke off (Segmentation fault)"
    assert Failed(-6, ["terminate called", "  what():  bad tile"]).words() == "what():  bad tile"
    assert Failed(2, []).words() == "exit code 2"


def test_how_far_the_programs_say_they_are() -> None:
    assert tiles.share("Block 1/4 (0 ms)") == pytest.approx(0.085)
    assert tiles.share("something else") is None and share("something else") is None


def test_roads_of_matched_points_cover_the_course_without_a_gap() -> None:
    nowhere = 2**64 - 1  # what Valhalla says of a point that it matched to nothing
    edges = [{"speed": 30.0}, {"speed": 50.0}, {"speed": 80.0}]
    points = [{"edge_index": index} for index in (nowhere, 0, 0, 1, nowhere, 1, 2, 2)]
    found = answers.covered({"edges": edges, "matched_points": points})["edges"]
    assert [(one["begin_shape_index"], one["end_shape_index"], one["speed"]) for one in found] == [
        (0, 3, 30.0), (3, 6, 50.0), (6, 7, 80.0),
    ]  # fmt: skip
    assert answers.covered({"edges": edges, "matched_points": [{"edge_index": nowhere}]}) == {"edges": []}
    assert answers.covered({}) == {"edges": []}
