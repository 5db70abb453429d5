"""A device that was signed out is out at once, at every door. In the real hub."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.bad_days.conftest import Demo

pytestmark = pytest.mark.anyio


async def closed(socket: ClientConnection) -> tuple[int | None, list[dict[str, Any]]]:
    """The close code and what was said before."""
    said: list[dict[str, Any]] = []
    try:
        async with asyncio.timeout(20):
            while True:
                said.append(json.loads(await socket.recv()))
    except ConnectionClosed:
        return socket.close_code, said


async def test_a_revoked_device(demo: Demo) -> None:
    hub = demo.hub
    with hub.api("") as door, hub.api() as owner:
        door.post("/api/door/demo", json={"person": "mei"}).raise_for_status()
        token = door.cookies["wayhome"]
        (device,) = [d["id"] for d in owner.get("/api/people/devices").json()["devices"] if d["person"] == "mei"]
        headers = {"Cookie": f"wayhome={token}", "Origin": hub.url}
        url = hub.url.replace("http", "ws") + "/api/live"
        async with (
            connect(url, additional_headers=headers, proxy=None, max_size=None) as watching,
            connect(url, additional_headers=headers, proxy=None) as silent,
            connect(url, additional_headers={"Authorization": f"Bearer {token}"}, proxy=None) as program,
        ):
            for socket in (watching, program):
                await socket.send(json.dumps({"t": "hello", "want": ["*/light.**"], "rate": 10}))
                assert json.loads(await socket.recv())["t"] == "snap"
            await asyncio.to_thread(owner.post, "/api/people/revoke", json={"device": device})
            for socket in (watching, silent, program):
                code, said = await closed(socket)
                assert code == 4401
                assert (said[-1]["t"], said[-1]["code"]) == ("bye", "sign_in_needed")
        for credentials in ({"Cookie": f"wayhome={token}"}, {"Authorization": f"Bearer {token}"}):
            with httpx.Client(base_url=hub.url, headers=credentials, trust_env=False, timeout=45) as api:
                for answer in (
                    api.get("/api/people/me"),
                    api.get("/api/home/get", params={"path": "**"}),
                    api.post("/api/home/set", json={"path": "living-lamp/light.on", "target": True}),
                    api.post("/api/people/revoke", json={"device": device}),
                ):
                    assert answer.status_code == 401
                    assert answer.json()["code"] == "sign_in_needed"
            async with connect(url, additional_headers=credentials, proxy=None) as socket:
                assert (await closed(socket))[0] == 4401
        async with connect(url, proxy=None) as socket:
            await socket.send(json.dumps({"t": "auth", "token": token}))
            assert (await closed(socket))[0] == 4401


async def test_other_sites_pages_get_no_socket(demo: Demo) -> None:
    hub = demo.hub
    with hub.api("") as door:
        door.post("/api/door/demo", json={"person": "mei"}).raise_for_status()
        cookie = {"Cookie": f"wayhome={door.cookies['wayhome']}"}
    url = hub.url.replace("http", "ws") + "/api/live"
    own = hub.url.partition("//")[2]
    for headers in (
        {**cookie, "Origin": "https://evil.example"},
        {**cookie, "Origin": "null"},
        {**cookie, "Origin": "http://["},
        {**cookie, "Origin": f"http://{own}.evil.example"},
        {**cookie, "Origin": f"https://{own}"},
        {**cookie, "Origin": f"http://localhost:{hub.port + 1}"},
        {**cookie, "Origin": "http://evil.example", "Host": "evil.example"},
        {**cookie, "Host": f"evil.example:{hub.port}"},
    ):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(url, additional_headers=headers, proxy=None):
                pass
        # Two Host headers are no request at all.
        assert refused.value.response.status_code == (400 if "Host" in headers else 403)
    with httpx.Client(base_url=hub.url, headers=cookie, trust_env=False, timeout=45) as api:
        order = {"path": "living-lamp/light.on", "target": True}
        for origin in ("https://evil.example", "null", "http://[", f"http://{own}.evil.example", "file://"):
            answer = api.post("/api/home/set", json=order, headers={"Origin": origin})
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), origin
        assert api.post("/api/home/set", json=order, headers={"Origin": hub.url}).status_code == 200
        for host in ("evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "", "["):
            answer = api.get("/api/people/me", headers={"Host": host})
            assert answer.status_code in (400, 403, 421), host
            assert "mei" not in answer.text
