"""Copies of a household by its own doors: made, listed, checked, taken away, put back on a fresh hub, all without a
shell."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.peers.hub import RunningHub

PASSWORD = "a lamp, a road, a gate"
PASSPHRASE = "tulip gravel orbit lantern"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path)
    running.start()
    yield running
    running.stop()


def visitor(hub: RunningHub) -> httpx.Client:
    """A browser that nobody is signed in on, on the hub's machine."""
    return httpx.Client(base_url=hub.url, headers={"Origin": hub.url}, timeout=30, trust_env=False)


def right(answer: httpx.Response) -> Any:
    assert answer.status_code in (200, 204), answer.text
    return answer.json() if answer.content else None


def found(page: httpx.Client) -> None:
    body = {"name": "Anna", "household": "Linden 7", "password": PASSWORD}
    right(page.post("/api/door/owner", json=body))


def state(page: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = right(page.get("/api/door"))
    return found


def anew(page: httpx.Client, run: str) -> dict[str, Any]:
    """The door's state once the hub runs anew."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            now = state(page)
        except httpx.TransportError:
            time.sleep(0.05)
            continue
        if now["run"] != run:
            return now
        time.sleep(0.05)
    raise AssertionError("the hub did not open anew")


def send(page: httpx.Client, content: bytes, passphrase: str | None = None) -> httpx.Response:
    """Send a file and have it put back."""
    came = page.post("/api/door/restore/file", content=content)
    return came if came.status_code != 200 else page.post("/api/door/restore", json={"passphrase": passphrase})


def taken(page: httpx.Client, file: str) -> bytes:
    link = right(page.post("/api/upkeep/download", json={"file": file}))["url"]
    return page.get(link).content


def test_a_copy_is_made_listed_checked_taken_away_and_deleted(hub: RunningHub) -> None:
    with visitor(hub) as page, visitor(hub) as other:
        found(page)
        made = right(page.post("/api/upkeep/backup", json={"passphrase": PASSPHRASE}))["file"]
        listed = right(page.get("/api/upkeep/archives"))
        [copy] = listed["copies"]
        assert copy["file"] == Path(made).name and copy["sealed"] and not copy["automatic"]
        assert copy["size"] == Path(made).stat().st_size == listed["room"]["copies"]
        assert listed["room"]["free"] > 0 and listed["room"]["data"] > 0

        contents = right(page.post("/api/upkeep/verify", json={"file": copy["file"], "passphrase": PASSPHRASE}))
        assert contents["kind"] == "backup" and contents["files"] >= 2
        wrong = page.post("/api/upkeep/verify", json={"file": copy["file"], "passphrase": "not this one, sorry"})
        assert wrong.status_code == 400 and "passphrase" in wrong.json()["detail"]

        link = right(page.post("/api/upkeep/download", json={"file": copy["file"]}))["url"]
        assert other.get(link).status_code == 401  # who found the link has nothing of it
        answer = page.get(link)
        assert answer.content == Path(made).read_bytes()
        assert copy["file"] in answer.headers["content-disposition"]
        assert answer.headers["cache-control"] == "no-store"
        assert page.get(link).status_code == 404  # it works once

        for bad in ("../wayhome.db", "wayhome.db", "", "x" * 5_000, "wayhome-backup-20260101T000000.000000Z.tar"):
            for verb in ("download", "forget", "verify"):
                assert page.post(f"/api/upkeep/{verb}", json={"file": bad}).status_code == 404, (verb, bad)
        right(page.post("/api/upkeep/forget", json={"file": copy["file"]}))
        assert right(page.get("/api/upkeep/archives"))["copies"] == [] and not Path(made).exists()


def test_a_household_moves_to_a_fresh_hub_by_its_page(hub: RunningHub, tmp_path: Path) -> None:
    with visitor(hub) as page:
        found(page)
        right(page.post("/api/people/add", json={"name": "Mei", "role": "child"}))
        right(page.post("/api/upkeep/backup", json={"passphrase": PASSPHRASE}))
        content = taken(page, right(page.get("/api/upkeep/archives"))["copies"][0]["file"])
        assert send(page, content, PASSPHRASE).status_code == 409  # there is a household here

        run = state(page)["run"]
        assert page.post("/api/upkeep/erase", json={"name": "somebody else's"}).status_code == 400
        right(page.post("/api/upkeep/erase", json={"name": "linden 7"}))
        fresh = anew(page, run)
        assert (fresh["owner"], fresh["household"], fresh["lost"]) == (False, None, False)
        assert not list((hub.data / "copies").glob("*"))
        assert page.get("/api/people/me").status_code == 401

        for hostile in (content[:-700], content[:5_000] + b"?" + content[5_001:], b"junk" * 400, b"", b"\0" * 2_048):
            answer = send(page, hostile, PASSPHRASE)
            assert answer.status_code == 400, answer.text
            assert answer.json()["advice"]
        assert send(page, content, "not this one, sorry").status_code == 400
        assert send(page, content).status_code == 400
        now = state(page)
        assert (now["run"], now["owner"]) == (fresh["run"], False)
        assert not list(hub.data.glob(".restored"))

        right(send(page, content, PASSPHRASE))
        back = anew(page, fresh["run"])
        assert (back["owner"], back["household"]) == (True, "Linden 7")
        right(page.post("/api/door/password", json={"name": "Anna", "password": PASSWORD}))
        people = right(page.get("/api/people/list"))["people"]
        assert [(one["name"], one["role"]) for one in people] == [("Anna", "owner"), ("Mei", "child")]
        assert not list(hub.data.glob(".*")), "something was left behind"


def test_without_its_secrets_an_owner_comes_back_by_a_new_one(hub: RunningHub) -> None:
    with visitor(hub) as page:
        found(page)
        right(page.post("/api/upkeep/export", json={}))
        content = taken(page, right(page.get("/api/upkeep/archives"))["copies"][0]["file"])
        run = state(page)["run"]
        right(page.post("/api/upkeep/erase", json={"name": "Linden 7"}))
        fresh = anew(page, run)
        assert right(send(page, content))["notes"]
        back = anew(page, fresh["run"])
        assert (back["owner"], back["lost"], back["owners"]) == (False, True, ["Anna"])
        stranger = page.post("/api/door/owner", json={"name": "Mallory", "password": PASSWORD})
        assert stranger.status_code == 403
        assert send(page, content).status_code == 409  # a household is here, though nobody can come in yet
        right(page.post("/api/door/owner", json={"name": "Anna", "password": "another road, another gate"}))
        assert right(page.get("/api/people/me"))["person"] == "anna"
        assert (state(page)["owner"], state(page)["lost"]) == (True, False)


def test_backups_by_themselves_are_a_choice_that_is_checked(hub: RunningHub) -> None:
    with visitor(hub) as page:
        found(page)
        assert right(page.get("/api/upkeep/automatic"))["every"] == "never"
        body = {"every": "night", "keep": 3, "passphrase": PASSPHRASE}
        plan = right(page.post("/api/upkeep/automatic_change", json=body))
        assert (plan["every"], plan["keep"], plan["sealed"]) == ("night", 3, True)
        assert 0 < plan["next"] - time.time() < 90_000
        for bad in ({"keep": 0}, {"keep": 1_000}, {"every": "hourly"}, {"passphrase": "short"}, {"often": True}):
            assert page.post("/api/upkeep/automatic_change", json=bad).status_code == 400, bad
        assert right(page.get("/api/upkeep/automatic"))["keep"] == 3
        assert PASSPHRASE not in hub.log


def test_what_waits_is_carried_out_after_a_kill(hub: RunningHub) -> None:
    with visitor(hub) as page:
        found(page)
    hub.kill()
    (hub.data / ".erasing").write_bytes(b"")
    hub.start()
    with visitor(hub) as page:
        assert state(page)["owner"] is False
    assert not (hub.data / ".erasing").exists()


def test_an_owner_who_has_a_password_is_never_taken_for_lost(hub: RunningHub) -> None:
    """Also not in a hub that nobody had a way into when it started, and when the last device has signed out."""
    with visitor(hub) as page:
        found(page)
        assert state(page)["owner"] is True
        assert page.post("/api/door/out").status_code == 204
        assert (state(page)["owner"], state(page)["lost"]) == (True, False)
        again = page.post("/api/door/owner", json={"name": "Anna", "password": "whoever comes by, comes in"})
        assert again.status_code == 409, again.text
