"""Hybrid logical clocks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wayhome.core.clock import MAX_AHEAD_MS, MAX_COUNT, Stamp, tick, witness

walls = st.integers(0, 2**45)
stamps = st.builds(Stamp, walls, st.integers(0, 100), st.sampled_from(["car", "home"]))


@given(stamps, walls)
def test_every_write_is_later_than_the_one_before_whatever_the_wall_clock_says(last: Stamp, wall: int) -> None:
    new = tick(last, wall)
    assert new > last
    assert new.node == last.node
    assert new.wall == max(last.wall, wall)


@given(stamps, stamps, walls)
def test_what_was_seen_is_before_what_is_written_next(last: Stamp, seen: Stamp, wall: int) -> None:
    own, counted = witness(last, seen, wall)
    assert own > last
    assert own.node == last.node
    assert own.wall <= max(last.wall, wall + MAX_AHEAD_MS)
    assert (counted.wall, counted.count) <= (own.wall, own.count)
    assert tick(own, wall) > counted
    assert counted == seen or seen.wall > wall + MAX_AHEAD_MS
    assert counted.node == seen.node


def test_a_count_that_is_a_lie_leaves_room_for_later_stamps() -> None:
    lie = Stamp(1_000_000, 2**53 - 1, "car")
    own, _ = witness(Stamp(0, 0, "home"), lie, 1_000_000)
    later = tick(own, 1_000_000)
    assert later > own > lie and later.count < MAX_COUNT
    assert tick(lie, 0) > lie


@given(st.lists(st.tuples(st.sampled_from(["car", "home"]), st.integers(-5_000, 5_000)), max_size=30))
def test_two_sites_that_talk_never_use_a_stamp_twice(steps: list[tuple[str, int]]) -> None:
    clocks = {"car": Stamp(0, 0, "car"), "home": Stamp(0, 0, "home")}
    used: set[Stamp] = set()
    for node, skew in steps:
        wall = 1_000_000 + skew
        stamp = clocks[node] = tick(clocks[node], wall)
        assert stamp not in used
        used.add(stamp)
        other = "home" if node == "car" else "car"
        clocks[other], _ = witness(clocks[other], stamp, 1_000_000 - skew)
