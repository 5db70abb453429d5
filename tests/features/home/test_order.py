"""The texts that a board's tiles are ordered by."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wayhome.features.home import order

orders = st.text(order.DIGITS, min_size=1, max_size=12).filter(lambda text: not text.endswith("0"))


@given(orders, orders)
def test_between_two_there_is_always_another(one: str, other: str) -> None:
    if one == other:
        return
    low, high = sorted((one, other))
    found = order.between(low, high)
    assert low < found < high
    assert order.sound(found)


@given(orders)
def test_there_is_room_before_all_and_after_all(one: str) -> None:
    before, after = order.between("", one), order.between(one, None)
    assert before < one < after
    assert order.sound(before)
    assert order.sound(after)


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=80))
def test_any_row_of_insertions_comes_out_in_order(places: list[int]) -> None:
    row: list[str] = []
    for place in places:
        at = place % (len(row) + 1)
        row.insert(at, order.between(row[at - 1] if at else "", row[at] if at < len(row) else None))
    assert row == sorted(set(row))


@given(st.integers(1, 120))
def test_a_spread_is_in_order_with_room_everywhere(count: int) -> None:
    row = order.spread(count)
    assert len(row) == count
    assert row == sorted(set(row))
    assert all(order.sound(text) for text in row)
    assert order.between("", row[0]) < row[0]


def test_what_is_no_order_is_told() -> None:
    assert not any(order.sound(text) for text in ("", "0", "a0", "a b", "ä", "a" * 65))
