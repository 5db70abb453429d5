"""What a monitor is told, read by Prometheus' own library."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.hub.two_sites import Two, anna, until
from wayhome.core.value import Fact
from wayhome.features.upkeep.metrics import Metric, Sample, of_hub, of_sites, written

pytestmark = pytest.mark.anyio


def read(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    """What the library reads in a text: by metric, its values by their labels' values."""
    return {
        sample.name: {tuple(one.labels.values()): one.value for one in family.samples if one.name == sample.name}
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    two = Two()
    await two.open()
    yield two
    await two.road.cut()
    await two.home.__aexit__()
    await two.car.__aexit__()


def test_every_text_comes_out_as_it_went_in() -> None:
    odd = 'a "car", C:\\new\nline'
    text = written(
        [
            Metric("one_total", "counter", f"Its {odd}", [Sample(1.5), Sample(3, {"site": odd, "more": ""})]),
            Metric("none", "gauge", "Nothing.", []),
            Metric("two", "gauge", "True.", [Sample(True)]),
        ]
    )
    families = {one.name: one for one in text_string_to_metric_families(text)}
    assert families["one"].documentation == f"Its {odd}"
    assert families["one"].type == "counter"
    assert [(one.labels, one.value) for one in families["one"].samples] == [({}, 1.5), ({"site": odd, "more": ""}, 3.0)]
    assert families["two"].samples[0].value == 1.0


async def test_the_figures_of_the_hub_are_what_happens_there(two: Two) -> None:
    await two.met()
    session = await anna(two.home)
    await session.act("lamp/light.on", True, key="wish-001")  # type: ignore[attr-defined]
    two.home.puppet.host.report([Fact("lamp/light.on", True)])
    await session.act("lamp/light.on", False, key="wish-002")  # type: ignore[attr-defined]
    two.home.clock.move(31)
    two.home.hub.household.every_moment()
    found = read(written(of_hub(two.home.hub)))
    assert found["wayhome_commands_total"] == {("done",): 1, ("failed",): 0, ("expired",): 1}
    assert found["wayhome_links"][("connected",)] + found["wayhome_links"][("starting",)] == 1
    assert found["wayhome_links"][("quarantined",)] == 0
    assert found["wayhome_revisions_total"] == {(): two.home.hub.household.published.rev}
    assert found["wayhome_things"] == {(): 2}
    assert found["wayhome_sessions"] == {(): 1}
    assert found["wayhome_writes_fail"] == {(): 0}


async def test_the_figures_of_a_site_follow_it(two: Two) -> None:
    await two.met()
    found = read(written(of_sites(two.car.hub)))
    assert found["wayhome_site_present"] == {("home",): 1}
    await two.road.cut()
    session = await anna(two.car)
    await session.act("lamp/light.on", True, key="wish-001")  # type: ignore[attr-defined]
    two.car.clock.move(20)
    found = read(written(of_sites(two.car.hub)))
    assert found["wayhome_site_present"] == {("home",): 0}
    assert found["wayhome_site_heard_seconds"] == {("home",): pytest.approx(20, abs=1)}
    assert found["wayhome_site_wishes_waiting"] == {("home",): 1}
    two.meet()
    await until(lambda: read(written(of_sites(two.car.hub)))["wayhome_site_wishes_waiting"] == {("home",): 0})


async def test_no_name_of_a_person_a_place_or_a_thing_is_in_it(two: Two) -> None:
    await two.met()
    await two.home.hub.household.write("place", "den", {"name": "Hideaway"}, two.home.context())
    text = written([*of_hub(two.home.hub), *of_sites(two.home.hub)]).lower()
    names = ["hideaway", "den", *two.home.hub.household.records("person"), *two.home.hub.household.house.things]
    assert [name for name in names if name in text] == []
