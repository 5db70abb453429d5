"""Requests that are begun and never finished are cut off; who is slow but goes on, or rests, is served."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.bad_days.served import Served, screen, served
from tests.hub.two_sites import until
from wayhome.web import patience

pytestmark = pytest.mark.anyio
HEAD = b"POST /api/home/set HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer anna-token\r\n"
BODY = b'{"path":"lamp/light.on","target":true}'


async def cut_off(at: Served, begun: bytes, drip: bytes = b"") -> None:
    """Send this, then a byte of ``drip`` now and then: the connection must end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
    writer.write(begun)

    async def trickle() -> None:
        for byte in drip:
            writer.write(bytes((byte,)))
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(trickle())
    try:
        async with asyncio.timeout(45):
            assert b"200 OK" not in await reader.read()
    except ConnectionError:
        pass
    finally:
        over = dripping.done()
        dripping.cancel()
        writer.close()
    assert not drip or not over, "it was heard to its end"


async def test_they_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served() as at, screen(at, "mei", "lamp/**"):
        monkeypatch.setattr(patience, "WITHIN", 0.2)
        await asyncio.gather(
            cut_off(at, b""),
            cut_off(at, b"G"),
            cut_off(at, b"", HEAD),
            cut_off(at, HEAD + b"Content-Length: 40\r\n\r\n"),
            cut_off(at, HEAD + b"Content-Length: 40\r\n\r\n" + BODY[:10]),
            cut_off(at, HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n"),
        )
        assert len(at.world.hub.sessions) == 1


async def test_who_goes_on_or_rests_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[patience.Patient] = []
    begins = patience.Patient.connection_made

    def kept(self: patience.Patient, transport: asyncio.Transport) -> None:
        made.append(self)
        begins(self, transport)

    def look(at: patience.Patient) -> None:
        """It is looked after them by hand: how long it takes from one byte to the next is the machine's matter."""
        assert at._watch is not None
        at._watch.cancel()
        at._look()

    monkeypatch.setattr(patience.Patient, "connection_made", kept)
    async with served() as at, screen(at, "mei", "lamp/**") as watching:
        reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
        head = HEAD + f"Content-Length: {len(BODY)}\r\n\r\n".encode()
        writer.write(head)
        for number, byte in enumerate(BODY, 1):
            writer.write(bytes((byte,)))
            await until(lambda: len(made) == 2 and made[1]._came == len(head) + number)  # noqa: B023
            if number % 9 == 0:
                look(made[1])
        assert b"200 OK" in await asyncio.wait_for(reader.readuntil(b"\r\n"), 45)
        writer.close()
        headers = {"Authorization": "Bearer anna-token"}
        async with httpx.AsyncClient(base_url=at.url, headers=headers, trust_env=False, timeout=45) as api:
            for _ in range(4):
                assert (await api.get("/api/home/get", params={"path": "**"})).status_code == 200
                look(made[2])
        assert len(made) == 3
        look(made[0])
        await watching.ping()
        assert watching.close_code is None
