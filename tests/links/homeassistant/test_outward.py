"""Where our car is led, as a real Home Assistant shows it: a time for its automations, gone when it is no more."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.links.homeassistant.test_other_houses import only_looks
from tests.links.mqtt.house import until
from tests.links.mqtt.hub import household
from tests.peers.homeassistant import HomeAssistant
from wayhome.core.value import Value
from wayhome.hub.led import led
from wayhome.hub.running import Hub
from wayhome.links.homeassistant import outward
from wayhome.links.homeassistant.client import connected
from wayhome.links.homeassistant.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.real]
PAGE = (Path(__file__).parents[3] / "docs" / "links" / "homeassistant.md").read_text()
DESTINATION, ARRIVAL, TO_GO = (f"sensor.wayhome_su7_{part}" for part in ("destination", "arrival", "to_go"))
LED: dict[str, Value] = {
    "state": "under_way",
    "goal": {"latitude": 52.6, "longitude": 13.4, "name": "Oma"},
    "eta": 1_795_000_020,
    "left": 8_420,
}


def shown(peer: HomeAssistant, entity: str) -> Any:
    try:
        return peer.state(entity)["state"]
    except KeyError:
        return None


def watching(peer: HomeAssistant) -> Callable[[str, str | None], Awaitable[None]]:
    async def sees(entity: str, wanted: str | None) -> None:
        for _ in range(900):
            found = await asyncio.to_thread(shown, peer, entity)
            if found == wanted:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{entity} is {found}, wanted {wanted}")

    return sees


async def test_home_assistant_knows_when_the_car_is_there(
    homeassistant: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outward, "PACE", 0.05)
    peer, sees = homeassistant, watching(homeassistant)
    async with household() as (hub, session, garage):
        secrets = {"token": peer.token}
        added = await session.call(
            "links.add", {"link": "homeassistant", "name": "Home", "config": {"url": peer.url}, "secrets": secrets}
        )

        async def joined() -> None:
            await until(lambda: hub.links.find(added.id).status.state == "connected", 30)

        await joined()
        answer = (await session.call("links.cars", {"id": added.id})).answer
        assert answer["may_show"] is True
        hub.household.own("su7/navigation.now", LED)
        await asyncio.sleep(0.5)
        assert shown(peer, ARRIVAL) is None, "nothing is told that nobody has chosen"

        await session.call("links.change", {"id": added.id, "config": {"shows": ["su7"]}})
        await sees(ARRIVAL, "2026-11-18T11:07:00+00:00")
        await sees(DESTINATION, "Oma")
        await sees(TO_GO, "8.4")
        told = await asyncio.to_thread(peer.state, ARRIVAL)
        assert told["attributes"]["friendly_name"] == "SU7 Arrival"
        assert told["attributes"]["device_class"] == "timestamp"
        # What we have told is no thing of Home Assistant's: it does not come back.
        await joined()
        await asyncio.sleep(0.5)
        assert not [id for id in hub.household.house.things if "arrival" in id]

        # It goes along, which starts what the page of the link shows; and is over.
        written = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0])
        judged = await asyncio.to_thread(peer.ask, type="validate_config", **written)
        assert [judged[part]["valid"] for part in ("triggers", "conditions", "actions")] == [True] * 3
        hub.household.own("su7/navigation.now", {**LED, "left": 12_000})
        await sees(TO_GO, "12.0")
        async with connected(peer.url, peer.token) as client:
            reading, fired = asyncio.create_task(client.serve()), asyncio.Event()
            for trigger in written["triggers"]:
                await client.ask("subscribe_trigger", trigger=trigger, told=lambda _: fired.set())
            hub.household.own("su7/navigation.now", {**LED, "left": 120})
            await asyncio.wait_for(fired.wait(), 45)
            reading.cancel()
        await sees(TO_GO, "0.1")
        hub.household.own("su7/navigation.now", {**LED, "state": "arrived"})
        await sees(DESTINATION, "unknown")
        await sees(ARRIVAL, "unknown")

        # Home Assistant restarts, which forgets it: it is told again.
        hub.household.own("su7/navigation.now", LED)
        await sees(DESTINATION, "Oma")
        await asyncio.to_thread(peer.restart)
        await session.call("links.retry", {"id": added.id})
        await sees(DESTINATION, "Oma")
        await joined()

        # The car has gone from the household, and is back.
        garage.host.withdraw(["su7"])
        await sees(ARRIVAL, None)
        garage.drive_up()
        hub.household.own("su7/navigation.now", LED)
        await sees(ARRIVAL, "2026-11-18T11:07:00+00:00")

        # Shown no more: nothing stays.
        await session.call("links.change", {"id": added.id, "config": {"shows": []}})
        await sees(ARRIVAL, None)
        await sees(TO_GO, None)
        await joined()
        assert "published" not in (await session.call("links.settings", {"id": added.id})).settings

        # The link's end is no answer: what stands there is known no more. Removed, nothing stays.
        await session.call("links.change", {"id": added.id, "config": {"shows": ["su7"]}})
        await sees(DESTINATION, "Oma")
        await stopped(hub, added.id)
        await sees(DESTINATION, "unavailable")
        await session.call("links.change", {"id": added.id, "config": {"shows": ["su7"]}})
        await sees(DESTINATION, "Oma")
        await session.call("links.remove", {"id": added.id})
        await sees(DESTINATION, None)


async def test_who_may_only_look_tells_nothing_and_is_not_shut_out(homeassistant: HomeAssistant) -> None:
    user, login = await only_looks(homeassistant)
    before = wrong_sign_ins(homeassistant)
    async with household() as (hub, session, _):
        new = {"link": "homeassistant", "name": "Home", "config": {**login.config, "shows": ["su7"]}}
        added = await session.call("links.add", {**new, "secrets": login.secrets})
        await until(lambda: hub.links.find(added.id).status.state == "connected", 30)
        assert (await session.call("links.cars", {"id": added.id})).answer["may_show"] is False
        await asyncio.sleep(1)
        assert shown(homeassistant, ARRIVAL) is None and wrong_sign_ins(homeassistant) == before
        assert hub.links.find(added.id).status.state == "connected"
    await asyncio.to_thread(homeassistant.ask, type="config/auth/delete", user_id=user)


async def test_who_is_an_administrator_no_more_asks_once(
    homeassistant: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home Assistant counts what it refuses as wrong sign-ins, and shuts out who has many of them."""
    monkeypatch.setattr(outward, "PACE", 0.05)
    monkeypatch.setattr(outward, "AGAIN", 0.05)
    peer, sees = homeassistant, watching(homeassistant)
    user, login = await only_looks(peer)
    group = {"type": "config/auth/update", "user_id": user}
    before = wrong_sign_ins(peer)
    await asyncio.to_thread(peer.ask, **group, group_ids=["system-admin"])
    async with household() as (hub, session, _):
        hub.household.own("su7/navigation.now", LED)
        new = {"link": "homeassistant", "name": "Home", "config": {**login.config, "shows": ["su7"]}}
        added = await session.call("links.add", {**new, "secrets": login.secrets})
        await sees(DESTINATION, "Oma")
        await asyncio.to_thread(peer.ask, **group, group_ids=["system-read-only"])
        hub.household.own("su7/navigation.now", {**LED, "left": 120})
        await until(lambda: wrong_sign_ins(peer) > before)
        for left in (110, 90, 70, 50):
            hub.household.own("su7/navigation.now", {**LED, "left": left * 100})
            await asyncio.sleep(0.2)
        assert hub.links.find(added.id).status.state == "connected"
        await stopped(hub, added.id)
        assert 1 <= wrong_sign_ins(peer) - before <= 2
    await asyncio.to_thread(peer.ask, type="config/auth/delete", user_id=user)
    for entity in (DESTINATION, ARRIVAL, TO_GO):
        await asyncio.to_thread(peer.drop_state, entity)


