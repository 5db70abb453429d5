"""The cockpit's files as browsers get them: short, tagged, and nothing else of the disk."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from wayhome.errors import HubError
from wayhome.web import api
from wayhome.web.static import cockpit, takes, unchanged

SCRIPT = b"export const a = 1;\n" * 100


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A small cockpit, with a secret beside it."""
    base = tmp_path / "_web"
    (base / "assets").mkdir(parents=True)
    (base / "index.html").write_bytes(b"<!doctype html>")
    (base / "assets" / "main-abc.js").write_bytes(SCRIPT)
    (base / "assets" / "main-abc.js.gz").write_bytes(gzip.compress(SCRIPT))
    (base / "assets" / "main-abc.js.br").write_bytes(b"in brotli")
    (tmp_path / "secret.txt").write_text("secret")
    return base


@pytest.fixture
def client(built: Path) -> Iterator[TestClient[Litestar]]:
    app = Litestar(
        cockpit(built), exception_handlers={HubError: lambda _, error: api.problem(error)}, openapi_config=None
    )
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize(
    "accepted, form",
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("*", "br"),
        ("*;q=0", None),
        ("", None),
        ("identity", None),
        ("br;q=nonsense", None),
        ("gzip;q=", None),
        (",;,=;q," * 1_000, None),
    ],
)
def test_a_file_travels_in_the_shortest_form_that_the_browser_takes(
    client: TestClient[Litestar], accepted: str, form: str | None
) -> None:
    with client.stream("GET", "/assets/main-abc.js", headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == form
    assert raw == {"br": b"in brotli", "gzip": gzip.compress(SCRIPT), None: SCRIPT}[form] or form == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert int(answer.headers["content-length"]) == len(raw)


def test_hashed_files_last_and_the_page_is_asked_for_anew(client: TestClient[Litestar]) -> None:
    assert client.get("/assets/main-abc.js").headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get("/").headers["cache-control"] == "no-cache"


def test_what_is_there_already_is_not_sent_again(client: TestClient[Litestar], built: Path) -> None:
    tag = client.get("/").headers["etag"]
    for asked in (tag, f"W/{tag}", f'"else", {tag}', "*"):
        again = client.get("/", headers={"If-None-Match": asked})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    (built / "index.html").write_bytes(b"<!doctype html><title>new</title>")
    os.utime(built / "index.html", ns=(1, 2))  # whatever the disk's clock can tell apart
    fresh = client.get("/", headers={"If-None-Match": tag})
    assert fresh.status_code == 200 and b"new" in fresh.content


def test_each_form_has_a_tag_of_its_own(client: TestClient[Litestar]) -> None:
    tags = [
        client.build_request("GET", "/assets/main-abc.js", headers={"Accept-Encoding": form}) for form in ("gzip", "")
    ]
    first, second = (client.send(request).headers["etag"] for request in tags)
    assert first != second


def test_a_short_form_of_an_earlier_build_is_not_served(client: TestClient[Litestar], built: Path) -> None:
    (built / "assets" / "main-abc.js").write_bytes(b"newer")
    for name in ("main-abc.js.gz", "main-abc.js.br"):
        os.utime(built / "assets" / name, ns=(0, 0))
    answer = client.get("/assets/main-abc.js", headers={"Accept-Encoding": "br, gzip"})
    assert answer.content == b"newer" and "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/assets/main-abc.js.gz",
        "/assets/main-abc.js.br",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets",
        "/assets/",
        "/assets/none.js",
        "/" + "a" * 5_000 + ".js",
        "/%00.js",
    ],
)
def test_nothing_but_the_cockpits_own_files(client: TestClient[Litestar], path: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "br"})
    assert answer.status_code == 404
    assert b"secret" not in answer.content.replace(b"secret.txt", b"")


def test_a_link_out_of_the_folder_leads_nowhere(client: TestClient[Litestar], built: Path) -> None:
    (built / "out.txt").symlink_to(built.parent / "secret.txt")
    assert client.get("/out.txt").status_code == 404


@pytest.mark.parametrize("span", ["bytes=0-4", "bytes=5-", "bytes=-1", "bytes=9999999-", "bytes=9-1", "x"])
def test_a_range_is_answered_with_the_whole(client: TestClient[Litestar], span: str) -> None:
    answer = client.get("/assets/main-abc.js", headers={"Range": span, "Accept-Encoding": ""})
    assert (answer.status_code, answer.content) == (200, SCRIPT)


def test_hostile_headers_are_of_no_use() -> None:
    assert not takes("br;q=" + "9" * 100_000 + "x", "br")
    assert not unchanged(",".join(['"x"'] * 100_000), '"y"')
