"""kill -9 of the whole hub under load over its real doors: 4 times here, 200 with WAYHOME_SOAK=1."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.hub.two_sites import until
from tests.peers.hub import RunningHub
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.hub.ports import CommandRow, EventRow, RecordRow

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(7_200)]
PATHS = ("living-lamp/light.brightness", "kitchen-lights/light.brightness", "living-climate/climate.target_temperature")


class Acknowledged:
    """What the hub said it has done, before it was killed."""

    def __init__(self, run: int, chance: random.Random) -> None:
        self.run = run
        self.chance = chance
        self.wishes: dict[str, dict[str, Any]] = {}
        self.people: dict[str, str] = {}
        self.grants: dict[str, str] = {}

    async def wish(self, hub: RunningHub, screen: int) -> None:
        """One screen that moves sliders, several at once, until its socket breaks."""
        url = hub.url.replace("http", "ws") + "/api/live"
        with suppress(OSError, ConnectionClosed, InvalidHandshake):
            async with connect(url, additional_headers={"Authorization": f"Bearer {hub.token}"}, proxy=None) as socket:
                await socket.send(json.dumps({"t": "hello", "want": ["**"], "rate": 10}))
                asked: dict[int, dict[str, Any]] = {}
                for number in range(100_000):
                    data = {"path": self.chance.choice(PATHS), "target": 16 + self.chance.random() * 14}
                    key = f"{self.run:04d}-{screen}-{number:06d}"
                    asked[number] = {"key": key, **data}
                    await socket.send(json.dumps({"t": "do", "id": number, "op": "home.set", "data": data, "key": key}))
                    while len(asked) > 4:
                        said = json.loads(await socket.recv())
                        if "id" in said:
                            mine = asked.pop(said["id"])
                            assert said["t"] == "ok", said
                            assert said["data"]["key"] == mine["key"]
                            self.wishes[mine["key"]] = mine

    async def write(self, hub: RunningHub) -> None:
        """Somebody who takes people in and gives them grants."""
        headers = {"Authorization": f"Bearer {hub.token}"}
        with suppress(httpx.HTTPError):
            async with httpx.AsyncClient(base_url=hub.url, headers=headers, trust_env=False, timeout=45) as api:
                for number in range(100_000):
                    name = f"Guest {self.run} {number}"
                    added = await api.post("/api/people/add", json={"name": name, "role": "guest"})
                    assert added.status_code == 200, added.text
                    self.people[name] = added.json()["id"]
                    to, sentence = f"person:{added.json()['id']}", "act living-lamp/light.on uses 3"
                    given = await api.post("/api/people/grant", json={"sentence": sentence, "to": to})
                    assert given.status_code == 200, given.text
                    self.grants[given.json()["id"]] = to


async def look_at_the_disk(path: Path, seq: int, said: Acknowledged) -> int:
    """What the store holds after the kill: no gap, nothing lost, nothing doubled. Returns its newest seq."""
    store = SqliteStore(path)
    saved = await store.load()
    assert await store.check() == []
    begun: Counter[str] = Counter()
    written: Counter[str] = Counter()
    records: set[str] = set()
    while lines := await store.log(since=seq, limit=10_000):
        assert [line.seq for line in lines] == list(range(seq + 1, seq + 1 + len(lines))), "a gap in the log"
        seq = lines[-1].seq
        for line in lines:
            match line.row:
                case CommandRow(command) if command.state == "sent" and command.taken is None:
                    begun[command.key] += 1
                case EventRow(event) if event.name == "RecordWritten":
                    written[str(event.about)] += 1
                case RecordRow(record):
                    records.add(record.path)
                case _:
                    pass
    assert saved.seq == seq
    lost = [key for key in said.wishes if not begun[key]]
    assert not lost, f"lost: {lost[:5]}"
    assert not [key for key, times in begun.items() if times > 1], "doubled"
    for id in [*said.people.values()]:
        assert written[f"@person/{id}"] == 1 and f"@person/{id}" in records
    for id in said.grants:
        assert written[f"@grant/{id}"] == 1 and f"@grant/{id}" in records
    await store.close()
    return seq


def look_through_the_door(hub: RunningHub, said: Acknowledged) -> None:
    """The restarted hub stands by its word: the same key is the same wish, another wish under it a conflict."""
    with hub.api() as api:
        for key in list(said.wishes)[-40:]:
            wish = said.wishes[key]
            headers = {"Idempotency-Key": key}
            body = {"path": wish["path"], "target": wish["target"]}
            again = api.post("/api/home/set", json=body, headers=headers)
            assert again.status_code == 200, again.text
            assert (again.json()["key"], again.json()["path"]) == (key, wish["path"])
            other = api.post("/api/home/set", json={**body, "target": 15.5}, headers=headers)
            assert (other.status_code, other.json()["code"]) == (409, "conflict")
        people = api.get("/api/people/list").json()["people"]
        names = Counter(person["name"] for person in people)
        assert all(names[name] == 1 for name in said.people)
        grants = {grant["id"]: grant["to"] for grant in api.get("/api/people/grants").json()["grants"]}
        assert all(grants[id] == to for id, to in said.grants.items())
        for person in people:  # a household holds a hundred people, and there are many more kills to come
            if person["name"].startswith("Guest "):
                assert api.post("/api/people/remove", json={"person": person["id"]}).status_code == 200


async def test_what_was_acknowledged_stands_after_kill_9(tmp_path: Path, soak: bool) -> None:
    chance = random.Random(time.time_ns() if soak else 11)
    hub = RunningHub(tmp_path, "--demo", "--no-sites")
    seq = wishes = people = 0
    hub.start()
    for run in range(200 if soak else 4):
        said = Acknowledged(run, chance)
        load = [asyncio.create_task(said.wish(hub, screen)) for screen in range(3)]
        load.append(asyncio.create_task(said.write(hub)))
        later = chance.uniform(0.3, 0.9)
        await until(lambda: len(said.wishes) > 30 and len(said.people) > 3, 60)  # noqa: B023
        await asyncio.sleep(later)
        await asyncio.to_thread(hub.kill)
        await asyncio.gather(*load)
        seq = await look_at_the_disk(hub.data / "wayhome.db", seq, said)
        hub.start()
        await asyncio.to_thread(look_through_the_door, hub, said)
        wishes, people = wishes + len(said.wishes), people + len(said.people)
    hub.stop()
    assert wishes > 100
    assert people > 10
