"""Whatever comes over a live socket: a clear answer or a close, the others undisturbed, nothing lost."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from tests.bad_days.served import Served, Wire, frame, heard, knock, screen, served, wire
from wayhome.core.value import Fact
from wayhome.hub import live
from wayhome.web import live_socket

pytestmark = pytest.mark.anyio

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ODD = JSON | st.sampled_from(["lamp/light.on", "**", "home.set", "home.get", "x" * 5_000, 2**64, -1, 0.5])
MESSAGES = st.fixed_dictionaries(
    {"t": st.sampled_from(["auth", "hello", "do", "provide", "ping", "bye", "snap", "", "DO"])},
    optional={
        "id": st.integers(-(2**70), 2**70) | ODD,
        "op": st.sampled_from(["home.set", "home.get", "home.audit", "home.why", "home.history", "x.y"]) | ODD,
        "data": st.dictionaries(st.sampled_from(["path", "target", "key", "ttl", "held", "limit", "since"]), ODD) | ODD,
        "key": st.text(max_size=70) | ODD,
        "ttl": st.floats() | ODD,
        "want": st.lists(st.sampled_from(["**", "@**", "*/light.**", "lamp/light.on", "a", ""]) | ODD, max_size=4)
        | ODD,
        "epoch": ODD,
        "rev": st.integers(-(2**70), 2**70) | ODD,
        "rate": st.floats() | ODD,
        "format": st.sampled_from(["json", "xml"]) | ODD,
        "set": st.dictionaries(st.sampled_from(["lamp/light.on", "car/Vehicle.Speed", "x", "@person/anna"]), ODD) | ODD,
        "token": st.text() | ODD,
    },
)
TEXTS = MESSAGES.map(lambda m: json.dumps(m).encode()) | JSON.map(lambda m: json.dumps(m).encode())
JUNK = st.binary(max_size=60) | TEXTS.map(lambda text: text[: len(text) // 2])
DEEP = st.sampled_from(["[", '{"t":', '{"t":"do","id":1,"op":"home.set","data":']).map(lambda t: (t * 3_000).encode())
FRAMES = st.one_of(
    TEXTS.map(frame),
    MESSAGES.map(lambda m: frame(msgspec.msgpack.encode(_small(m)), 0x82)),
    JUNK.map(frame),
    JUNK.map(lambda junk: frame(junk, 0x82)),
    DEEP.map(frame),
    DEEP.map(lambda deep: frame(deep.replace(b"[", b"\x91"), 0x82)),
    st.binary(max_size=20).map(lambda body: frame(body[:125], 0x89)),
)


def _small(value: Any) -> Any:
    """The same without whole numbers that msgpack can't hold."""
    if isinstance(value, dict):
        return {key: _small(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_small(item) for item in value]
    return float(value) if isinstance(value, int) and not -(2**63) <= value < 2**64 else value


async def still_well(at: Served, watching: Any, level: float) -> None:
    """A bystander's screen still hears of every change, and a wish is still heard."""
    at.world.puppet.host.report([Fact("lamp/light.brightness", level)])
    while (await heard(watching, "delta")).get("set", {}).get("lamp/light.brightness", [None])[0] != level:
        pass


async def answers(found: Wire) -> list[dict[str, Any]]:
    """What was said up to the pong of a last ping; the end without one must be a clear close."""
    found.writer.write(frame(b'{"t":"ping"}'))
    said: list[dict[str, Any]] = []
    while (got := await found.frame()) is not None:
        opcode, payload = got
        if opcode == 8:
            assert int.from_bytes(payload[:2], "big") in (1002, 1003, 1007, 1009, 4400, 4401)
            break
        if opcode in (1, 2):
            said.append(json.loads(payload) if opcode == 1 else msgspec.msgpack.decode(payload))
            if said[-1]["t"] == "pong":
                break
    return said


async def test_a_clear_answer_to_whatever_is_sent(caplog: pytest.LogCaptureFixture) -> None:
    async with served() as at, screen(at, "mei", "lamp/**") as bystander:
        loop = asyncio.get_running_loop()
        level = 0.0

        @settings(max_examples=settings().max_examples * 2)
        @given(st.lists(FRAMES, min_size=1, max_size=8), st.sampled_from([None, 1, 7, 100]), st.booleans())
        def check(frames: list[bytes], piece: int | None, owner: bool) -> None:
            asyncio.run_coroutine_threadsafe(one(frames, piece, owner), loop).result(30)

        async def one(frames: list[bytes], piece: int | None, owner: bool) -> None:
            nonlocal level
            level = (level + 1) % 100
            async with wire(at, "anna" if owner else "noor") as found:
                data = b"".join(frames)
                if piece is None or len(data) > 2_000:
                    found.writer.write(data)
                else:
                    for start in range(0, len(data), piece):
                        found.writer.write(data[start : start + piece])
                        await asyncio.sleep(0)
                for message in await answers(found):
                    assert message["t"] in ("pong", "ok", "error", "bye", "snap", "delta", "command")
                    if message["t"] == "error":
                        assert message["code"] != "internal", message
                        assert message["detail"] and message["advice"]
            await still_well(at, bystander, level)

        await asyncio.to_thread(check)
        while len(at.world.hub.sessions) > 1:
            await asyncio.sleep(0.01)
    crashed = [record for record in caplog.records if record.exc_info and "Invalid UTF-8" not in record.message]
    assert not crashed, crashed


@pytest.mark.parametrize(
    "sent, code",
    [
        (frame(b"{}", 0x81, mask=None), 1002),  # clients mask
        (frame(b"{}", 0xF1), 1002),  # reserved bits
        (frame(b"{}", 0x83), 1002),  # an opcode that is none
        (frame(b"x" * 126, 0x89), 1002),  # a ping that is too long
        (frame(b"x", 0x09), 1002),  # a ping in pieces
        (frame(b"x", 0x80), 1002),  # a continuation of nothing
        (frame(b"\xff\xfe", 0x81), 1007),  # a text that is none
        (frame(b"", 0x01) + frame(b"\xff", 0x80), 1007),
        (b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 1009),  # 2**64 bytes are promised
        (b"\x81\xff" + (2**21).to_bytes(8, "big") + b"\0\0\0\0", 1009),
        (b"".join(frame(b"x" * 60_000, 0x01 if n == 0 else 0x00) for n in range(30)), 1009),
        (frame(b"\0\1", 0x88), 1002),  # a close with a code that is none
    ],
)
async def test_broken_frames_end_with_the_code_that_says_why(sent: bytes, code: int) -> None:
    async with served() as at, screen(at, "mei", "lamp/**") as bystander:
        async with wire(at) as found:
            found.writer.write(sent)
            assert (await found.rest())[0] == code
        await still_well(at, bystander, 50.0)


async def test_a_message_in_many_fragments_with_pings_between_is_one_message() -> None:
    async with served() as at, wire(at) as found:
        text = b'{"t":"do","id":5,"op":"home.get","data":{"path":"lamp/light.on"}}'
        for number, byte in enumerate(text):
            found.writer.write(frame(bytes((byte,)), 0x01 if number == 0 else 0x00) + frame(b"?", 0x89))
        found.writer.write(frame(b"", 0x80))
        said = await answers(found)
        assert [m["data"]["values"]["lamp/light.on"][0] for m in said if m["t"] == "ok"] == [False]


async def test_too_many_wrong_messages_are_the_last() -> None:
    async with served() as at, wire(at) as found:
        found.writer.write(frame(b"[]") * 300)
        code, said = await found.rest()
        assert code == 4400
        assert said[-1]["t"] == "bye"
        assert said[-1]["code"] == "bad_input"
        assert len([m for m in said if m["t"] == "error"]) == 101


async def test_nobody_is_told_nothing_and_shown_out() -> None:
    async with served() as at:
        for first in (b'{"t":"hello","want":["**"]}', b'{"t":"auth","token":"x"}', b"", b"\0", b'{"t":"ping"}'):
            async with wire(at, None) as found:
                found.writer.write(frame(first) + frame(b'{"t":"hello","want":["**"]}'))
                code, said = await found.rest()
                assert code == 4401
                assert [m["t"] for m in said] == ["bye"]
        assert len(at.world.hub.sessions) == 0


async def test_who_does_not_say_who_they_are_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_socket, "SIGN_IN_WITHIN", 0.1)
    async with served() as at, wire(at, None) as found:
        assert (await found.rest())[0] == 4401


