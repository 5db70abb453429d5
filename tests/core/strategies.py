"""What hypothesis draws the core's values from."""

from __future__ import annotations

from hypothesis import strategies as st

from wayhome.core.clock import Stamp
from wayhome.core.record import Record, delete, merge, write
from wayhome.core.value import Value

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
values: st.SearchStrategy[Value] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
hostile: st.SearchStrategy[object] = (
    values
    | st.integers()
    | st.sampled_from([10**400, -(10**400), 2**64, float("nan"), float("inf"), -float("inf"), "\ud800", "x" * 10_000])
    | st.binary(max_size=8)
    | st.builds(object)
    | st.complex_numbers()
    | st.tuples(st.integers())
    | st.sets(st.integers(), max_size=2)
    | st.dictionaries(st.integers(), st.integers(), max_size=2)
    | st.lists(st.just("\udfff"), min_size=1, max_size=2)
)
"""Also what no JSON can carry: a link is a program of somebody's and may hand over anything."""

stamps = st.builds(Stamp, st.integers(1_000, 1_020), st.integers(0, 2), st.sampled_from(["car", "home", "lodge"]))
fields = st.dictionaries(st.sampled_from(["name", "note", "color"]), values, min_size=1, max_size=3)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """One record as some site may hold it: after some writes and deletions in any order, each with its own stamp."""
    taken = draw(st.lists(stamps, min_size=1, max_size=5, unique=True))
    made: Record | None = None
    for stamp in taken:
        if made is not None and draw(st.integers(0, 3)) == 0:
            made = delete(made, stamp)
        else:
            # What a stamp wrote follows from the stamp: no sound node uses one twice.
            seed = stamp.wall * 9 + stamp.count * 3 + len(stamp.node)
            names = ["name", "note", "color"][: 1 + seed % 3]
            wrote = write(
                None, "note", "n1", {name: None if seed % 7 == 0 else f"{name} {stamp}" for name in names}, stamp
            )
            made = wrote if made is None else merge(made, wrote)
    assert made is not None
    return made
