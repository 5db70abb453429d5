"""What is said to a relay, before a stream begins; and whose name stands in the first words of real TLS."""

from __future__ import annotations

import ssl

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from wayhome.errors import BadInput
from wayhome.relay import lines
from wayhome.relay.client_hello import MAX, server_name
from wayhome.relay.limits import Bucket

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()


def hello(name: str | None) -> bytes:
    """What OpenSSL says first."""
    context = ssl.create_default_context()
    context.check_hostname = name is not None
    out = ssl.MemoryBIO()
    begun = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        begun.do_handshake()
    return out.read()


def test_lines_come_back_as_they_were_said() -> None:
    id = lines.id_of(PUBLIC)
    assert lines.is_id(id) and len(id) == 32
    assert lines.wanted(lines.hub_calls(PUBLIC)) == lines.HubCalls(PUBLIC)
    assert lines.wanted(lines.reach(id)) == lines.Reach(id)
    assert lines.wanted(lines.take(b"t" * 16)) == lines.Take(b"t" * 16)
    assert lines.token_of(lines.opened(b"t" * 16)) == b"t" * 16
    assert lines.nonce_of(lines.nonce(b"n" * 32)) == b"n" * 32
    assert lines.why_not(lines.no("busy")) == "busy" and lines.why_not(lines.YES) is None


def test_only_who_has_the_key_signs_for_it() -> None:
    nonce, other = b"n" * 32, Ed25519PrivateKey.generate()
    assert lines.is_signed(lines.signed(KEY, nonce), PUBLIC, nonce)
    assert not lines.is_signed(lines.signed(KEY, nonce), PUBLIC, b"o" * 32)
    assert not lines.is_signed(lines.signed(other, nonce), PUBLIC, nonce)
    assert not lines.is_signed(lines.signed(KEY, nonce), b"\xff" * 32, nonce), "what is no key signs nothing"


@given(st.binary(max_size=300))
def test_anything_else_is_bad_input(data: bytes) -> None:
    for read in (lines.wanted, lines.token_of, lines.nonce_of, lambda it: lines.is_signed(it, PUBLIC, b"n" * 32)):
        with pytest.raises(BadInput):
            read(data)
    for start in (b"WAYHOME/1 HUB ", b"WAYHOME/1 TO ", b"WAYHOME/1 TAKE "):
        try:
            found = lines.wanted(start + data)
        except BadInput:
            continue
        assert isinstance(found, lines.Reach) or len(getattr(found, "key", None) or found.token) in (16, 32)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["home.example.org", "a" * 63 + "." + "b" * 60, "XN--fsq.Example"])
def test_the_name_in_real_first_words(name: str) -> None:
    data = hello(name)
    assert server_name(data) == name.lower()
    for end in range(1, len(data)):
        assert server_name(data[:end]) is None, "not before all of it has come"
    assert server_name(data + b"what comes next") == name.lower()


def test_first_words_in_several_records() -> None:
    data = hello("home.example.org")
    body = data[5:]
    parts = [body[:100], body[100:300], body[300:]]
    several = b"".join(data[:3] + len(part).to_bytes(2, "big") + part for part in parts)
    assert server_name(several) == "home.example.org"
    crumbs = b"".join(data[:3] + b"\0\x01" + body[at : at + 1] for at in range(len(body)))
    with pytest.raises(BadInput):
        server_name(crumbs)


def test_tls_without_a_name_or_too_long_or_none_at_all() -> None:
    with pytest.raises(BadInput, match="whom"):
        server_name(hello(None))
    with pytest.raises(BadInput):
        server_name(b"GET / HTTP/1.1\r\n")
    with pytest.raises(BadInput):
        server_name(b"\x16\x03\x01\xff\xff" + b"\x01" * 20)
    long = b"\x01" + (MAX + 1).to_bytes(3, "big")
    with pytest.raises(BadInput):
        server_name(b"\x16\x03\x01\x00\x10" + long + b"\0" * 12)


@given(st.binary(max_size=400), st.integers(0, 500), st.integers(0, 255))
def test_broken_first_words_end_in_bad_input(junk: bytes, at: int, byte: int) -> None:
    whole = hello("home.example.org")
    broken = whole[: at % len(whole)] + bytes([byte]) + whole[at % len(whole) + 1 :]
    for data in (junk, b"\x16\x03\x01" + junk, broken):
        try:
            name = server_name(data)
        except BadInput:
            continue
        assert name is None or isinstance(name, str)


def test_a_bucket_gives_its_rate_on_average_and_no_more() -> None:
    bucket = Bucket(100.0, 1_000.0, 0.0)
    assert bucket.take(1_000, 0.0) == 0.0
    assert bucket.take(50, 0.0) == pytest.approx(0.5)
    assert bucket.take(50, 1.0) == pytest.approx(0.0)
    assert not bucket.full(2.0) and bucket.full(20.0)
    assert bucket.take(0, 50.0) == 0.0 and bucket.take(1_001, 50.0) > 0, "what is not taken does not pile up"
    counted = Bucket(2.0, 3.0, 0.0)
    assert [counted.try_take(0.0) for _ in range(4)] == [True, True, True, False]
    assert counted.try_take(0.6) and not counted.try_take(0.6)
