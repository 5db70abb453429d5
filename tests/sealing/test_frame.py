"""Sealed records: only the group opens them, and only what their sender wrote."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sealing.groups import HUB, Group
from wayhome.sealing import frame, paper
from wayhome.sealing.frame import Header

GROUP = Group()
GROUP.add("phone")
GROUP.add("tablet")
KEY = GROUP.key("phone", 1) or b""
SECRET = b"the code of the garage is 4711"


def sealed(sender: str = "phone", counter: int = 7, epoch: int = 1, record: str = "mei:1", signer: str = "") -> bytes:
    header = Header("clip", record, sender, epoch, counter)
    return frame.seal(header, SECRET, KEY, GROUP.keys[signer or sender], os.urandom(12))


def test_a_frame_and_back() -> None:
    data = sealed()
    assert frame.sent(data, "clip", "mei:1", GROUP.chain) == Header("clip", "mei:1", "phone", 1, 7)
    for member in (HUB, "phone", "tablet"):
        assert frame.content(data, GROUP.key(member, 1)) == SECRET
    assert SECRET not in data and b"4711" not in data


def test_what_is_refused() -> None:
    assert frame.sent(sealed(), "clip", "mei:2", GROUP.chain) == "other"
    assert frame.sent(sealed(), "note", "mei:1", GROUP.chain) == "other"
    assert frame.sent(sealed(signer="tablet"), "clip", "mei:1", GROUP.chain) == "forged"
    assert frame.sent(sealed(epoch=2), "clip", "mei:1", GROUP.chain) == "unknown_sender"
    assert frame.content(sealed(), None) == "no_key"
    assert frame.content(sealed(), b"\0" * 32) == "damaged"
    assert frame.sent(b"", "clip", "mei:1", GROUP.chain) == "unsound"
    assert frame.sent(b"\2" + sealed()[1:], "clip", "mei:1", GROUP.chain) == "unsound"
    with pytest.raises(ValueError, match="too long"):
        frame.seal(Header("clip", "mei:1", "phone", 1, 1), b"x" * 50_000, KEY, GROUP.keys["phone"], bytes(12))
    with pytest.raises(ValueError, match="name"):
        frame.seal(Header("clip", "x" * 129, "phone", 1, 1), b"x", KEY, GROUP.keys["phone"], bytes(12))


def test_a_counter_that_no_screen_counts_to_is_none() -> None:
    assert isinstance(frame.sent(sealed(counter=2**53 - 1), "clip", "mei:1", GROUP.chain), Header)
    assert frame.sent(sealed(counter=2**53), "clip", "mei:1", GROUP.chain) == "unsound"


def test_one_kind_s_key_opens_no_other() -> None:
    """The content's key is the kind's: what is told of one kind tells nothing of another."""
    one = frame.seal(Header("clip", "a", "phone", 1, 1), SECRET, KEY, GROUP.keys["phone"], bytes(12))
    other = frame.seal(Header("note", "a", "phone", 1, 1), SECRET, KEY, GROUP.keys["phone"], bytes(12))
    a, b = frame.read(one), frame.read(other)
    assert a is not None and b is not None and a.sealed[:8] != b.sealed[:8]


def test_a_removed_device_can_t_open_what_was_sealed_then() -> None:
    group = Group()
    group.add("phone")
    group.add("tablet")
    group.remove("tablet")
    key = group.key("phone", 2)
    assert key is not None
    data = frame.seal(Header("clip", "mei:1", "phone", 2, 1), SECRET, key, group.keys["phone"], bytes(12))
    known = group.chain.key(1, "tablet", group.keys["tablet"])
    assert frame.content(data, group.key("tablet", 2)) == "no_key"
    assert frame.content(data, known) == "no_key" if known is None else frame.content(data, known) == "damaged"
    # What it seals itself from now on is nobody's of the group.
    mine = frame.seal(Header("clip", "mei:2", "tablet", 2, 9), b"x", key, group.keys["tablet"], bytes(12))
    assert frame.sent(mine, "clip", "mei:2", group.chain) == "unknown_sender"
    # What it sealed before is still its own.
    old = group.key("phone", 1) or b""
    before = frame.seal(Header("clip", "mei:3", "tablet", 1, 3), SECRET, old, group.keys["tablet"], bytes(12))
    assert frame.sent(before, "clip", "mei:3", group.chain) == Header("clip", "mei:3", "tablet", 1, 3)
    assert frame.content(before, old) == SECRET


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(sealed()) * 8 - 1))
def test_any_flipped_bit_is_refused(bit: int) -> None:
    data = bytearray(DATA)
    data[bit // 8] ^= 1 << bit % 8
    assert isinstance(frame.sent(bytes(data), "clip", "mei:1", GROUP.chain), str)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.integers(0, len(sealed()) - 1).map(lambda n: DATA[:n])))
def test_noise_is_no_frame(data: bytes) -> None:
    assert isinstance(frame.sent(data, "clip", "mei:1", GROUP.chain), str)


@given(st.binary(min_size=20, max_size=20), st.integers(0, 34), st.sampled_from(paper.SIGNS))
def test_a_code_on_paper(secret: bytes, at: int, other: str) -> None:
    code = paper.code(secret)
    assert len(code.replace("-", "")) == 35 and paper.secret(code.lower().replace("-", " ").replace("0", "o")) == secret
    signs = list(code.replace("-", ""))
    # 15 bits of 35 signs: one mistyped sign is found but for one time in 32,768.
    if signs[at] != other:
        signs[at] = other
        assert paper.secret("".join(signs)) != secret
    assert paper.keys(secret).sign == paper.keys(secret).sign != paper.keys(secret).open
    assert paper.secret(code[:-1]) is None and paper.secret("") is None


DATA = sealed()
