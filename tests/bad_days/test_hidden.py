"""What somebody may not see looks, byte for byte, like what is not there: over HTTP and on the live socket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bad_days.served import Served, heard, screen, served
from wayhome.core.thing import Thing
from wayhome.core.value import Fact

pytestmark = pytest.mark.anyio

HIDDEN = ("door/lock.locked", "yard/camera.state", "car/Vehicle.CurrentLocation.Latitude")
"""Neither child nor guest may see these; each has an absent twin of the same length."""
ABSENT = {"door/lock.locked": "doom/lock.locked", "yard/camera.state": "yarn/camera.state"} | {
    "car/Vehicle.CurrentLocation.Latitude": "cat/Vehicle.CurrentLocation.Latitude"
}
ASKED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "/api/home/get", {}),
    ("GET", "/api/home/why", {}),
    ("GET", "/api/home/history", {"start": 1_764_000_000, "end": 1_764_090_000}),
    ("POST", "/api/home/set", {"target": True}),
    ("POST", "/api/home/set", {"target": "x" * 3_000}),
    ("POST", "/api/home/set", {"target": False, "key": "k" * 70}),
    ("POST", "/api/home/set", {"target": 12.5, "held": True, "ttl": -5}),
)


async def furnish(at: Served) -> None:
    """Something to hide: with readings, a history, an audit trail and a wish."""
    host = at.world.puppet.host
    signals = {"camera.state": {}}
    host.announce([Thing("yard", "Yard", "puppet", "camera", {name: _refined() for name in signals})])
    host.report([Fact("yard/camera.state", "recording"), Fact("car/Vehicle.CurrentLocation.Latitude", 47.1)])
    for locked in (False, True):
        host.report([Fact("door/lock.locked", locked)])
    session = await at.world.session("anna")
    await session.act("door/lock.locked", False, key="anna-s-own-key")


def _refined() -> Any:
    from wayhome.core.catalog import Refinement

    return Refinement()


def plain(text: bytes, path: str) -> bytes:
    """An answer without what is the asker's own word in it."""
    return text.replace(path.encode(), b"PATH").replace(path.partition("/")[0].encode(), b"THING")


async def ask(api: httpx.AsyncClient, method: str, address: str, data: dict[str, Any]) -> httpx.Response:
    if method == "GET":
        return await api.get(address, params=data)
    return await api.post(address, json=data)


@pytest.mark.parametrize("who", ["leo", "noor"])
async def test_over_http(who: str) -> None:
    async with served() as at:
        await furnish(at)
        headers = {"Authorization": f"Bearer {who}-token"}
        async with httpx.AsyncClient(base_url=at.url, headers=headers, trust_env=False, timeout=45) as api:
            for method, address, data in ASKED:
                for hidden in HIDDEN:
                    there = await ask(api, method, address, {**data, "path": hidden})
                    absent = await ask(api, method, address, {**data, "path": ABSENT[hidden]})
                    assert there.status_code == absent.status_code == 404, (address, there.text, absent.text)
                    assert plain(there.content, hidden) == plain(absent.content, ABSENT[hidden])
                    mine = [(n, v) for n, v in there.headers.items() if n not in ("date", "content-length")]
                    assert mine == [(n, v) for n, v in absent.headers.items() if n not in ("date", "content-length")]
            there = await api.get("/api/home/picture", params={"thing": "yard"})
            absent = await api.get("/api/home/picture", params={"thing": "yarn"})
            assert there.status_code == absent.status_code == 404
            assert plain(there.content, "yard/") == plain(absent.content, "yarn/")
            for about in (*HIDDEN, "@person/anna"):
                lines = (await api.get("/api/home/audit", params={"about": about})).json()["lines"]
                assert lines == []
            seen = (await api.get("/api/home/audit", params={"limit": 500})).text
            assert "lock.locked" not in seen and "camera" not in seen and "Latitude" not in seen
            values = (await api.get("/api/home/get", params={"path": "**"})).json()["values"]
            assert not set(HIDDEN) & set(values)
        # And none of these questions did anything.
        assert [command.key for command in at.world.puppet.taken] == ["anna-s-own-key"]


@pytest.mark.parametrize("who", ["leo", "noor"])
async def test_on_the_live_socket(who: str) -> None:
    async with served() as at:
        await furnish(at)
        async with screen(at, who, "**", "@**", *HIDDEN, *ABSENT.values()) as found:
            first = await heard(found, "snap")
            assert not set(HIDDEN) & {*first["set"], *first.get("wish", {})}
            assert not [path for path in first["set"] if path.startswith("@")]
            for number, (method, address, data) in enumerate(ASKED):
                op = "home." + address.rpartition("/")[2]
                said = []
                for path in (HIDDEN[0], ABSENT[HIDDEN[0]]):
                    await found.send(json.dumps({"t": "do", "id": number, "op": op, "data": {**data, "path": path}}))
                    said.append(plain(json.dumps(await heard(found, "ok", "error")).encode(), path))
                assert said[0] == said[1], method
            for path in (HIDDEN[0], ABSENT[HIDDEN[0]]):
                await found.send(json.dumps({"t": "provide", "id": 1, "set": {path: True}}))
                assert (await heard(found, "ok", "error"))["code"] == "not_found"


@pytest.mark.parametrize("who", ["leo", "noor"])
async def test_what_happens_out_of_sight_sends_nothing(who: str) -> None:
    async with served() as at:
        await furnish(at)
        loop = asyncio.get_running_loop()
        host = at.world.puppet.host
        async with screen(at, who, "**", "@**") as found:
            await heard(found, "snap")
            changes = st.lists(st.sampled_from(["locked", "open", "camera", "place", "record", "wish"]), max_size=8)

            @settings(max_examples=max(20, settings().max_examples // 3))
            @given(changes)
            def check(changes: list[str]) -> None:
                asyncio.run_coroutine_threadsafe(one(changes), loop).result(20)

            async def one(changes: list[str]) -> None:
                for number, change in enumerate(changes):
                    match change:
                        case "locked" | "open":
                            host.report([Fact("door/lock.locked", change == "locked")])
                        case "camera":
                            host.report([Fact("yard/camera.state", ("idle", "recording")[number % 2])])
                        case "place":
                            host.report([Fact("car/Vehicle.CurrentLocation.Latitude", float(number))])
                        case "record":
                            await at.world.hub.household.write("note", "n1", {"text": str(number)}, at.world.context())
                        case "wish":
                            await (await at.world.session("anna")).act("door/lock.locked", number % 2 == 0)
                await found.send('{"t":"ping"}')
                assert (await heard(found))["t"] == "pong"

            await asyncio.to_thread(check)
