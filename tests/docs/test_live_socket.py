"""Every example of the live socket's page, said to a real hub; its messages, limits and globs, held to the code."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.docs.demo import DemoHub
from tests.docs.page import Section, code, section, sections
from tests.docs.placeholders import differs, filled
from wayhome.core import command, glob, grant
from wayhome.hub import frames, live, session
from wayhome.web import app, live_socket, transport

pytestmark = pytest.mark.anyio
PAGE = "reference/live-socket.md"
SPOKEN = [s for s in sections(PAGE) if s.blocks]
STREAMS = {"limits": 0, "command": 0, "ok": 1, "error": 1, "pong": 1, "snap": 2, "delta": 2, "bye": 3}
"""Each of these comes in order; among each other they may overtake."""
TITLES = {"client", "client, on another line", "server", "client, msgpack", "server, msgpack", "closed"}


@pytest.mark.parametrize("spoken", SPOKEN, ids=[s.title for s in SPOKEN])
async def test_the_hub_says_what_the_page_says(spoken: Section, demo: DemoHub) -> None:
    known: dict[str, Any] = {"<token>": demo.token}
    first = json.loads(spoken.blocks[0].text)
    headers = {} if first["t"] == "auth" else {"Authorization": f"Bearer {demo.token}"}
    url = demo.url.replace("http", "ws", 1) + "/api/live"
    async with asyncio.timeout(90), AsyncExitStack() as lines:
        socket = await lines.enter_async_context(connect(url, additional_headers=headers, proxy=None))
        for block in spoken.blocks:
            assert block.title in TITLES, f"line {block.line}: {block.title!r}"
        for side, group in itertools.groupby(spoken.blocks, key=lambda block: block.title):
            blocks = list(group)
            if side == "closed":
                with pytest.raises(ConnectionClosed):
                    await socket.recv()
                assert [socket.close_code] == [int(block.text) for block in blocks]
            elif side.startswith("client"):
                if "another line" in side:
                    await socket.close()
                    socket = await lines.enter_async_context(connect(url, additional_headers=headers, proxy=None))
                for block in blocks:
                    message = filled(json.loads(block.text), known)
                    await socket.send(msgspec.msgpack.encode(message) if "msgpack" in side else json.dumps(message))
            else:
                real = [await _heard(socket, "msgpack" in side) for _ in blocks]
                shown = [(block.line, json.loads(block.text)) for block in blocks]
                real.sort(key=lambda message: STREAMS[message["t"]])
                shown.sort(key=lambda block: STREAMS[block[1]["t"]])
                for (line, wanted), message in zip(shown, real, strict=True):
                    why = differs(wanted, message, known)
                    assert why is None, f"{PAGE}:{line}: {why}\n{message}"


async def _heard(socket: ClientConnection, packed: bool) -> Any:
    message = await socket.recv()
    assert isinstance(message, bytes) is packed
    return msgspec.msgpack.decode(message) if isinstance(message, bytes) else json.loads(message)


OTHER_DOORS = ("prove", "pass")
"""Said to pages of another door only: tests/web/test_other_doors.py is one."""
ALONG = "told"
"""Said along with news that a demo's hub does not have: tests/hub/test_notifications_sealed.py hears it."""


def test_every_message_of_a_client_is_on_the_page() -> None:
    shown = {code(row[0])[0]: code(row[1]) for row in section(PAGE, "Messages").rows()}
    for kind in get_args(frames.Said.__value__):
        fields = [f.name + ("" if f.required else "?") for f in msgspec.structs.fields(kind)]
        assert shown.pop(kind.__struct_config__.tag) == fields
    assert set(shown) == {"limits", "snap", "delta", "ok", "error", "command", "pong", "bye", ALONG, *OTHER_DOORS}


def test_every_message_of_the_hub_has_the_members_that_the_page_says() -> None:
    shown = {code(row[0])[0]: {name.rstrip("?") for name in code(row[1])} for row in section(PAGE, "Messages").rows()}
    seen: dict[str, set[str]] = {}
    for spoken in SPOKEN:
        for block in spoken.blocks:
            if block.title.startswith("server"):
                message = json.loads(block.text)
                assert message.keys() - {"t"} <= shown[message["t"]], message
                seen.setdefault(message["t"], set()).update(message.keys())
    assert seen.keys() == {"limits", "snap", "delta", "ok", "error", "command", "pong", "bye"}


def test_the_limits_are_those_of_the_code() -> None:
    real = [
        live_socket.MAX_MESSAGE, live_socket.SIGN_IN_WITHIN, glob.MAX_GLOBS, live_socket.IN_FLIGHT, session.RATE,
        session.BURST, frames.PART, live.HIGH, live.LOW, live.PATIENCE, live.TICK, command.KEY_KEPT, command.MAX_TTL,
        command.REPORT_WITHIN,
    ]  # fmt: skip
    assert [float(row[1]) for row in section(PAGE, "Limits").rows()] == real


def test_the_close_codes_are_those_of_the_code() -> None:
    shown = {row[0] for row in section(PAGE, "Close codes").rows()}
    sources = [Path(str(module.__file__)).read_text() for module in (frames, live, live_socket, app, transport)]
    assert {"1012", *re.findall(r"\b44\d\d\b", "".join(sources))} == shown


def test_every_state_and_quality_is_on_the_page() -> None:
    from wayhome.core.value import Quality

    states = {code(row[0])[0] for row in section(PAGE, "A wish that fails").rows()}
    assert states == set(get_args(command.State.__value__)) - {"asked"}  # which nobody is ever shown
    qualities = {code(row[0])[0] for row in section(PAGE, "What is shown").rows()}
    assert qualities == set(get_args(Quality.__value__))


def test_the_globs_fit_what_the_page_says() -> None:
    for row in section("reference/words.md", "Globs").rows():
        (wanted,), (fits,), (not_,) = (code(cell) for cell in row)
        matches = glob.matcher([wanted])
        assert matches(fits), row
        assert not matches(not_), row


def test_the_grants_can_be_read() -> None:
    for row in section("reference/words.md", "Grants").rows():
        for sentence in code(row[0]):
            if sentence.split()[0] in grant.VERBS:
                assert grant.sentence(grant.parse(sentence, id="g", to="person:mei")).split()[0] == sentence.split()[0]
