"""A hub that is killed (``kill -9``) and comes up again: nothing that somebody has seen is new, and nobody is told
twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.peers.hub import RunningHub
from tests.peers.push_service import PushService

pytestmark = pytest.mark.real


class Phone:
    """A phone of the demo's Anna, signed in."""

    def __init__(self, hub: RunningHub) -> None:
        self._hub = hub
        self._http = httpx.Client(base_url=hub.url, headers={"Origin": hub.url}, trust_env=False, timeout=30)
        self.ask("door/demo", {"person": "anna"})

    def ask(self, path: str, data: dict[str, Any] | None = None) -> Any:
        answer = self._http.post(f"/api/{path}", json=data or {})
        assert answer.is_success, answer.text
        return answer.json()

    def look(self, path: str) -> Any:
        answer = self._http.get(f"/api/{path}")
        assert answer.is_success, answer.text
        return answer.json()

    def notices(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.look("notices/list")["notices"]
        return found

    def steer(self, orders: dict[str, Any]) -> None:
        self.ask("links/steer", {"id": "demo", "orders": orders})

    def owed(self) -> list[list[str]]:
        """The devices that are still to be told, of each notice that is kept."""
        kept = self.look("home/get?path=@notice/*")["values"]
        return [value[0]["owed"] for value in kept.values()]

    def until(self, kind: str) -> dict[str, Any]:
        """The notice of this kind, once it is there."""
        began = time.monotonic()
        while not (found := [one for one in self.notices() if one["kind"] == kind]):
            assert time.monotonic() - began < 40, self.notices()
            time.sleep(0.1)
        return found[0]


@pytest.fixture
def hub(tmp_path: Path, push_service: PushService) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path, "--demo", "--no-sites", "--language", "en", push=push_service.certificate)
    running.start()
    yield running
    running.stop()


@pytest.mark.long
def test_seen_stays_seen_and_told_is_not_told_again(hub: RunningHub, push_service: PushService) -> None:
    phone = Phone(hub)
    browser = push_service.subscribe(phone.look("notices/push_key")["key"])
    phone.ask("notices/subscribe", browser.subscription)
    phone.steer({"park": True, "tyre": 150, "ring": True})
    ring, tyre = phone.until("doorbell"), phone.until("tyre_low")
    push_service.until(lambda: len(browser.told()) == 2)
    # That they were taken is kept, too: a hub that dies before tells once more rather than not at all.
    push_service.until(lambda: not any(phone.owed()))
    phone.ask("notices/seen", {"ids": [tyre["id"]]})
    hub.kill()  # at once after it was acknowledged
    hub.start()
    again = {one["id"]: one["seen"] for one in phone.notices()}
    assert again[tyre["id"]] and not again[ring["id"]]
    phone.steer({"park": True, "tyre": 150})  # still so
    time.sleep(12)  # it would be told by then
    assert len([one for one in phone.notices() if one["kind"] == "tyre_low"]) == 1
    assert len(browser.posts) == 2
    assert phone.look("notices/chosen")["devices"] == 1


def test_a_subscription_outlives_the_hub_and_is_sealed_on_the_disk(hub: RunningHub, push_service: PushService) -> None:
    phone = Phone(hub)
    key = phone.look("notices/push_key")["key"]
    browser = push_service.subscribe(key)
    phone.ask("notices/subscribe", browser.subscription)
    hub.kill()
    secret = browser.endpoint.rsplit("/", 1)[1]
    for file in hub.data.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert secret.encode() not in content and browser.auth.encode() not in content, file
    hub.start()
    assert phone.look("notices/push_key")["key"] == key
    phone.ask("notices/test")
    assert browser.told()[0]["title"] == "Push works"
    assert secret not in hub.log
