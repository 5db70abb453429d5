"""Motion JPEG over http, as cameras write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.errors import Refused
from wayhome.hub.parts import Parts, boundary

ONE, TWO = b"\xff\xd8 one \r\n--not the mark\xff\xd9", b"\xff\xd8 two \n\n\xff\xd9"


def home_assistant(picture: bytes) -> bytes:
    head = b"--frameboundary\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture)
    return head + picture + b"\r\n"


WAYS = [
    ("multipart/x-mixed-replace; boundary=--frameboundary", b"".join(map(home_assistant, (ONE, TWO, ONE)))),
    # Without a length, and with more dashes than it said.
    ('multipart/x-mixed-replace;boundary="mark"', b"junk\r\n" + b"".join(
        b"----mark\r\nContent-Type: image/jpeg\r\n\r\n%b\r\n" % one for one in (ONE, TWO, ONE)) + b"----mark--\r\n"),
    # Lines end as on Unix, the mark is said with its dashes.
    ("multipart/x-mixed-replace; boundary=--x.y", b"".join(
        b"--x.y\ncontent-length:%d\n\n%b\n" % (len(one), one) for one in (ONE, TWO, ONE)) + b"--x.y\n"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "sent"), WAYS)
@given(data=st.data())
def test_the_pictures_of_many_ways_to_write_it(said: str, sent: bytes, data: st.DataObject) -> None:
    mark = boundary(said)
    assert mark is not None
    parts = Parts(mark)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)))))
    got: list[bytes] = []
    for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True):
        got += parts.take(sent[start:end])
    assert got == [ONE, TWO, ONE]
    assert not parts.midway


def test_what_is_no_answer_in_parts() -> None:
    for said in ("", "image/jpeg", "text/html; boundary=x"):
        assert boundary(said) is None


def test_what_has_no_end_is_refused() -> None:
    start = b"--x\r\nContent-Type: image/jpeg\r\n\r\n"
    for sent in (b"x", b"--x\r\nName: ", start):
        parts = Parts(b"x")
        with pytest.raises(Refused):
            for piece in [sent, *[b"y" * 65_536] * 200]:
                list(parts.take(piece))
    with pytest.raises(Refused):
        list(Parts(b"x").take(b"--x\r\nContent-Length: 99999999\r\n\r\n"))


def test_what_has_begun_is_known_to_have() -> None:
    parts = Parts(b"x")
    assert not list(parts.take(b"--x\r\nContent-Length: 10\r\n\r\n12345"))
    assert parts.midway
    assert list(parts.take(b"67890")) == [b"1234567890"]
    assert not parts.midway


def test_parts_of_nothing_end_a_film() -> None:
    parts = Parts(b"x")
    assert list(parts.take(b"--x\n\n" * 100 + b"--x\r\n\r\n" + b"y" * 100 + b"\r\n--x\n\n")) == [b"y" * 100]
    with pytest.raises(Refused):
        list(parts.take(b"--x\n\n" * 1_000))
