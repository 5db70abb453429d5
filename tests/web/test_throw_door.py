"""The door for guests' throws, over HTTP: a code's secret opens it, and no other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.bad_days.served import Served, served
from wayhome.features.throws import feature
from wayhome.features.throws.model import MOST

pytestmark = pytest.mark.anyio
THING = b"sealed" * 10
CATCHER = {"Authorization": "Bearer anna-token"}


@pytest.fixture
async def at() -> AsyncIterator[Served]:
    async with served({"throws": feature}) as found:
        yield found


@pytest.fixture
async def client(at: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=at.url, trust_env=False, timeout=45) as found:
        yield found


async def opened(client: httpx.AsyncClient) -> tuple[str, dict[str, str]]:
    """The id of a throw, and what a guest brings."""
    answer = (await client.post("/api/throws/open", json={}, headers=CATCHER)).raise_for_status().json()
    return answer["id"], {"Authorization": f"Bearer {answer['token']}"}


async def test_a_guest_throws_and_the_screen_fetches(at: Served, client: httpx.AsyncClient) -> None:
    id, guest = await opened(client)
    waits = (await client.get("/api/throws/waits", headers=guest)).json()
    assert waits["most"] == MOST and 290 < waits["left"] <= 300
    before = len(at.world.hub.sessions)
    assert (await client.put("/api/throws/thrown", content=THING, headers=guest)).status_code == 204
    assert (await client.put("/api/throws/thrown", content=THING, headers=guest)).status_code == 409
    answer = await client.get(f"/api/throws/thrown/{id}", headers=CATCHER)
    assert answer.content == THING
    assert answer.headers["content-disposition"] == "attachment" and answer.headers["cache-control"] == "no-store"
    assert len(at.world.hub.sessions) == before, "no session of theirs stays"
    for headers in (guest, {"Authorization": "Bearer mei-token"}, {}):
        answer = await client.get(f"/api/throws/thrown/{id}", headers=headers)
        assert answer.status_code in (401, 404), headers


async def test_the_secret_opens_no_other_door(at: Served, client: httpx.AsyncClient) -> None:
    id, guest = await opened(client)
    for path in ("home/things", "people/me", f"throws/thrown/{id}", "upkeep/about"):
        assert (await client.get(f"/api/{path}", headers=guest)).status_code in (401, 404), path
    assert (await client.post("/api/throws/close", json={"id": id}, headers=guest)).status_code == 401
    async with connect(at.live, additional_headers=guest, proxy=None) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.send('{"t": "hello", "want": ["**", "@**"]}')
            while True:
                assert json.loads(await socket.recv())["t"] != "snap"
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4401
    # Somebody who is signed in throws by a code, too, and not by who they are.
    assert (await client.get("/api/throws/waits", headers=CATCHER)).status_code == 404


async def test_another_site_s_page_throws_nothing(client: httpx.AsyncClient) -> None:
    _, guest = await opened(client)
    elsewhere = {**guest, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await client.put("/api/throws/thrown", content=THING, headers=elsewhere)).status_code == 403
    assert (await client.put("/api/throws/thrown", content=THING, headers=guest)).status_code == 204


async def test_what_is_too_large_is_refused_and_the_code_still_counts(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b"x" * 1024 * 1024

    _, guest = await opened(client)
    for content in (b"x" * (MOST + 1), endless()):
        assert (await client.put("/api/throws/thrown", content=content, headers=guest)).status_code == 413
    assert (await client.put("/api/throws/thrown", content=b"x" * MOST, headers=guest)).status_code == 204


async def test_whoever_guesses_waits(at: Served, client: httpx.AsyncClient) -> None:
    _, guest = await opened(client)
    answers = [
        (await client.get("/api/throws/waits", headers={"Authorization": f"Bearer {n:043d}"})).status_code
        for n in range(12)
    ]
    assert answers == [404] * 10 + [429] * 2
    # Who has the right one comes from the same address, as all do who come through a relay.
    assert (await client.get("/api/throws/waits", headers=guest)).status_code == 200
    assert (await client.put("/api/throws/thrown", content=THING, headers=guest)).status_code == 204
    at.world.clock.move(61)
    assert (await client.get("/api/throws/waits", headers={"Authorization": "Bearer x"})).status_code == 404


async def test_what_is_on_its_way_is_told_apart_from_what_has_come(client: httpx.AsyncClient) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def dripping() -> AsyncIterator[bytes]:
        yield b"x" * 1024
        begun.set()
        await go_on.wait()
        raise ConnectionResetError

    _, guest = await opened(client)
    broken = asyncio.create_task(client.put("/api/throws/thrown", content=dripping(), headers=guest))
    await begun.wait()
    async with asyncio.timeout(45):
        while (await client.get("/api/throws/waits", headers=guest)).status_code != 423:
            await asyncio.sleep(0.01)
    answer = await client.put("/api/throws/thrown", content=THING, headers=guest)
    assert (answer.status_code, answer.json()["code"]) == (423, "locked")
    go_on.set()
    with pytest.raises((ConnectionResetError, httpx.HTTPError)):
        await broken
    async with asyncio.timeout(45):
        while (await client.put("/api/throws/thrown", content=THING, headers=guest)).status_code == 423:
            await asyncio.sleep(0.01)
    assert (await client.get("/api/throws/waits", headers=guest)).status_code == 409
