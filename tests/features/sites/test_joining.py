"""A hub joins a household: by an invitation that is used up only where something comes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from tests.world import World
from wayhome.errors import Conflict
from wayhome.features.sites import client, feature
from wayhome.features.sites.calling import calling
from wayhome.features.sites.client import Link, Way
from wayhome.features.sites.door import Before, Entered
from wayhome.features.upkeep.metrics import of_sites

pytestmark = pytest.mark.anyio
Open = Callable[[str, str], World]


def _link(world: World, site: str | None = None) -> str:
    secret, _ = calling(world.hub).door.invite("person:anna", site)
    return f"https://{world.store.name}:8300/#site={secret}&ca={'0' * 64}"


@pytest.fixture
async def hubs(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, World]]:
    """A car's hub, the home that it belongs to, and two more homes: the neighbours', and one that was just set up."""
    sites = (("car", "car"), ("home", "home"), ("neighbours", "home"), ("fresh", "home"), ("lodge", "lodge"))
    hubs = {name: World(site=site, features={"sites": feature}) for name, site in sites}
    for name, world in hubs.items():
        world.store.name = f"log-{name}"

    async def enter(link: Link, site: str, name: str, of: Before | None = None) -> tuple[Entered, Way]:
        there = next(world for world in hubs.values() if world.store.name in link.url)
        entered = await calling(there.hub).door.accept(link.secret, site, name, "", of)
        return entered, Way("https://127.0.0.1:1", entered.token)

    monkeypatch.setattr(client, "enter", enter)
    for world in hubs.values():
        await world.__aenter__()
    for name in ("home", "neighbours"):
        await hubs[name].person("anna", "owner")
    await calling(hubs["car"].hub).join(_link(hubs["home"]), "Car")
    await hubs["car"].person("anna", "owner")  # told by the home
    hubs["car"].hub.household.heard["home"] = ("log-home", 7)
    yield hubs
    for world in hubs.values():
        await world.__aexit__()


@pytest.mark.parametrize("other", ["neighbours", "lodge"])
async def test_another_households_invitation_is_not_used_up_and_nothing_becomes_one(
    hubs: dict[str, World], other: str
) -> None:
    link = _link(hubs[other])
    with pytest.raises(Conflict, match="another household"):
        await calling(hubs["car"].hub).join(link, "Car")
    assert "car" not in hubs[other].hub.household.records("site")
    assert len(calling(hubs[other].hub).door._invitations) == 1
    way = await hubs["car"].vault.secret("site/home/way")
    assert way is not None and calling(hubs["car"].hub).home == "home"


async def test_the_households_own_hub_is_joined_anew_also_from_a_backup(hubs: dict[str, World]) -> None:
    await calling(hubs["car"].hub).join(_link(hubs["home"], "car"), "Car")
    household = hubs["home"].hub.household
    household.log_name, household.log_names = "log-put-back", [("log-home", 5)]
    assert await calling(hubs["car"].hub).join(_link(hubs["home"], "car"), "Car") == "home"


async def test_a_home_that_was_set_up_anew_takes_what_the_car_has_kept(hubs: dict[str, World]) -> None:
    assert await calling(hubs["car"].hub).join(_link(hubs["fresh"]), "Car") == "home"


async def test_two_cars_meet_at_home_and_miss_each_other_nowhere(hubs: dict[str, World]) -> None:
    sites = hubs["car"].hub.sites
    await hubs["car"].hub.household.write("site", "van", {"name": "Van"}, hubs["car"].context())
    assert (sites.status("van").meets, sites.status("home").meets) == ("home", None)
    assert hubs["home"].hub.sites.status("car").meets is None
    present = next(one for one in of_sites(hubs["car"].hub) if one.name == "wayhome_site_present")
    assert [one.labels for one in present.samples] == [{"site": "home"}]
