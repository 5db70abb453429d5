"""Fetching an extract from a server that breaks off, lies, hangs or has another file by now."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.peers.maps import ended, shelf
from wayhome.adapters.maps import fetching
from wayhome.errors import BadInput, HubError, NotFound, Unreachable
from wayhome.hub.maps import Source

pytestmark = pytest.mark.anyio

SIZE = 5_000_000


class Server:
    """A server of one file, over a socket of its own, that can be told how to misbehave. ``asked``: the heads that
    came. ``cut``: hang up after so many bytes of a body, as often as it has numbers."""

    def __init__(self) -> None:
        self.content = os.urandom(SIZE)
        self.tag: str | None = '"one"'
        self.cut: list[int] = []
        self.status = 200
        self.ranges = True
        self.length: int | None = None
        self.silent = False
        self.shifted = 0
        self.asked: list[dict[str, str]] = []
        self.sent = 0
        self.address = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            head = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines[1:] if line}
            self.asked.append(head)
            await self._said(head, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _said(self, head: dict[str, str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        start, status = 0, self.status
        if self.ranges and "range" in head and head.get("if-range") == self.tag:
            start, status = int(head["range"][6:-1]), 206
        fields = [f"ETag: {self.tag}"] if self.tag else []
        if status == 206 and start >= len(self.content):
            status, body = 416, b""
            fields.append(f"Content-Range: bytes */{len(self.content)}")
        elif status == 206:
            start += self.shifted
            body = self.content[start:]
            fields.append(f"Content-Range: bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        else:
            body = self.content if status == 200 else b""
        length = len(body) if self.length is None else self.length
        fields.append(f"Content-Length: {length}")
        writer.write("\r\n".join([f"HTTP/1.1 {status} X", *fields, "Connection: close", "", ""]).encode())
        if self.silent:
            await writer.drain()
            await reader.read()
        if self.cut:
            body = body[: self.cut.pop(0)]
        for at in range(0, len(body), 65_536):
            writer.write(body[at : at + 65_536])
            await writer.drain()
            self.sent += len(body[at : at + 65_536])


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[Server]:
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    server.address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/region-latest.osm.pbf"
    async with listening:
        yield server


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    monkeypatch.setattr(fetching, "PAUSE", 0.001)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    async with serving(Server()) as found:
        yield found


async def fetch(server: Server, folder: Path) -> tuple[bytes, list[float | None]]:
    shares: list[float | None] = []
    await fetching.fetched(server.address, folder / "x.osm.pbf", shares.append)
    return (folder / "x.osm.pbf").read_bytes(), shares


async def test_it_comes_whole_and_says_how_far(server: Server, tmp_path: Path) -> None:
    content, shares = await fetch(server, tmp_path)
    assert content == server.content and shares[-1] == 1.0
    assert shares == sorted(one for one in shares if one is not None)
    assert [path.name for path in tmp_path.iterdir()] == ["x.osm.pbf"]


async def test_it_goes_on_where_it_broke_off(server: Server, tmp_path: Path) -> None:
    server.cut = [2_000_000, 1_500_000]
    content, _ = await fetch(server, tmp_path)
    assert content == server.content
    starts = [int(head.get("range", "bytes=0-")[6:-1]) for head in server.asked]
    assert len(starts) == 3 and starts[0] == 0 < starts[1] < starts[2]
    assert server.sent < 1.2 * SIZE, "what was there was not sent again"


async def test_it_goes_on_in_another_run_of_the_hub(server: Server, tmp_path: Path) -> None:
    server.cut = [3_000_000, *[0] * 10]
    with pytest.raises(Unreachable, match="broke off") as refused:
        await fetch(server, tmp_path)
    assert "goes on" in refused.value.hint
    server.cut = []
    before = server.sent
    content, _ = await fetch(server, tmp_path)
    assert content == server.content and server.sent - before < 2_500_000


async def test_a_file_that_changed_meanwhile_begins_anew(server: Server, tmp_path: Path) -> None:
    server.cut = [2_000_000, *[0] * 10]
    with pytest.raises(Unreachable):
        await fetch(server, tmp_path)
    server.content, server.tag, server.cut = os.urandom(4_000_000), '"two"', []
    assert (await fetch(server, tmp_path))[0] == server.content


@pytest.mark.parametrize("tag", [None, 'W/"weak"'])
async def test_without_a_version_it_begins_anew(server: Server, tmp_path: Path, tag: str | None) -> None:
    server.tag, server.cut = tag, [2_000_000]
    content, _ = await fetch(server, tmp_path)
    assert content == server.content and all("range" not in head for head in server.asked)


async def test_a_program_that_ended_after_the_last_byte(server: Server, tmp_path: Path) -> None:
    (tmp_path / "x.osm.part").write_bytes(server.content)
    (tmp_path / "x.osm.mark").write_text('"one"')
    content, _ = await fetch(server, tmp_path)
    assert content == server.content and server.sent == 0


async def test_another_part_than_was_asked_for_is_not_taken(server: Server, tmp_path: Path) -> None:
    server.cut, server.shifted = [2_000_000], 17
    content, _ = await fetch(server, tmp_path)
    assert hashlib.sha256(content).digest() == hashlib.sha256(server.content).digest()


async def _longer(server: Server) -> None:
    server.length = SIZE + 10


async def _hanging(server: Server) -> None:
    server.silent = True


async def _busy(server: Server) -> None:
    server.status = 503


@pytest.mark.parametrize("fault", [_longer, _hanging, _busy], ids=["a lying length", "silence", "busy"])
async def test_a_server_that_never_gets_there_is_given_up(
    server: Server, tmp_path: Path, fault: Callable[[Server], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "QUIET", 0.2)
    await fault(server)
    server.ranges = False
    with pytest.raises(Unreachable) as refused:
        await fetch(server, tmp_path)
    assert refused.value.hint and fetching.TRIES <= len(server.asked) <= fetching.TRIES + 1
    assert not (tmp_path / "x.osm.pbf").exists()


@pytest.mark.parametrize(("status", "kind"), [(404, NotFound), (410, NotFound), (403, BadInput), (204, BadInput)])
async def test_no_is_taken_for_an_answer(server: Server, tmp_path: Path, status: int, kind: type[HubError]) -> None:
    server.status = status
    with pytest.raises(kind):
        await fetch(server, tmp_path)
    assert len(server.asked) == 1


async def test_what_is_empty_or_too_large(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.content = b""
    with pytest.raises(BadInput, match="empty"):
        await fetch(server, tmp_path)
    server.content, server.tag = os.urandom(3_000_000), '"three"'
    monkeypatch.setattr(fetching, "LARGEST", 2_000_000)
    with pytest.raises(BadInput, match="larger"):
        await fetch(server, tmp_path)
    assert (tmp_path / "x.osm.part").stat().st_size == 0, "it is known from its length"


async def test_nobody_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PAUSE", 0.001)
    with pytest.raises(Unreachable):
        await fetching.fetched("http://127.0.0.1:9/x.osm.pbf", tmp_path / "x.osm.pbf", lambda share: None)


async def test_what_goes_wrong_is_said_without_what_the_address_holds(server: Server, tmp_path: Path) -> None:
    address = server.address.replace("http://", "http://ada:secret@") + "?key=hush"
    maps = shelf(tmp_path / "maps")
    await maps.open()
    for status in (404, 403, 503):
        server.status = status
        begun = await maps.add(Source(address))
        assert (begun.id, begun.name) == ("region", "Region")
        await ended(maps)
        assert maps.making is not None and maps.making.error is not None and "127.0.0.1" in maps.making.error
        assert "secret" not in maps.making.error and "hush" not in maps.making.error
    await maps.close()
