"""Many wishes at once between two sites, and what is said of them when the road breaks."""

from __future__ import annotations

import pytest

from tests.hub.two_sites import Two, anna, outcome, until
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.hub.sites.wishes import AT_ONCE

pytestmark = pytest.mark.anyio
MANY = AT_ONCE + 100
BELL = Thing("bell", "Bell", "puppet", "button", {"button.press": Refinement()})


async def test_what_was_done_is_not_said_to_be_too_many_when_it_is_asked_again(two: Two) -> None:
    await two.met()
    two.home.puppet.host.announce([BELL])
    await until(lambda: "bell" in two.car.hub.household.house.things)
    await two.road.cut()
    session = await anna(two.car)
    keys = [f"wish-{number:04}" for number in range(MANY)]
    for key in keys:
        await session.act("bell/button.press", True, key=key)  # type: ignore[attr-defined]
    two.meet()  # all of them go out at once
    assert {(await outcome(two.car, key)).state for key in keys} == {"done"}
    assert sorted(command.key for command in two.home.puppet.taken) == keys
