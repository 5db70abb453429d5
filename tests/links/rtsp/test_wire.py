"""The pure parts: what the standards say, and that rubbish harms nobody."""

from __future__ import annotations

import contextlib
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.errors import Refused
from wayhome.links.rtsp import h264, sdp
from wayhome.links.rtsp.digest import challenge
from wayhome.links.rtsp.wire import Answer, Asked, Event, Reader, Rubbish, request

SPS = bytes.fromhex("6742c01fda014016ec05a808080a00000300020000030065 1e306540".replace(" ", ""))


def test_a_digest_is_as_in_rfc_2617_and_7616() -> None:
    old = challenge(
        [
            'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
            'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
        ]
    )
    assert old is not None
    said = old.answer("GET", "/dir/index.html", "Mufasa", "Circle Of Life", "0a4f113b")
    assert 'response="6629fae49393a05397450978507c4ef1"' in said
    both = [
        'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
        'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
    ]
    best = challenge(both)
    assert best is not None
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    said = best.answer("GET", "/dir/index.html", "Mufasa", "Circle of Life", cnonce)
    assert 'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"' in said
    assert "algorithm=SHA-256" in said
    assert challenge(['Basic realm="cam"', both[0]]).algorithm == "MD5"  # type: ignore[union-attr]
    assert challenge(["Negotiate abc"]) is None


def test_an_answer_and_packets_are_read_however_they_are_cut() -> None:
    body = b"v=0\r\n"
    whole = (
        b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: 5\r\nWWW-Authenticate: a\r\nWWW-Authenticate: b\r\n\r\n"
        + body
        + b"$\x00\x00\x03abc$\x01\x00\x00"
        + b"OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n"
        + b"$\x00\x00\x01d"
    )
    wanted: list[Event] = [
        Answer(200, "OK", {"cseq": ["3"], "content-length": ["5"], "www-authenticate": ["a", "b"]}, body),
        (0, b"abc"),
        (1, b""),
        Asked("OPTIONS", "9"),
        (0, b"d"),
    ]
    for step in (1, 2, 3, 7, len(whole)):
        reader, found = Reader(), []
        for at in range(0, len(whole), step):
            found += list(reader.take(whole[at : at + step]))
        assert found == wanted, step
    assert (
        request("PLAY", "rtsp://x/", 4, {"Session": "1"}) == b"PLAY rtsp://x/ RTSP/1.0\r\nCSeq: 4\r\nSession: 1\r\n\r\n"
    )


@given(st.binary(max_size=3_000), st.integers(1, 700))
def test_no_bytes_do_harm(data: bytes, step: int) -> None:
    reader = Reader()
    with contextlib.suppress(Rubbish):
        for at in range(0, len(data), step):
            list(reader.take(data[at : at + step]))
    pictures = h264.Pictures(96, (data[:20], data[20:60]), lambda whole: None)
    with contextlib.suppress(Refused):
        for at in range(0, len(data), step):
            pictures.packet(bytes([0x80, 0x60 | at & 0x80]) + bytes([at >> 8 & 255, at & 255]) + data[at : at + step])
    h264.size(data)
    sdp.tracks(data.decode("latin-1"), "rtsp://x/")


def packet(number: int, time: int, payload: bytes, last: bool = False) -> bytes:
    return bytes([0x80, 96 | (0x80 if last else 0)]) + number.to_bytes(2) + time.to_bytes(4) + bytes(4) + payload


def test_pictures_are_put_together_and_a_lost_packet_waits_for_a_key_picture() -> None:
    told: list[h264.Whole] = []
    pictures = h264.Pictures(96, (SPS, b"\x68\xce\x3c\x80"), told.append)
    pictures.packet(packet(1, 1, b"\x41before", last=True))  # no key picture yet
    assert told == []
    pictures.packet(packet(2, 2, bytes([28 | 0x60, 0x85]) + b"\x88B"))
    pictures.packet(packet(3, 2, bytes([28 | 0x60, 0x05]) + b"CD"))
    pictures.packet(packet(4, 2, bytes([28 | 0x60, 0x45]) + b"EF", last=True))
    pictures.packet(packet(5, 3, b"\x18\x00\x02\x41a\x00\x02\x41b", last=True))
    start = h264.START
    assert [one.data for one in told] == [
        start + SPS + start + b"\x68\xce\x3c\x80" + start + b"\x65\x88BCDEF",
        start + b"\x41a" + start + b"\x41b",
    ]
    assert [one.key for one in told] == [True, False]
    pictures.packet(packet(7, 4, b"\x41lost", last=True))
    pictures.packet(packet(8, 5, b"\x41after", last=True))
    assert len(told) == 2
    assert pictures.lost == 1
    pictures.packet(packet(9, 6, b"\x65\x88key", last=True))
    pictures.packet(packet(10, 7, b"\x41next"))  # no mark: the next picture's time ends it
    pictures.packet(packet(11, 8, b"\x41last", last=True))
    assert [one.key for one in told[2:]] == [True, False, False]