async def test_a_replay_gets_the_same_answer_and_does_nothing_twice() -> None:
    async with served() as at, screen(at, "anna", "lamp/**") as one, screen(at, "mei", "lamp/**") as other:
        body = {"t": "do", "op": "home.set", "data": {"path": "lamp/light.on", "target": True}, "key": "replayed-1"}
        for id in range(20):
            await one.send(json.dumps({**body, "id": id}))
        said = [(await heard(one, "ok", "error")) for _ in range(20)]
        assert {m["data"]["key"] for m in said} == {"replayed-1"}
        assert len(at.world.puppet.taken) == 1
        await other.send(json.dumps({**body, "id": 1}))
        assert (await heard(other, "ok", "error"))["code"] == "conflict"  # somebody else's key
        await one.send(json.dumps({**body, "id": 99, "data": {"path": "lamp/light.on", "target": False}}))
        assert (await heard(one, "ok", "error"))["code"] == "conflict"
        assert len(at.world.puppet.taken) == 1


async def test_what_was_asked_is_done_though_the_socket_went_half_open() -> None:
    async with served() as at:
        order = b'{"t":"do","id":1,"op":"home.set","data":{"path":"lamp/light.on","target":true},"key":"half-open"}'
        async with wire(at) as found:
            found.writer.write(frame(order))
            found.writer.write_eof()
            await found.rest()
        assert [command.key for command in at.world.puppet.taken] == ["half-open"]
        async with asyncio.timeout(20):
            while len(at.world.hub.sessions):
                await asyncio.sleep(0.01)