def wrong_sign_ins(peer: HomeAssistant) -> int:
    """How many Home Assistant has counted since it was started."""
    return peer.log().count("Login attempt or request with invalid authentication")


async def stopped(hub: Hub, link: str) -> None:
    """End the run of a link, as the hub's own end does."""
    await hub.links._halt(hub.links.find(link))


@pytest.mark.parametrize(
    "now",
    [
        None,
        "x",
        {},
        {"state": "under_way", "eta": True, "left": "far", "goal": "home"},
        {"state": "under_way", "eta": float("nan"), "left": -1, "goal": {"name": ""}},
        {"state": "under_way", "eta": 1e300, "left": float("inf"), "goal": {"name": None}},
    ],
)
def test_what_makes_no_sense_is_not_told(now: Value) -> None:
    assert led(now) == {"destination": None, "arrival": None, "to_go": None}


def test_a_long_name_fits() -> None:
    told = outward.states("our-car", "Car", {**LED, "goal": {"name": "x" * 1_000}})
    assert len(told["sensor.wayhome_our_car_destination"]["state"]) == 255


@pytest.mark.parametrize("shows", [["No Slug"], ["../x"], [f"car-{n}" for n in range(101)]])
def test_settings_take_ids_of_cars(shows: list[str]) -> None:
    with pytest.raises(ValueError, match="ids of at most 100 cars"):
        Settings("http://127.0.0.1:8123", shows=tuple(shows))
