"""Who asks is looked at where everything of the household happens: in its one loop."""

from __future__ import annotations

import threading

import httpx
import pytest

from tests.bad_days.served import served
from wayhome.hub.session import Identity

pytestmark = pytest.mark.anyio


async def test_a_device_that_was_long_away_is_noted_while_it_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served() as at:
        household, known = at.world.hub.household, at.tokens.identify
        threads: set[int] = set()

        def identify(token: str) -> Identity | None:
            """As the door does: what is news of a device is written down in the background."""
            threads.add(threading.get_ident())
            context = at.world.context()
            at.world.hub.soon_run(household.write("device", "anna-phone", {"last_seen": 5.0}, context))
            return known(token)

        monkeypatch.setattr(at.tokens, "identify", identify)
        async with httpx.AsyncClient(base_url=at.url, headers={"Authorization": "Bearer anna-token"}) as screen:
            answer = await screen.get("/api/home/things")
            assert answer.status_code == 200, answer.text
            answer = await screen.post("/api/home/set", json={"path": "lamp/light.on", "target": True})
            assert answer.status_code == 200, answer.text
        await household.keeping.settle()
        assert threads == {threading.get_ident()}
        assert household.records("device")["anna-phone"].values()["last_seen"] == 5.0
