"""Where push may go, what its answers mean, and whom push services may write to."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.errors import BadInput, NotFound, Refused, Unreachable
from wayhome.features.notices.push import contacts
from wayhome.features.notices.push.address import checked, is_public, origin, resolved
from wayhome.features.notices.push.answers import Later, after, judge

GOOD = [
    "https://fcm.googleapis.com/fcm/send/abc:def",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
    "https://web.push.apple.com/QGZx",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYA",
    "https://fcm.googleapis.com:443/fcm/send/abc",
]
BAD = [
    "http://fcm.googleapis.com/fcm/send/abc",
    "https://127.0.0.1/x",
    "https://localhost/x",
    "https://router/x",
    "https://wayhome.local/x",
    "https://nas.home.arpa/x",
    "https://192.168.1.1/x",
    "https://10.0.0.1/x",
    "https://100.64.0.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/x",
    "https://[fe80::1%25eth0]/x",
    "https://[fd00::1]/x",
    "https://[::ffff:192.168.1.1]/x",
    "https://[2002:c0a8:0101::1]/x",
    "https://[64:ff9b::192.168.1.1]/x",
    "https://[::127.0.0.1]/x",
    "https://0.0.0.0/x",
    "https://224.0.0.1/x",
    "https://push.example.com:22/x",
    "https://push.example.com:8443/x",
    "https://push.example.com:0/x",
    "https://push.example.com:99999/x",
    "https://somebody@push.example.com/x",
    "https://a:b@push.example.com/x",
    "https://push.example.com/x#y",
    "https://push.example.com/x y",
    "https://push.example.com/x\r\nHost: router",
    "https://pūsh.example.com/x",
    "https://[::1/x",
    "https:///x",
    "file:///etc/passwd",
    "",
    "https://push.example.com/" + "x" * 1000,
]


@pytest.mark.parametrize("endpoint", GOOD)
def test_push_services_are_taken(endpoint: str) -> None:
    assert checked(endpoint) == endpoint
    assert origin(endpoint).startswith("https://") and origin(endpoint).count("/") == 2


@pytest.mark.parametrize("endpoint", BAD)
def test_nothing_else_is_and_it_is_not_said_again(endpoint: str) -> None:
    with pytest.raises(BadInput) as refused:
        checked(endpoint)
    assert len(endpoint) < 12 or endpoint not in f"{refused.value} {refused.value.advice}"


@given(st.ip_addresses(v=4))
def test_an_address_of_the_home_network_is_one_in_every_notation(ip: object) -> None:
    text = str(ip)
    number = int(ip)  # type: ignore[call-overload]
    forms = [f"::ffff:{text}", f"64:ff9b::{text}", f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1"]
    assert all(is_public(form) == is_public(text) for form in forms)


@pytest.mark.anyio
async def test_a_name_that_leads_home_is_refused_when_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[str] = []

    def found(*_: object, **__: object) -> list[tuple[object, ...]]:
        if not answers:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in answers]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    answers[:] = ["142.250.1.1", "142.250.1.1", "2a00:1450:4001::1"]
    assert await resolved("push.example.com", 443) == ["142.250.1.1", "2a00:1450:4001::1"]
    answers[:] = ["142.250.1.1", "192.168.1.1"]  # one of them is enough
    with pytest.raises(BadInput, match="home network"):
        await resolved("push.example.com", 443)
    answers[:] = []
    with pytest.raises(Unreachable, match="looked up"):
        await resolved("push.example.com", 443)


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 201, 202])
def test_taken(status: int) -> None:
    judge(status, "", 0)


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, NotFound), (410, NotFound), (429, Later), (500, Later), (503, Later), (408, Later)]
    + [(status, Refused) for status in (301, 307, 400, 401, 403, 413)],
)
def test_what_is_not(status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        judge(status, "", 0)


def test_how_long_a_service_wants_to_be_left_alone() -> None:
    now = NOW.timestamp()
    assert after("120", now) == 120
    assert after(format_datetime(datetime(2026, 3, 1, 12, 5, tzinfo=UTC), usegmt=True), now) == 300
    assert after(format_datetime(datetime(2025, 3, 1, tzinfo=UTC), usegmt=True), now) == 0
    assert [after(text, now) for text in ("", "soon", "-5", "1.5", "٣")] == [0, 0, 0, 0, 0]
    assert after("9" * 400, now) < 1e10
    with pytest.raises(Later) as busy:
        judge(503, "7", now)
    assert busy.value.after == 7


@given(st.text(max_size=60))
def test_whatever_a_service_says_is_a_number_of_seconds(text: str) -> None:
    assert after(text, NOW.timestamp()) >= 0


def test_contacts() -> None:
    assert contacts.checked("  anna@example.com ") == "mailto:anna@example.com"
    assert contacts.checked("mailto:anna@example.com") == "mailto:anna@example.com"
    assert contacts.checked("https://example.com/us") == "https://example.com/us"
    assert contacts.checked("") == ""
    for text in (
        "anna",
        "anna@home",
        "anna@wayhome.local",
        "anna@wayhome.invalid",
        "https://wayhome.example",
        "https://localhost/x",
        "http://example.com",
        "https://example.com/a b",
        'https://example.com/"',
        "https://me@example.com/",
        "https://[::1",
        "javascript:alert(1)@example.com",
        "anna@example.com\r\nX: y",
    ):
        with pytest.raises(BadInput):
            contacts.checked(text)
    assert contacts.wanted("https://web.push.apple.com/abc") and contacts.wanted("https://push.apple.com/abc")
    assert not contacts.wanted("https://fcm.googleapis.com/x") and not contacts.wanted("https://notpush.apple.com.eu/x")
