"""What answers is not a well-behaved Home Assistant: a clear error each time, never a crash, never a hang."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import httpx
import pytest
from websockets.asyncio.server import ServerConnection

from tests.links.homeassistant.host import Host, running
from tests.links.homeassistant.server import STATES, polite, serving, talking
from wayhome.errors import AuthNeeded, BadInput, LinkError, Refused, TooLarge, Unreachable
from wayhome.links.homeassistant import address, client
from wayhome.links.homeassistant.run import open_run
from wayhome.links.homeassistant.settings import Settings

pytestmark = pytest.mark.anyio


async def fails(url: str, within: float = 45.0) -> LinkError:
    """How a run ends there: always by a LinkError."""
    with pytest.raises(LinkError) as caught:
        await asyncio.wait_for(open_run(Host(token="t"), Settings(url)).run(), within)
    assert caught.value.detail and caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    "first",
    ["", "not json", "[]", "{}", "null", '{"type": 5}', '{"type":"auth_required"', '{"type":"hello"}', "[" * 100_000,
     '{"type":"auth_required","id":"x"}', b"\xff\xfe binary", "\ud83d\ude00 emoji"],
)  # fmt: skip
async def test_a_wrong_first_word(first: str | bytes) -> None:
    async def script(socket: ServerConnection) -> None:
        await socket.send(
            first.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if isinstance(first, str) else first
        )
        await socket.wait_closed()

    async with serving(script) as url:
        await fails(url)


async def test_silence_and_sudden_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async def rude(socket: ServerConnection) -> None:
        await socket.send(json.dumps({"type": "auth_required"}))
        await socket.recv()
        socket.transport.abort()

    async def refusing(socket: ServerConnection) -> None:
        await socket.send(json.dumps({"type": "auth_required"}))
        await socket.recv()
        await socket.send(json.dumps({"type": "auth_invalid", "message": "no" * 1_000}))

    with monkeypatch.context() as patched:
        patched.setattr(client, "CONNECT_TIME", 0.3)
        async with serving(silent) as url:
            assert isinstance(await fails(url), Unreachable)
    async with serving(rude) as url:
        assert isinstance(await fails(url), Unreachable)
    async with serving(refusing) as url:
        assert isinstance(await fails(url), AuthNeeded)
    async with talking(lambda asked: b"SSH-2.0-OpenSSH_9.9\r\n") as url:
        assert isinstance(await fails(url), Unreachable)
    async with talking(lambda asked: b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") as url:
        assert "404" in (await fails(url)).detail


async def test_a_redirect_never_gets_our_token() -> None:
    stolen: list[bytes] = []

    async def thief(socket: ServerConnection) -> None:
        await socket.send(json.dumps({"type": "auth_required"}))
        stolen.append(bytes(str(await socket.recv()), "utf-8"))

    async with serving(thief) as other:
        moved = f"HTTP/1.1 302 Found\r\nLocation: {other}/api/websocket\r\nContent-Length: 0\r\n\r\n"
        async with talking(lambda asked: moved.encode()) as url:
            assert isinstance(await fails(url), Unreachable)
    assert stolen == []


async def test_garbage_while_in_step_ends_the_run_with_a_reason() -> None:
    for garbage in ("garbage", '{"type":"event","id":1,"event":[', "5", '[{"type":"result","id":[]}]'):
        host = Host(token="t")

        async def script(socket: ServerConnection, garbage: str = garbage, host: Host = host) -> None:
            task = asyncio.create_task(polite(socket))
            await host.is_ready.wait()
            await socket.send(garbage)
            await task

        async with serving(script) as url:
            run = open_run(host, Settings(url))
            with pytest.raises(LinkError, match="not its protocol"):
                await asyncio.wait_for(run.run(), 45)
            assert host.is_ready.is_set() and "a" in host.things()


async def test_wrong_types_in_good_frames_are_left_out() -> None:
    rng = random.Random(5)
    junk: list[Any] = [None, True, -1, 1e308, "x", [], [[]], {}, {"a": {}}, "on", 255, ["hs"], {"s": 5}]

    async def script(socket: ServerConnection) -> None:
        task = asyncio.create_task(polite(socket))
        while not hasattr(socket, "subscription"):
            await asyncio.sleep(0.01)
        for _ in range(400):
            attributes = {
                rng.choice(["brightness", "hs_color", "friendly_name", "supported_features"]): rng.choice(junk)
            }
            event = rng.choice(
                [
                    rng.choice(junk),
                    {"c": {"light.a": rng.choice(junk)}},
                    {"c": {"light.a": {"+": {"a": attributes, "s": rng.choice(junk), "lu": rng.choice(junk)}}}},
                    {"a": {f"sensor.s{rng.randrange(5)}": {"s": "1", "a": attributes, "c": rng.choice(junk)}}},
                    {"r": rng.choice([junk, ["light.nobody"], "light.a"])},
                ]
            )
            frame = {"id": socket.subscription, "type": "event", "event": event}  # type: ignore[attr-defined]
            await socket.send(json.dumps(frame if rng.random() < 0.5 else [frame, frame]))
        last = {"c": {"light.a": {"+": {"s": "off", "a": {"friendly_name": "Last"}}}}}
        await socket.send(json.dumps({"id": socket.subscription, "type": "event", "event": last}))  # type: ignore[attr-defined]
        await task

    async with serving(script) as url:
        host = Host(token="t")
        async with running(host, Settings(url)):
            await host.until(lambda: host.things()["a"].name == "Last" and host.value("a/light.on") is False)


async def test_wrong_registries_and_results() -> None:
    for results in (
        {"config/entity_registry/list": {"entities": 5}, "get_config": [], "auth/current_user": "me"},
        {"config/area_registry/list": [5, {"area_id": 5, "name": []}], "get_config": {"unit_system": 3}},
        {"config/entity_registry/list": [{"id": "x" * 32, "entity_id": "light.a", "hidden_by": None}]},
    ):

        async def script(socket: ServerConnection, results: dict[str, Any] = results) -> None:
            await polite(socket, results)

        async with serving(script) as url:
            host = Host(token="t")
            async with running(host, Settings(url)) as run:
                assert host.value("a/light.on") is True
                await host.ask(run, "a/light.brightness", 50.0)


async def test_a_call_that_is_never_answered_ends_in_time() -> None:
    async def script(socket: ServerConnection) -> None:
        task = asyncio.create_task(polite(socket, {}))
        await task

    async def deaf(socket: ServerConnection) -> None:
        await socket.send(json.dumps({"type": "auth_required"}))
        await socket.recv()
        await socket.send(json.dumps({"type": "auth_ok"}))
        async for data in socket:
            asked = json.loads(data)
            if asked["type"] == "call_service":
                continue
            config = {"state": "RUNNING"} if asked["type"] == "get_config" else []
            await socket.send(json.dumps({"id": asked["id"], "type": "result", "success": True, "result": config}))
            if asked["type"] == "subscribe_entities":
                await socket.send(json.dumps({"id": asked["id"], "type": "event", "event": {"a": STATES}}))

    async with serving(deaf) as url:
        host = Host(token="t")
        async with running(host, Settings(url)) as run:
            with pytest.raises(Unreachable, match="did not answer"):
                await host.ask(run, "a/light.on", False, ttl=1.0)
            many = [asyncio.create_task(host.ask(run, "a/light.on", n % 2 == 0, ttl=1.5)) for n in range(600)]
            done = await asyncio.gather(*many, return_exceptions=True)
            assert all(isinstance(one, Unreachable) for one in done)


async def test_a_no_without_words_and_a_huge_no() -> None:
    async def script(socket: ServerConnection) -> None:
        await socket.send(json.dumps({"type": "auth_required"}))
        await socket.recv()
        await socket.send(json.dumps({"type": "auth_ok"}))
        noes = iter(
            [{}, None, {"code": 5}, {"code": "unauthorized", "message": "Unauthorized"}, {"message": "x" * 100_000}]
        )
        async for data in socket:
            asked = json.loads(data)
            answer: dict[str, Any] = {"id": asked["id"], "type": "result", "success": True, "result": None}
            if asked["type"] == "call_service":
                answer |= {"success": False, "error": next(noes)}
                if not isinstance(answer["error"], dict) or answer["error"].get("code") == 5:
                    answer["error"] = {}
            await socket.send(json.dumps(answer))
            if asked["type"] == "subscribe_entities":
                await socket.send(json.dumps({"id": asked["id"], "type": "event", "event": {"a": STATES}}))

    async with serving(script) as url:
        host = Host(token="t")
        async with running(host, Settings(url)) as run:
            for _ in range(5):
                with pytest.raises(Refused) as no:
                    await host.ask(run, "a/light.on", False)
                assert len(no.value.detail) < 500


async def test_a_message_over_the_limit_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_MESSAGE", 100_000)

    async def script(socket: ServerConnection) -> None:
        task = asyncio.create_task(polite(socket))
        await asyncio.sleep(0.2)
        await socket.send("x" * 200_000)
        await task

    async with serving(script) as url:
        assert isinstance(await fails(url), Unreachable)


async def test_a_half_closed_connection_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "HEARTBEAT", 0.2)
    stop, host = asyncio.Event(), Host(token="t")

    async def script(socket: ServerConnection) -> None:
        task = asyncio.create_task(polite(socket))
        await host.is_ready.wait()
        await asyncio.sleep(0.5)
        task.cancel()  # it stays open, and says nothing any more
        monkeypatch.setattr(client, "HEARTBEAT_TIME", 0.3)
        await stop.wait()

    async with serving(script) as url:
        with pytest.raises(Unreachable, match="any more"):
            await asyncio.wait_for(open_run(host, Settings(url)).run(), 45)
        assert host.is_ready.is_set()
        stop.set()


# Finding what people type


async def test_http_leads_to_https_and_nothing_else_is_taken() -> None:
    def page(body: str, status: str = "200 OK", more: str = "") -> bytes:
        return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}\r\n{body}".encode()

    async with httpx.AsyncClient() as http:
        async with talking(lambda asked: page('{"providers":[{"type":"homeassistant"}]}')) as real:
            assert await address.find(real, http) == real
            moved = page("", "301 Moved Permanently", f"Location: {real}/auth/providers\r\n")
            async with talking(lambda asked: moved) as old:
                assert await address.find(old, http) == real
        for answer in (
            page("<html>My router</html>"),
            page('{"hello":"world"}'),
            page("[]"),
            page("{}", "401 Unauthorized"),
            b"garbage\r\n\r\n",
            b"",
            page("[" * 50_000),
        ):
            async with talking(lambda asked, answer=answer: answer) as url:
                with pytest.raises(LinkError):
                    await address.find(url, http)
        async with talking(lambda asked: page('{"code":"onboarding_required"}', "400 Bad Request")) as url:
            with pytest.raises(Unreachable, match="not set up"):
                await address.find(url, http)
        for target in ("file:///etc/passwd", "http://169.254.169.254/latest", "http://u:p@127.0.0.1/", "ftp://x/"):
            found = page("", "302 Found", f"Location: {target}\r\n")
            async with talking(lambda asked, found=found: found) as url:
                with pytest.raises((LinkError, BadInput)):
                    await address.find(url, http)
        async with talking(lambda asked: page("", "302 Found", "Location: /auth/providers\r\n")) as url:
            with pytest.raises(Unreachable, match="circles"):
                await address.find(url, http)
        async with talking(lambda asked: page("x" * 300_000)) as url:
            with pytest.raises((LinkError, TooLarge), match="more than"):
                await address.find(url, http)
