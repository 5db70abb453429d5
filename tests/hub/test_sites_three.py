"""A home and two cars: what each writes comes to the others through the home."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.hub.two_sites import Two, until
from tests.hub.wires import Road
from tests.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def van(two: Two) -> AsyncIterator[World]:
    """The second car's hub, which talks with the home, as the first one does."""
    await two.met()
    van = World(site="van")
    van.store.name = "log-van"
    async with van:
        await two.home.hub.household.write("site", "van", {"name": "Van"}, two.home.context())
        road = Road(two.home, van)
        await until(lambda: {"home", "car", "van"} <= van.hub.household.records("site").keys())
        yield van
        await road.cut()


async def test_who_is_let_in_by_one_car_comes_in_at_the_other(two: Two, van: World) -> None:
    await two.car.hub.vault.keep("credential/anna/password", b"$argon2-before")
    await until(lambda: van.vault._secrets.get("credential/anna/password") == b"$argon2-before")
    await van.hub.vault.keep("credential/anna/password", b"$argon2-after")
    await until(lambda: two.car.vault._secrets.get("credential/anna/password") == b"$argon2-after")
    await two.home.hub.vault.forget("credential/anna/password")
    await until(lambda: "credential/anna/password" not in {*two.car.vault._secrets, *van.vault._secrets})


async def test_a_car_that_leaves_takes_the_home_from_nobody(two: Two, van: World) -> None:
    await two.car.hub.household.delete("site", "home", two.car.context())
    await two.car.hub.household.write("place", "gym", {"name": "Gym"}, two.car.context())
    await until(lambda: "gym" in two.home.hub.household.records("place"))
    assert "home" in two.home.hub.household.records("site")
    await two.home.hub.household.write("place", "den", {"name": "Den"}, two.home.context())
    await until(lambda: "den" in van.hub.household.records("place"))
    assert "home" in van.hub.household.records("site") and van.hub.sites.here("home")


async def test_a_time_that_is_a_lie_keeps_no_later_password_away(two: Two, van: World) -> None:
    name = "credential/anna/password"
    await two.home.hub.sites.take_secrets("car", [(name, 1e300, b"$argon2-a-lie")])
    await until(lambda: van.vault._secrets.get(name) == b"$argon2-a-lie")
    for world in (two.home, two.car, van):
        world.clock.move(1)
    await two.home.hub.vault.keep(name, b"$argon2-after")
    await until(lambda: van.vault._secrets.get(name) == two.car.vault._secrets.get(name) == b"$argon2-after")
