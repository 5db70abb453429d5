"""What was published: a delta on top of a snapshot is the snapshot of now, whatever happened in between."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from wayhome.core.command import Command
from wayhome.core.published import TOMBSTONE_KEPT, Published, Shown
from wayhome.core.value import Context, Value

PATHS = ["a/light.on", "b/light.on", "c/light.on", "@note/n"]
paths = st.sampled_from(PATHS)
steps = st.one_of(
    st.tuples(st.just("fact"), paths, st.integers(0, 3)),
    st.tuples(st.just("wish"), paths, st.integers(0, 3)),
    st.tuples(st.just("no wish"), paths, st.just(0)),
    st.tuples(st.just("gone"), paths, st.just(0)),
    st.tuples(st.just("forget"), paths, st.sampled_from([1, 10, 40])),
)
type Picture = dict[str, tuple[list[Value] | None, list[Value] | None]]


class History:
    """A publication, step by step, in days."""

    def __init__(self) -> None:
        self.published = Published("E")
        self.now = 0.0

    def step(self, step: str, path: str, number: int) -> None:
        before = self.published.rev
        match step:
            case "fact":
                self.published.fact(path, [number, self.now])
            case "wish":
                self.published.wish(path, Command(f"k{number}", path, number, self.now, 5, Context("c", "x"), "sent"))
            case "no wish":
                self.published.wish(path, None)
            case "gone":
                self.published.gone(path, self.now)
            case "forget":
                self.now += number * 86_400
                self.published.forget(self.now)
        assert before <= self.published.rev <= before + 1
        order = [shown.rev for shown in self.published.delta(lambda path: True, -1)]
        assert order == sorted(order), "the newest stands last"


def snapshot(published: Published, sees: Callable[[str], bool]) -> Picture:
    return {s.path: (s.fact, s.wish) for s in published.snapshot(sees) if s.fact is not None or s.wish is not None}


def apply(picture: Picture, delta: list[Shown]) -> Picture:
    """What a screen does with a delta, by the bytes that it gets."""
    after = dict(picture)
    for shown in delta:
        if shown.gone_at is not None:
            after.pop(shown.path, None)
            continue
        fact, wish = after.get(shown.path, (None, None))
        after[shown.path] = (shown.fact if shown.fact_json else fact, shown.wish if shown.wish_json else wish)
    return {path: both for path, both in after.items() if both != (None, None)}


@given(st.lists(steps, max_size=30), st.lists(steps, max_size=30), st.sets(paths))
def test_a_delta_on_a_snapshot_is_the_snapshot_of_now(
    before: list[tuple[str, str, int]], after: list[tuple[str, str, int]], hidden: set[str]
) -> None:
    history = History()
    published = history.published

    def sees(path: str) -> bool:
        return path not in hidden

    for step in before:
        history.step(*step)
    then, rev = snapshot(published, sees), published.rev
    for step in after:
        history.step(*step)
    if published.forgotten > rev:
        return  # whoever was away for so long takes a snapshot
    delta = published.delta(sees, rev)
    assert apply(then, delta) == snapshot(published, sees)
    assert not {shown.path for shown in delta} & hidden
    assert [shown.rev for shown in delta] == sorted(shown.rev for shown in delta)
    assert published.delta(sees, published.rev) == []


@given(st.lists(steps, max_size=40))
def test_the_texts_say_what_the_values_say(story: list[tuple[str, str, int]]) -> None:
    import msgspec

    history = History()
    for step in story:
        history.step(*step)
    for shown in history.published.snapshot(lambda path: True):
        if shown.fact_json:
            assert msgspec.json.decode(b"{" + shown.fact_json + b"}") == {shown.path: shown.fact}
        if shown.wish_json:
            assert msgspec.json.decode(b"{" + shown.wish_json + b"}") == {shown.path: shown.wish}
        assert bool(shown.fact_json) == (shown.fact is not None)


def test_what_is_gone_twice_hides_nothing_newer() -> None:
    published = Published("E")
    published.fact("a/light.on", [True, 0.0])
    published.gone("a/light.on", 0.0)
    rev = published.rev
    published.fact("b/light.on", [True, 1.0])
    assert published.gone("a/light.on", 1.0) is None
    assert [shown.path for shown in published.delta(lambda path: True, rev)] == ["b/light.on"]


def test_tombstones_are_let_go_after_thirty_days() -> None:
    published = Published("E")
    published.fact("a/light.on", [1, 0.0])
    published.gone("a/light.on", 0.0)
    published.forget(TOMBSTONE_KEPT)
    assert len(published) == 1 and published.forgotten == 0
    published.forget(TOMBSTONE_KEPT + 1)
    assert len(published) == 0 and published.forgotten == 2


def test_what_can_not_be_written_leaves_no_trace() -> None:
    published = Published("E")
    published.fact("a/light.on", [1, 0.0])
    for value in ("\ud800", object()):
        try:
            published.fact("a/light.on", [value, 0.0])  # type: ignore[list-item]
            raise AssertionError
        except (UnicodeEncodeError, TypeError):
            pass
    found = published.find("a/light.on")
    assert found is not None and found.fact == [1, 0.0] and published.rev == 1
