"""Records: whatever the order of arrival, every site comes to the same."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tests.core.strategies import fields, records, stamps
from wayhome.core import decide
from wayhome.core.catalog import Catalog
from wayhome.core.clock import MAX_AHEAD_MS, SITES_STAMP_AHEAD_MS, Stamp
from wayhome.core.house import House, evolve
from wayhome.core.record import Field, Record, delete, merge, write
from wayhome.core.value import Value

WALL = 1_764_025_200_000


@given(records(), records())
def test_merging_is_commutative(one: Record, other: Record) -> None:
    assert merge(one, other) == merge(other, one)


@given(records(), records(), records())
def test_merging_is_associative(one: Record, other: Record, third: Record) -> None:
    assert merge(merge(one, other), third) == merge(one, merge(other, third))


@given(records(), records())
def test_merging_is_idempotent(one: Record, other: Record) -> None:
    both = merge(one, other)
    assert merge(one, one) == one
    assert merge(both, other) == both == merge(one, both)


@given(st.lists(records(), min_size=2, max_size=4))
def test_every_order_of_arrival_gives_the_same_record(arrivals: list[Record]) -> None:
    found = set()
    for order in itertools.permutations(arrivals):
        merged = order[0]
        for record in order[1:]:
            merged = merge(merged, record)
        found.add(repr((sorted(merged.fields.items()), merged.deleted)))
    assert len(found) == 1


@given(fields, fields, stamps, stamps)
def test_the_newer_write_wins_per_field(
    first: dict[str, Value], then: dict[str, Value], one: Stamp, other: Stamp
) -> None:
    if one == other:
        return
    old, new = sorted((one, other))
    merged = merge(write(None, "note", "n", first, old), write(None, "note", "n", then, new))
    expected = {name: value for name, value in {**first, **then}.items() if value is not None}
    assert merged.values() == expected
    assert merged.stamp == new


@given(records(), stamps)
def test_a_deletion_takes_what_was_before_and_a_later_write_brings_it_back(record: Record, stamp: Stamp) -> None:
    deleted = delete(record, stamp)
    if stamp >= record.stamp:
        assert deleted.gone and deleted.values() == {}
    assert all(field.value is None for field in deleted.fields.values() if field.stamp <= stamp)
    later = Stamp(deleted.stamp.wall + 1, 0, "home")
    assert write(deleted, "note", "n1", {"name": "back"}, later).values()["name"] == "back"
    assert not write(deleted, "note", "n1", {"name": "back"}, later).gone


def _receive(house: House, record: Record, now: float) -> None:
    for change in decide.receive(house, record, now):
        evolve(house, change)


@given(st.lists(records(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_sites_that_hear_all_agree(heard: list[Record], chance: object) -> None:
    shuffled = list(heard)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    houses = []
    for node, order in (("home", heard), ("car", shuffled + heard)):
        house = House(Catalog([]), node)
        for record in order:
            _receive(house, record, 1.0)
        houses.append(house)
    assert houses[0].records == houses[1].records
    assert [house.clock.node for house in houses] == ["home", "car"]


@given(st.lists(records(), min_size=1, max_size=4), st.sampled_from([0, 90_000_000, 3 * 365 * 86_400_000]))
def test_sites_come_to_the_same_also_of_what_a_wrong_clock_stamped(heard: list[Record], ahead: int) -> None:
    houses = [House(Catalog([]), "home"), House(Catalog([]), "car")]

    def tell(house: House, record: Record) -> None:
        for change in decide.receive(house, record, 1.0, SITES_STAMP_AHEAD_MS):
            evolve(house, change)

    for house, order in zip(houses, (heard, heard[::-1]), strict=True):
        for record in order:
            shifted = {
                name: Field(one.value, Stamp(one.stamp.wall + ahead, one.stamp.count, one.stamp.node))
                for name, one in record.fields.items()
            }
            tell(house, Record(record.collection, record.id, shifted))
    assert houses[0].records == houses[1].records
    for house, other in (houses, houses[::-1]):
        for change in decide.write(house, "note", "n1", {"name": house.site}, 1.0):
            evolve(house, change)
        written = house.record("note", "n1")
        assert written is not None
        tell(other, written)
        assert other.record("note", "n1") == written and written.values()["name"] == house.site


def test_a_write_from_the_future_does_not_win_for_ever() -> None:
    house = House(Catalog([]), "home")
    ahead = Stamp(WALL + MAX_AHEAD_MS + 3_600_000, 0, "car")
    _receive(house, write(None, "note", "n", {"name": "wrong clock", "note": "kept"}, ahead), WALL / 1000)
    record = house.record("note", "n")
    assert record is not None and record.values()["name"] == "wrong clock"
    assert record.stamp.wall <= WALL + MAX_AHEAD_MS
    for change in decide.write(house, "note", "n", {"name": "corrected"}, WALL / 1000):
        evolve(house, change)
    record = house.record("note", "n")
    assert record is not None and record.values() == {"name": "corrected", "note": "kept"}
    assert house.clock.wall <= WALL + MAX_AHEAD_MS


def test_a_deletion_from_the_future_too() -> None:
    house = House(Catalog([]), "home")
    for change in decide.write(house, "note", "n", {"name": "first"}, WALL / 1000):
        evolve(house, change)
    _receive(house, Record("note", "n", {}, Stamp(WALL * 2, 0, "car")), WALL / 1000)
    record = house.record("note", "n")
    assert record is not None and record.gone
    for change in decide.write(house, "note", "n", {"name": "again"}, WALL / 1000 + 1):
        evolve(house, change)
    record = house.record("note", "n")
    assert record is not None and record.values() == {"name": "again"}


def test_a_record_of_nothing_has_a_stamp() -> None:
    assert Record("note", "n", {}).stamp < Record("note", "n", {"a": Field(1, Stamp(1, 0, "home"))}).stamp
