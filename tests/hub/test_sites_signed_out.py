"""A device, or who it is of, is out at one site while it talks to the other, and the two can't talk."""

from __future__ import annotations

import pytest

from tests.hub.two_sites import Two, until
from tests.world import World
from wayhome.core.value import Value
from wayhome.hub.session import Identity

pytestmark = pytest.mark.anyio
PHONE = {
    "person": "mei", "name": "Phone", "kind": "phone", "role": "guest", "added_at": 1.0, "signed_in_at": 1.0,
    "last_seen": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("collection", "item", "since"), [("device", "phone", {"last_seen": 700.0}), ("person", "mei", {"name": "Mei M."})]
)
async def test_who_was_seen_at_the_car_since_is_out_all_the_same(
    two: Two, collection: str, item: str, since: dict[str, Value]
) -> None:
    await two.met()
    await two.home.person("mei", "owner")
    await two.home.hub.household.write("device", "phone", {**PHONE}, two.home.context())
    await until(lambda: "phone" in two.car.hub.household.records("device"))
    await until(lambda: "mei" in two.car.hub.household.records("person"))
    session = two.car.hub.open_session(Identity("person:mei", "guest", "mei", "phone"))
    await two.road.cut()
    await two.home.hub.household.delete(collection, item, two.home.context())
    for world in (two.home, two.car):
        world.clock.move(660)
    await two.car.hub.household.write(collection, item, since, two.car.context())
    two.meet()

    def merged(world: World) -> bool:
        record = world.hub.household.house.record(collection, item)
        return record is not None and record.deleted is not None and not record.gone

    await until(lambda: merged(two.home) and merged(two.car))
    two.car.hub.sessions.rejudge()
    assert two.car.hub.sessions.of(session.id) is None, f"it may do what {session.identity.role}s may"
