"""A device is signed out at one site while it talks to the other, and the two can't talk."""

from __future__ import annotations

import pytest

from tests.hub.two_sites import Two, until
from tests.world import World
from wayhome.hub.session import Identity

pytestmark = pytest.mark.anyio
PHONE = {
    "person": "anna", "name": "Phone", "kind": "phone", "role": "guest", "added_at": 1.0, "signed_in_at": 1.0,
    "last_seen": 1.0,
}  # fmt: skip


async def test_who_was_seen_at_the_car_since_is_out_all_the_same(two: Two) -> None:
    await two.met()
    await two.home.hub.household.write("device", "phone", {**PHONE}, two.home.context())
    await until(lambda: "phone" in two.car.hub.household.records("device"))
    session = two.car.hub.open_session(Identity("person:anna", "guest", "anna", "phone"))
    await two.road.cut()
    await two.home.hub.household.delete("device", "phone", two.home.context())
    for world in (two.home, two.car):
        world.clock.move(660)
    await two.car.hub.household.write("device", "phone", {"last_seen": two.car.clock.now()}, two.car.context())
    two.meet()

    def merged(world: World) -> bool:
        record = world.hub.household.house.record("device", "phone")
        return record is not None and record.deleted is not None and not record.gone

    await until(lambda: merged(two.home) and merged(two.car))
    two.car.hub.sessions.rejudge()
    assert two.car.hub.sessions.of(session.id) is None, f"it may do what {session.identity.role}s may"