def test_of_a_key_picture_in_slices_no_half_is_shown() -> None:
    told: list[h264.Whole] = []
    pictures = h264.Pictures(96, (SPS, b"\x68\xce\x3c\x80"), told.append)
    # Joined in its middle, then each of its slices lost in turn; 0x88: begins at the first block.
    first, second, third = b"\x65\x88one", b"\x65\x40two", b"\x65\x20three"
    number = 0
    for lost in (first, second, third):
        for slice in (first, second, third):
            number += 1
            if slice != lost:
                pictures.packet(packet(number, number // 4 + 1, slice, last=slice is third))
        number += 1
        pictures.packet(packet(number, 1_000 + number, b"\x41\x9anext", last=True))
    assert told == []
    for slice in (first, second, third):
        number += 1
        pictures.packet(packet(number, 2_000, slice, last=slice is third))
    assert [one.key for one in told] == [True]
    assert told[0].data.endswith(h264.START + first + h264.START + second + h264.START + third)


@pytest.mark.parametrize("kind", [b"\x06", b"\x67", b"\x68"])
def test_what_never_comes_to_a_picture_is_not_kept_without_end(kind: bytes) -> None:
    pictures = h264.Pictures(96, (), lambda whole: None)
    tracemalloc.start()
    with contextlib.suppress(Refused):
        for number in range(500):
            pictures.packet(packet(number, number, kind + bytes([number & 255]) + bytes(60_000), last=True))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 2 * h264.MAX_PICTURE


STRANGE = (
    "RTSP/1.0 \u00b2 OK\r\n\r\n",
    f"RTSP/1.0 {'9' * 5_000} OK\r\n\r\n",
    f"RTSP/1.0 200 OK\r\nContent-Length: {'0' * 5_000}\r\n\r\n",
)


def test_strange_numbers_are_rubbish() -> None:
    for text in STRANGE:
        with pytest.raises(Rubbish):
            list(Reader().take(text.encode()))
    for payload in ("\u00b2", "9" * 5_000):
        assert sdp.tracks(f"m=video 0 RTP/AVP {payload}\na=rtpmap:{payload} H264/{payload}\n", "rtsp://cam/") == []
    assert sdp.absolute("rtsp://cam/live", "//[") == "rtsp://cam/live"
    # A head of thousands of lines would be read again with each byte of its body.
    with pytest.raises(Rubbish):
        list(Reader().take(b"RTSP/1.0 200 OK\r\n" + b"a:\r\n" * 5_000 + b"Content-Length: 60000\r\n\r\n"))
    # A picture's head has no room for such a size.
    film = "m=video 0 RTP/AVP 26\na=x-dimensions:"
    assert [sdp.tracks(film + size, "rtsp://cam/")[0].size for size in ("640,480", "70000,480")] == [(640, 480), None]


def test_what_a_parameter_set_says() -> None:
    assert h264.size(SPS) == (1280, 720)
    assert h264.codec(SPS) == "avc1.42c01f"
    assert h264.size(b"\x67") is None


def test_what_cameras_offer() -> None:
    text = (
        "v=0\r\no=- 1 1 IN IP4 192.168.1.64\r\ns=Media Presentation\r\na=control:*\r\n"
        "m=audio 0 RTP/AVP 8\r\na=control:trackID=2\r\na=rtpmap:8 PCMA/8000\r\n"
        "m=video 0 RTP/AVP 96\r\nb=AS:5000\r\na=control:rtsp://192.168.1.64:554/Streaming/Channels/101/trackID=1\r\n"
        "a=rtpmap:96 H264/90000\r\n"
        "a=fmtp:96 profile-level-id=420029; packetization-mode=1; "
        "sprop-parameter-sets=Z01AKY2NQDwBE/LCAAAOEAACvyAI,aO44gA==\r\n"
    )
    (track,) = sdp.tracks(text, "rtsp://192.168.1.64/Streaming/Channels/101/")
    assert (track.codec, track.payload, track.clock) == ("H264", 96, 90_000)
    assert track.control == "rtsp://192.168.1.64:554/Streaming/Channels/101/trackID=1"
    assert [one[0] & 31 for one in track.sets] == [7, 8]
    assert h264.size(track.sets[0]) == (1920, 1080)
    other = "m=video 0 RTP/AVP 26\na=control:track1\n"
    assert sdp.tracks(other, "rtsp://cam/live")[0] == sdp.Track("JPEG", 26, "rtsp://cam/live/track1")
