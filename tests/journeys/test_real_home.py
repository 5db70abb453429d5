"""The main job, through everything: a tap on the hub's page switches a device in a real Home Assistant, the device's
own report comes back, and every screen shows it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.peers.homeassistant import HomeAssistant
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]
LAMP = "bed-light"
ENTITY = "light.bed_light"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path, "--demo", "--no-sites")
    running.start()
    yield running
    running.stop()


def join(hub: RunningHub, peer: HomeAssistant) -> dict[str, Any]:
    """Add the real Home Assistant by a token, and wait until it is connected."""
    body = {
        "link": "homeassistant",
        "name": "Our home",
        "config": {"url": peer.url},
        "secrets": {"token": peer.token},
    }
    with hub.api() as api:
        answer = api.post("/api/links/add", json=body)
        assert answer.status_code == 200, answer.text
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = {link["id"]: link for link in api.get("/api/links/list").json()["links"]}
            if found["our-home"]["state"] == "connected" and "demo" not in found:
                return found["our-home"]
            time.sleep(0.1)
    raise AssertionError(found)


class Live:
    """A screen on the live socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.facts: dict[str, Any] = {}
        self.wishes: dict[str, Any] = {}
        self.commands: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []

    async def until(self, done: Any, seconds: float = 30) -> None:
        """Take frames until ``done()``."""
        async with asyncio.timeout(seconds):
            while not done():
                frame = json.loads(await self.socket.recv())
                self.facts |= {path: shown[0] for path, shown in frame.get("set", {}).items()}
                for path, wish in frame.get("wish", {}).items():
                    self.wishes.pop(path, None) if wish is None else self.wishes.update({path: wish[0]})
                for path in frame.get("gone", ()):
                    self.facts.pop(path, None)
                if frame["t"] == "command":
                    self.commands.append(frame)
                if frame["t"] in ("ok", "error"):
                    self.answers.append(frame)


async def look(hub: RunningHub, *want: str) -> Live:
    headers = {"Authorization": f"Bearer {hub.token}"}
    url = hub.url.replace("http", "ws", 1) + "/api/live"
    live = Live(await connect(url, additional_headers=headers, max_size=None, proxy=None))
    await live.socket.send(json.dumps({"t": "hello", "want": list(want), "rate": 10}))
    await live.until(lambda: live.facts)
    return live


async def test_the_demo_gives_way_to_the_real_home_without_a_restart(
    hub: RunningHub, homeassistant: HomeAssistant
) -> None:
    before = await look(hub, "*/thing.info", "hub/**")
    assert "living-lamp/thing.info" in before.facts
    assert before.facts["hub/hub.info"]["demo"] is True
    join(hub, homeassistant)
    await before.until(lambda: f"{LAMP}/thing.info" in before.facts and "living-lamp/thing.info" not in before.facts)
    await before.until(lambda: before.facts["hub/hub.info"]["demo"] is False)
    with hub.api("") as nobody:
        answer = nobody.post("/api/door/demo", json={"person": "anna"})
        assert answer.status_code == 404
    with hub.api() as api:
        people = api.get("/api/people/list").json()["people"]
        assert [person["id"] for person in people] == ["anna"]


async def test_a_tap_switches_the_real_lamp_and_every_screen_shows_it(
    hub: RunningHub, homeassistant: HomeAssistant
) -> None:
    homeassistant.service("light", "turn_off", entity_id=ENTITY)
    join(hub, homeassistant)
    asking, other = await look(hub, f"{LAMP}/**"), await look(hub, f"{LAMP}/**")
    await asking.until(lambda: asking.facts.get(f"{LAMP}/light.on") is False)
    wish = {"t": "do", "id": 1, "op": "home.set", "data": {"path": f"{LAMP}/light.on", "target": True}}
    await asking.socket.send(json.dumps(wish))
    for screen in (asking, other):
        await screen.until(lambda screen=screen: screen.facts.get(f"{LAMP}/light.on") is True and not screen.wishes)
    await asking.until(lambda: any(frame["state"] == "done" for frame in asking.commands))
    assert homeassistant.state(ENTITY)["state"] == "on"
    lines = json.loads(hub.cli("why", f"{LAMP}/light.on", "--json"))
    assert [(line["actor"], line["what"]) for line in lines] == [("link:our-home", "reported"), ("local:cli", "wished")]
    # And the other way: somebody at the wall.
    homeassistant.service("light", "turn_off", entity_id=ENTITY)
    await other.until(lambda: other.facts[f"{LAMP}/light.on"] is False)


async def test_home_assistant_dies_while_a_tap_is_under_way(hub: RunningHub, homeassistant: HomeAssistant) -> None:
    homeassistant.restart()  # its sign-ins are on its disk only some minutes later, or when it ends in good order
    join(hub, homeassistant)
    screen = await look(hub, f"{LAMP}/**", "hub/**")
    homeassistant.service("light", "turn_off", entity_id=ENTITY)
    await screen.until(lambda: screen.facts.get(f"{LAMP}/light.on") is False)
    homeassistant.pause()
    wish = {"t": "do", "id": 1, "op": "home.set", "data": {"path": f"{LAMP}/light.on", "target": True}, "ttl": 60}
    await screen.socket.send(json.dumps(wish))
    await screen.until(lambda: screen.answers)
    assert screen.answers[0]["data"]["state"] == "sent"
    homeassistant.kill()
    await screen.until(lambda: any(frame["state"] in ("failed", "expired") for frame in screen.commands), 30)
    assert screen.commands[-1]["code"] == "unreachable"
    await screen.until(lambda: screen.facts.get(f"{LAMP}/thing.online") is False)
    assert screen.wishes == {}
    homeassistant.start()
    await screen.until(lambda: screen.facts.get(f"{LAMP}/thing.online") is True, 60)
    screen.answers.clear()
    await screen.socket.send(json.dumps(wish | {"id": 2}))
    await screen.until(lambda: screen.facts[f"{LAMP}/light.on"] is True and not screen.wishes)


async def test_a_revoked_token_asks_for_a_new_sign_in_and_takes_it(
    hub: RunningHub, homeassistant: HomeAssistant
) -> None:
    join(hub, homeassistant)
    hub_state = await look(hub, "hub/**")
    with hub.api() as api:
        answer = api.post("/api/links/change", json={"id": "our-home", "secrets": {"token": "no-longer-good"}})
        assert answer.status_code == 200
        path = "hub/link.our_home"
        await hub_state.until(lambda: hub_state.facts[path]["state"] == "sign_in_needed")
        assert "sign in" in hub_state.facts[path]["words"].lower()
        api.post("/api/links/change", json={"id": "our-home", "secrets": {"token": homeassistant.token}})
        await hub_state.until(lambda: hub_state.facts[path]["state"] == "connected")
