"""When a condition becomes a notice, whatever its cause does: each once. And when there is quiet."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wayhome.features.notices import model, slots
from wayhome.features.notices.model import KINDS, Kind
from wayhome.features.notices.slots import PACE, Change, Pace, Slot

PACES = st.builds(Pace, on=st.floats(0, 60), off=st.floats(0, 60), gap=st.floats(0, 300))
STEPS = st.lists(st.tuples(st.floats(0, 120), st.sampled_from([True, False, None])), max_size=60)


def run(steps: list[tuple[float, bool | None]], pace: Pace) -> list[tuple[float, Change]]:
    """What comes of a cause that changes so, looked at once more when time alone may bring something."""
    now, slot, found = 0.0, Slot(), []
    for pause, holds in steps:
        now += pause
        slot, change = slots.step(slot, holds, now, pace)
        if change is not None:
            found.append((now, change))
        due = slots.due(slot, pace)
        if due is not None and holds is not None:
            now = max(now, due)
            slot, change = slots.step(slot, holds, now, pace)
            if change is not None:
                found.append((now, change))
    return found


@given(STEPS, PACES)
def test_begin_and_end_take_turns(steps: list[tuple[float, bool | None]], pace: Pace) -> None:
    changes = [change for _, change in run(steps, pace)]
    for one, other in zip(["over", *changes], changes, strict=False):
        assert (one == "over") != (other == "over")


@given(STEPS, PACES)
def test_nobody_is_told_twice_within_the_gap(steps: list[tuple[float, bool | None]], pace: Pace) -> None:
    begun = [at for at, change in run(steps, pace) if change == "begins"]
    assert all(other - one >= pace.gap for one, other in pairwise(begun))


@given(STEPS, PACES)
def test_the_first_is_never_kept_back(steps: list[tuple[float, bool | None]], pace: Pace) -> None:
    changes = [change for _, change in run(steps, pace)]
    assert not changes or changes[0] == "begins"


@given(st.lists(st.floats(0.01, 9.9), min_size=1, max_size=200), st.floats(0, 1))
def test_a_sensor_that_flickers_makes_one(pauses: list[float], on: float) -> None:
    pace, now, slot, changes = Pace(on=on, off=10.0, gap=3600.0), 0.0, Slot(), []
    for n, pause in enumerate([*pauses, 11.0]):
        for at in (now, now + pause):
            slot, change = slots.step(slot, n % 2 == 0 or n == len(pauses), at, pace)
            changes += [change] if change else []
        now += pause
    assert changes == ["begins"]


@given(st.integers(1, 200))
def test_a_bell_that_is_flooded_rings_once_a_minute(times: int) -> None:
    now, slot, rings = 0.0, Slot(), []
    for _ in range(times):
        slot, ring = slots.pulse(slot, now, PACE["doorbell"])
        rings.append(ring)
        now += 0.5
    begun = sum(ring == "begins" for ring in rings)
    assert begun == 1 + int((times - 1) * 0.5 // PACE["doorbell"].gap)


@given(STEPS)
def test_what_is_not_known_changes_nothing(steps: list[tuple[float, bool | None]]) -> None:
    slot, now = Slot(True, 0.0, True, 0.0), 0.0
    for pause, _ in steps:
        now += pause
        same, change = slots.step(slot, None, now, Pace())
        assert same == slot and change is None


def test_each_kind_has_a_pace_a_priority_and_words() -> None:
    from wayhome.features.notices import words
    from wayhome.features.notices.telling import WORTH

    for kind in KINDS:
        assert kind in PACE and kind in model.PRIORITY and WORTH[kind] > 0
        for language in ("en", "zh"):
            notice = model.Notice("1", kind, "car", "car/x", 0.0, {"name": "Aurora"})
            title, text = words.said(notice, language)
            assert title and "Aurora" in text
    assert {kind for kind in KINDS if model.PRIORITY[kind] == "stop"} == {"alarm", "smoke", "gas", "water"}


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_quiet_hours_and_the_rest_of_the_day(start: int, end: int, minute: int) -> None:
    assert not model.quiet(None, minute)
    if start == end:
        assert not model.quiet((start, end), minute)
    else:
        assert model.quiet((start, end), minute) != model.quiet((end, start), minute)
        assert model.quiet((start, end), start) and not model.quiet((start, end), end)


def test_quiet_over_midnight() -> None:
    night = (22 * 60, 7 * 60)
    assert [model.quiet(night, hour * 60) for hour in (21, 22, 23, 0, 6, 7, 12)] == [
        False, True, True, True, True, False, False,
    ]  # fmt: skip


LONG: Kind = "tyre_low"


@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=8))
def test_a_text_is_never_longer_than_a_glance(name: str, wheels: list[str]) -> None:
    from wayhome.features.notices import words

    notice = model.Notice("1", LONG, "car", "car/x", 0.0, {"name": name, "wheels": [*wheels]})
    assert all(len(words.said(notice, language)[1]) <= words.MOST for language in ("en", "zh"))
