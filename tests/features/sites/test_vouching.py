"""What the home vouches for at other sites: asked for over the sites' own conversation, remembered, and no door
believed without it."""

from __future__ import annotations

import msgspec
import pytest

from tests.hub.conftest import two  # noqa: F401 - a fixture
from tests.hub.two_sites import Two
from wayhome.errors import BadInput, HubError, NotFound, TooMany
from wayhome.features.sites import vouching
from wayhome.features.sites.client import Way
from wayhome.features.sites.vouching import Given, Vouching
from wayhome.hub.reach import Issued

pytestmark = pytest.mark.anyio
DOORS = [
    "https://car.wayhome.local:8300", "https://192.168.8.1:8300", "https://wayhome.local:8300", "https://192.168.1.1",
    "https://car.example.org", "https://abc.relay.example.net:8443", "https://nas:8300", "https://van.wayhome.local",
]  # fmt: skip
PUBLIC = DOORS[4:6]


async def both(two: Two) -> tuple[Vouching, Vouching]:  # noqa: F811
    """The home's and the car's, as their hubs run."""
    await two.met()
    home, ways = two.home.hub, {"home": Way("https://wayhome.local:8300", "token", "the authority")}
    at_home, in_the_car = Vouching(home, dict), Vouching(two.car.hub, lambda: ways)
    await at_home.open()
    await in_the_car.open()

    def issue(site: str, request: str) -> Issued:
        if request != "a request":
            raise BadInput("this is none")
        return Issued(
            f"for {site}".encode(), ["car.wayhome.local", "192.168.8.1"], home.household.clock.now() + 1_000.0
        )

    home.reach.issue = issue
    return at_home, in_the_car


async def test_a_site_asks_over_the_conversation_and_is_given_what_is_its_own(two: Two) -> None:  # noqa: F811
    at_home, _ = await both(two)
    reach, clock = two.car.hub.reach, two.home.clock
    joined = reach.joined()
    assert joined is not None and joined.here and joined.authority == "the authority"
    # Who asks is who the conversation is with, whatever is in the request.
    assert await reach.request("a request") == b"for car"
    until = at_home.until("car")
    assert until is not None and two.home.hub.sites.status("car").certified == until
    with pytest.raises(TooMany):
        await reach.request("a request")
    clock.move(vouching.SELDOM)
    with pytest.raises(BadInput, match="this is none"):
        await reach.request("something else")
    # The home has joined nobody, and asks nobody.
    assert two.home.hub.reach.joined() is None
    with pytest.raises(NotFound):
        await two.home.hub.sites.fetching.certificate("car", "a request")
    await two.road.cut()
    joined = reach.joined()
    assert joined is not None and not joined.here
    with pytest.raises(HubError):
        await reach.request("a request")


async def test_doors_are_believed_that_this_hub_vouched_for_or_everybody_can(two: Two) -> None:  # noqa: F811
    at_home, in_the_car = await both(two)
    assert at_home.trusted("car", DOORS) == PUBLIC
    await two.car.hub.reach.request("a request")
    assert at_home.trusted("car", DOORS) == [*DOORS[:2], *PUBLIC]
    assert at_home.trusted("van", DOORS) == PUBLIC, "what was given to one is no other's"
    assert in_the_car.trusted("home", DOORS) == DOORS, "the household that this hub has joined is believed"
    # It is remembered, until it ends.
    again = Vouching(two.home.hub, dict)
    await again.open()
    assert again.trusted("car", DOORS) == [*DOORS[:2], *PUBLIC]
    two.home.clock.move(1_001.0)
    assert again.trusted("car", DOORS) == PUBLIC and again.until("car") is not None


async def test_a_site_that_was_taken_out_is_given_nothing_more(two: Two) -> None:  # noqa: F811
    at_home, _ = await both(two)
    await two.car.hub.reach.request("a request")
    kept = two.home.vault._secrets["site/car/certificate"]
    assert msgspec.json.decode(kept, type=Given).names == ["car.wayhome.local", "192.168.8.1"]
    await two.home.hub.household.delete("site", "car", two.home.context())
    two.home.clock.move(vouching.SELDOM)
    with pytest.raises(NotFound):
        await two.home.hub.sites.fetching.issue("car", "a request")
    await at_home.forget("car")
    assert at_home.until("car") is None and "site/car/certificate" not in two.home.vault._secrets