async def test_who_asks_and_does_not_read_costs_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served() as at, screen(at, "mei", "lamp/**") as bystander:
        at.world.puppet.host.report([Fact("lamp/light.effect", "x" * 4_000)])
        async with wire(at) as found:
            found.reader._transport.pause_reading()  # type: ignore[attr-defined]
            ask = frame(b'{"t":"do","id":1,"op":"home.get","data":{"path":"**"}}')
            found.writer.write((frame(b'{"t":"hello","want":["**"],"rate":10}') + ask) * 3_000)
            live_of = at.world.hub.live._by_session
            async with asyncio.timeout(45):
                while not (clients := [c for c in live_of.values() if c.session.identity.person == "anna"]):
                    await asyncio.sleep(0.01)
                (client,) = clients
                while not client.outlet.backlog():
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)
            # One burst above the mark, not the 20 MB that were asked for.
            assert client.outlet.backlog() < 3 * live.HIGH
            await still_well(at, bystander, 33.0)
        async with asyncio.timeout(20):
            while len(at.world.hub.sessions) > 1:
                await asyncio.sleep(0.01)


async def test_who_takes_nothing_any_more_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PATIENCE", 0.1)
    monkeypatch.setattr(live_socket, "LET_GO", 0.1)
    async with served() as at, wire(at) as found:
        found.reader._transport.pause_reading()  # type: ignore[attr-defined]
        found.writer.write(frame(b'{"t":"hello","want":["**"],"rate":10}'))
        async with asyncio.timeout(45):
            while len(at.world.hub.sessions) == 0:
                await asyncio.sleep(0.01)
            number = 0
            while len(at.world.hub.sessions):
                number += 1
                at.world.puppet.host.report([Fact("lamp/light.effect", f"{number}" + "x" * 4_000)])
                await asyncio.sleep(0.0005)
        assert len(at.world.hub.live) == 0


async def test_a_flood_of_sockets_of_nobody_leaves_the_house_its_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_socket, "SIGN_IN_WITHIN", 1.0)
    async with served() as at, screen(at, "mei", "lamp/**") as bystander:
        silent = [await asyncio.open_connection("127.0.0.1", at.port) for _ in range(150)]
        for _, writer in silent[:75]:
            writer.write(knock())
        for _, writer in silent[75:]:
            writer.write(knock()[:20])
        await still_well(at, bystander, 44.0)
        async with screen(at, "anna", "lamp/light.on") as new:
            assert (await heard(new))["t"] == "snap"
        for reader, writer in silent[:75]:
            await reader.readuntil(b"\r\n\r\n")
            assert (await Wire(reader, writer).rest())[0] == 4401
        for _, writer in silent:
            writer.close()


async def test_a_closed_socket_says_so() -> None:
    async with served() as at, screen(at, "anna", "lamp/**") as one:
        await heard(one)
        await one.close(1000)
        with pytest.raises(ConnectionClosed):
            await one.recv()
        assert one.close_code == 1000
