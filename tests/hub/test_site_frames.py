"""What two hubs tell each other, as it is packed; and what is no frame."""

from __future__ import annotations

import zlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ports.rows import command, event, reading, record
from wayhome.errors import BadInput
from wayhome.hub.sites import frames
from wayhome.hub.sites.frames import DEFLATED, PLAIN, Lines, Time, Told, encoded, packed, row_of, unpacked


@pytest.mark.parametrize("row", [reading(value=[1, {"a": None}]), command(), event(), record()])
def test_lines_come_as_they_were_written(row: object) -> None:
    frame = unpacked(packed(Lines("log", 0, 3, [(3, encoded(row))])))
    assert isinstance(frame, Lines)
    assert row_of(frame.lines[0][1]) == row


def test_what_is_long_is_deflated() -> None:
    told = Told(7, {f"lamp-{n}/light.on": [True, 1.0] for n in range(500)})
    data = packed(told)
    assert data[:1] == DEFLATED and len(data) < 4_000
    assert unpacked(data) == told
    assert packed(Time("e", 1.0, 2.0))[:1] == PLAIN


def test_a_frame_that_unpacks_to_very_much_is_refused() -> None:
    bomb = DEFLATED + zlib.compress(b"\x00" * (frames.MAX_BODY + 1), 9)
    assert len(bomb) < 10_000
    with pytest.raises(BadInput, match="too large"):
        unpacked(bomb)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_frame_or_refused(data: bytes) -> None:
    for start in (b"", PLAIN, DEFLATED):
        try:
            unpacked(start + data)
        except BadInput:
            continue


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=8), lambda v: st.lists(v) | st.dictionaries(st.text(max_size=8), v)
    )
)
def test_any_value_is_a_line_or_refused(value: object) -> None:
    try:
        row_of(value)
    except BadInput:
        return


def test_a_line_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(BadInput):
        row_of({"type": "sample", "reading": msgspec.to_builtins(reading())})
