"""Requests that no proper client sends: an answer with words, never a crash, never a file that is not ours."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.bad_days.conftest import Demo

JSON = {"Content-Type": "application/json"}
WISH = b'{"path":"living-lamp/light.on","target":'


def problem(answer: httpx.Response, *statuses: int) -> None:
    """It is an error in our form."""
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert found["status"] == answer.status_code
    assert found["code"] and found["detail"] and found["advice"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/..%2f..%2f..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/..%5c..%5cetc%5cpasswd",
        "/%2fetc%2fpasswd",
        "//etc/passwd",
        "/assets/%00.js",
        "/%00",
        "/index.html%00.png",
        "/.%00./etc/passwd",
        "/" + "a" * 5_000,
        "/" + "a/" * 2_000,
        "/%ff%fe",
        "/../data/local.json",
        "/api/%2e%2e/%2e%2e/etc/passwd",
        "/__init__.py",
        "/..%2f__init__.py",
        "/..%2fweb%2fstatic.py",
    ],
)
def test_no_file_but_the_cockpits(demo: Demo, path: str) -> None:
    said = raw(demo, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert said.startswith(b"HTTP/1.1 404"), said[:200]
    assert b"root:" not in said and b"from __future__" not in said and b"token" not in said


@pytest.mark.parametrize(
    "body, headers, status",
    [
        (b"", JSON, 400),
        (b"null", JSON, 400),
        (b"[]", JSON, 400),
        (b"{", JSON, 400),
        (b"\xff\xfe", JSON, 400),
        (WISH + b"NaN}", JSON, 400),
        (WISH + b"1e999}", JSON, 400),
        (WISH + b"9" * 5_000 + b"}", JSON, 400),
        (WISH + b'"\\ud800"}', JSON, 400),
        (WISH + b"[" * 100_000, JSON, 400),
        (WISH + b"[" * 900 + b"]" * 900 + b"}", JSON, 400),
        (b'{"a":' * 50_000, JSON, 400),
        (WISH + b'true,"extra":1}', JSON, 400),
        (WISH + b'true,"key":"x"}', JSON, 400),
        (WISH + b'true,"ttl":1e308}', JSON, 400),
        (b"path=living-lamp%2Flight.on&target=true", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"<wish/>", {"Content-Type": "text/xml"}, 400),
        (b"--x\r\n", {"Content-Type": "multipart/form-data; boundary=x"}, 400),
        (b"x", {"Content-Type": "multipart/form-data"}, 400),
        (b"\x80", {"Content-Type": "application/x-msgpack"}, 400),
        (b"x", {"Content-Type": "\xff"}, 400),
        (WISH + b'"' + b"x" * 2_000_000 + b'"}', JSON, 413),
        (WISH + b"true}", {**JSON, "Idempotency-Key": "x"}, 400),
        (WISH + b"true}", {**JSON, "Idempotency-Key": "\xe9" * 100}, 400),
    ],
)
def test_a_body_that_makes_no_sense(demo: Demo, body: bytes, headers: dict[str, str], status: int) -> None:
    sent = {name: value.encode("latin-1") for name, value in headers.items()}
    with demo.hub.api() as api:
        problem(api.post("/api/home/set", content=body, headers=sent), status)
    with demo.hub.api("") as nobody:
        # Whoever is nobody does not learn what a body should be.
        if status != 413:
            problem(nobody.post("/api/home/set", content=body, headers=sent), 401)


def test_a_body_without_an_end(demo: Demo) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 100_000

    with demo.hub.api() as api:
        problem(api.post("/api/home/set", content=endless(), headers=JSON), 413)


QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("home/audit", {"since": 10**30}),
    ("home/audit", {"since": -1}),
    ("home/audit", {"limit": 10**30}),
    ("home/audit", {"kinds": "nothing"}),
    ("home/history", {"path": "living-lamp/light.on", "start": "nan", "end": "inf"}),
    ("home/history", {"path": "living-lamp/light.on", "start": -1e308, "end": 1e308}),
    ("home/history", {"path": "living-lamp/light.on", "start": 1e18, "end": 1e18 + 4096}),
    ("home/history", {"path": "living-lamp/light.on", "start": 0, "end": 1, "limit": 10**30}),
    ("home/get", {"path": "x" * 9_000}),
    ("home/get", {"path": "**/**"}),
    ("home/get", {"path": "\0"}),
    ("home/get", {}),
    ("home/why", {"path": "../../etc/passwd"}),
    ("home/picture", {"thing": "a/../b"}),
)


@pytest.mark.parametrize("address, query", QUERIES)
def test_questions_that_make_no_sense(demo: Demo, address: str, query: dict[str, Any]) -> None:
    with demo.hub.api() as api:
        answer = api.get(f"/api/{address}", params=query)
        if answer.status_code != 200:
            problem(answer, 400, 404)
        else:
            assert not next(iter(answer.json().values())) or "points" in answer.json()


def test_methods_and_addresses_that_are_not_there(demo: Demo) -> None:
    with demo.hub.api() as api:
        for method in ("PUT", "PATCH", "DELETE", "GET", "BREW"):
            answer = api.request(method, "/api/home/set")
            problem(answer, 404, 405)
        for address in ("/api/", "/api/home", "/api/home/none", "/api/live", "/api/home/set/x", "/api/x/../home/none"):
            problem(api.get(address), 404, 405)


def raw(demo: Demo, text: bytes, wait: float = 45) -> bytes:
    """What comes back for these bytes until the end, or until nothing comes for ``wait`` s."""
    said = b""
    with socket.create_connection(("127.0.0.1", demo.hub.port), wait) as found:
        try:
            found.sendall(text)
            while more := found.recv(65_536):
                said += more
        except (TimeoutError, ConnectionError):
            pass
    return said


@pytest.mark.parametrize(
    "text",
    [
        b"\0\xff\x16\x03garbage\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/home/set HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-Flood: " + b"x" * 70_000 * 20,
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(100_000)),
        b"GET /" + b"a" * 2_000_000,
        b"GET / HTTP/1.1\r\nHost: localhost\r\nBad Header\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\nY: \0\r\n\r\n",
    ],
)
def test_bytes_that_are_no_request(demo: Demo, text: bytes) -> None:
    said = raw(demo, text, 2)
    assert b"200 OK" not in said.partition(b"\r\n")[0] or said.count(b"HTTP/1.1") == 1
    assert b"Traceback" not in said and b" 500 " not in said
    with demo.hub.api("") as api:
        assert api.get("/api/door").status_code == 200


def test_a_name_that_is_not_ours_is_not_answered(demo: Demo) -> None:
    with demo.hub.api() as api:
        for host in ("evil.example", f"evil.example:{demo.hub.port}", "localhost.evil.example", "[", "", "a" * 3_000):
            answer = api.get("/api/people/me", headers={"Host": host})
            assert answer.status_code in (400, 403, 421)
            assert "local:cli" not in answer.text
